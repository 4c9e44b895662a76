"""A running site over a small register, and a visitor with a real browser who notices every fault on the way."""

import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright, Request, expect, sync_playwright
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from geodata.demo.publication import load
from geodata.geometry import LonLat
from mapapp import create_app
from mapapp.settings import Settings
from tests.builders import AnInstitution, an_institution, publish
from tests.conftest import scratch
from tests.databases import UNITS, DatabaseLike, Prepared
from tests.serving import serving

FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE_MS = 30_000
"""As long as a slow machine may take; nobody waits for it where things go well."""
expect.set_options(timeout=PATIENCE_MS)
PHONE = {"width": 360, "height": 760}
DESK = {"width": 1280, "height": 900}
INSTITUTIONS = 320
"""Enough that the national view gathers them in clusters."""

HOSTILE = "<script>document.title='pwned'</script> ${alert(1)} {{ 7*7 }} <img src=x onerror=alert(1)> \u202etxet\u202c"
HIGH_SCHOOL = "Trường Trung học nghề Cù Lao Chàm"
TWINS = ("Trường Cao đẳng Song Sinh Một", "Trường Trung cấp Song Sinh Hai")
SPOT = LonLat(108.2208, 16.0678)
"""In Đà Nẵng; both twins stand here."""


def special() -> tuple[AnInstitution, ...]:
    """Institutions that a test looks for by name."""
    at = {"province": "48", "commune": "20242"}
    return (
        an_institution(HOSTILE, at=LonLat(108.15, 16.05), address="<b>12</b> ${x} {{ y }}", **at),
        an_institution(HIGH_SCHOOL, at=LonLat(108.51, 15.95), type="vocational_high_school", **at),
        an_institution(TWINS[0], at=SPOT, **at),
        an_institution(TWINS[1], at=SPOT, type="intermediate_school", **at),
    )


def _publish_site(engine: Engine) -> None:
    with Session(engine) as session:
        load(session, institutions=INSTITUTIONS)
        session.commit()
        publish(session, *special())
        session.commit()


BROWSER = Prepared("browser", _publish_site, over=UNITS)
"""A small illustrative register, and the institutions named above."""


@pytest.fixture(scope="session")
def site(database_like: DatabaseLike) -> Iterator[str]:
    """The address of the running site."""
    app = create_app(Settings(database_url=database_like(BROWSER), data=scratch(), secret_key="k" * 40))
    with serving(app) as running:
        yield running.address


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """Debian's Chromium; tests skip where no Chromium is installed, except in CI, which installs it."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None and not os.environ.get("CI"):
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
    yield browser
    browser.close()


CALM = """() => new Promise((done) => setTimeout(() => requestIdleCallback(done, { timeout: 5000 }), 250))"""
"""Longer than our scripts put anything off (`calm` of dom.js), and until nothing else is waiting to be done."""


@dataclass
class Visit:
    """A page of the site in a window, and what went wrong while it was looked at."""

    site: str
    page: Page
    scripts: bool = True
    faults: list[str] = field(default_factory=list)
    asked: int = 0
    waiting: set[Request] = field(default_factory=set)

    def open(self, path: str = "/") -> Page:
        """The page with its scripts at rest."""
        self.waiting.clear()
        self.page.goto(self.site + path)
        self.rest()
        return self.page

    def rest(self) -> None:
        """Wait until nothing is on its way and no script has anything left to do or to ask. Playwright's `networkidle`
        takes half a second for each page, and where scripts are slow it is over before they ask."""
        if not self.scripts:
            self.page.wait_for_load_state("networkidle")
            return
        self.page.wait_for_load_state()
        seen, until = -1, time.monotonic() + PATIENCE_MS / 1000
        while self.waiting or seen != self.asked:
            assert time.monotonic() < until, f"the page goes on asking: {[one.url for one in self.waiting]}"
            seen = self.asked
            self.page.evaluate(CALM)

    def watch(self) -> None:
        self.page.on("console", lambda said: self._said(said))
        self.page.on("pageerror", lambda error: self.faults.append(str(error)))
        self.page.on("request", lambda request: self._asks(request))
        self.page.on("requestfinished", lambda request: self.waiting.discard(request))
        self.page.on("requestfailed", lambda request: self.waiting.discard(request))
        self.page.on("dialog", lambda dialog: (self.faults.append(f"dialog: {dialog.message}"), dialog.dismiss()))

    def _asks(self, request: Request) -> None:
        self._foreign(request.url)
        if not request.url.startswith("data:"):
            self.asked += 1
            self.waiting.add(request)

    def _said(self, said: ConsoleMessage) -> None:
        if said.type in ("error", "warning") and "blocked by Playwright" not in said.text:
            self.faults.append(f"{said.text} ({said.location.get('url')})")

    def _foreign(self, url: str) -> None:
        if not url.startswith((self.site, "data:")):
            self.faults.append(f"asked a foreign server: {url}")


Visiting = Callable[..., AbstractContextManager[Visit]]


@pytest.fixture
def visiting(browser: Browser, site: str) -> Visiting:
    """`with visiting(PHONE, color_scheme="dark") as visit:`; faults on the way fail the test at the end."""

    @contextmanager
    def visiting(viewport: dict[str, int] = DESK, **options: Any) -> Iterator[Visit]:
        context = browser.new_context(
            **{"viewport": viewport, "locale": "vi-VN", "service_workers": "block", **options}
        )
        context.set_default_timeout(PATIENCE_MS)
        visit = Visit(site, context.new_page(), scripts=options.get("java_script_enabled", True))
        visit.watch()
        try:
            yield visit
        finally:
            context.close()
        assert visit.faults == []

    return visiting


@pytest.fixture(params=[PHONE, DESK], ids=["phone", "desk"])
def visit(request: pytest.FixtureRequest, visiting: Visiting) -> Iterator[Visit]:
    """A visitor at both widths."""
    with visiting(request.param) as visit:
        yield visit


@pytest.fixture
def at_desk(visiting: Visiting) -> Iterator[Visit]:
    with visiting(DESK) as visit:
        yield visit


@pytest.fixture
def on_phone(visiting: Visiting) -> Iterator[Visit]:
    with visiting(PHONE) as visit:
        yield visit


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page on a phone that lets the site's worker in."""
    context = browser.new_context(viewport=PHONE, locale="vi-VN")
    context.set_default_timeout(PATIENCE_MS)
    yield context.new_page()
    context.close()


def show_map(page: Page) -> None:
    """Open the sheet where the map is behind a button, and wait for the first signs."""
    if page.locator(".sheet-open").is_visible():
        page.locator(".sheet-open").click()
    page.locator(".map.alive .mark-icon").first.wait_for()
    page.wait_for_load_state("networkidle")
