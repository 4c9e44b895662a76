"""One overlay as plain rows: the map, the table, the API and every export read these and nothing else."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from geodata.indicators import IndicatorKind
from geodata.overlays import Filters, Overlay, UnitChange, UnitFigure
from geodata.targets import Target
from geodata.unit_reads import Unit
from mapapp.db import data_status
from mapapp.exports import address
from mapapp.exports.licence import data_licence
from mapapp.i18n import N_

COLUMNS = {
    "unit": N_("Khóa đơn vị (mã@ngày)"),
    "code": N_("Mã"),
    "name": N_("Đơn vị"),
    "name_en": N_("Tên tiếng Anh"),
    "value": N_("Giá trị"),
    "n": N_("Có số liệu (n)"),
    "N": N_("Thuộc đối tượng (N)"),
    "coverage": N_("Độ phủ n/N"),
    "no_data": N_("Không có số liệu"),
    "target": N_("Chỉ tiêu"),
    "gap": N_("So với chỉ tiêu"),
    "met": N_("Đạt"),
    "target_value": N_("Giá trị của đối tượng chỉ tiêu"),
    "target_n": N_("Có số liệu trong đối tượng chỉ tiêu"),
    "target_N": N_("Đối tượng chỉ tiêu"),
}
"""Members of a row in order, with what they are called."""

METHOD_VI = (
    "Giá trị = Σ tử số / Σ mẫu số của các cơ sở (cơ quan) có số liệu; chỉ số có/chưa có là tỷ lệ cơ sở có trong số "
    "cơ sở báo cáo. N là số thuộc đối tượng, tồn tại vào ngày cuối kỳ; n là số có số liệu dùng được. Không có số liệu "
    "không bao giờ là 0. Đơn vị hành chính theo mã đã ghi của cơ sở, không theo ô ranh giới; dòng không có đơn vị là "
    "những cơ sở chưa xác định được đơn vị ở cấp này. Các dòng cộng lại bằng toàn bộ."
)
METHOD_EN = (
    "Value = Σ numerators / Σ denominators of those who report; yes/no indicators are the share of reporting "
    "institutions that have it. N: those the indicator applies to that existed on the last day of the period; n: those "
    "with a usable figure. No data is never zero. Units follow the stored codes of institutions, never approximate "
    "outlines; the row without a unit holds those no unit of the level can be given. The rows sum to the whole."
)
FORMULAS = {
    IndicatorKind.COMPOSITE: "value = Σ points / n",
    IndicatorKind.MILESTONE: "value = 1 if it exists, else 0",
}
SHARE_FORMULA = "value = 100 × Σ numerators / Σ denominators of the n that reported"


@dataclass(frozen=True)
class Table:
    """An overlay ready to be written in any format; `rows` and `whole` have the members of `COLUMNS`."""

    about: dict[str, Any]
    rows: list[dict[str, Any]]
    whole: dict[str, Any]


def table(overlay: Overlay, layers: Sequence[str] = ()) -> Table:
    """`layers`: types of institutions above the overlay, which are part of the question."""
    return Table(about(overlay, layers), [row_values(row) for row in overlay.rows], row_values(overlay.whole))


def unit_members(unit: Unit | None) -> dict[str, str | None]:
    """How a row names its unit; None stands for those no unit can be given."""
    if unit is None:
        return dict.fromkeys(("unit", "code", "name", "name_en"))
    return {"unit": unit.key, "code": unit.code, "name": unit.full_name, "name_en": unit.name_en}


def row_values(row: UnitFigure) -> dict[str, Any]:
    """The members of a row."""
    return {
        **unit_members(row.unit),
        "value": row.value,
        "n": row.n,
        "N": row.N,
        "coverage": None if row.coverage is None else round(row.coverage, 4),
        "no_data": row.no_data,
        "target": row.target,
        "gap": row.gap,
        "met": row.met,
        "target_value": row.target_value,
        "target_n": row.target_reporting,
        "target_N": row.target_applicable,
    }


def change_values(row: UnitChange) -> dict[str, Any]:
    """A unit's figures of two periods and what lies between them."""
    earlier, later = row.earlier, row.later
    return {
        **unit_members(row.unit),
        "earlier": earlier.value,
        "later": later.value,
        "difference": row.difference,
        "earlier_n": earlier.n,
        "earlier_N": earlier.N,
        "n": later.n,
        "N": later.N,
    }


def about(overlay: Overlay, layers: Sequence[str] = ()) -> dict[str, Any]:
    """What the figures are, of whom, when, by which method and in which state."""
    indicator = overlay.indicator
    met, compared = overlay.reached
    status = data_status(overlay.by_data_status)
    licence = data_licence(status)
    return {
        "indicator": indicator.id,
        "indicator_name_vi": indicator.name_vi,
        "indicator_name_en": indicator.name_en,
        "kind": indicator.kind.value,
        "measured_in": indicator.unit.value,
        "base": indicator.base,
        "official": indicator.official,
        "subject": indicator.subject.value,
        "level": overlay.vintage.level,
        "period": overlay.period,
        "filters": filters_given(overlay.filters),
        "target": target_values(overlay.target) if overlay.target else None,
        "local_targets": [target_values(target) for target in overlay.also],
        "units_meeting_target": met,
        "units_compared": compared,
        "on": overlay.vintage.on.isoformat(),
        "release": overlay.release,
        "published_at": overlay.published_at.isoformat() if overlay.published_at else None,
        "data_status": status,
        "licence": licence.name,
        "licence_url": licence.url,
        "formula": FORMULAS.get(indicator.kind, SHARE_FORMULA),
        **counts(overlay),
        "query": {"indicator": indicator.id, **address.query(overlay, layers)},
        "url": address.absolute(address.of_values(overlay, layers=layers)),
        "page": address.absolute(address.of_page(overlay, layers)),
    }


def counts(overlay: Overlay) -> dict[str, Any]:
    """How many units there are, in how many nobody reported or nobody is asked, and how many subjects have no unit
    (their place is not known at this level, or would have to be guessed)."""
    units = [row for row in overlay.rows if row.unit is not None]
    rest = next((row for row in overlay.rows if row.unit is None), None)
    return {
        "units": len(units),
        "units_without_data": sum(1 for row in units if row.N and row.no_data),
        "units_without_subjects": sum(1 for row in units if not row.N),
        "unplaced": {"n": rest.n if rest else 0, "N": rest.N if rest else 0},
    }


def target_values(target: Target) -> dict[str, Any]:
    return {
        "id": target.id,
        "document": target.document.id,
        "document_number": target.document.number,
        "clause": target.clause.text,
        "comparator": target.comparator.value,
        "value": target.value,
        "year": target.year,
        "territory": str(target.territory) if target.territory else None,
        "wording_vi": target.wording_vi,
        "wording_en": target.wording_en,
    }


def filters_given(filters: Filters) -> dict[str, list[str]]:
    given = {
        "type": filters.types,
        "ownership": filters.ownerships,
        "training_level": filters.training_levels,
        "occupation": filters.occupations,
    }
    return {name: list(values) for name, values in given.items() if values}


def title(overlay: Overlay) -> str:
    """A file name's stem: indicator, period, level and vintage."""
    return f"{overlay.indicator.id}_{overlay.period}_{overlay.vintage.level}_{overlay.vintage.on.isoformat()}"
