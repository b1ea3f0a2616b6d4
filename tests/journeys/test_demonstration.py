"""``make run``: two stores with a past start, play on by a clock of their own, and end without a trace."""

from __future__ import annotations

import json
import re
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from html import unescape
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, build_opener

from tests.running import free_port

RUN = Path(__file__).parents[2] / "examples" / "run.py"
PASSWORD = "a password for tests"
SMALL = ("--share", "0.5", "--days", "15", "--speed", "600")
SMALLEST = ("--share", "0.2", "--days", "4")


class Demonstration:
    """A running demonstration, what it printed, and a browser without scripts in front of it."""

    def __init__(self, folder: Path, port: int, size: tuple[str, ...] = SMALL) -> None:
        self.folder, self.printed = folder, ""
        command = [sys.executable, str(RUN), "--port", str(port), "--folder", str(folder), *size]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        self.browser = build_opener(HTTPCookieProcessor(CookieJar()))
        for line in self.process.stdout or ():
            self.printed += line
            if "Ctrl+C" in line:
                return
        raise AssertionError(f"It ended by itself: {self.printed}")

    def found(self, pattern: str) -> str:
        match = re.search(pattern, self.printed)
        assert match, self.printed
        return match[1]

    def get(self, address: str) -> str:
        """Open a page; an address without a host is one of the panel's."""
        full = address if address.startswith("http") else self.found(r"Panel +(http://[^/]+)") + address
        with self.browser.open(full, timeout=20) as answer:
            assert answer.status == 200
            return answer.read().decode()

    def post(self, page: str, address: str, **fields: str) -> str:
        """Send a form with the secret that stands on a page."""
        mark = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert mark
        full = self.found(r"Panel +(http://[^/]+)") + address
        form = urlencode({"csrf_token": unescape(mark[1]), **fields}).encode()
        with self.browser.open(full, form, timeout=20) as answer:
            return answer.read().decode()

    def sign_in(self) -> None:
        link = self.found(r"Sign in +(\S+)")
        page = self.get(link)
        assert "DEMO" in self.post(page, "/vefa/sign-in/" + link.rpartition("/")[2], password=PASSWORD)

    def until(self, ask: Callable[[], bool], what: str) -> None:
        deadline = time.monotonic() + 60
        while not ask():
            assert time.monotonic() < deadline, what
            time.sleep(0.25)

    def stop(self) -> int:
        self.process.send_signal(signal.SIGINT)
        self.printed += self.process.communicate(timeout=30)[0]
        return self.process.returncode


def listening(port: int) -> bool:
    with socket.socket() as client:
        return client.connect_ex(("127.0.0.1", port)) == 0


def test_a_stranger_starts_looks_answers_and_stops(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        wanted = taken.getsockname()[1]
        demo = Demonstration(tmp_path / "demo", wanted)
    port = int(demo.found(r"Panel +http://127.0.0.1:(\d+)"))
    try:
        assert port != wanted
        demo.sign_in()
        home = demo.get("/vefa/mercan/")
        assert re.search(r"<a class=\"v-n\" href=\"[^\"]+\">\d+</a> parcels? missed", home), home[:3000]
        assert "Here is what Vefa wrote" in home and "Connect my store" in home
        assert "This store is in shadow: what Vefa writes by itself is kept" in demo.get(
            "/vefa/nar/demonstration/mail"
        )
        # It lives: events come in by themselves, and the clock shows no night and no weekend of ours.
        heard = re.compile(r"v-demo-heard\">([^<]+)<")

        def news() -> str | None:
            found = heard.search(demo.get("/vefa/mercan/demonstration/clock"))
            return found[1] if found else None

        first = news()
        demo.until(lambda: news() != first, "an event arrives")
        # A letter is answered from the inbox, and the words stand in a case.
        inbox = demo.get("/vefa/mercan/demonstration/mail")
        letter = re.search(r'class="v-mail" href="([^"]+)"', inbox)
        assert letter
        page = demo.get(letter[1])
        answered = demo.post(page, letter[1] + "/answer", words="Where on earth is it, please?")
        assert "on its way to the store" in answered

        def in_a_case() -> bool:
            cases = re.findall(
                r'href="(/vefa/mercan/complaints/\d+)" data-open', demo.get("/vefa/mercan/complaints")
            )
            return any("Where on earth is it" in demo.get(one) for one in cases[:5])

        demo.until(in_a_case, "the answer stands in a case")
        # The clock obeys the banner.
        demo.post(demo.get("/vefa/mercan/"), "/vefa/mercan/demonstration/clock", paused="1")
        stood = json.loads((tmp_path / "demo" / "clock.json").read_text())
        assert stood["paused"] is True and stood["speed"] == 600
        # What was planted lies where its owner alone may read, and not in the program's folder.
        planted = tmp_path / "demo-planted" / "truth.json"
        assert (
            stat.S_IMODE(planted.stat().st_mode) == 0o600
            and stat.S_IMODE(planted.parent.stat().st_mode) == 0o700
        )
        assert not list((tmp_path / "demo").glob("*truth*")) and not list(
            (tmp_path / "demo").glob("*.secret")
        )
    finally:
        code = demo.stop()
    assert code == 0, demo.printed
    assert not listening(port)
    assert "Traceback" not in demo.printed, demo.printed


def test_it_starts_afresh_where_another_was(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "demo.db").write_text("what was left over")
    demo = Demonstration(tmp_path / "demo", free_port(), SMALLEST)
    assert "choose a password" in demo.printed
    assert demo.stop() == 0
