"""How distances and reach read on pages."""

from geodata.access import Access
from geodata.access.distances import MOST_COUNTED, Reach
from mapapp.i18n import gettext as _
from mapapp.i18n import number
from mapapp.planner_access_views import ReachView


def reach_view(found: Access, radius_km: float) -> ReachView:
    return reach_words(found.reach(radius_km), found.institutions)


def reach_words(reach: Reach, institutions: int | None) -> ReachView:
    return ReachView(
        communes=counted(reach.reached, reach.communes, reach.share),
        people=None if reach.people is None else counted(reach.people_reached or 0, reach.people, reach.people_share),
        median="–" if reach.median_km is None else f"{number(reach.median_km, digits=1)} km",
        institutions=_("hơn %(count)s", count=number(MOST_COUNTED)) if institutions is None else number(institutions),
    )


def counted(part: int, whole: int, share: float | None) -> str:
    told = "–" if share is None else f"{number(100 * share, digits=1)} %"
    return f"{number(part)}/{number(whole)} ({told})"


def kilometres(distance_km: float | None) -> str:
    return "–" if distance_km is None else f"{number(distance_km, digits=1)} km"
