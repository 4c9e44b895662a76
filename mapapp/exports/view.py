"""What is exported: an answered question, as it stood in one release, with all that its files need to draw it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

from geodata.overlays import Overlay, Site
from mapapp.overlay_rows import Table

Paper = Literal["a4", "a3"]
EPOCH = datetime(1980, 1, 1, tzinfo=UTC)
"""The earliest time a ZIP archive can hold; for a release that was never published."""


@dataclass(frozen=True)
class View:
    """`outlines` is the GeoJSON text of the level, `ground` that of the provinces of the day, `drawing` the map as SVG
    text; each is empty where the format does not need it. `above` names the unit above by key. Texts are in `lang`.
    `layers` are the types of institutions above the overlay, `sites` these institutions by type and name."""

    overlay: Overlay
    table: Table
    lang: str = "vi"
    paper: Paper = "a4"
    outlines: str = ""
    ground: str = ""
    drawing: str = ""
    above: Mapping[str, str] = field(default_factory=dict)
    layers: tuple[str, ...] = ()
    sites: tuple[Site, ...] = ()

    @property
    def made_at(self) -> datetime:
        """The time of the release: files of one release are the same whenever they are made."""
        return self.overlay.published_at or EPOCH

    @property
    def is_official(self) -> bool:
        return bool(self.table.about["data_status"] == "official")


def features(collection: str) -> list[dict[str, Any]]:
    """The Features of a collection's text; none of an empty text."""
    found: list[dict[str, Any]] = json.loads(collection)["features"] if collection else []
    return found


def outline_sources(collection: str) -> list[dict[str, str]]:
    """Where the outlines come from and how good they are, each said once."""
    said = {
        (one["properties"]["source"] or "", one["properties"]["quality"])
        for one in features(collection)
        if one["properties"].get("quality")
    }
    return [{"source": source, "quality": quality} for source, quality in sorted(said)]
