"""The shapes of the change feed's answers."""

from datetime import datetime
from typing import Literal

from mapapp.schemas.shared import ResourceLink, Shape, WholeDataStatus


class ChangeEntry(Shape):
    """A change of one institution by one release; `name` and `data_status` are null of what was removed."""

    id: str
    change: Literal["created", "changed", "removed"]
    release: int
    published_at: datetime
    by: str
    name: str | None
    data_status: str | None
    href: str


class ChangeList(Shape):
    """`cursor` is the place behind the last change: ask again with it later."""

    changes: list[ChangeEntry]
    numberReturned: int  # noqa: N815  as in the collections
    cursor: str
    links: list[ResourceLink]
    release: int
    data_status: WholeDataStatus


class Feed(Shape):
    """An Atom feed (RFC 4287) with tombstones (RFC 6721)."""
