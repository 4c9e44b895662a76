"""What is said of downloads: by a manifest of their release and each file, by the dictionary of their columns."""

import json
from typing import Any

from geodata.downloads import FIELDS, MEDIA_TYPES, Edition, MadeFile
from mapapp.exports.licence import Licence
from mapapp.field_words import PROPERTIES
from mapapp.i18n import catalogue

VERSION = 1


def about(edition: Edition, licence: Licence) -> dict[str, Any]:
    """What all files of a manifest have in common."""
    return {
        "manifest_version": VERSION,
        "release": edition.release,
        "published_at": edition.published_at,
        "data_status": edition.data_status,
        "licence": {"name": licence.name, "url": licence.url},
    }


def described(one: MadeFile) -> dict[str, Any]:
    """A file of a manifest: what it is, its size and its sum."""
    format = one.name.rpartition(".")[2]
    return {"name": one.name, "media_type": MEDIA_TYPES[format], "bytes": one.bytes, "sha256": one.sha256}


def dictionary_text() -> str:
    """Every column with its type, its meaning in both languages, and its values, as JSON."""
    english = catalogue("en")
    columns = [
        {
            "name": field.name,
            "type": "date (YYYY-MM-DD)" if field.type == "date" else field.type.value,
            "description": {"vi": PROPERTIES[field.name], "en": english.gettext(PROPERTIES[field.name])},
            "values": list(field.values) or None,
        }
        for field in FIELDS
    ]
    return json.dumps({"columns": columns}, ensure_ascii=False, indent=1)
