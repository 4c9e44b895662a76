"""People and machines that use a site without a pause: they read, verify, have answers signed, report errors, and one
of them is signed in. What became of each request is counted."""

import base64
import http.cookiejar
import itertools
import json
import random
import re
import secrets
import threading
import time
import urllib.error
import urllib.parse
import urllib.request
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException

PATIENCE_S = 30
PAUSE_S = 0.02
REPORT_EVERY_S = 0.25
SIGNED_IN = "steward's account"
PAGES = ("/", "/?q=cao+dang", "/planner", "/verify", "/data", "/api/v1/status", "/api/v1/suggest?q=hue", "/sign-in")


@dataclass(frozen=True)
class Asked:
    """`status` 0: no answer came. `at`: seconds since the load began."""

    what: str
    status: int
    at: float
    took_s: float


class Visitors:
    """`tickets` and `numbers`: reports and signed answers that the site has acknowledged."""

    def __init__(self, port: int, login: str, password: str) -> None:
        self.port, self.address = port, f"http://127.0.0.1:{port}"
        self.asked: list[Asked] = []
        self.tickets: list[str] = []
        self.numbers: list[str] = []
        self._over = threading.Event()
        self._began = time.monotonic()
        self._signed_in = opener()
        self._sign_in(login, password)
        self.institution, self.stamp = self._form()
        jobs = (self._read, self._look_nearby, self._verify, self._have_signed, self._report, self._work)
        self._threads = [threading.Thread(target=self._keep_on, args=(job,)) for job in jobs]

    def start(self) -> None:
        time.sleep(3)  # a form that comes back sooner was not filled in by a person
        self._began = time.monotonic()
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        self._over.set()
        for thread in self._threads:
            if thread.is_alive():
                thread.join()

    def counted(self) -> Counter[tuple[str, int]]:
        return Counter((one.what, one.status) for one in self.asked)

    def failed(self) -> list[Asked]:
        """What was refused or not answered, and where somebody had to sign in again."""
        good = {SIGNED_IN: (200,)}
        return [one for one in self.asked if one.status not in good.get(one.what, (200, 303))]

    # -- what they do -------------------------------------------------------------------------------------------------

    def _keep_on(self, job: Callable[[], None]) -> None:
        """Until it is over. What nobody expected counts as a failure too: a visitor who fell silent proves nothing."""
        while not self._over.wait(PAUSE_S):
            began = time.monotonic()
            try:
                job()
            except Exception as error:  # whatever it is, it is told at the end
                self.note(f"{job.__name__.strip('_')}: {error!r}", 0, began)

    def _read(self) -> None:
        self._get("pages", random.choice(PAGES))

    def _look_nearby(self) -> None:
        lat, lon = random.uniform(9, 22), random.uniform(104.5, 108.5)
        self._get("institutions nearby", f"/api/v1/institutions?lat={lat:.5f}&lon={lon:.5f}&radius_m=30000&limit=10")

    def _verify(self) -> None:
        self._get("verification", f"/api/v1/verify?code={self.institution}&nonce={secrets.token_hex(8)}")

    def _have_signed(self) -> None:
        found = self._get("signed verification", f"/api/v1/verify?code={self.institution}&format=jws")
        if found is not None:
            self.numbers.append(str(payload(found)["jti"]))

    def _work(self) -> None:
        """Whoever has to sign in again is told so by a redirection, which counts as 303."""
        self._get(SIGNED_IN, "/account", self._signed_in)
        self._over.wait(REPORT_EVERY_S)

    def _report(self) -> None:
        """From another address of this machine every time: each may send five an hour, all together 300."""
        if len(self.tickets) < 250:
            self._send(f"127.0.{1 + len(self.tickets) // 250}.{1 + len(self.tickets) % 250}")
        self._over.wait(REPORT_EVERY_S)

    # -- how they do it -----------------------------------------------------------------------------------------------

    def _get(self, what: str, path: str, with_cookies: urllib.request.OpenerDirector | None = None) -> bytes | None:
        """The answer, if it was a good one."""
        asker = with_cookies or opener()
        with self._counted(what) as count:
            try:
                with asker.open(self.address + path, timeout=PATIENCE_S) as answer:
                    whole = bytes(answer.read())
                    count.status = answer.status if answer.url.startswith(self.address + path.split("?")[0]) else 303
                    return whole
            except urllib.error.HTTPError as error:
                count.status = error.code
            except (OSError, HTTPException):
                count.status = 0
        return None

    def _send(self, source: str) -> None:
        form = {"stamp": self.stamp, "field": "telephone", "message": "An exercise", "contact": "", "nickname": ""}
        connection = HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE_S, source_address=(source, 0))
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        with self._counted("report of an error") as count:
            try:
                path = f"/institutions/{self.institution}/report"
                connection.request("POST", path, urllib.parse.urlencode(form), headers)
                answer = connection.getresponse()
                answer.read()
                count.status = answer.status
                if answer.status == 303:
                    self.tickets.append(answer.headers["Location"].rsplit("/", 1)[1])
            except (OSError, HTTPException):
                count.status = 0
            finally:
                connection.close()

    def _counted(self, what: str) -> "Count":
        return Count(self, what)

    def note(self, what: str, status: int, began: float) -> None:
        now = time.monotonic()
        self.asked.append(Asked(what, status, began - self._began, now - began))

    # -- before they begin --------------------------------------------------------------------------------------------

    def _sign_in(self, login: str, password: str) -> None:
        page = self._signed_in.open(f"{self.address}/sign-in").read().decode()
        form = {"token": value(page, "token"), "login": login, "password": password, "code": "", "next": "/steward"}
        self._signed_in.open(f"{self.address}/sign-in", urllib.parse.urlencode(form).encode())

    def _form(self) -> tuple[str, str]:
        """An institution, and the stamp of its form for reporting errors."""
        with opener().open(f"{self.address}/api/v1/institutions?limit=1&status=active") as answer:
            institution = str(json.load(answer)["features"][0]["id"])
        page = opener().open(f"{self.address}/institutions/{institution}/report").read().decode()
        return institution, value(page, "stamp")


class Count:
    """Notes the status and the time of what is asked within."""

    def __init__(self, visitors: Visitors, what: str) -> None:
        self.visitors, self.what, self.status = visitors, what, 0

    def __enter__(self) -> "Count":
        self.began = time.monotonic()
        return self

    def __exit__(self, *_: object) -> None:
        self.visitors.note(self.what, self.status, self.began)


def opener() -> urllib.request.OpenerDirector:
    """A browser of its own, with cookies of its own."""
    return urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))


def value(page: str, name: str) -> str:
    """What the hidden field of the form holds."""
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    if found is None:
        raise SystemExit(f"the page has no field {name}")
    return found[1]


def payload(token: bytes) -> dict[str, object]:
    """What a compact JWS says; its signature is not looked at."""
    middle = token.split(b".")[1]
    found: dict[str, object] = json.loads(base64.urlsafe_b64decode(middle + b"=" * (-len(middle) % 4)))
    return found


def slowest(asked: list[Asked]) -> str:
    """The slowest answer of each kind, in words."""
    by_kind = itertools.groupby(sorted(asked, key=lambda one: (one.what, one.took_s)), key=lambda one: one.what)
    return ", ".join(f"{what} {list(found)[-1].took_s * 1000:.0f} ms" for what, found in by_kind)
