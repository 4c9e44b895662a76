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
from mapapp.i18n import day
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


class ChangeQuestion(OverlayFilters):
    """`period` is the later one; no target is compared with."""

    since: str = Field(..., pattern=r"^[0-9]{4}$", description="the earlier reporting year", examples=["2023"])


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
