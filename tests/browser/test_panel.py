"""The panel in a real browser, as an owner uses it."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.conftest import Site
from tests.panel.shop import PASSWORD

from vefa import locales
from vefa.staff.account import Theme

pytestmark = pytest.mark.service

SCREENS = (
    "deliveries",
    "deliveries?view=all",
    "deliveries/standard:1001",
    "outreach",
    "outreach?show=silent",
    "settings",
)


def numbers(tab: Page) -> list[str]:
    return [text.lstrip("#") for text in tab.locator("[data-row] .v-num").all_inner_texts()]


def overflow(tab: Page) -> int:
    width: int = tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return width


def test_from_the_link_to_an_order_and_out_again(site: Site) -> None:
    tab = site.tab()
    link = site.link()
    tab.goto(link)
    expect(tab.get_by_role("heading", name="Choose a password")).to_be_visible()
    tab.get_by_label(re.compile("Password")).fill(PASSWORD)
    tab.get_by_role("button", name="Keep it and sign in").click()
    tab.wait_for_url("**/vefa/mercan/")
    tab.get_by_role("navigation", name="Vefa").get_by_role("link", name="Deliveries").click()
    tab.wait_for_url("**/vefa/mercan/deliveries")
    assert numbers(tab) == ["1006", "1001", "1008", "1002"]

    tab.get_by_role("navigation", name="Views").get_by_role("link", name="At risk").click()
    tab.wait_for_url("**view=at_risk")
    assert numbers(tab) == ["1002"]
    tab.get_by_role("link", name="next 3 days").click()
    assert numbers(tab) == ["1002"]

    tab.get_by_label("Search", exact=True).fill("c1003@example.com")
    tab.keyboard.press("Enter")
    tab.wait_for_url("**q=c1003**")
    assert numbers(tab) == ["1003"]
    tab.locator("[data-row] a").click()
    tab.wait_for_url("**/deliveries/standard:1003**")
    expect(tab.locator("#order-title")).to_contain_text("1003")

    tab.locator(".v-nav-foot summary").click()
    tab.get_by_role("button", name="Sign out").click()
    tab.wait_for_url("**/vefa/sign-in")
    tab.get_by_label("E-mail address").fill("owner@mercan.example")
    tab.get_by_label("Password").fill(PASSWORD)
    tab.get_by_role("button", name="Sign in").click()
    tab.wait_for_url("**/vefa/mercan/")


def test_an_order_opens_beside_the_list_and_back_leads_back(site: Site) -> None:
    tab = site.signed_in()
    expect(tab.locator("#order-title")).to_contain_text("1006")
    tab.evaluate("window.sameDocument = true")
    tab.locator("[data-row] a", has_text="1001").click()
    expect(tab.locator("#order-title")).to_contain_text("1001")
    assert tab.evaluate("window.sameDocument")
    expect(tab).to_have_url(re.compile(r"/deliveries/standard:1001"))
    expect(tab).to_have_title(re.compile("1001"))
    expect(tab.locator("[data-row][aria-selected=true]")).to_contain_text("1001")
    tab.go_back()
    expect(tab.locator("#order-title")).to_contain_text("1006")


def test_who_was_signed_out_meanwhile_is_led_to_the_sign_in(site: Site) -> None:
    tab = site.signed_in()
    expect(tab.locator("#order-title")).to_contain_text("1006")
    tab.context.clear_cookies()
    tab.locator("[data-row] a", has_text="1001").click()
    tab.wait_for_url("**/vefa/sign-in?next=**")
    assert len(site.complaints) == 1 and "401" in site.complaints.pop()


def test_a_message_is_read_in_its_own_frame(site: Site) -> None:
    tab = site.signed_in()
    tab.goto("/vefa/mercan/deliveries/standard:1001")
    tab.get_by_text("Read the message").click()
    frame = tab.frame_locator("details[open] iframe")
    expect(frame.locator("body")).to_contain_text("1001")
    assert frame.locator("script").count() == 0


def test_keys_move_open_search_and_help(site: Site) -> None:
    tab = site.signed_in()
    tab.keyboard.press("j")
    tab.keyboard.press("j")
    expect(tab.locator("a:focus")).to_contain_text("1001")
    tab.keyboard.press("k")
    tab.keyboard.press("k")
    expect(tab.locator("a:focus")).to_contain_text("1006")
    tab.keyboard.press("j")
    tab.keyboard.press("Enter")
    expect(tab.locator("#order-title")).to_contain_text("1001")
    tab.keyboard.press("/")
    expect(tab.locator("#search")).to_be_focused()
    tab.keyboard.type("jk/?")
    expect(tab.locator("#search")).to_have_value("jk/?")
    expect(tab.locator("#keys")).to_be_hidden()


def test_keys_go_by_their_place_and_can_be_switched_off(site: Site) -> None:
    tab = site.signed_in()
    # The key in the place of J writes another letter on a Persian keyboard.
    tab.evaluate(
        "document.dispatchEvent(new KeyboardEvent('keydown', {code: 'KeyJ', key: 'ت', bubbles: true}))"
    )
    expect(tab.locator("a:focus")).to_contain_text("1006")
    tab.keyboard.press("?")
    tab.get_by_label("Single keys are on").uncheck()
    tab.get_by_role("button", name="Close").click()
    tab.reload()
    tab.keyboard.press("j")
    expect(tab.locator("a[data-open]:focus")).to_have_count(0)
    tab.keyboard.press("?")
    expect(tab.get_by_label("Single keys are on")).not_to_be_checked()


def test_one_press_stops_and_starting_again_asks(site: Site) -> None:
    tab = site.signed_in()
    tab.goto("/vefa/mercan/outreach")
    tab.get_by_role("button", name="Stop all messages").click()
    expect(tab.get_by_role("status")).to_contain_text("Owner of mercan stopped all messages")
    confirm = tab.get_by_role("button", name="Start messages again")
    expect(confirm).to_be_hidden()
    tab.get_by_text("Start again…").click()
    confirm.click()
    expect(tab.get_by_role("button", name="Stop all messages")).to_be_visible()
    tab.get_by_text("Switch sending on…").click()
    tab.get_by_role("button", name="Switch sending on", exact=True).click()
    expect(tab.get_by_text("Sending is on since")).to_be_visible()


def test_everything_works_without_script(site: Site) -> None:
    tab = site.signed_in(script=False)
    tab.locator("[data-row] a", has_text="1001").click()
    tab.wait_for_url("**/deliveries/standard:1001**")
    expect(tab.locator("#order-title")).to_contain_text("1001")
    tab.goto("/vefa/mercan/outreach")
    tab.get_by_role("button", name="Stop all messages").click()
    tab.get_by_text("Start again…").click()
    tab.get_by_role("button", name="Start messages again").click()
    expect(tab.get_by_role("button", name="Stop all messages")).to_be_visible()
    tab.locator(".v-nav-foot summary").click()
    tab.locator(".v-nav-foot button", has_text="فارسی").click()
    expect(tab.locator("html")).to_have_attribute("dir", "rtl")


@pytest.mark.parametrize("tag", locales.languages())
def test_nothing_scrolls_sideways(site: Site, tag: str) -> None:
    site.prefer(tag, Theme.DARK)
    tab = site.signed_in(390)
    for width in (390, 320, 900, 1280):
        tab.set_viewport_size({"width": width, "height": 800})
        for screen in SCREENS:
            tab.goto(f"/vefa/mercan/{screen}")
            assert overflow(tab) == 0, (screen, width)


def test_a_phone_shows_one_thing_at_a_time(site: Site) -> None:
    tab = site.signed_in(390)
    expect(tab.locator("#order")).to_be_hidden()
    tab.locator("[data-row] a", has_text="1001").click()
    expect(tab.locator("#order")).to_be_visible()
    expect(tab.locator(".v-list")).to_be_hidden()
    tab.locator(".v-back").click()
    expect(tab.locator(".v-list")).to_be_visible()


def test_the_theme_changes_the_ground_and_the_type_is_our_own(site: Site) -> None:
    site.prefer("en", Theme.DARK)
    tab = site.signed_in()
    dark = tab.evaluate("getComputedStyle(document.body).backgroundColor")
    site.prefer("en", Theme.LIGHT)
    tab.reload()
    assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != dark
    assert "Vefa" in tab.evaluate("getComputedStyle(document.body).fontFamily")
    assert tab.evaluate("document.fonts.ready.then(() => document.fonts.check('14px Vefa'))")
