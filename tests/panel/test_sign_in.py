"""The way into the panel and out of it."""

from __future__ import annotations

import pytest
from tests.panel.shop import NOW, PASSWORD, Browser, Shop

from vefa.staff import session_records

DELIVERIES = "/vefa/mercan/deliveries"


def sign_in(browser: Browser, **fields: str) -> object:
    given = {"email": "owner@mercan.example", "password": PASSWORD} | fields
    return browser.post("/vefa/sign-in", "/vefa/sign-in", **given)


@pytest.fixture
def known(shop: Shop) -> Shop:
    """Return a shop whose owner has chosen a password."""
    shop.browser("mercan")
    return shop


def link(shop: Shop) -> str:
    with shop.world.databases.main.begin() as connection:
        secret = session_records.make_link(connection, shop.owners["mercan"].id, 1, now=NOW)
    return f"/vefa/sign-in/{secret}"


def test_looking_at_a_link_does_not_use_it_up(shop: Shop) -> None:
    address = link(shop)
    for _ in range(3):
        assert shop.browser().get(address).status_code == 200
    browser = shop.browser()
    assert browser.post(address, address, password=PASSWORD).headers["Location"] == "/vefa/mercan/"
    assert browser.get("/vefa/").headers["Location"] == "/vefa/mercan/"
    assert browser.get(DELIVERIES).status_code == 200
    gone = shop.browser().get(address)
    assert gone.status_code == 404
    assert "does not work any more" in gone.text


def test_a_link_says_why_a_password_is_not_taken(shop: Shop) -> None:
    address = link(shop)
    answer = shop.browser().post(address, address, password="short")
    assert answer.status_code == 400
    assert "too short" in answer.text


def test_the_password_leads_to_where_one_wanted_to_go(known: Shop) -> None:
    browser = known.browser()
    turned_away = browser.get(f"{DELIVERIES}?view=late")
    assert turned_away.status_code == 303
    entrance = turned_away.headers["Location"]
    browser.get(entrance)
    assert sign_in(browser, next=f"{DELIVERIES}?view=late").headers["Location"] == f"{DELIVERIES}?view=late"


@pytest.mark.parametrize(
    "target",
    [
        "https://evil.example/vefa/",
        "//evil.example/vefa/",
        "/\\evil.example",
        "/vefa/\\..",
        "javascript:alert(1)",
        "/elsewhere",
        "\t//evil.example",
        "",
    ],
)
def test_nobody_is_led_to_another_site(known: Shop, target: str) -> None:
    assert sign_in(known.browser(), next=target).headers["Location"] == "/vefa/"


def test_a_wrong_password_is_answered_without_a_hint(known: Shop) -> None:
    answers = [
        sign_in(known.browser(), password="not the password"),
        sign_in(known.browser(), email="nobody@mercan.example"),
    ]
    for answer in answers:
        assert answer.status_code == 401
        assert "do not belong together" in answer.text
        assert "vefa_session" not in answer.headers.get("Set-Cookie", "")


def test_the_sixth_attempt_is_refused(known: Shop) -> None:
    browser = known.browser()
    for _ in range(5):
        assert sign_in(browser, password="not the password").status_code == 401
    refused = sign_in(browser)
    assert refused.status_code == 429
    assert "Wait 15 minutes" in refused.text


def test_only_a_proxy_on_this_machine_names_the_visitors_address(known: Shop) -> None:
    def attempt(direct: str, forwarded: str) -> int:
        browser = known.browser()
        browser.client.environ_base["REMOTE_ADDR"] = direct
        browser.client.environ_base["HTTP_X_FORWARDED_FOR"] = forwarded
        return sign_in(browser, email=f"{forwarded}@example.com", password="wrong wrong wrong").status_code

    assert {attempt("192.0.2.1", f"198.51.100.{n}") for n in range(20)} == {401}
    assert attempt("192.0.2.1", "198.51.100.99") == 429
    assert attempt("127.0.0.1", "192.0.2.1, 198.51.100.1") == 401
    assert attempt("127.0.0.1", "spoofed, 192.0.2.1") == 429


def test_a_form_of_another_site_is_refused(known: Shop) -> None:
    browser = known.browser("mercan")
    for address in ("/vefa/sign-in", "/vefa/-/sign-out", "/vefa/-/preferences", "/vefa/mercan/outreach/stop"):
        answer = browser.client.post(address, data={"email": "owner@mercan.example", "password": PASSWORD})
        assert answer.status_code == 400, address
        assert "open for too long" in answer.text


def test_the_cookie_is_for_the_panel_alone(known: Shop) -> None:
    browser = known.browser()
    cookie = sign_in(browser).headers["Set-Cookie"]
    for part in ("vefa_session=", "HttpOnly", "Path=/vefa", "SameSite=Lax", "Secure", "Expires="):
        assert part in cookie, part


def test_a_session_from_before_signing_in_is_worth_nothing_afterwards(known: Shop) -> None:
    browser = known.browser()
    browser.get("/vefa/sign-in")
    before = browser.client.get_cookie("vefa_session", path="/vefa").value
    sign_in(browser)
    stranger = known.browser()
    stranger.client.set_cookie("vefa_session", before, path="/vefa")
    assert stranger.get(DELIVERIES).status_code == 303


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(known: Shop) -> None:
    browser = known.browser("mercan")
    kept = browser.client.get_cookie("vefa_session", path="/vefa").value
    assert browser.post("/vefa/-/sign-out", DELIVERIES).headers["Location"] == "/vefa/sign-in"
    browser.client.set_cookie("vefa_session", kept, path="/vefa")
    assert browser.get(DELIVERIES).status_code == 303


def test_a_part_of_a_page_asks_for_the_whole_one_when_nobody_is_signed_in(known: Shop) -> None:
    answer = known.browser().get(DELIVERIES, headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Refresh"], answer.text) == (401, "true", "")


def test_language_and_theme_are_kept_on_the_account(known: Shop) -> None:
    browser = known.browser("mercan")
    address = f"{DELIVERIES}?view=late"
    answer = browser.post("/vefa/-/preferences", address, language="fa", next=address)
    assert answer.headers["Location"] == address
    browser.post("/vefa/-/preferences", address, theme="dark")
    text = browser.get(address).text
    assert '<html lang="fa" dir="rtl" data-bs-theme="dark">' in text
    assert "tabler.rtl.min.css" in text
    for nonsense in ({"language": "xx"}, {"theme": "neon"}):
        browser.post("/vefa/-/preferences", address, **nonsense)
        assert '<html lang="fa" dir="rtl" data-bs-theme="dark">' in browser.get(address).text


@pytest.mark.parametrize(
    ("query", "header", "language"),
    [
        ("", "tr-TR,tr;q=0.9", "tr"),
        ("?language=fa", "tr", "fa"),
        ("?language=xx", "de", "en"),
        ("", "", "en"),
    ],
)
def test_a_stranger_reads_the_language_asked_for(shop: Shop, query: str, header: str, language: str) -> None:
    page = shop.browser().get(f"/vefa/sign-in{query}", headers={"Accept-Language": header})
    assert f'<html lang="{language}"' in page.text


def test_who_belongs_to_several_stores_chooses(known: Shop) -> None:
    second = known.add("kilim")
    with known.world.databases.main.begin() as connection:
        from vefa.staff import records

        records.join(connection, second.id, known.owners["mercan"].id, now=NOW)
    text = known.browser("mercan").get("/vefa/").text
    assert '"/vefa/mercan/"' in text and '"/vefa/kilim/"' in text
