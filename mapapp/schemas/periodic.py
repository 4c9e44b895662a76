"""The shape of the periodic report; the published schema (`data/periodic-report-1.schema.json`) is made from it."""

from datetime import date, datetime

from pydantic import Field

from mapapp.schemas.shared import Shape, WholeDataStatus


class PeriodicUnit(Shape):
    unit: str = Field(description="code@valid from: codes were reused")
    code: str
    name: str
    name_en: str


class PeriodicPeriod(Shape):
    id: str = Field(pattern=r"^20\d\d$")
    starts_on: date
    ends_on: date = Field(description="the day whose facts are reported")


class PeriodicDuty(Shape):
    """How many of the province's institutions a duty concerns, and how many of their reports are published."""

    id: str
    document: str | None = Field(description="null: the register's own collection")
    clause: str | None
    last_day: date
    asked: int = Field(ge=0)
    reported: int = Field(ge=0)
    silent: int = Field(ge=0)
    late: int = Field(ge=0)


class PeriodicTarget(Shape):
    """`value`: the number to reach. `measured` is the figure of the `n` of `N` whom the target covers."""

    id: str
    document: str
    clause: str
    year: int | None
    comparator: str
    value: float | None
    measured: float | None
    n: int = Field(ge=0)
    N: int = Field(ge=0)
    gap: float | None = Field(description="measured less value; null where there is no figure")
    met: bool | None


class PeriodicIndicator(Shape):
    """`value` null: nobody reported; never zero. `N` null: the register holds no report of the year on it at all."""

    id: str
    name_vi: str
    name_en: str
    unit: str
    subject: str = Field(description="institution, authority or territory")
    document: str | None
    clause: str | None
    value: float | None
    n: int = Field(ge=0)
    N: int | None
    no_data: bool
    targets: list[PeriodicTarget]


class PeriodicSource(Shape):
    title: str
    data_status: str
    figures: int = Field(ge=1)


class PeriodicReport(Shape):
    """The periodic report of a province for a year, of published figures only."""

    schema_: str = Field(alias="schema", description="address of the JSON Schema of this version")
    version: str = Field(pattern=r"^1\.\d+$")
    province: PeriodicUnit
    period: PeriodicPeriod
    release: int = Field(ge=0)
    published_at: datetime | None
    data_status: WholeDataStatus
    reporting: list[PeriodicDuty]
    indicators: list[PeriodicIndicator]
    sources: list[PeriodicSource]


class SchemaDocument(Shape):
    """A JSON Schema, draft 2020-12."""
