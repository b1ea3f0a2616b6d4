"""The admins of three platforms on this machine, with the panel in a frame, in browsers with and without cookies."""

from __future__ import annotations

import http.server
import json
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Frame, Page, Route
from tests.browser.conftest import CHROMIUM, WATCH, served
from tests.embedding import CLIENT, SECRET, SHOP, connect, shopify, signed, wordpress
from tests.panel.shop import NOW, Shop, make_shop, ordinary_orders
from tests.saleor import jwks, signing_key

from vefa.database import Databases
from vefa.staff import records
from vefa.staff.account import NO_MAILBOX, Role
from vefa.stores.access import Access

PUBLIC = "http://127.0.0.1"
LAUNCH = ["--no-sandbox", "--disable-features=LocalNetworkAccessChecks"]
BLOCKED = {"profile": {"default_content_setting_values": {"cookies": 2}}}
OUTER = (
    "<!doctype html><html lang=en><title>Admin</title>"
    "<style>body{margin:0}iframe{display:block;width:100%;height:100vh;border:0}</style>"
)
POSTS = (
    '<iframe name="vefa" title="Vefa"></iframe><form method="post" target="vefa" action="%s">'
    '<input type="hidden" name="token" value="%s"></form><script>document.forms[0].submit()</script>'
)
OPENS = '<iframe name="vefa" title="Vefa" src="%s"></iframe>'
# What Saleor's dashboard does when the frame says that it is ready; the frame is sandboxed there.
ANSWERS = (
    '<iframe name="vefa" title="Vefa" src="%(frame)s" sandbox="allow-same-origin allow-forms allow-scripts"></iframe>'
    "<script>addEventListener('message', (event) => { if (event.origin === '%(panel)s' && event.data.type === "
    "'notifyReady') event.source.postMessage({type: 'handshake', payload: {token: '%(token)s', version: 1}}, "
    "event.origin); })</script>"
)


class Server:
    """Answers with one page of somebody else's, whatever is asked."""

    def __init__(self) -> None:
        place = self
        self.page = ""

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = place.page.encode()
                self.send_response(200 if self.path == "/" else 404)
                self.send_header("Content-Type", "text/html")
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    @property
    def origin(self) -> str:
        return f"http://localhost:{self.server.server_port}"

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()


@dataclass(frozen=True)
class Asked:
    """A request as the panel saw it."""

    method: str
    address: str
    cookie: str
    handle: str


@dataclass
class Admins:
    """A store that stands in the admins of three platforms."""

    shop: Shop
    address: str
    outside: Server
    other: Server
    asked: list[Asked] = field(default_factory=list)
    tokens: int = 0

    def token(self, platform: str, **changed: Any) -> str:
        """Return a fresh token of a platform."""
        self.tokens += 1
        jti = f"{self.tokens:032d}"
        if platform == "woocommerce":
            return signed(
                wordpress(NOW, PUBLIC, jti=jti, framed_by=self.outside.origin, locale="en_US") | changed
            )
        if platform == "shopify":
            return signed(shopify(NOW, jti=jti) | changed)
        at = int(NOW.timestamp())
        said = {
            "iss": f"{self.outside.origin}/graphql/",
            "type": "thirdparty",
            "app": "QXBwOjE=",
            "is_staff": True,
        }
        said |= {
            "user_id": "VXNlcjox",
            "email": "saadet@bakir.example",
            "token": jti,
            "iat": at,
            "exp": at + 300,
        }
        return signing_key().token(
            **said | {"user_permissions": ["MANAGE_ORDERS", "MANAGE_SETTINGS"]} | changed
        )

    def open(self, context: BrowserContext, platform: str, token: str | None = None) -> Page:
        """Open a platform's admin in a new tab and return it; the panel is its frame."""
        token = token or self.token(platform)
        tab = context.new_page()
        frame = f"{self.address}/vefa/embed/mercan/{platform}"
        if platform == "shopify":
            bridge = f"window.shopify = {{ idToken: async () => {json.dumps(token)} }};"
            context.route("https://cdn.shopify.com/**", partial(_answer, bridge, "text/javascript"))
            start = f"{self.address}/vefa/embed/shopify?shop={SHOP}&embedded=1"
            context.route(
                "https://admin.shopify.com/**", partial(_answer, OUTER + OPENS % start, "text/html")
            )
            tab.goto(f"https://admin.shopify.com/store/{SHOP}/apps/vefa")
            return tab
        shown = POSTS % (frame, token)
        if platform == "saleor":
            shown = ANSWERS % {"frame": frame, "panel": self.address, "token": token}
        self.outside.page = OUTER + shown
        tab.goto(self.outside.origin)
        return tab


def _answer(body: str, kind: str, route: Route) -> None:
    route.fulfill(body=body, content_type=f"{kind}; charset=utf-8")


def inside(tab: Page) -> Frame:
    """Return the frame that the panel is in."""
    frame = tab.frame(name="vefa")
    assert frame is not None
    return frame


@contextmanager
def without_cookies(chromium: Browser, width: int = 1280) -> Iterator[BrowserContext]:
    """Start a browser that keeps no cookies and lets no page keep anything."""
    with tempfile.TemporaryDirectory(prefix="vefa-profile-") as folder:
        profile = Path(folder) / "Default"
        profile.mkdir()
        (profile / "Preferences").write_text(json.dumps(BLOCKED), encoding="utf-8")
        context = chromium.browser_type.launch_persistent_context(
            folder, executable_path=str(CHROMIUM), args=LAUNCH, viewport={"width": width, "height": 800}
        )
        with _watched(context):
            yield context


@contextmanager
def with_cookies(chromium: Browser, width: int = 1280, *, script: bool = True) -> Iterator[BrowserContext]:
    """Return a browser that blocks what browsers block by default."""
    with _watched(
        chromium.new_context(viewport={"width": width, "height": 800}, java_script_enabled=script)
    ) as context:
        yield context


@contextmanager
def _watched(context: BrowserContext) -> Iterator[BrowserContext]:
    context.set_default_timeout(10_000)
    context.add_init_script(WATCH)
    try:
        yield context
    finally:
        context.close()


def complaints_of(tab: Page) -> list[str]:
    """Return what the policy of any page in a tab has refused."""
    return [line for frame in tab.frames for line in frame.evaluate("window.refused || []")]


def _watching(asked: list[Asked], app: Callable[..., Any]) -> Callable[..., Any]:
    def watch(environ: dict[str, Any], start_response: Any) -> Any:
        address = environ["PATH_INFO"] + ("?" + environ["QUERY_STRING"] if environ["QUERY_STRING"] else "")
        cookie, handle = environ.get("HTTP_COOKIE", ""), environ.get("HTTP_X_VEFA_SESSION", "")
        asked.append(Asked(environ["REQUEST_METHOD"], address, cookie, handle))
        return app(environ, start_response)

    return watch


@contextmanager
def stand(databases: Databases) -> Iterator[Admins]:
    """Serve a store with orders in every state, and two sites of others."""
    for shop in make_shop(databases, PUBLIC):
        shop.add("mercan")
        shop.feed("mercan", ordinary_orders())
        outside, other = Server(), Server()
        asked: list[Asked] = []
        shop.app.wsgi_app = _watching(asked, shop.app.wsgi_app)  # type: ignore[method-assign]
        connect(shop, "mercan", "woocommerce")
        given = Access(f"https://{SHOP}", {"client_id": CLIENT})
        connect(shop, "mercan", "shopify", SECRET, account=SHOP, given=given)
        saleor = Access(outside.origin, {"app_id": "QXBwOjE="})
        connect(shop, "mercan", "saleor", json.dumps(jwks(signing_key())), given=saleor)
        with shop.world.databases.main.begin() as connection:
            # Shopify says no role; an owner has said that this person is a manager.
            who = records.add(connection, f"shopify.42.1@{NO_MAILBOX}", name="Shopify 42", now=NOW)
            records.join(connection, 1, who.id, role=Role.MANAGER, now=NOW - timedelta(days=1))
        try:
            with served(shop) as address:
                yield Admins(shop, address, outside, other, asked)
        finally:
            outside.close()
            other.close()
