"""A merchant connects a WooCommerce shop from nothing to its first order, and then looks back."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import Site, served
from tests.connecting import HOST, Connecting, near, woocommerce
from tests.fake_shop import html
from tests.panel.shop import NOW, make_shop
from tests.woocommerce_shop import KEYS

from vefa import locales
from vefa.database import Databases

pytestmark = pytest.mark.service
LONG = os.environ.get("VEFA_LONG") == "1"
SHOTS = os.environ.get("VEFA_SHOTS")
FIVE_MINUTES = 300.0


@pytest.fixture
def connecting(
    databases: Databases, chromium: Browser, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Site, Connecting]]:
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    for panel in make_shop(databases):
        panel.add("mercan", delivery_days={"*": 3})
        with served(panel) as address, woocommerce() as shop:
            near(panel, HOST, address)
            # A shop whose checkout names no day: nothing is watched before its days are said.
            shop.orders = {number: one | {"meta_data": []} for number, one in shop.orders.items()}
            site = Site(address, chromium, panel)
            yield site, Connecting(panel, shop, "yeni")
            # What is refused is answered 422, of which Chromium complains.
            site.complaints = [one for one in site.complaints if "422" not in one]
            site.close()


def shot(tab: Page, name: str) -> None:
    if SHOTS:
        tab.screenshot(path=Path(SHOTS) / f"{name}.png", full_page=True)


def add_store(tab: Page) -> None:
    tab.goto("/vefa/mercan/settings/new-store")
    tab.fill("#name", "Yeni mağaza")
    tab.fill("#slug", "yeni")
    tab.select_option("#platform", "woocommerce")
    tab.select_option("#country", "TR")
    tab.click("main form .btn-primary")
    tab.click("main footer .btn-primary")
    tab.wait_for_url("**/vefa/yeni/settings/connect/woocommerce")


def enter(tab: Page, one: Connecting, secret: str) -> None:
    tab.fill("#url", one.shop.url)
    tab.fill("#key_consumer_key", KEYS["consumer_key"])
    tab.fill("#key_consumer_secret", secret)
    tab.keyboard.press("Enter")


@pytest.mark.skipif(not LONG, reason="belongs to the longer runs: VEFA_LONG=1")
@pytest.mark.parametrize("language", ["fa", "tr"])
def test_from_nothing_to_the_first_order(connecting: tuple[Site, Connecting], language: str) -> None:
    site, one = connecting
    site.prefer(language)
    said = locales.get(language).gettext
    tab, began = site.signed_in(), time.monotonic()
    add_store(tab)
    assert tab.get_attribute("html", "dir") == ("rtl" if language == "fa" else "ltr")
    expect(tab.locator("main")).to_contain_text(said("This store is not watched."))
    expect(tab.locator("#check-address")).to_contain_text(
        said("Vefa was reached at %(address)s.", address=site.address)
    )
    shot(tab, f"connect-empty-{language}")
    enter(tab, one, "cs_wrong")
    expect(tab.locator("#key_consumer_secret-fault")).to_contain_text(said("The shop refuses the key."))
    shot(tab, f"connect-wrong-{language}")
    one.shop.trouble.append(html(403))
    enter(tab, one, KEYS["consumer_secret"])
    page = said("The shop answers with a page for people: a firewall or a sign-in stands before it.")
    expect(tab.locator("#url-fault")).to_contain_text(page)
    enter(tab, one, KEYS["consumer_secret"])
    expect(tab.locator("#check-shop .v-call.is-kept")).to_be_visible()
    tab.click("form:has(input[value=asking]) button")
    expect(tab.locator("main")).to_contain_text(
        said("Vefa asks your shop every 5 minutes. Your shop needs no way to Vefa.")
    )
    shot(tab, f"connect-asked-{language}")
    one.work(6)
    expect(tab.locator("#first .v-strong")).to_be_visible()
    assert one.shop.webhooks == []
    assert time.monotonic() - began < FIVE_MINUTES
    shot(tab, f"connect-first-{language}")
    _watch_and_look_back(tab, one, language)


def _watch_and_look_back(tab: Page, one: Connecting, language: str) -> None:
    said = locales.get(language).gettext
    tab.goto("/vefa/yeni/")
    tab.click(".is-held a")
    tab.fill("#any", "3")
    shot(tab, f"delivery-{language}")
    tab.click("main form .btn-primary")
    tab.wait_for_url("**kept=1")
    tab.goto("/vefa/yeni/")
    expect(tab.locator("main")).not_to_contain_text(said("This store is not watched."))
    tab.goto(one.page)
    tab.click("section[aria-labelledby=then-title] form .btn-primary")
    tab.wait_for_url("**/back")
    one.work(20)
    expect(tab.locator("#back dl")).to_be_visible()
    shot(tab, f"look-back-{language}")


def test_webhooks_without_a_script(connecting: tuple[Site, Connecting]) -> None:
    site, one = connecting
    tab = site.signed_in(script=False)
    add_store(tab)
    enter(tab, one, KEYS["consumer_secret"])
    expect(tab.locator("#check-shop .v-call.is-kept")).to_be_visible()
    tab.click("#check-address a")
    expect(tab.locator("#check-address .v-call.is-kept")).to_be_visible()
    tab.click("form:has(input[value=webhooks]) button")
    expect(tab.locator("main .is-kept li").first).to_be_visible()
    assert {w["delivery_url"] for w in one.shop.webhooks} == {f"{site.address}/vefa/in/yeni/woocommerce"}
    one.work(6)
    tab.click("#first a")
    expect(tab.locator("#first .v-strong")).to_be_visible()
