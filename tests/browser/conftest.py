"""A real browser in front of a running panel, and everything it complains about."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from tests.panel.shop import NOW, PASSWORD, Shop, make_shop, ordinary_orders
from werkzeug.serving import WSGIRequestHandler, make_server

from vefa.database import Databases
from vefa.staff import records, session_records
from vefa.staff.account import Theme

CHROMIUM = Path("/usr/bin/chromium")
sync_api = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")

# What the policy refuses is kept where a test can read it.
WATCH = """
window.refused = [];
document.addEventListener("securitypolicyviolation", (event) =>
  window.refused.push(event.violatedDirective + " " + event.blockedURI + " " + event.sourceFile));
"""


class Quiet(WSGIRequestHandler):
    """Serves without a line for each request."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Say nothing."""


@dataclass
class Tabs:
    """Tabs in front of an address, and what they complained of."""

    address: str
    chromium: sync_api.Browser
    complaints: list[str] = field(default_factory=list, kw_only=True)
    opened: list[sync_api.BrowserContext] = field(default_factory=list, kw_only=True)

    def tab(self, width: int = 1280, *, script: bool = True) -> sync_api.Page:
        """Return a new tab that notes every complaint."""
        context = self.chromium.new_context(
            viewport={"width": width, "height": 800}, java_script_enabled=script, base_url=self.address
        )
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH)
        self.opened.append(context)
        tab = context.new_page()
        tab.on(
            "console",
            lambda said: self.complaints.append(said.text) if said.type in {"error", "warning"} else None,
        )
        tab.on("pageerror", lambda error: self.complaints.append(str(error)))
        return tab

    def close(self) -> None:
        """Close every tab; none may have complained, and the policy may have refused nothing."""
        refused = [line for context in self.opened for tab in context.pages for line in _refused(tab)]
        for context in self.opened:
            context.close()
        assert self.complaints == []
        assert refused == []


@dataclass
class Site(Tabs):
    """A running panel, and tabs to look at it with."""

    shop: Shop

    def link(self) -> str:
        """Return a fresh sign-in link of the store's owner."""
        with self.shop.world.databases.main.begin() as connection:
            secret = session_records.make_link(connection, self.shop.owners["mercan"].id, 1, now=NOW)
        return f"{self.address}/vefa/sign-in/{secret}"

    def signed_in(self, width: int = 1280, *, script: bool = True) -> sync_api.Page:
        """Return a tab whose owner has just come in."""
        tab = self.tab(width, script=script)
        tab.goto(self.link())
        tab.fill("input[name=password]", PASSWORD)
        tab.click("button.btn-primary")
        tab.wait_for_url("**/vefa/mercan/")
        tab.goto("/vefa/mercan/deliveries")
        return tab

    def prefer(self, language: str, theme: Theme = Theme.LIGHT) -> None:
        """Choose the owner's language and theme."""
        with self.shop.world.databases.main.begin() as connection:
            records.set_language(connection, self.shop.owners["mercan"].id, language)
            records.set_theme(connection, self.shop.owners["mercan"].id, theme)


@pytest.fixture(scope="session")
def chromium() -> Iterator[sync_api.Browser]:
    """Start Chromium once."""
    if not CHROMIUM.exists():
        pytest.skip(f"there is no Chromium at {CHROMIUM}")
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=str(CHROMIUM),
            args=["--no-sandbox", "--disable-features=LocalNetworkAccessChecks"],
        )
        yield browser
        browser.close()


@pytest.fixture
def site(databases: Databases, chromium: sync_api.Browser, monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    """Serve a store with orders in every state; afterwards no tab may have complained."""
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    for shop in make_shop(databases, "http://127.0.0.1"):
        shop.add("mercan")
        shop.feed("mercan", ordinary_orders())
        with served(shop) as address:
            site = Site(address, chromium, shop)
            yield site
            site.close()


def _refused(tab: sync_api.Page) -> list[str]:
    try:
        found: list[str] = tab.evaluate("window.refused || []")
    except sync_api.Error:
        return []
    return found


class served:  # noqa: N801 - a context manager, used like a function
    """Serve a shop's panel in a thread."""

    def __init__(self, shop: Shop) -> None:
        self.server = make_server("127.0.0.1", 0, shop.app, threaded=True, request_handler=Quiet)
        self.thread = threading.Thread(target=self.server.serve_forever)

    def __enter__(self) -> str:
        self.thread.start()
        return f"http://127.0.0.1:{self.server.server_port}"

    def __exit__(self, *_: object) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
