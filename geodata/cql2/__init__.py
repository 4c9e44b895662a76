"""Filters in the Common Query Language (OGC 21-065r2, CQL2), text or JSON, as conditions with bound parameters.

The door to the package: `compile_filter` reads a filter against the columns it may ask about.
"""

from geodata.cql2.columns import Column, Columns, Kind
from geodata.cql2.errors import InvalidFilter
from geodata.cql2.filters import CompiledFilter, compile_filter

__all__ = ["Column", "Columns", "CompiledFilter", "InvalidFilter", "Kind", "compile_filter"]
