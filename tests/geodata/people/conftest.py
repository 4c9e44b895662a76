"""The guarded database of this worker."""

from tests.geodata.people.guarded import guarded

__all__ = ["guarded"]
