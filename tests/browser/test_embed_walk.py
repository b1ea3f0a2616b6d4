"""Every screen of the panel, shown in a frame without cookies, says what it says elsewhere, and breaks no rule."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from html import unescape

import pytest
from playwright.sync_api import Browser, Frame, expect
from tests.browser.admins import (
    OPENS,
    OUTER,
    Admins,
    complaints_of,
    inside,
    stand,
    with_cookies,
    without_cookies,
)
from tests.browser.walk import furnish, panel_screens
from tests.embedding import SHOP
from tests.imports.shop import table
from tests.pages.shop import Pages
from tests.panel.shop import NOW
from tests.running import until

from vefa.database import Databases

LONG = os.environ.get("VEFA_LONG") == "1"
pytestmark = pytest.mark.skipif(not LONG, reason="belongs to the longer runs: VEFA_LONG=1")
TITLE = re.compile(r"<title>([^<]*)</title>")
GO = """(address) => {
  const link = Object.assign(document.createElement("a"), { href: address });
  document.body.append(link);
  link.click();
}"""


@pytest.fixture
def admins(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Admins]:
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    with stand(databases) as found:
        furnish(Pages(found.shop, found.shop.app.test_client()))
        yield found


def walk(frame: Frame, address: str) -> None:
    frame.evaluate("document.title = 'before'")
    frame.evaluate(GO, address)
    until(lambda: frame.title() != "before", address)


def back(frame: Frame) -> None:
    frame.evaluate("history.back()")


def test_every_screen_is_shown_without_cookies(admins: Admins, chromium: Browser) -> None:
    screens = [
        one.address
        for one in panel_screens(admins.shop)
        if one.inside and one.address.startswith("/vefa/mercan/") and "new-store" not in one.address
    ]
    assert len(screens) > 30
    with without_cookies(chromium) as context:
        tab = admins.open(context, "woocommerce", admins.token("woocommerce", email="owner@mercan.example"))
        frame = inside(tab)
        expect(frame.get_by_role("link", name="Deliveries").first).to_be_visible()
        owner = admins.shop.browser("mercan")
        for address in screens:
            page = owner.get(address)
            if (
                not page.content_type.startswith("text/html")
                or "/messages/" in address
                or "letter" in address
            ):
                continue
            title = TITLE.search(page.text)
            assert title is not None, address
            walk(frame, address)
            assert frame.title() == unescape(title[1]), address
        assert complaints_of(tab) == []


def test_letters_files_and_the_way_back_work_without_cookies(admins: Admins, chromium: Browser) -> None:
    with without_cookies(chromium) as context:
        tab = admins.open(context, "woocommerce", admins.token("woocommerce", email="owner@mercan.example"))
        frame = inside(tab)
        frame.get_by_role("link", name="Returns").first.click()
        frame.locator("a[href*='/returns/']:not([href*='?'])").first.click()
        letter = frame.frame_locator("iframe[name=letter]")
        expect(letter.locator("body")).not_to_be_empty()
        button = frame.locator("button[formtarget=letter]").first
        if not button.is_visible():
            frame.locator("summary", has_text="Refuse").first.click()
            button = frame.locator("button[formtarget=letter]:visible").first
        for field in frame.locator("textarea:visible").all():
            field.fill("Bu sözleri gördüm")
        button.click()
        expect(letter.get_by_text("Bu sözleri gördüm").first).to_be_visible()
        frame.get_by_role("link", name="Customers").first.click()
        expect(frame.get_by_role("heading", level=1)).to_contain_text("Customers")
        back(frame)
        expect(frame.locator("iframe[name=letter]")).to_be_visible()
        walk(frame, "/vefa/mercan/customers/standard:c1001")
        with tab.expect_download() as kept:
            frame.get_by_role("button", name="Download a copy").click()
        assert kept.value.path().stat().st_size > 100
        assert complaints_of(tab) == []


def test_a_file_is_brought_without_cookies(admins: Admins, chromium: Browser) -> None:
    with without_cookies(chromium) as context:
        tab = admins.open(context, "woocommerce", admins.token("woocommerce", email="owner@mercan.example"))
        frame = inside(tab)
        expect(frame.get_by_role("link", name="Deliveries").first).to_be_visible()
        walk(frame, "/vefa/mercan/settings/import")
        rows = table([["9001", "01.11.2026", "05.11.2026", "", "", "T1", "a@b.example", "100,50"]])
        frame.locator("input[type=file]").set_input_files(
            {"name": "orders.csv", "mimeType": "text/csv", "buffer": rows}
        )
        frame.get_by_role("button", name="Go on").click()
        expect(frame.get_by_text("Tahmini Teslimat Tarihi").first).to_be_visible()
        assert complaints_of(tab) == []


def test_shopify_opens_without_app_bridge_by_the_token_in_its_address(
    admins: Admins, chromium: Browser
) -> None:
    with with_cookies(chromium) as context:
        context.route("https://cdn.shopify.com/**", lambda route: route.abort())
        token = admins.token("shopify")
        start = f"{admins.address}/vefa/embed/shopify?shop={SHOP}&embedded=1&id_token={token}"
        page = OUTER + OPENS % start
        context.route(
            "https://admin.shopify.com/**", lambda route: route.fulfill(body=page, content_type="text/html")
        )
        tab = context.new_page()
        tab.goto("https://admin.shopify.com/")
        expect(inside(tab).get_by_role("link", name="Deliveries").first).to_be_visible()


def test_a_shop_that_does_not_answer_is_told_of(admins: Admins, chromium: Browser) -> None:
    with with_cookies(chromium) as context:
        admins.outside.page = OUTER + OPENS % f"{admins.address}/vefa/embed/mercan/saleor"
        tab = context.new_page()
        tab.goto(admins.outside.origin)
        expect(inside(tab).get_by_role("alert")).to_be_visible(timeout=15_000)
