"""The first view is light: at most 150 KB of scripts, styles and fonts on the wire, HTML included."""

import pytest
from playwright.sync_api import Response

from tests.browser.conftest import DESK, PHONE, Visiting

pytestmark = pytest.mark.browser

MOST_BYTES = 150 * 1024
MOST_CSS_BYTES = 32 * 1024


def weight(response: Response) -> tuple[str, int]:
    """(kind, bytes of the body on the wire)"""
    return response.request.resource_type, response.request.sizes()["responseBodySize"]


@pytest.mark.parametrize("viewport", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("path", ["/", "/nearby?place=phuong+hai+chau"])
def test_the_first_view_is_light(visiting: Visiting, viewport: dict[str, int], path: str) -> None:
    with visiting(viewport) as visit:
        seen: list[Response] = []
        visit.page.on("requestfinished", lambda request: seen.append(request.response()))
        visit.open(path)
        weights = [weight(response) for response in seen]
        page_weight = sum(size for kind, size in weights if kind in ("document", "script", "stylesheet", "font"))
        assert 10_000 < page_weight < MOST_BYTES


def test_our_styles_stay_small_unpacked(visiting: Visiting) -> None:
    with visiting(DESK) as visit:
        seen: list[Response] = []
        visit.page.on("response", lambda response: seen.append(response))
        visit.open("/")
        styles = [one for one in seen if one.request.resource_type == "stylesheet" and "/vendor/" not in one.url]
        assert len(styles) >= 3
        assert sum(len(one.body()) for one in styles) < MOST_CSS_BYTES


def test_every_script_and_style_arrives_compressed_and_may_be_kept(visiting: Visiting) -> None:
    with visiting(DESK) as visit:
        seen: list[Response] = []
        visit.page.on("response", lambda response: seen.append(response))
        visit.open("/")
        for response in seen:
            if (
                response.request.resource_type in ("script", "stylesheet")
                and int(response.header_value("content-length") or 0) > 600
            ):
                assert response.header_value("content-encoding") == "gzip", response.url
                assert "max-age" in (response.header_value("cache-control") or ""), response.url
