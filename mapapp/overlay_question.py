"""The question of a readiness overlay: read from an address, put to the register, refused with a reason."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Literal

from pydantic import Field

from geodata import overlays
from geodata.indicators import UnknownIndicator
from geodata.overlays import Change, Filters, NoFigures, NotFilterable, Overlay, UnknownTarget
from geodata.unit_reads import LevelNotInVintage
from geodata.vocabulary import InstitutionType, Ownership, TrainingLevel, UnitLevel
from mapapp.db import session
from mapapp.errors import UNKNOWN_INDICATOR, Problem
from mapapp.i18n import day, number
from mapapp.i18n import gettext as _
from mapapp.params import MAX_VALUES, DatedQuestion, InvalidParameters, OccupationCode
from mapapp.questions import day_asked


class OverlayFilters(DatedQuestion):
    """What the map, the table and every export of an overlay depend on."""

    level: UnitLevel = UnitLevel.PROVINCE
    period: str | None = Field(
        None, pattern=r"^[0-9]{4}$", description="reporting year; default the latest with reports", examples=["2024"]
    )
    target: str | None = Field(
        None, max_length=80, description="id of a target of the indicator; default the national one"
    )
    type: list[InstitutionType] = Field([], max_length=MAX_VALUES)
    ownership: list[Ownership] = Field([], max_length=MAX_VALUES)
    training_level: list[TrainingLevel] = Field([], max_length=MAX_VALUES)
    occupation: list[OccupationCode] = Field([], max_length=MAX_VALUES, description="7-digit occupation codes")


class OverlayQuestion(OverlayFilters):
    format: Literal["json", "geojson", "csv", "xlsx", "gpkg", "html", "pdf", "manifest", "zip"] = Field(
        "json",
        description="json: values without outlines; geojson, gpkg: with them; html: a map that works offline; "
        "pdf: a sheet to print; manifest: the SHA-256 sum of every format; zip: all of them with the manifest",
    )
    lang: Literal["vi", "en"] = Field("vi", description="language of html and pdf")
    paper: Literal["a4", "a3"] = Field("a4", description="size of the sheet")
    layer: list[InstitutionType] = Field(
        [],
        max_length=MAX_VALUES,
        description="institutions of these types lie above the overlay: those of the day `on`, all but closed and "
        "merged ones; every format but csv holds them, those without coordinates too",
    )


MOST_DRAWN = 5_000
"""Institutions above the overlay that a sheet or a map to keep draws and lists; signs beyond that only cover each
other. The network has about two thousand."""

MOST_LISTED = 100_000
"""Institutions above the overlay in the formats to calculate with; the whole register has downloads of its own."""

DRAWING = frozenset({"html", "pdf", "zip", "manifest"})


class ChangeQuestion(OverlayFilters):
    """`period` is the later one; no target is compared with."""

    since: str = Field(..., pattern=r"^[0-9]{4}$", description="the earlier reporting year", examples=["2023"])


class ComparisonQuestion(OverlayFilters):
    """The overlay asked about stands right; no target is compared with."""

    with_indicator: str | None = Field(None, max_length=80, description="the left side's; default the same indicator")
    with_period: str | None = Field(
        None, pattern=r"^[0-9]{4}$", description="the left side's year; default the same", examples=["2023"]
    )
    format: Literal["json", "csv", "xlsx", "manifest", "zip"] = Field(
        "json", description="zip: json, csv and xlsx with the manifest of their SHA-256 sums"
    )


def answer(indicator: str, asked: OverlayFilters) -> Overlay:
    """The overlay; problems name the parameter, what is wrong with it and what could be asked instead."""
    with refusals(asked):
        return overlays.by_unit(
            session(),
            indicator,
            level=asked.level.value,
            on=day_asked(asked.on),
            period=asked.period,
            target=asked.target,
            filters=to_filters(asked),
            release=asked.release,
        )


def changed(indicator: str, asked: ChangeQuestion) -> Change:
    """What moved between the two periods; refused like an overlay."""
    with refusals(asked):
        return overlays.change(
            session(),
            indicator,
            level=asked.level.value,
            on=day_asked(asked.on),
            since=asked.since,
            period=asked.period,
            filters=to_filters(asked),
            release=asked.release,
        )


def layers_asked(asked: OverlayQuestion, form: str) -> tuple[str, ...]:
    """The types of institutions above the overlay, in the vocabulary's order. Raises `InvalidParameters` where there
    are more institutions of them than the format takes."""
    layers = tuple(one.value for one in InstitutionType if one in asked.layer)
    most = MOST_DRAWN if form in DRAWING else MOST_LISTED
    on = day_asked(asked.on)
    if overlays.count_sites(session(), layers, on=on, most=most, release=asked.release) > most:
        raise InvalidParameters([("layer", too_many_sites(most))])
    return layers


def too_many_sites(most: int) -> str:
    if most < MOST_LISTED:
        return _(
            "các lớp này có hơn %(most)s cơ sở, quá nhiều để vẽ; hãy bớt loại hình, hoặc lấy GeoPackage, GeoJSON, XLSX",
            most=number(most),
        )
    return _(
        "các lớp này có hơn %(most)s cơ sở; hãy bớt loại hình, hoặc tải danh sách tại trang dữ liệu mở",
        most=number(most),
    )


def sides(indicator: str, asked: ComparisonQuestion) -> tuple[Overlay, Overlay]:
    """(left, right) over the same units and in one release; refused like an overlay, for the left side's parameters
    by their names."""
    two = answer(indicator, asked)
    left = asked.model_copy(update={"period": asked.with_period or two.period, "target": None})
    try:
        return answer(asked.with_indicator or indicator, left), two
    except InvalidParameters as refused:
        raise InvalidParameters(
            ("with_period" if name == "period" else name, message) for name, message in refused.errors
        ) from refused


@contextmanager
def refusals(asked: OverlayFilters) -> Iterator[None]:
    """Says the register's refusals in terms of the question's parameters."""
    try:
        yield
    except UnknownIndicator as error:
        raise Problem(UNKNOWN_INDICATOR) from error
    except UnknownTarget as error:
        raise InvalidParameters([("target", _("không phải chỉ tiêu của chỉ số này"))]) from error
    except NoFigures as error:
        raise InvalidParameters([("period", no_figures(error))]) from error
    except NotFilterable as error:
        message = _("số liệu của cơ quan quản lý, không lọc theo cơ sở được")
        raise InvalidParameters((name, message) for name in filters_given(asked)) from error
    except LevelNotInVintage as error:
        raise InvalidParameters([("level", no_level(error))]) from error


def to_filters(asked: OverlayFilters) -> Filters:
    return Filters(
        types=tuple(asked.type),
        ownerships=tuple(asked.ownership),
        training_levels=tuple(asked.training_level),
        occupations=tuple(asked.occupation),
    )


def filters_given(asked: OverlayFilters) -> list[str]:
    return [name for name in ("type", "ownership", "training_level", "occupation") if getattr(asked, name)]


def no_figures(error: NoFigures) -> str:
    if not error.periods:
        return _("chưa có báo cáo nào về chỉ số này")
    return _("chưa có số liệu của kỳ này; có số liệu các kỳ: %(periods)s", periods=", ".join(error.periods))


def no_level(error: LevelNotInVintage) -> str:
    return _(
        "không có đơn vị cấp này vào ngày %(asked)s; hãy chọn ngày có cấp này, ví dụ on=%(day)s (đến hết %(last)s)",
        asked=day(error.on),
        day=error.nearest_day.isoformat(),
        last=day(error.nearest_day),
    )
