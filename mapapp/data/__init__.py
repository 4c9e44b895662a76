"""`/data`: downloads of the whole register and per province, their dictionary, and the catalogue for portals."""

from mapapp.data import catalogue_pages, files, pages  # noqa: F401  they route themselves
from mapapp.data.blueprint import bp

__all__ = ["bp"]
