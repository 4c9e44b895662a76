"""What the pages of the OGC APIs show."""

from dataclasses import dataclass

from mapapp.views import Link


@dataclass(frozen=True)
class Cell:
    text: str
    url: str | None = None


@dataclass(frozen=True)
class Table:
    """`heads` names the columns; every row begins with what it is about."""

    caption: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True)
class Section:
    title: str
    text: str | None = None
    links: tuple[Link, ...] = ()
    table: Table | None = None
    code: str | None = None


@dataclass(frozen=True)
class FilterForm:
    """A form that asks the same address with another filter."""

    action: str
    filter: str
    example: str
    limit: int


@dataclass(frozen=True)
class DocumentPage:
    """`trail` leads back to the landing page; `json_url` is the same address for machines."""

    title: str
    description: str
    trail: tuple[Link, ...]
    json_url: str
    sections: tuple[Section, ...]
    form: FilterForm | None = None
    next_url: str | None = None
