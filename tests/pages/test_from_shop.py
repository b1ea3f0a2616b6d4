"""From the shop's account pages: a token that the shop signed leads to its order's page, any other to none."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.build import SECRET, snapshot
from tests.companion.php import say
from tests.pages.shop import NOW, Pages, plain
from tests.plugins.test_jwt import signed
from tests.plugins.test_platforms import SENDERS

from vefa.customers import privacy
from vefa.customers.vault import vault
from vefa.inbound import Request
from vefa.platforms import Asked, Wish
from vefa.stores.records import key_of
from vefa.stores.shops import connect

HERE, SECOND = "https://vefa.example", int(NOW.timestamp())
CLAIMS = {
    "iss": "https://mercan.example",
    "aud": HERE,
    "sub": "77",
    "purpose": "problem",
    "iat": SECOND,
    "exp": SECOND + 900,
    "jti": "0f",
}
OTHER = "whsec_b3RoZXI="
LANGUAGES: dict[Any, str] = {"fa_IR": "fa", "tr": "tr", "de_DE": "tr", 7: "tr", "fa" * 20: "tr"}
WRONG: list[dict[str, Any]] = [
    {"purpose": "panel"},
    {"purpose": None},
    {"aud": "https://other.example"},
    {"exp": SECOND + 901},
    {"iat": None},
    {"iat": SECOND - 1000, "exp": SECOND - 100},
    {"sub": "78"},
    {"sub": 77},
    {"sub": "77 "},
    {"sub": "standard:1001"},
    {"sub": "٧٧"},
    {"slug": "golestan"},
    {"slug": "golestan", "secret": OTHER},
    {"slug": "nowhere"},
    {"secret": OTHER},
]
NO_TOKEN = ["", "?token=", "?token=a.b.c", "?token=" + "a" * 9000, "?other=1"]


def address(slug: str = "mercan", secret: str = SECRET, **changed: Any) -> str:
    return f"/vefa/c/{slug}/woocommerce?token={signed(claims=CLAIMS | changed, secret=secret)}"


def connected(pages: Pages) -> Pages:
    """Connect both shops to WooCommerce too, and take an order from the first one's."""
    world = pages.shop.world
    for slug, secret in (("mercan", SECRET), ("golestan", OTHER)):
        store, key = pages.store(slug)
        with world.databases.main.begin() as connection:
            connect(connection, store.id, "woocommerce", [secret], key)
    placed_at = NOW - timedelta(days=3)
    order = snapshot("processing", placed_at, 77, number="W-77", billing={"email": "a@b.example"})
    body = json.dumps(order).encode()
    request = Request("mercan", "woocommerce", SENDERS["woocommerce"].sign(body, SECRET), body)
    world.inbound.keep(request, NOW)
    world.work(NOW)
    assert "order:woocommerce:77" in {row.holder for row in pages.table(vault)}
    return pages


@pytest.fixture
def pages(pages: Pages) -> Pages:
    return connected(pages)


def test_a_signed_token_leads_to_the_page_of_its_order(pages: Pages) -> None:
    before = pages.rows()
    answer = pages.get(address())
    assert (answer.status_code, answer.headers["Referrer-Policy"]) == (303, "no-referrer")
    assert answer.location.startswith(f"{HERE}/vefa/c/mercan/") and "token" not in answer.location
    page = pages.get(answer.location)
    assert page.status_code == 200
    assert "W-77" in plain(page.text)
    assert pages.rows() == before


def test_the_page_opens_in_the_language_of_the_shop(pages: Pages) -> None:
    for locale, language in LANGUAGES.items():
        page = pages.get(pages.get(address(locale=locale)).location, headers={"Accept-Language": "en"})
        assert f'lang="{language}"' in page.text


def test_any_other_token_leads_nowhere(pages: Pages) -> None:
    before = pages.rows()
    for where in [
        *(address(**one) for one in WRONG),
        *(f"/vefa/c/mercan/woocommerce{one}" for one in NO_TOKEN),
    ]:
        answer = pages.get(where)
        assert answer.status_code == 404, where
        assert "W-77" not in answer.text
    assert pages.rows() == before


def test_an_erased_order_is_not_known(pages: Pages) -> None:
    world, store = pages.shop.world, pages.store("mercan")[0]
    with world.databases.main.begin() as connection:
        key = key_of(connection, store.id, world.master)
        asked = Asked(Wish.ERASE, NOW, "order:woocommerce:77")
        privacy.ask(connection, store.id, "request", asked, key, NOW)
    assert pages.get(address()).status_code == 303
    world.work(NOW)
    assert pages.get(address()).status_code == 404


@pytest.mark.service
def test_the_plugins_own_link_leads_there_until_its_own_request_erases_the_customer(pages: Pages) -> None:
    shop = {"address": HERE, "store": "mercan", "secret": SECRET, "now": SECOND}
    link, staff, erasure = say(
        {**shop, "what": "problem", "order": 77},
        {**shop, "what": "panel"},
        {**shop, "what": "erase", "orders": [77], "email": "a@b.example"},
    )
    path = link.removeprefix(HERE)
    assert "W-77" in plain(pages.get(pages.get(path).location).text)
    assert pages.get(f"/vefa/c/mercan/woocommerce?token={staff}").status_code == 404
    request = Request("mercan", "woocommerce", erasure["headers"], erasure["body"].encode())
    world = pages.shop.world
    assert world.inbound.keep(request, NOW) == world.inbound.keep(request, NOW + timedelta(minutes=1))
    world.work(NOW + timedelta(minutes=1))
    assert pages.get(path).status_code == 404
    assert "order:woocommerce:77" not in {row.holder for row in pages.table(vault)}
