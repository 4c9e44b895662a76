"""The benchmark behind `scripts/bench`: the public read paths beside a bare Flask answer and the bare database."""
