"""The addresses of a view, with all of its state written out: release, vintage, period, target and filters."""

from collections.abc import Sequence
from typing import Any

from flask import current_app, url_for

from geodata.overlays import Overlay
from mapapp.i18n import page_url

ON_COMPARISON_PAGE = frozenset({"period", "with_indicator", "with_period", "release"})


def query(overlay: Overlay, layers: Sequence[str] = ()) -> dict[str, str]:
    """The question that gives this view again for ever, as parameters of `/api/v1/overlays/<indicator>`; `layers` are
    the types of institutions above the overlay."""
    filters = overlay.filters
    given: dict[str, str | None] = {
        "level": overlay.vintage.level,
        "on": overlay.vintage.on.isoformat(),
        "period": overlay.period,
        "target": overlay.target.id if overlay.target else None,
        "type": ",".join(filters.types),
        "ownership": ",".join(filters.ownerships),
        "training_level": ",".join(filters.training_levels),
        "occupation": ",".join(filters.occupations),
        "release": str(overlay.release) if overlay.release else None,
        "layer": ",".join(layers),
    }
    return {name: value for name, value in given.items() if value}


def of_values(overlay: Overlay, form: str | None = None, layers: Sequence[str] = (), **more: str) -> str:
    """The path of the view in the API, in a format (None: JSON)."""
    given: dict[str, Any] = {**query(overlay, layers), **({"format": form} if form else {}), **more}
    return url_for("api.overlay", indicator=overlay.indicator.id, **given)


def of_page(overlay: Overlay, layers: Sequence[str] = ()) -> str:
    """The path of the planner's page that shows the view; the same in files of every language."""
    given = query(overlay, layers)
    units = f"{given.pop('level')}@{given.pop('on')}"
    return page_url("planner.planner", lang="vi", indicator=overlay.indicator.id, units=units, **given)


def absolute(path: str) -> str:
    """The address as it can be cited: with the installation's public address where it has one, else the path. It never
    depends on the name under which the site was reached, so that a file does not either."""
    return f"{current_app.config['PUBLIC_URL'] or ''}{path}"


def of_comparison(one: Overlay, two: Overlay, form: str | None = None) -> str:
    """The path of two overlays side by side in the API, in a format (None: JSON)."""
    given: dict[str, Any] = comparison_query(one, two) | ({"format": form} if form else {})
    return url_for("api.overlay_comparison", indicator=two.indicator.id, **given)


def comparison_query(one: Overlay, two: Overlay) -> dict[str, str]:
    """The question that gives the comparison again for ever."""
    asked = {name: value for name, value in query(two).items() if name != "target"}
    return asked | {"with_indicator": one.indicator.id, "with_period": one.period}


def of_comparison_page(one: Overlay, two: Overlay) -> str:
    """The path of the planner's page that shows the comparison."""
    given = {name: value for name, value in comparison_query(one, two).items() if name in ON_COMPARISON_PAGE}
    units = f"{two.vintage.level}@{two.vintage.on.isoformat()}"
    return page_url("planner.compare", lang="vi", indicator=two.indicator.id, units=units, **given)
