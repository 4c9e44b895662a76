"""Questions as they arrive in an address, read strictly: unknown parameters and values are refused with a reason.

`read(Model, request.args)` gives a valid question or raises `InvalidParameters`. Lists may be repeated
(`type=a&type=b`) or separated by commas; an empty value counts as not given, because forms send empty fields.
"""

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated, Any, Literal, Self, TypeVar, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_core import ErrorDetails
from werkzeug.datastructures import MultiDict

from geodata.geometry import BBox, InvalidBBox, LonLat
from geodata.vocabulary import InstitutionType, Ownership, ReportedField, Status, TrainingLevel, UnitLevel
from mapapp.i18n import N_
from mapapp.i18n import gettext as _

MAX_QUERY = 200
MAX_VALUES = 50
CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class InvalidParameters(Exception):
    """A question that cannot be answered; `errors` are (parameter, message), in the reader's language."""

    def __init__(self, errors: Iterable[tuple[str, str]]) -> None:
        self.errors = tuple(errors)
        super().__init__("; ".join(f"{name}: {message}" for name, message in self.errors))


def parse_day(text: object) -> object:
    """A calendar day written YYYY-MM-DD and nothing else (pydantic alone would take numbers of seconds too)."""
    if isinstance(text, date):
        return text
    if not isinstance(text, str) or not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text, re.ASCII):
        raise ValueError(_("phải là ngày dạng NĂM-THÁNG-NGÀY, ví dụ 2025-07-01"))
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(_("không có ngày này trong lịch")) from None


def parse_bbox(text: str) -> str:
    """A box that `BBox.parse` takes; kept as text so that the question can be written back into an address."""
    try:
        BBox.parse(text)
    except InvalidBBox:
        raise ValueError(
            _("phải là bốn số tây,nam,đông,bắc theo độ, tây không lớn hơn đông, nam không lớn hơn bắc")
        ) from None
    return text


Day = Annotated[date, BeforeValidator(parse_day), WithJsonSchema({"type": "string", "format": "date"})]
BBoxText = Annotated[
    str,
    AfterValidator(parse_bbox),
    Field(max_length=200, description="west,south,east,north in degrees (CRS84)", examples=["105.7,20.9,106.0,21.2"]),
]
UnitText = Annotated[
    str,
    Field(
        pattern=r"^[0-9]{1,5}(@[0-9]{4}-[0-9]{2}-[0-9]{2})?$",
        description="administrative unit: a code of today (52) or of a day (52@2025-06-30; codes were reused)",
    ),
]
OccupationCode = Annotated[str, Field(pattern=r"^[0-9]{7}$")]
Latitude = Annotated[float, Field(ge=-90, le=90, allow_inf_nan=False)]
Longitude = Annotated[float, Field(ge=-180, le=180, allow_inf_nan=False)]


class Question(BaseModel):
    """What every question has in common: nothing unknown is accepted, nothing changes afterwards."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class DatedQuestion(Question):
    on: Day | None = Field(None, description="the day asked about; default today (Vietnam)")
    release: int | None = Field(
        None,
        ge=1,
        le=2**31 - 1,
        description="the publication asked; default the current one; same release, same answer",
    )


class InstitutionFilters(DatedQuestion):
    """Every filter of the institutions, as the list, the clusters and the pages take them."""

    q: str = Field("", max_length=MAX_QUERY, description="words of a name, place, occupation or a code")
    lat: Latitude | None = None
    lon: Longitude | None = None
    radius_m: float | None = Field(None, gt=0, le=3_000_000, allow_inf_nan=False, description="metres around lat,lon")
    bbox: BBoxText | None = None
    type: list[InstitutionType] = Field([], max_length=MAX_VALUES)
    ownership: list[Ownership] = Field([], max_length=MAX_VALUES)
    training_level: list[TrainingLevel] = Field([], max_length=MAX_VALUES)
    occupation: list[OccupationCode] = Field([], max_length=MAX_VALUES, description="7-digit occupation codes")
    unit: UnitText | None = None
    status: list[Status] = Field([], max_length=MAX_VALUES, description="default: all but closed and merged")
    identifier: str | None = Field(None, max_length=64, description="a code, e-ID or licence number")

    @model_validator(mode="after")
    def _point_is_whole(self) -> Self:
        if (self.lat is None) != (self.lon is None):
            raise ValueError(_("lat và lon phải đi cùng nhau"))
        return self

    @model_validator(mode="after")
    def _circle_has_a_centre(self) -> Self:
        if self.radius_m is not None and self.lat is None and self.typed_place is None:
            raise ValueError(_("radius_m cần có lat và lon"))
        return self

    @property
    def typed_place(self) -> str | None:
        """A place in words that stands for lat,lon, where the question takes one."""
        return None

    @property
    def point(self) -> LonLat | None:
        return None if self.lat is None or self.lon is None else LonLat(self.lon, self.lat)

    @property
    def box(self) -> BBox | None:
        return None if self.bbox is None else BBox.parse(self.bbox)


class InstitutionsQuestion(InstitutionFilters):
    limit: int = Field(20, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=1000, description="opaque; from links[rel=next]")
    count: Literal["exact"] | None = Field(None, description="count exactly, however many match")


class HomeQuestion(InstitutionFilters):
    """The home page's state; `page` numbers the part of the list that `cursor` starts."""

    cursor: str | None = Field(None, max_length=1000)
    page: int = Field(1, ge=1, le=100_000)


class NearbyQuestion(InstitutionFilters):
    """The nearby page's state; `place` is typed, `lat,lon` come from the device or a chosen candidate."""

    place: str = Field("", max_length=MAX_QUERY)
    at: str | None = Field(None, pattern=r"^[0-9]{1,5}@[0-9]{4}-[0-9]{2}-[0-9]{2}$")
    cursor: str | None = Field(None, max_length=1000)
    page: int = Field(1, ge=1, le=100_000)

    @property
    def typed_place(self) -> str | None:
        return self.place or self.at


class EmbedQuestion(HomeQuestion):
    """The home page's question inside of another page: with the map, or the list alone."""

    view: Literal["map", "list"] = "map"


class InstitutionQuestion(DatedQuestion):
    """One institution on a day."""


class ReportQuestion(Question):
    """Which field of an institution is reported as wrong, and which one of several (a programme's code)."""

    field: ReportedField | None = None
    item: str = Field("", max_length=100)


class OfflineQuestion(Question):
    """Words to look for in what was taken along."""

    q: str = Field("", max_length=MAX_QUERY)


class SuggestQuestion(Question):
    q: str = Field("", max_length=MAX_QUERY, description="what was typed so far")
    on: Day | None = None
    limit: int = Field(10, ge=1, le=10)


class ClustersQuestion(InstitutionFilters):
    bbox: BBoxText = Field(...)
    zoom: int = Field(..., ge=0, le=22)


class UnitsQuestion(Question):
    level: UnitLevel = UnitLevel.PROVINCE
    on: Day | None = Field(None, description="the vintage; districts exist until 2025-06-30")
    within: UnitText | None = None
    limit: int = Field(1000, ge=1, le=11_000)


class UnitQuestion(Question):
    on: Day | None = None


class BoundariesQuestion(Question):
    on: Day | None = None
    zoom: int = Field(6, ge=0, le=22)
    within: UnitText | None = Field(None, description="only units inside this one; needed for communes and districts")
    v: str | None = Field(None, max_length=64, pattern=r"^[0-9A-Za-z.-]*$", description="version, for caching for ever")


class CatalogueQuestion(Question):
    """The catalogue has no parameters."""


class TargetsQuestion(Question):
    indicator: str | None = Field(None, max_length=80)
    document: str | None = Field(None, max_length=80)
    year: int | None = Field(None, ge=2000, le=2100)


Q = TypeVar("Q", bound=Question)


def read(model: type[Q], given: MultiDict[str, str]) -> Q:
    """The question in an address. Raises `InvalidParameters` that names every wrong parameter."""
    problems = [*_unknown(model, given), *_unreadable(given), *_repeated(model, given)]
    try:
        question = model.model_validate(_values(model, given))
    except ValidationError as error:
        problems += [_explain(detail) for detail in error.errors()]
    if problems:
        raise InvalidParameters(_first_of_each(problems))
    return question


def _first_of_each(problems: list[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    """One message per parameter, in the order of discovery."""
    first: dict[str, str] = {}
    for name, message in problems:
        first.setdefault(name, message)
    return first.items()


def _unknown(model: type[Question], given: Mapping[str, str]) -> list[tuple[str, str]]:
    known = model.model_fields
    text = _("không có tham số này; dùng được: %(known)s", known=", ".join(known) or "–")
    return [(_printable(name), text) for name in given if name not in known]


def _unreadable(given: MultiDict[str, str]) -> list[tuple[str, str]]:
    return [
        (name, _("có ký tự điều khiển, không phải văn bản"))
        for name in given
        if any(CONTROL.search(value) for value in given.getlist(name))
    ]


def _repeated(model: type[Question], given: MultiDict[str, str]) -> list[tuple[str, str]]:
    """Single values that were given differently; an empty one counts as not given."""
    single = [name for name in given if name in model.model_fields and not _is_list(model, name)]
    return [(name, _("chỉ được cho một lần")) for name in single if len(set(_texts(given, name))) > 1]


def _values(model: type[Question], given: MultiDict[str, str]) -> dict[str, Any]:
    """The known parameters as pydantic takes them."""
    values: dict[str, Any] = {}
    for name in model.model_fields:
        texts = _texts(given, name)
        if _is_list(model, name):
            parts = (part.strip() for text in texts for part in text.split(","))
            values[name] = list(dict.fromkeys(part for part in parts if part))
        elif texts:
            values[name] = texts[0]
    return values


def _texts(given: MultiDict[str, str], name: str) -> list[str]:
    return [text.strip() for text in given.getlist(name) if text.strip()]


def _is_list(model: type[Question], name: str) -> bool:
    annotation = model.model_fields[name].annotation
    return get_origin(annotation) is list


def _printable(name: str) -> str:
    return CONTROL.sub("?", name)[:80]


def _explain(detail: ErrorDetails) -> tuple[str, str]:
    """(parameter, message) of one refusal by pydantic, in the reader's language."""
    name = str(detail["loc"][0]) if detail["loc"] else _model_parameter(detail)
    return name, _message(detail["type"], detail.get("ctx", {}))


def _model_parameter(detail: ErrorDetails) -> str:
    return "radius_m" if "radius_m" in detail["msg"] else "lat,lon"


def _message(kind: str, context: dict[str, Any]) -> str:
    if kind == "value_error":
        return str(context["error"])
    if kind in ("enum", "literal_error"):
        return _(
            "phải là một trong: %(values)s", values=str(context["expected"]).replace(" or ", ", ").replace("'", "")
        )
    if kind in MESSAGES:
        return _(
            MESSAGES[kind], **{name: context[name] for name in ("ge", "le", "gt", "max_length") if name in context}
        )
    return _("giá trị không hợp lệ")


MESSAGES = {
    "missing": N_("phải có"),
    "int_parsing": N_("phải là số nguyên"),
    "int_parsing_size": N_("phải là số nguyên"),
    "int_from_float": N_("phải là số nguyên"),
    "float_parsing": N_("phải là số"),
    "finite_number": N_("phải là số hữu hạn"),
    "greater_than_equal": N_("không được nhỏ hơn %(ge)s"),
    "less_than_equal": N_("không được lớn hơn %(le)s"),
    "greater_than": N_("phải lớn hơn %(gt)s"),
    "string_too_long": N_("không được dài quá %(max_length)s ký tự"),
    "too_long": N_("không được quá %(max_length)s giá trị"),
    "string_pattern_mismatch": N_("không đúng dạng"),
}
