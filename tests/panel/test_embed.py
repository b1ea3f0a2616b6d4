"""Sign-in from a platform's own admin: who is let in, once, into one store, framed by whom."""

from __future__ import annotations

import json
import logging
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from html import escape
from typing import Any

import pytest
import sqlalchemy as sa
from tests.embedding import CLIENT, SECRET, SHOP, connect, shopify, signed, wordpress
from tests.panel.shop import NOW, Browser, Shop
from tests.saleor import jwks, signing_key
from werkzeug.test import TestResponse

from vefa.inbound.keys import Keys
from vefa.staff import embed_records, records, team
from vefa.staff.account import Role
from vefa.stores.access import Access
from vefa.stores.records import by_slug

PUBLIC = "https://vefa.example"
ADMIN = "https://bakir.example"
HERE = "/vefa/embed/mercan/woocommerce"
REFUSED = "Vefa cannot open here"


@pytest.fixture
def place(empty_shop: Shop) -> Shop:
    return connected_to_all(empty_shop)


def connected_to_all(shop: Shop) -> Shop:
    """Add a store that is connected to platforms that sign people in."""
    shop.add("mercan")
    connect(shop, "mercan", "woocommerce")
    given = Access(f"https://{SHOP}", {"client_id": CLIENT})
    connect(shop, "mercan", "shopify", account=SHOP, given=given)
    return shop


def come(
    place: Shop, claims: dict[str, Any] | None = None, *, to: str = HERE, secret: str = SECRET
) -> Browser:
    """Send a token from a new browser and return it."""
    browser = Browser(place.app.test_client())
    claims = wordpress(NOW, PUBLIC) if claims is None else claims
    browser.last = browser.client.post(to, data={"token": signed(claims, secret)}, base_url=PUBLIC)
    return browser


def ancestors(answer: TestResponse) -> str:
    return answer.headers["Content-Security-Policy"].partition("frame-ancestors ")[2].partition(";")[0]


def refused(browser: Browser, status: int = 401) -> TestResponse:
    """Return the answer after checking that it is the page of a refusal and that nobody was signed in by it."""
    answer = browser.last
    assert answer is not None and answer.status_code == status
    assert REFUSED in answer.text or "not a member" in answer.text
    assert "Set-Cookie" not in answer.headers
    assert browser.get("/vefa/mercan/", base_url=PUBLIC).status_code == 303
    return answer


def role_of(place: Shop, email: str) -> Role | None:
    with place.world.databases.main.begin() as connection:
        account = records.by_email(connection, email)
        return records.role_in(connection, by_slug(connection, "mercan").id, account.id) if account else None


def test_a_token_opens_the_store_and_sets_the_cookie_of_its_path(place: Shop) -> None:
    browser = come(place)
    assert browser.last is not None and browser.last.status_code == 200
    (cookie,) = browser.last.headers.getlist("Set-Cookie")
    assert cookie.startswith("vefa_embed_mercan=")
    assert set(cookie.split("; ")[1:]) == {
        "Secure", "HttpOnly", "Path=/vefa/mercan", "SameSite=None", "Partitioned"
    }  # fmt: skip
    page = browser.get("/vefa/mercan/deliveries", base_url=PUBLIC)
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    nowhere = browser.get("/vefa/mercan/nothing/here", base_url=PUBLIC)
    assert nowhere.status_code == 404 and 'href="/vefa/mercan/"' in nowhere.text
    home = browser.get("/vefa/mercan/", base_url=PUBLIC)
    assert ancestors(page) == ancestors(home) == ancestors(nowhere) == ADMIN
    assert 'lang="tr"' in page.text
    assert role_of(place, "ada@bakir.example") is Role.OWNER
    assert browser.get("/vefa/mercan/-/session", base_url=PUBLIC).status_code == 204


def test_a_session_opens_its_own_store_alone(place: Shop) -> None:
    place.add("kilim")
    with place.world.databases.main.begin() as connection:
        ada = records.add(connection, "ada@bakir.example", now=NOW)
        records.join(connection, by_slug(connection, "kilim").id, ada.id, now=NOW)
    browser = come(place)
    handle = browser.text.partition('name="vefa_session" value="')[2].partition('"')[0]
    for headers in ({}, {"X-Vefa-Session": handle}, {"Cookie": f"vefa_embed_kilim={handle}"}):
        for address in ("/vefa/kilim/", "/vefa/", "/vefa/mercan/settings/new-store"):
            answer = browser.get(address, base_url=PUBLIC, headers=headers)
            assert answer.status_code in (303, 404), (address, headers)
    for address in (
        "/vefa/sign-in",
        "/vefa/c/mercan/policy",
        "/vefa/c/mercan/nothing",
        "/vefa/embed/-/mercan/x",
    ):
        answer = browser.get(
            address, headers={"X-Vefa-Session": handle, "Cookie": f"vefa_embed_mercan={handle}"}
        )
        assert ancestors(answer) == "'none'", address
    assert "Other stores" not in browser.get("/vefa/mercan/", base_url=PUBLIC).text


def test_a_handle_in_a_header_is_as_good_as_the_cookie(place: Shop) -> None:
    browser = come(place)
    handle = browser.text.partition('name="vefa_session" value="')[2].partition('"')[0]
    other = Browser(place.app.test_client())
    shown = {"X-Vefa-Session": handle}
    page = other.get("/vefa/mercan/settings/brand", headers=shown)
    assert page.status_code == 200 and "Set-Cookie" not in page.headers
    word = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    theme = {"theme": "dark", "next": "/vefa/mercan/"}
    address = "/vefa/mercan/-/preferences"
    for form in (theme, theme | {"csrf_token": word[::-1]}, theme | {"csrf_token": ""}):
        assert other.client.post(address, data=form, headers=shown).status_code == 400
    assert other.client.post(address, data=theme | {"csrf_token": word}).status_code == 400
    assert other.client.post(address, data=theme | {"csrf_token": word}, headers=shown).status_code == 303
    assert 'data-bs-theme="dark"' in other.get("/vefa/mercan/", headers=shown).text
    # The cookie of a framed page is no other's: a form that shows no word of this session is refused with it too.
    assert browser.client.post(address, data=theme, base_url=PUBLIC).status_code == 400


@pytest.mark.contract
def test_a_token_opens_once(place: Shop) -> None:
    with ThreadPoolExecutor(2) as both:
        answers = [one.last for one in both.map(lambda _: come(place), range(2))]
    assert sorted(one.status_code for one in answers if one) == [200, 401]
    refused(come(place))
    fresh = come(place, wordpress(NOW, PUBLIC, jti="f" * 32))
    assert fresh.last is not None and fresh.last.status_code == 200


OF_SOMETHING_ELSE: list[dict[str, Any]] = [
    {"exp": int(NOW.timestamp()) - 11},
    {"iat": int(NOW.timestamp()) + 60, "exp": int(NOW.timestamp()) + 120},
    {"exp": int(NOW.timestamp()) + 3600},
    {"aud": "https://other.example"},
    {"aud": None},
    {"purpose": "problem"},
    {"role": "king"},
    {"role": None},
    {"email": "nobody"},
    {"jti": None},
    {"framed_by": "*"},
    {"framed_by": "https://bakir.example https://evil.example"},
    {"framed_by": "https://bakir.example; script-src *"},
    {"framed_by": None},
    {"sub": "0"},
]


def test_a_token_for_something_else_opens_nothing(place: Shop) -> None:
    for changed in OF_SOMETHING_ELSE:
        assert ancestors(refused(come(place, wordpress(NOW, PUBLIC, **changed)))) == "'none'", changed


def test_a_link_of_a_customer_is_no_sign_in(place: Shop) -> None:
    at = int(NOW.timestamp())
    link = {
        "iss": ADMIN,
        "aud": PUBLIC,
        "sub": "21",
        "purpose": "problem",
        "iat": at,
        "exp": at + 300,
        "jti": "a" * 32,
    }
    refused(come(place, link))


def test_a_token_of_another_store_or_nobody_opens_nothing(
    place: Shop, caplog: pytest.LogCaptureFixture
) -> None:
    place.add("kilim")
    connect(place, "kilim", "woocommerce", "whsec_b3RoZXI")
    caplog.set_level(logging.WARNING, "vefa.panel")
    refused(come(place, secret="whsec_b3RoZXI"))
    refused(come(place, to="/vefa/embed/kilim/woocommerce"))
    refused(come(place, to="/vefa/embed/nowhere/woocommerce"))
    refused(come(place, to="/vefa/embed/mercan/standard"))
    refused(come(place, to="/vefa/embed/woocommerce"))
    browser = Browser(place.app.test_client())
    for form in ({}, {"token": ""}, {"token": "a.b.c"}, {"token": "é" * 9000}, {"token": "x" * 40_000}):
        answer = browser.client.post(HERE, data=form, base_url=PUBLIC)
        assert answer.status_code in (401, 413), form
    assert len(caplog.messages) == 9 - 1 and not any("eyJ" in line for line in caplog.messages)


def test_a_refusal_is_read_where_the_shop_was_opened_before(place: Shop) -> None:
    assert ancestors(refused(come(place, wordpress(NOW, PUBLIC, exp=1)))) == "'none'"
    come(place)
    assert ancestors(refused(come(place, wordpress(NOW, PUBLIC, exp=1)))) == ADMIN


def test_a_refusal_speaks_the_readers_language(place: Shop) -> None:
    for language, said in (("tr", "Vefa burada açılamıyor"), ("fa", "وفا اینجا باز نمی‌شود"), ("de", REFUSED)):
        client = place.app.test_client()
        answer = client.post(HERE, data={"token": "x"}, headers={"Accept-Language": language})
        assert said in answer.text


def test_shopify_names_its_shop_and_its_people_by_number(place: Shop) -> None:
    for address in ("/vefa/embed/shopify", "/vefa/embed/mercan/shopify"):
        token = shopify(NOW, jti=f"{address:->40}")
        page = come(place, token, to=address).get("/vefa/mercan/", base_url=PUBLIC)
        assert page.status_code == 200
        assert ancestors(page) == f"https://admin.shopify.com https://{SHOP}"
        assert "Shopify 42" in page.text
    with place.world.databases.main.begin() as connection:
        (one,) = [
            member for member in team.members(connection, by_slug(connection, "mercan").id)
            if not member.account.has_mailbox
        ]  # fmt: skip
    assert (one.account.name, one.role) == ("Shopify 42", Role.VIEWER)


OF_SHOPIFY_FOR_ANOTHER: list[dict[str, Any]] = [
    {"aud": "another client"},
    {"aud": PUBLIC},
    {"dest": "https://other.myshopify.com"},
    {"iss": "https://other.myshopify.com/admin"},
    {"dest": "http://" + SHOP},
    {"exp": int(NOW.timestamp()) - 11},
    {"nbf": int(NOW.timestamp()) + 60},
    {"sub": None},
    {"jti": None},
]


def test_a_token_of_shopify_for_something_else_opens_nothing(place: Shop) -> None:
    for changed in OF_SHOPIFY_FOR_ANOTHER:
        for address in ("/vefa/embed/shopify", "/vefa/embed/mercan/shopify"):
            refused(come(place, shopify(NOW, **changed), to=address))


def test_a_refusal_leads_back_to_where_the_platform_is_asked_again(place: Shop) -> None:
    client = place.app.test_client()
    opened = f"shop={SHOP}&host=YWRtaW4&embedded=1"
    entry = client.get(f"/vefa/embed/shopify?{opened}&id_token=eyJ").text
    assert f'name="query" value="{escape(opened)}"' in entry and "eyJ" not in entry
    for query in (opened, f"{opened}&id_token=eyJ", "", "x" * 9000, "a=1&" * 900):
        form = {"token": signed(shopify(NOW, exp=1)), "query": query}
        answer = client.post("/vefa/embed/mercan/shopify", data=form, base_url=PUBLIC)
        assert answer.status_code == 401 and "eyJ" not in answer.text
        assert ('href="/vefa/embed/mercan/shopify' in answer.text) is True, query[:20]
    assert "Try again" not in refused(come(place, wordpress(NOW, PUBLIC, exp=1))).text


def test_the_frame_of_shopify_asks_app_bridge_on_this_page_alone(place: Shop) -> None:
    browser = Browser(place.app.test_client())
    for address in (f"/vefa/embed/shopify?shop={SHOP}&embedded=1", "/vefa/embed/mercan/shopify"):
        answer = browser.get(address)
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self' https://cdn.shopify.com/shopifycloud/app-bridge.js;" in policy
        assert ancestors(answer) == f"https://admin.shopify.com https://{SHOP}"
        assert f'<meta name="shopify-api-key" content="{CLIENT}">' in answer.text
    for address in ("/vefa/embed/shopify?shop=other.myshopify.com", "/vefa/embed/shopify", HERE):
        answer = browser.get(
            address, headers={"Origin": "https://evil.example", "Referer": "https://evil.example/"}
        )
        assert answer.status_code == 401 and ancestors(answer) == "'none'"
        assert "script-src 'self';" in answer.headers["Content-Security-Policy"]


def test_whom_an_owner_has_removed_stays_out(place: Shop) -> None:
    come(place, wordpress(NOW, PUBLIC, sub="8", email="bob@bakir.example", role="agent", jti="b" * 32))
    owner = place.browser("mercan")
    with place.world.databases.main.begin() as connection:
        bob = records.by_email(connection, "bob@bakir.example")
    assert bob is not None
    page = "/vefa/mercan/settings/team"
    assert owner.post("/vefa/mercan/settings/team/remove", page, account=bob.id).status_code == 303
    again = wordpress(NOW, PUBLIC, sub="8", email="bob@bakir.example", role="owner", jti="c" * 32)
    assert "not a member" in refused(come(place, again), 403).text
    assert role_of(place, "bob@bakir.example") is None


def test_nobody_acts_as_more_than_the_platform_says(place: Shop) -> None:
    come(place)
    agent = come(place, wordpress(NOW, PUBLIC, role="agent", jti="d" * 32))
    page = agent.get("/vefa/mercan/outreach", base_url=PUBLIC)
    word = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    stopped = agent.client.post("/vefa/mercan/outreach/stop", data={"csrf_token": word}, base_url=PUBLIC)
    assert stopped.status_code == 403
    assert role_of(place, "ada@bakir.example") is Role.OWNER


def test_a_visit_ends_after_an_hour_and_says_so_in_the_frame(
    place: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = come(place)
    later = NOW + timedelta(hours=1)
    monkeypatch.setattr("vefa.clock.real_now", lambda: later - timedelta(seconds=1))
    assert browser.get("/vefa/mercan/", base_url=PUBLIC).status_code == 200
    monkeypatch.setattr("vefa.clock.real_now", lambda: later)
    answer = browser.get("/vefa/mercan/deliveries", base_url=PUBLIC)
    assert answer.status_code == 401 and ancestors(answer) == ADMIN
    assert "Ziyaretiniz bitti" in answer.text


def test_who_leaves_is_out_in_every_way(place: Shop) -> None:
    browser = come(place)
    handle = browser.text.partition('name="vefa_session" value="')[2].partition('"')[0]
    page = browser.get("/vefa/mercan/settings/account", base_url=PUBLIC)
    word = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    answer = browser.client.post("/vefa/mercan/-/sign-out", data={"csrf_token": word}, base_url=PUBLIC)
    assert answer.status_code == 200 and ancestors(answer) == ADMIN
    assert "vefa_embed_mercan=;" in answer.headers["Set-Cookie"]
    assert browser.get("/vefa/mercan/", headers={"X-Vefa-Session": handle}).status_code == 401


def test_a_frame_that_nobody_signed_in_says_what_to_do(place: Shop) -> None:
    stranger = Browser(place.app.test_client())
    framed = {"Sec-Fetch-Dest": "iframe"}
    assert stranger.get("/vefa/mercan/", headers=framed).status_code == 303
    come(place)
    answer = stranger.get("/vefa/mercan/", headers=framed)
    assert (answer.status_code, ancestors(answer)) == (401, ADMIN)
    assert "Open Vefa from your shop" in answer.text
    assert stranger.get("/vefa/mercan/").status_code == 303


def test_a_session_goes_on_in_a_window_of_its_own(place: Shop) -> None:
    browser = come(place)
    handle = browser.text.partition('name="vefa_session" value="')[2].partition('"')[0]
    other = Browser(place.app.test_client())
    address = "/vefa/embed/mercan/-/window"
    for wrong in ("", handle[::-1], "x" * 5000):
        assert other.client.post(address, data={"vefa_session": wrong}, base_url=PUBLIC).status_code == 401
    answer = other.client.post(address, data={"vefa_session": handle}, base_url=PUBLIC)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/vefa/mercan/")
    assert other.get("/vefa/mercan/", base_url=PUBLIC).status_code == 200


def test_a_letter_in_a_frame_has_the_admin_above_it(place: Shop) -> None:
    browser = come(place)
    handle = browser.text.partition('name="vefa_session" value="')[2].partition('"')[0]
    page = browser.get("/vefa/mercan/outreach", base_url=PUBLIC)
    word = page.text.partition('name="csrf_token" value="')[2].partition('"')[0]
    letter = "/vefa/mercan/outreach/letters/delay_notice/tr"
    assert ancestors(browser.get(letter, base_url=PUBLIC)) == f"'self' {ADMIN}"
    other = place.app.test_client()
    shown = other.post(letter, data={"vefa_session": handle, "csrf_token": word})
    assert shown.status_code == 200 and ancestors(shown) == f"'self' {ADMIN}"
    assert other.post(letter, data={"vefa_session": handle}).status_code == 400


def test_what_passes_is_deleted(place: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    come(place)
    later = NOW + timedelta(days=2)
    monkeypatch.setattr("vefa.clock.real_now", lambda: later)
    come(place, wordpress(later, PUBLIC, jti="e" * 32))
    with place.world.databases.main.begin() as connection:
        for table in (embed_records.sessions, embed_records.tokens):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 1


def test_saleor_signs_in_with_keys_that_it_has_changed_since(
    place: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[int] = []

    def renew(_self: Keys, _platform: object, store_id: int, _now: datetime) -> list[str]:
        asked.append(store_id)
        return [json.dumps(jwks(signing_key("K2")))]

    monkeypatch.setattr(Keys, "renew", renew)
    url, at = "https://store.bakir.example", int(NOW.timestamp())
    given = Access(url, {"app_id": "QXBwOjE="})
    connect(
        place,
        "mercan",
        "saleor",
        json.dumps(jwks(signing_key("K1"))),
        account="store.bakir.example",
        given=given,
    )
    said = {
        "iss": f"{url}/graphql/",
        "type": "thirdparty",
        "app": "QXBwOjE=",
        "is_staff": True,
        "exp": at + 300,
    }
    said |= {"user_id": "VXNlcjox", "user_permissions": ["MANAGE_ORDERS"]}
    for key, times in (("K1", 0), ("K2", 1)):
        browser = Browser(place.app.test_client())
        form = {"token": signing_key(key).token(**said, made=key)}
        answer = browser.client.post("/vefa/embed/saleor", data=form, base_url=PUBLIC)
        assert answer.status_code == 200 and ancestors(answer) == url and len(asked) == times
    entry = place.app.test_client().get("/vefa/embed/saleor?domain=store.bakir.example&id=QXBwOjE=")
    assert entry.status_code == 200 and f'data-origins="{url}"' in entry.text and ancestors(entry) == url
