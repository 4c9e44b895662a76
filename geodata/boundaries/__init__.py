"""Official outlines in place of approximate ones: a file is matched, checked and stored whole or not at all."""

from geodata.boundaries.report import BoundaryReport, Problem
from geodata.boundaries.run import import_boundaries
from geodata.boundaries.store import BoundarySet, boundary_sets

__all__ = ["BoundaryReport", "BoundarySet", "Problem", "boundary_sets", "import_boundaries"]
