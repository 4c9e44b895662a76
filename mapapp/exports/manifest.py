"""The manifest beside an export: what was asked, of which release, the sum of every file; and all in one archive."""

import hashlib
import io
import json
import zipfile
from datetime import datetime
from typing import Any

from geodata.workbooks import entry
from mapapp.exports.sites import said_of
from mapapp.exports.view import View, outline_sources

VERSION = 1


def as_manifest(view: View, files: dict[str, tuple[str, bytes]]) -> bytes:
    """JSON with a line per file (name → media type and content). `created` is the time of the release: the same
    release and question give the same manifest."""
    about = view.table.about
    said: dict[str, Any] = {
        "manifest_version": VERSION,
        "created": about["published_at"],
        "release": about["release"],
        "data_status": about["data_status"],
        "licence": {"name": about["licence"], "url": about["licence_url"]},
        "indicator": about["indicator"],
        "formula": about["formula"],
        "query": about["query"],
        "url": about["url"],
        "page": about["page"],
        "language": view.lang,
        "paper": view.paper,
        "whole": view.table.whole,
        **{name: about[name] for name in ("units", "units_without_data", "units_without_subjects", "unplaced")},
        "outlines": outline_sources(view.outlines),
        **({"institutions": said_of(view)} if view.layers else {}),
        "files": [described(name, kind, content) for name, (kind, content) in files.items()],
    }
    return (json.dumps(said, ensure_ascii=False, indent=1) + "\n").encode()


def described(name: str, media_type: str, content: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "media_type": media_type,
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }


def as_zip(view: View, files: dict[str, bytes]) -> bytes:
    """All files in one archive, each with the time of the release."""
    return as_archive(files, view.made_at)


def as_archive(files: dict[str, bytes], made_at: datetime) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(entry(name, made_at), content)
    return out.getvalue()
