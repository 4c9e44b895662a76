"""The addresses of a view, with all of its state written out: release, vintage, period, target and filters."""

from typing import Any

from flask import current_app, url_for

from geodata.overlays import Overlay
from mapapp.i18n import page_url


def query(overlay: Overlay) -> dict[str, str]:
    """The question that gives this view again for ever, as parameters of `/api/v1/overlays/<indicator>`."""
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
    }
    return {name: value for name, value in given.items() if value}


def of_values(overlay: Overlay, form: str | None = None, **more: str) -> str:
    """The path of the view in the API, in a format (None: JSON)."""
    given: dict[str, Any] = {**query(overlay), **({"format": form} if form else {}), **more}
    return url_for("api.overlay", indicator=overlay.indicator.id, **given)


def of_page(overlay: Overlay) -> str:
    """The path of the planner's page that shows the view; the same in files of every language."""
    given = query(overlay)
    units = f"{given.pop('level')}@{given.pop('on')}"
    return page_url("planner.planner", lang="vi", indicator=overlay.indicator.id, units=units, **given)


def absolute(path: str) -> str:
    """The address as it can be cited: with the installation's public address where it has one, else the path. It never
    depends on the name under which the site was reached, so that a file does not either."""
    return f"{current_app.config['PUBLIC_URL'] or ''}{path}"
