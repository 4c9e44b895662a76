"""Files of the whole register or of a province, for those who take everything: the same bytes for a release for ever.

The door to the package: `Edition` and `Scope` say what a file is about, `Shelf` makes and keeps files, `FIELDS` are
their columns.
"""

from geodata.downloads.rows import FIELDS, Edition, Field, Scope
from geodata.downloads.shelf import FORMATS, MEDIA_TYPES, MadeFile, Shelf

__all__ = ["FIELDS", "FORMATS", "MEDIA_TYPES", "Edition", "Field", "MadeFile", "Scope", "Shelf"]
