"""What the exercises in `scripts/` share."""
