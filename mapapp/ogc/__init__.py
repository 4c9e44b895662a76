"""`/ogc`: OGC API – Features (Parts 1, 2, 3) and OGC API – Tiles over the register, for machines and, on the same
addresses, for people. Vietnamese under `/ogc`, English under `/en/ogc`."""

from mapapp.ogc import api_description, collection_documents, features, landing, tiles  # noqa: F401  they route themselves
from mapapp.ogc.blueprint import bp

__all__ = ["bp"]
