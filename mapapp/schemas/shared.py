"""What several answers share: their members, problems, links, points and the facts of the register."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

WholeDataStatus = Literal["official", "unverified", "illustrative", "mixed", "empty"]


class Shape(BaseModel):
    """An object of an answer; more members may be added in later versions."""

    model_config = ConfigDict(extra="allow")


class ParameterFault(Shape):
    parameter: str
    message: str


class Problem(Shape):
    """RFC 9457. `type` is stable and leads to the explanation in /docs."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[ParameterFault] | None = None
    candidates: list["Candidate"] | None = None


class Candidate(Shape):
    id: str
    name: str
    href: str


class ResourceLink(Shape):
    rel: str
    href: str
    type: str


class Point(Shape):
    """CRS84: longitude first."""

    type: Literal["Point"]
    coordinates: list[float] = Field(min_length=2, max_length=2)


class UnitName(Shape):
    """`key` is code@valid_from: codes were reused."""

    code: str
    key: str | None = None
    name: str | None = None


class AnswerFacts(Shape):
    """What every answer says of the register it comes from."""

    release: int
    data_status: WholeDataStatus
    on: date
