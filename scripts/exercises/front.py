"""nginx in front of a site, with the rules of deploy/nginx.conf, on a free port of this machine."""

import contextlib
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from scripts.benchmark.servers import free_port

ROOT = Path(__file__).parent.parent.parent
RULES = ROOT / "deploy" / "nginx.conf"
PATIENCE_S = 15
MAIN = """
{user}
pid {place}/nginx.pid;
error_log {place}/main.log;
events {{ worker_connections 8192; }}
http {{
    client_body_temp_path {place}/body;
    proxy_temp_path {place}/proxy;
    fastcgi_temp_path {place}/f;
    uwsgi_temp_path {place}/u;
    scgi_temp_path {place}/s;
    include {place}/site.conf;
}}
"""


class Front:
    """A running nginx at `port`."""

    def __init__(self, place: Path, port: int, running: "subprocess.Popen[bytes]") -> None:
        self.place, self.port, self._running = place, port, running

    def turn_to(self, behind: int) -> None:
        """Ask the site at another port from now on; requests under way are ended by the one that has them."""
        write_rules(self.place, self.port, behind)
        self._running.send_signal(signal.SIGHUP)

    def upstream_statuses(self) -> list[str]:
        """What the sites answered, one by one, also where a reader got what nginx had kept instead."""
        lines = (self.place / "mapapp.log").read_text().splitlines()
        return [status for line in lines for status in re.findall(r"\d{3}", line.rsplit('"', 2)[1])]


@contextlib.contextmanager
def nginx(behind: int) -> Iterator[Front]:
    """nginx before the site at the port `behind`."""
    program = shutil.which("nginx") or "/usr/sbin/nginx"
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="mapapp-nginx-") as folder:
        place = Path(folder)
        write_rules(place, port, behind)
        user = "user root;" if place.owner() == "root" else ""
        (place / "nginx.conf").write_text(MAIN.format(place=place, user=user))
        command = [program, "-p", folder, "-c", str(place / "nginx.conf"), "-g", "daemon off;"]
        running = subprocess.Popen(command, stderr=subprocess.DEVNULL)
        try:
            until_open(port)
            yield Front(place, port, running)
        finally:
            running.terminate()
            running.wait(timeout=30)


def until_open(port: int) -> None:
    """Raises `TimeoutError` when nobody listens in time."""
    deadline = time.monotonic() + PATIENCE_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S):
            return
        time.sleep(0.1)
    raise TimeoutError(f"nothing listens at port {port}")


def write_rules(place: Path, port: int, behind: int) -> None:
    (place / "site.conf").write_text(configuration(RULES.read_text(), place, port, behind))


def configuration(text: str, place: Path, port: int, behind: int) -> str:
    """The site's file for the machine it runs on: without certificate and redirection, its paths in a place of ours."""
    text = re.sub(r"server \{\s*listen 80;.*?\n\}\n", "", text, flags=re.DOTALL)
    text = re.sub(r"^ *(ssl_\w+|listen \[::\]).*\n", "", text, flags=re.MULTILINE)
    text = text.replace("listen 443 ssl http2;", f"listen 127.0.0.1:{port};")
    text = text.replace("server 127.0.0.1:8000;", f"server 127.0.0.1:{behind};")
    return text.replace("/var/log/nginx/", f"{place}/").replace("/var/cache/nginx/mapapp", f"{place}/cache")
