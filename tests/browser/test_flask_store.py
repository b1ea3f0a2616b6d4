"""The Flask store of the examples, under two servers: ordered, late, written to, answered, seen in its own admin."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Tabs
from tests.host.locks import holder
from tests.mail import Mailbox, mail_server
from tests.running import free_port, until

from vefa import clock
from vefa.cases.records import cases
from vefa.clock import Shown
from vefa.database import Databases, open_databases, reading
from vefa.stores import records as stores

EXAMPLES = Path(__file__).parents[2] / "examples"
PASSWORD = "copper and tin"
SAID = "Doğum günü hediyesiydi, hâlâ gelmedi."
SERVERS = {
    "granian": "granian --interface wsgi --factory --port {port} flask_store:create_app",
    "gunicorn": "gunicorn --preload --workers 3 --worker-tmp-dir /dev/shm --bind 127.0.0.1:{port} "
    "flask_store:create_app()",
}
OUTBOX = {"granian": "", "gunicorn": "host"}


@dataclass
class Served:
    """The store as its operator runs it: a folder, a server, and Vefa's clock."""

    folder: Path
    server: str
    box: Mailbox
    port: int = field(default_factory=free_port)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith(("VEFA_", "SHOP_"))}
        return kept | {
            "SHOP_FOLDER": str(self.folder),
            "VEFA_PUBLIC_URL": self.address,
            "VEFA_SMTP_URL": self.box.url,
            "VEFA_CLOCK": str(self.folder / "clock.json"),
            "VEFA_EMBED": "1",
            "VEFA_OUTBOX": OUTBOX[self.server],
        }

    def show(self, ahead: timedelta) -> None:
        """Let Vefa's clock be ahead of the wall."""
        real = datetime.now(UTC)
        clock.write(self.folder / "clock.json", Shown(real, real + ahead, 1.0, paused=False))

    @contextmanager
    def running(self) -> Iterator[None]:
        command = SERVERS[self.server].format(port=self.port).split()
        command[0] = str(Path(sys.executable).with_name(command[0]))
        with (self.folder / "log.txt").open("wb") as log:
            process = subprocess.Popen(command, cwd=EXAMPLES, env=self.environ, stdout=log, stderr=log)
        try:
            until(self.answers, "the store answers")
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(30)
        assert "Traceback" not in (self.folder / "log.txt").read_text(encoding="utf-8")

    def answers(self) -> bool:
        try:
            with urllib.request.urlopen(self.address, timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    @contextmanager
    def databases(self) -> Iterator[Databases]:
        opened = open_databases(self.folder / "vefa" / "vefa.db")
        yield opened
        opened.dispose()

    def cases(self) -> list[int]:
        with self.databases() as databases, reading(databases.main) as connection:
            return list(connection.scalars(sa.select(cases.c.number)))


# What the example's README says, in one process: starting one for each command takes longer than the commands.
PREPARE = """
import sys
from flask_store import create_app
from vefa.cli import vefa

folder, password = sys.argv[1:]
run = create_app().test_cli_runner().invoke
for words in (
    ["db", "upgrade"],
    ["seed", "--password", password],
    ["vefa", "store", "add", "alma", "--from", folder + "/store.json"],
    ["vefa", "outbox", "create"],
    ["db", "check"],
):
    done = run(vefa, words[1:]) if words[0] == "vefa" else run(args=words)
    assert done.exit_code == 0, done.output
"""


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the store's database and Vefa's, made as the example's README says."""
    folder = tmp_path_factory.mktemp("alma")
    settings = json.loads((EXAMPLES / "flask_store" / "store.json").read_text(encoding="utf-8"))
    # No quiet hours, so that the hour of the day does not matter.
    settings |= {"quiet_from": "00:00", "quiet_until": "00:00"}
    (folder / "store.json").write_text(json.dumps(settings), encoding="utf-8")
    environ = {name: value for name, value in os.environ.items() if not name.startswith("VEFA_")}
    done = subprocess.run(
        [sys.executable, "-c", PREPARE, str(folder), PASSWORD],
        cwd=EXAMPLES,
        env=environ | {"SHOP_FOLDER": str(folder)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    databases = open_databases(folder / "vefa" / "vefa.db")
    with databases.main.begin() as connection:
        since = datetime.now(UTC) - timedelta(days=5)
        stores.switch(connection, stores.by_slug(connection, "alma"), sending=True, now=since)
    databases.dispose()
    return folder


@pytest.fixture(params=sorted(SERVERS))
def served(request: pytest.FixtureRequest, prepared: Path, tmp_path: Path) -> Iterator[Served]:
    """The store under a server, with a worker in it."""
    folder = tmp_path / "alma"
    shutil.copytree(prepared, folder)
    with mail_server() as box:
        place = Served(folder, request.param, box)
        place.show(timedelta())
        with place.running():
            yield place


@pytest.fixture
def tabs(served: Served, chromium: Browser) -> Iterator[Tabs]:
    """Tabs in front of the store; none may complain."""
    found = Tabs(served.address, chromium)
    yield found
    found.close()


def test_a_late_order_of_a_flask_store_becomes_a_case_in_its_own_admin(served: Served, tabs: Tabs) -> None:
    order(tabs.tab())
    served.show(timedelta(days=4))
    link = letter(served)
    answer(tabs.tab(script=False), link)
    until(served.cases, "the case stands")
    staff = tabs.tab()
    seen_in_the_admin(staff)
    signed_out_is_out(staff)
    lock = served.folder / "vefa" / "vefa.worker.lock"
    first = holder(lock)
    assert first is not None
    if served.server == "gunicorn":
        os.kill(first, signal.SIGKILL)
        until(lambda: served.answers() and holder(lock) not in {None, first}, "another process works on", 15)


def order(tab: Page) -> None:
    """A customer orders through the store's pages."""
    tab.goto("/")
    tab.get_by_role("link", name="Samovar").click()
    tab.get_by_role("button", name="Put into the basket").click()
    tab.get_by_role("link", name="To the checkout").click()
    tab.get_by_label("Your name").fill("Gülşen Işık")
    tab.get_by_label("E-mail address").fill("gulsen@buyer.example")
    tab.get_by_label("We write to you in").select_option("tr")
    tab.get_by_label("Street and number").fill("Bakırcılar 5")
    tab.get_by_label("Postal code").fill("34126")
    tab.get_by_label("City").fill("İstanbul")
    tab.get_by_label(re.compile("Express: with you by")).check()
    tab.get_by_role("button", name="Order").click()
    expect(tab.get_by_role("heading", name="Thank you, Gülşen Işık")).to_be_visible()


def letter(served: Served) -> str:
    """Return the answer of one star that the notice of the delay offers."""
    recipients, mail = until(lambda: served.box.taken[:1], "the notice of the delay")[0]
    assert recipients == ["gulsen@buyer.example"]
    assert "Siparişiniz gecikti" in mail["Subject"]
    body = mail.get_body(("plain",))
    assert body is not None
    (one,) = re.findall(rf"{served.address}/vefa/c/alma/[^\s>]+score=1\b", body.get_content())
    return str(one)


def answer(tab: Page, link: str) -> None:
    """The customer answers, without JavaScript."""
    tab.goto(link)
    tab.locator("textarea").fill(SAID)
    tab.locator("form button").first.click()
    expect(tab.get_by_text(SAID)).to_be_visible()


def seen_in_the_admin(tab: Page) -> None:
    """The staff signs in at the store, ships the order late, and finds the case inside the store's own page."""
    tab.goto("/admin/")
    tab.get_by_label("E-mail address").fill("ada@alma.example")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.get_by_role("link", name="A1001").click()
    tab.get_by_label("Tracking number").fill("TRK1")
    tab.get_by_role("button", name="Mark as shipped").click()
    expect(tab.get_by_text("TRK1")).to_be_visible()
    tab.get_by_role("link", name="What was promised and said").click()
    frame = tab.frame_locator("iframe")
    expect(frame.get_by_text("A1001").first).to_be_visible()
    frame.get_by_role("link", name="Complaints").first.click()
    frame.locator("a[data-open][href$='/complaints/1']").click()
    expect(frame.get_by_text(SAID).first).to_be_visible()
    assert tab.url.endswith("standard:1")


def signed_out_is_out(tab: Page) -> None:
    """Whoever leaves the store has left the panel in its frame too."""
    other = tab.context.new_page()
    other.goto("/admin/")
    other.get_by_role("button", name="Sign out").click()
    frame = tab.frame_locator("iframe")
    frame.get_by_role("link", name="Deliveries").first.click()
    expect(frame.get_by_role("heading", name="Sign in")).to_be_visible()
    assert tab.context.request.get("/vefa/alma/complaints/1", max_redirects=0).status == 303
