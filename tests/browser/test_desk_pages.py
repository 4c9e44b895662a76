"""Every page behind the sign-in, as the matrix of rights lists them: no accessibility rule broken, all unfolded."""

import re
from collections.abc import Iterator

import pytest

from mapapp import create_app
from mapapp.settings import Settings
from tests.browser.conftest import PHONE, Visiting
from tests.browser.test_accessibility import violations
from tests.conftest import scratch
from tests.geodata.people.guarded import HERE, Guarded, guarded
from tests.mapapp.test_rights import PRIVATE, made
from tests.serving import serving

__all__ = ["guarded"]  # a fixture that lives beside what it makes

pytestmark = pytest.mark.browser

EVENTS = ("rename", "merge", "split", "suspend", "stop_enrolment", "reopen", "declare_complete")
FILE = re.compile(r"\.\w+(\?|$)")
"""Addresses of files that are taken away, such as a template: no pages."""

UNFOLD = "document.querySelectorAll('main details').forEach((part) => { part.open = true; })"


@pytest.fixture(scope="module")
def site(guarded: Guarded) -> Iterator[str]:
    """The address of the site over the guarded database, asked under the web's own roles."""
    app = create_app(Settings(database_url=guarded.url, data=scratch() / "desk", secret_key="k" * 40))
    with serving(app) as running:
        yield running.address


def pages(given: dict[str, object]) -> list[str]:
    """Addresses of every private page, with each event's form."""
    asked = (one.way.removeprefix("GET ") for one in PRIVATE.values() if one.way.startswith("GET "))
    ways = [way.format(**given) for way in asked if not FILE.search(way)]
    record = f"/steward/institutions/{given['id']}"
    return [*ways, *(f"{record}/{event}" for event in EVENTS)]


def test_no_page_of_the_desk_breaks_a_rule(visiting: Visiting, guarded: Guarded, site: str) -> None:
    asked = pages(made(guarded, "steward", HERE))
    seen, broken = 0, []
    with visiting(PHONE) as visit:
        cookie = {"name": "person", "value": guarded.token("national"), "url": site}
        visit.page.context.set_default_timeout(30_000)
        visit.page.context.add_cookies([cookie])  # type: ignore[list-item]
        for path in asked:
            page = visit.open(path)
            page.evaluate(UNFOLD)
            width = page.evaluate("document.documentElement.scrollWidth")
            broken += [(path, found) for found in [*violations(page), *([width] if width > PHONE["width"] else [])]]
            seen += 1
    assert broken == []
    assert seen >= 15
