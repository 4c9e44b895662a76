"""The map and list as a part of somebody else's page."""

from dataclasses import dataclass

from geodata.institutions import search
from mapapp.cards import PAGE_SIZE, result_list
from mapapp.db import session
from mapapp.home_view import api_values, map_config, previous
from mapapp.i18n import gettext as _
from mapapp.i18n import page_url
from mapapp.params import EmbedQuestion
from mapapp.questions import to_filter
from mapapp.views import MapConfig, ResultList


@dataclass(frozen=True)
class EmbedPage:
    """`whole_url` is the same question on the site itself; `map` is None where only the list was asked for."""

    title: str
    description: str
    whole_url: str
    results: ResultList
    map: MapConfig | None


def embed_page(asked: EmbedQuestion) -> EmbedPage:
    wanted = to_filter(asked)
    page = search(session(), wanted, limit=PAGE_SIZE, cursor=asked.cursor)
    return EmbedPage(
        title=_("Bản đồ số mạng lưới cơ sở giáo dục nghề nghiệp"),
        description=_("Các cơ sở giáo dục nghề nghiệp trên bản đồ và trong danh sách."),
        whole_url=page_url("citizen.home", **api_values(asked)),
        results=result_list(page, asked, part=asked.page, previous=previous(asked, wanted)),
        map=map_config(asked) if asked.view == "map" else None,
    )
