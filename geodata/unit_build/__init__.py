"""Builds the units, crosswalk and approximate boundaries from the installed packages (run by scripts/build_units)."""
