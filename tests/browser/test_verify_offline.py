"""The signed list in a browser, the server stopped: questions, signed answers and QR codes are checked there alone."""

import base64
import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from apiflask import APIFlask
from playwright.sync_api import Page, expect
from sqlalchemy.orm import Session

from geodata.engine import make_sessions
from mapapp import create_app
from mapapp.outage import refresh
from mapapp.settings import Settings
from tests.browser.conftest import BROWSER, PHONE
from tests.browser.test_accessibility import violations
from tests.browser.test_offline import installed
from tests.browser.test_verify import CODES
from tests.builders import an_institution, publish
from tests.databases import DatabaseLike
from tests.serving import serving

pytestmark = pytest.mark.browser


@dataclass
class Server:
    address: str
    app: APIFlask
    settings: Settings
    stop: Callable[[], None]

    @contextmanager
    def session(self) -> Iterator[Session]:
        sessions = make_sessions(self.settings.url)
        with sessions() as session:
            yield session
        sessions.kw["bind"].dispose()

    def refresh(self) -> None:
        with self.session() as session:
            refresh(self.settings, session)
            session.rollback()


@pytest.fixture
def server(database_like: DatabaseLike, tmp_path: Path) -> Iterator[Server]:
    settings = Settings(database_url=database_like(BROWSER), data=tmp_path, secret_key="k" * 40)
    app = create_app(settings)
    with serving(app) as running:
        found = Server(running.address, app, settings, running.stop)
        found.refresh()
        yield found


def take_list(page: Page, server: Server) -> None:
    page.goto(server.address + "/verify/offline")
    installed(page)
    page.get_by_role("button", name="Tải danh sách mới nhất").click()
    expect(page.locator("#list-said")).to_contain_text("chữ ký và nội dung khớp nhau")


def ask_for(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    page.get_by_role("button", name="Xác minh").click()


def paste(page: Page, text: str) -> None:
    page.locator("#token").fill(text)
    page.get_by_role("button", name="Kiểm tra").click()


def told(page: Page) -> str | None:
    return page.locator("#verdict [data-answer]").get_attribute("data-answer")


def test_everything_is_checked_with_the_server_stopped(page: Page, server: Server) -> None:
    take_list(page, server)
    questions = [{"code": code} for code in CODES[:60]]
    answers = page.request.post(f"{server.address}/api/v1/verify", data=questions).json()["answers"]
    by_answer = {one["answer"]: one["question"]["code"] for one in answers}
    token = page.request.get(f"{server.address}/api/v1/verify?code={by_answer['authorised']}&format=jws").text()
    server.stop()

    page.goto(server.address + "/verify/offline")
    expect(page.locator("#about-list")).to_contain_text("dùng được đến")
    for answer, code in by_answer.items():
        ask_for(page, code)
        expect(page.locator("#verdict [data-answer]")).to_have_attribute("data-answer", answer)
    assert len(by_answer) >= 3

    paste(page, token)
    expect(page.locator("#verdict")).to_contain_text("Chữ ký đúng là của hệ thống này")
    assert told(page) == "authorised"
    for forged in (altered(token), token[:-6] + "AAAAAA"):
        paste(page, forged)
        expect(page.locator("#verdict")).to_contain_text("Chữ ký không đúng")
    paste(page, "nonsense")
    expect(page.locator("#verdict")).to_contain_text("không phải câu trả lời có chữ ký")
    paste(page, f"{server.address}/verify?code={by_answer['authorised']}&action=operate&on=2026-01-01&release=2")
    expect(page.locator("#verdict")).to_contain_text("ngày 2026-01-01")
    ask_for(page, "KHONG.CO")
    expect(page.locator("#verdict [data-answer]")).to_have_attribute("data-answer", "unknown_code")
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]

    page.goto(server.address + "/verify?code=1")  # never seen: this page answers for it
    expect(page.locator("#about-list")).to_contain_text("dùng được đến")


def altered(token: str) -> str:
    """The same signature under another answer."""
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    changed = json.dumps({**claims, "answer": "closed"}).encode()
    return f"{header}.{base64.urlsafe_b64encode(changed).decode().rstrip('=')}.{signature}"


def test_a_newer_list_comes_as_a_difference(page: Page, server: Server) -> None:
    take_list(page, server)
    with server.session() as session:
        publish(session, an_institution("Trường Cao đẳng Mới Tinh", codes=[("CDD9999", (None, None))]))
        session.commit()
    server.refresh()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Tải danh sách mới nhất").click()
    expect(page.locator("#about-list")).to_contain_text("Lần công bố 3")
    expect(page.locator("#list-said")).to_contain_text("khớp nhau")
    assert [url for url in asked if "/since/2" in url]
    assert not [url for url in asked if url.endswith("/offline-list/3")]
    ask_for(page, "cdd9999")
    expect(page.locator("#verdict")).to_contain_text("Mới Tinh")


def test_a_list_that_was_altered_on_the_way_is_not_believed(page: Page, server: Server) -> None:
    def spoil(route: object) -> None:
        answer = route.fetch()  # type: ignore[attr-defined]
        route.fulfill(response=answer, body=answer.text().replace("active", "closed", 1))  # type: ignore[attr-defined]

    page.goto(server.address + "/verify/offline")
    installed(page)
    page.context.route("**/api/v1/offline-list/2", spoil)
    page.get_by_role("button", name="Tải danh sách mới nhất").click()
    expect(page.locator("#list-said")).to_contain_text("Không tải được")
    expect(page.locator("#about-list")).to_contain_text("Chưa có danh sách")


def test_an_expired_list_answers_nothing(page: Page, server: Server) -> None:
    take_list(page, server)
    page.evaluate(
        """async () => {
            const store = await caches.open("offline-list");
            const head = await (await store.match("/offline-list/head")).json();
            await store.put("/offline-list/head", new Response(JSON.stringify({ ...head, exp: 1 })));
        }"""
    )
    page.reload()
    expect(page.locator("#about-list")).to_contain_text("đã hết hạn")
    ask_for(page, CODES[0])
    expect(page.locator("#verdict")).to_contain_text("không thể trả lời từ nó")
    assert told(page) == "none"


def test_no_list_is_told(page: Page, server: Server) -> None:
    shutil.rmtree(server.settings.data / "kept")
    page.goto(server.address + "/en/verify/offline")
    page.get_by_role("button", name="Get the newest list").click()
    expect(page.locator("#list-said")).to_contain_text("could not be had")
