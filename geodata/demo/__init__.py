"""The illustrative dataset: deterministic, shaped like the country, unmistakably not real."""

from geodata.demo.publication import (
    DEFAULT_INSTITUTIONS,
    DEFAULT_SEED,
    LARGEST,
    AlreadyLoaded,
    NothingToClear,
    Publication,
    clear,
    is_loaded,
    load,
)

__all__ = [
    "DEFAULT_INSTITUTIONS",
    "DEFAULT_SEED",
    "LARGEST",
    "AlreadyLoaded",
    "NothingToClear",
    "Publication",
    "clear",
    "is_loaded",
    "load",
]
