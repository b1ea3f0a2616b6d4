"""The panel opens within a WordPress admin: the plugin's own page and script, on another site than Vefa."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import pytest
from playwright import sync_api
from tests.browser.conftest import Quiet, Site
from tests.companion.php import PLUGIN, say
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

from vefa.stores.records import by_slug, key_of
from vefa.stores.shops import connect

pytestmark = pytest.mark.service
SECRET = "whsec_bWVyY2FuIG1lcmNhbg=="
ASSETS = {"panel.js": "text/javascript", "panel.css": "text/css"}
PAGE = (
    '<!doctype html><html lang="tr"><head><meta charset="utf-8"><link rel="icon" href="data:,">'
    '<link rel="stylesheet" href="/panel.css"></head><body>{body}<script src="/panel.js"></script></body></html>'
)


@contextmanager
def wordpress(vefa: str, secret: str = SECRET) -> Iterator[str]:
    """Serve the plugin's page as WordPress does, with its style sheet and script; yield the page's address."""

    @Request.application
    def answer(request: Request) -> Response:
        name = request.path.strip("/")
        if name in ASSETS:
            return Response((PLUGIN / "assets" / name).read_bytes(), content_type=ASSETS[name])
        query = {one: found[0] for one, found in parse_qs(request.query_string.decode()).items()}
        given = {"what": "page", "address": vefa, "store": "mercan", "secret": secret, "query": query}
        (body,) = say(given | {"admin": f"http://{request.host}/wp-admin/"})
        return Response(PAGE.format(body=body), content_type="text/html")

    server = make_server("localhost", 0, answer, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://localhost:{server.server_port}/wp-admin/admin.php?page=vefa"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def connected(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """Connect the store to its WordPress; the tokens that PHP makes bear the time on the wall."""
    monkeypatch.setattr("vefa.clock.real_now", lambda: datetime.now(UTC))
    state: Any = site.shop.app.extensions["vefa"]
    monkeypatch.setitem(
        site.shop.app.extensions,
        "vefa",
        replace(state, settings=replace(state.settings, public_url=site.address)),
    )
    with site.shop.world.databases.main.begin() as connection:
        store = by_slug(connection, "mercan")
        key = key_of(connection, store.id, site.shop.world.master)
        connect(connection, store.id, "woocommerce", [SECRET], key)
    return site


def test_the_panel_opens_in_the_admin_and_in_a_window_of_its_own(connected: Site) -> None:
    with wordpress(connected.address) as page:
        tab = connected.tab()
        tab.goto(page)
        frame = tab.frame_locator("iframe.vefa-panel")
        sync_api.expect(frame.locator("h1").first).to_be_visible()
        frame.get_by_role("link", name="Teslimatlar").first.click()
        sync_api.expect(frame.get_by_text("1001").first).to_be_visible()
        with tab.context.expect_page() as opened:
            tab.locator("a[target=_blank]").click()
        own = opened.value
        own.wait_for_url(f"{connected.address}/vefa/mercan/**")
        sync_api.expect(own.locator("h1").first).to_be_visible()
