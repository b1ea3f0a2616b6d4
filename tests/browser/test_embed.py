"""The panel in a frame of each platform's admin, on another origin, in browsers with cookies and without."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from playwright.sync_api import Browser, BrowserContext, Frame, expect
from tests.browser.admins import Admins, complaints_of, inside, stand, with_cookies, without_cookies
from tests.panel.shop import NOW

from vefa.cli.migrate import upgrade
from vefa.database import open_databases
from vefa.stores.records import stores

LONG = os.environ.get("VEFA_LONG") == "1"
REFUSED = "Vefa cannot open here"
expect.set_options(timeout=10_000)


@pytest.fixture(scope="module")
def admins(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Admins]:
    """One store for all: every visit has a token of its own."""
    databases = open_databases(tmp_path_factory.mktemp("admins") / "vefa.db")
    upgrade(databases)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vefa.clock.real_now", lambda: NOW)
        with stand(databases) as found:
            yield found
    databases.dispose()


@pytest.fixture(autouse=True)
def afresh(admins: Admins) -> None:
    admins.asked.clear()


def work(frame: Frame, name: str) -> None:
    """Do what a merchant does: read Today, open an order and a letter about it, change a setting."""
    expect(frame.get_by_role("heading", level=1)).to_be_visible()
    if LONG or "woocommerce" in name:
        read_an_order(frame)
    change_a_setting(frame, name)


def read_an_order(frame: Frame) -> None:
    frame.get_by_role("link", name="Deliveries").first.click()
    frame.locator("a[data-open]", has_text="1001").click()
    order = frame.locator("#order")
    expect(order.get_by_text("TRK1001").first).to_be_visible()
    order.get_by_text("Read the message").first.click()
    letter = order.locator("iframe").first.content_frame
    expect(letter.get_by_text("1001").first).to_be_visible()


def change_a_setting(frame: Frame, name: str) -> None:
    frame.get_by_role("link", name="Settings").first.click()
    frame.get_by_role("link", name="Store and brand").first.click()
    frame.get_by_label("Signed by").fill(name)
    frame.get_by_role("button", name="Save").first.click()
    expect(frame.get_by_label("Signed by")).to_have_value(name)
    expect(frame.get_by_role("status").first).to_be_visible()


def kept_name(admins: Admins) -> str:
    with admins.shop.world.databases.main.connect() as connection:
        return str(connection.scalar(sa.select(stores.c.settings).where(stores.c.id == 1)))


def worked(admins: Admins, context: BrowserContext, platform: str, name: str) -> None:
    faults: list[str] = []
    context.on("weberror", lambda one: faults.append(str(one.error)))
    tab = admins.open(context, platform)
    work(inside(tab), name)
    keys = inside(tab).get_by_role("dialog")
    # The page that the form led to is seen before its script has run.
    for frame in tab.frames:
        frame.wait_for_load_state()
    inside(tab).locator("main").press("?")
    keys.get_by_role("checkbox").uncheck()
    keys.get_by_role("button", name="Close").click()
    expect(keys).to_be_hidden()
    assert faults == []
    assert f'"signed_by":"{name}"' in kept_name(admins)
    assert complaints_of(tab) == []
    tab.close()


def ends(admins: Admins, context: BrowserContext, patch: pytest.MonkeyPatch) -> None:
    """After an hour the next step says that the visit is over, as a page of its own, wherever it was."""
    frame = inside(admins.open(context, "woocommerce"))
    frame.get_by_role("link", name="Deliveries").first.click()
    row = frame.locator("a[data-open]", has_text="1001")
    expect(row).to_be_visible()
    with patch.context() as later:
        later.setattr("vefa.clock.real_now", lambda: NOW + timedelta(hours=1))
        row.click()
        expect(frame.get_by_role("heading", name="Your visit is over")).to_be_visible()
        expect(frame.get_by_role("link", name="Deliveries")).to_have_count(0)


def nothing_in_addresses(admins: Admins) -> None:
    """No token and no handle has stood in an address, which logs and histories keep."""
    handles = {one.handle for one in admins.asked} - {""}
    handles |= {one.cookie.partition("=")[2] for one in admins.asked} - {""}
    assert handles and not [
        one.address for one in admins.asked for handle in handles if handle in one.address
    ]
    assert not [one.address for one in admins.asked if "eyJ" in one.address]


def test_each_platform_opens_the_panel_in_a_browser_with_cookies(
    admins: Admins, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with with_cookies(chromium) as context:
        for platform in ("woocommerce", "shopify", "saleor"):
            worked(admins, context, platform, f"Ayla {platform}")
        ends(admins, context, monkeypatch)
        jars = {one.get("partitionKey") for one in context.cookies() if one["name"] == "vefa_embed_mercan"}
    assert len(jars) == 2 and None not in jars
    assert not [one for one in admins.asked if one.handle]
    nothing_in_addresses(admins)


def test_each_platform_opens_the_panel_in_a_browser_without_cookies(
    admins: Admins, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    with without_cookies(chromium) as context:
        for platform in ("woocommerce", "shopify", "saleor"):
            worked(admins, context, platform, f"Berk {platform}")
        ends(admins, context, monkeypatch)
        assert context.cookies() == []
    assert not [one for one in admins.asked if one.cookie]
    assert len([one for one in admins.asked if one.handle]) > 15
    nothing_in_addresses(admins)


def bad_tokens(admins: Admins, used: str) -> list[tuple[str, str]]:
    """Return tokens that open nothing: used, forged, expired, and made for others."""
    past = int(NOW.timestamp()) - 100
    found = [
        ("woocommerce", used),
        ("woocommerce", admins.token("woocommerce")[:-9] + "AAAAAAAAA"),
        ("shopify", admins.token("shopify", exp=past)),
        ("saleor", admins.token("saleor", iss="https://other.example/graphql/")),
    ]
    if LONG:
        found += [
            ("woocommerce", admins.token("woocommerce", exp=past)),
            ("woocommerce", admins.token("woocommerce", aud="https://other.example")),
            ("shopify", admins.token("shopify", aud="another client")),
            ("shopify", admins.token("shopify", dest="https://other.myshopify.com")),
            ("saleor", admins.token("saleor", exp=past)),
            ("saleor", admins.token("saleor", app="QXBwOjI=")),
        ]
    return found


def test_tokens_that_are_not_good_show_the_refusal_in_the_frame(admins: Admins, chromium: Browser) -> None:
    with with_cookies(chromium) as context:
        used = admins.token("woocommerce")
        opened = inside(admins.open(context, "woocommerce", used))
        expect(opened.get_by_role("link", name="Deliveries").first).to_be_visible()
        context.clear_cookies()
        for platform, token in bad_tokens(admins, used):
            tab = admins.open(context, platform, token)
            expect(inside(tab).get_by_role("heading", name=REFUSED)).to_be_visible()
            assert context.cookies() == [], platform
            tab.close()


def test_no_other_site_can_frame_an_open_session(admins: Admins, chromium: Browser) -> None:
    with with_cookies(chromium) as context:
        tab = admins.open(context, "woocommerce")
        expect(inside(tab).get_by_role("link", name="Deliveries").first).to_be_visible()
        # The other origin is of the same site, so the browser shows the cookie there too.
        admins.other.page = f'<iframe name="vefa" src="{admins.address}/vefa/mercan/deliveries"></iframe>'
        said: list[str] = []
        third = context.new_page()
        third.on("console", lambda one: said.append(one.text))
        before = len(admins.asked)
        third.goto(admins.other.origin)
        third.wait_for_timeout(300)
        assert inside(third).url.startswith("chrome-error:") and "frame-ancestors" in " ".join(said)
        # A picture that the page before still asks for carries no cookie.
        pages = [one for one in admins.asked[before:] if not one.address.startswith("/vefa/-/")]
        assert pages[0].cookie.startswith("vefa_embed_mercan=")


@pytest.mark.skipif(not LONG, reason="belongs to the longer runs: VEFA_LONG=1")
def test_without_scripts_a_window_of_its_own_opens_the_panel(admins: Admins, chromium: Browser) -> None:
    with with_cookies(chromium, script=False) as context:
        tab = context.new_page()
        frame = f"{admins.address}/vefa/embed/mercan/woocommerce"
        admins.outside.page = (
            f'<iframe name="vefa"></iframe><form method="post" target="vefa" action="{frame}">'
            f'<input type="hidden" name="token" value="{admins.token("woocommerce")}"><button>Vefa</button></form>'
        )
        tab.goto(admins.outside.origin)
        tab.get_by_role("button", name="Vefa").click()
        with context.expect_page() as opened:
            inside(tab).get_by_role("button", name="Open in a window of its own").click()
        expect(opened.value.get_by_role("link", name="Deliveries").first).to_be_visible()
        inside(tab).get_by_role("link", name="Go on").click()
        expect(inside(tab).get_by_role("link", name="Deliveries").first).to_be_visible()
