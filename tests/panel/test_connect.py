"""A platform is connected in three steps; each is checked against a shop that really answers."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from typing import Any

import pytest
from tests.connecting import HOST, Connecting, near, woocommerce
from tests.fake_shop import answer, busy, failing, fake_shop, html
from tests.panel.shop import NOW, Browser, Shop, plain
from tests.woocommerce_shop import API

from vefa.inbound.reach import Reach, reach
from vefa.platforms import platforms
from vefa.settings import Settings
from vefa.staff import records as staff
from vefa.staff.account import Role
from vefa.stores import access, records, shops
from vefa.stores.access import Access


@pytest.fixture
def connecting(empty_shop: Shop) -> Iterator[Connecting]:
    empty_shop.add("mercan", platform="woocommerce")
    near(empty_shop)
    with woocommerce() as shop:
        yield Connecting(empty_shop, shop)


@pytest.fixture
def owner(connecting: Connecting) -> Browser:
    return connecting.panel.browser("mercan")


def test_a_key_is_tried_kept_sealed_and_never_shown(connecting: Connecting, owner: Browser) -> None:
    assert connecting.enter(owner)[0] == 303
    given = connecting.given()
    assert given and (given.url, given.keys["consumer_secret"]) == (connecting.shop.url, "cs_test")
    text = owner.get(f"{connecting.page}?check=shop").text
    assert "Your shop answers. Order" in plain(text) and "was read." in plain(text)
    assert "cs_test" not in text and "One stands, sealed." in plain(text)
    assert len(connecting.shop.said(f"GET {API}/orders")) == 2


LOOKING = 'hx-trigger="every 3s"'
ANSWERS: tuple[tuple[dict[str, str], Any, str], ...] = (
    ({"key_consumer_secret": "cs_wrong"}, None, "The shop refuses the key."),
    ({}, html(403), "a firewall or a sign-in stands before it"),
    ({}, failing(404, {"code": "rest_no_route"}), "interface is not at this address"),
    ({}, failing(500), "The shop answers with an error."),
    ({"url": "https://127.0.0.1:9"}, None, "The shop does not answer."),
    ({"url": "https://10.1.2.3"}, None, "lies inside a private network"),
    ({"url": "https://shop.invalid"}, None, "There is no shop under this name."),
    ({"url": "javascript:alert(1)"}, None, "Enter the address of your shop"),
    ({"url": ""}, None, "This is needed."),
    ({"key_consumer_secret": "cs_ü"}, None, "A key has no such characters."),
    ({"key_consumer_key": ""}, None, "This is needed."),
)


def test_what_does_not_open_the_shop_is_said_and_not_kept(
    connecting: Connecting, owner: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    near(connecting.panel, frozenset())
    status, text = connecting.enter(owner)
    assert status == 422 and "not encrypted" in text and connecting.shop.asked == []
    near(connecting.panel)
    monkeypatch.setattr("socket.getaddrinfo", _here_alone)
    for typed, trouble, said in ANSWERS:
        connecting.shop.trouble.extend([trouble] if trouble else [])
        status, text = connecting.enter(owner, **typed)
        assert (status, said in text, "Nothing was saved." in text) == (422, True, True), text
        assert connecting.given() is None
    connecting.shop.trouble.append(busy())
    assert connecting.enter(owner)[0] == 303 and connecting.given()


def _here_alone(host: str, port: int, *_: Any, **__: Any) -> list[Any]:
    """Look up numbers alone, so that no name is asked for beyond this machine."""
    if not host[0].isdigit():
        raise socket.gaierror(host)
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]


def test_keys_go_to_no_other_address_and_can_be_taken_away(connecting: Connecting, owner: Browser) -> None:
    connecting.enter(owner)
    with fake_shop() as other:
        status, text = connecting.enter(owner, url=other.url, key_consumer_secret="")
        assert status == 422 and "This is another address, so enter its key as well." in text
        assert other.asked == []
    connecting.enter(owner, key_consumer_secret="")
    given = connecting.given()
    assert given and given.keys["consumer_secret"] == "cs_test"
    assert owner.post(f"{connecting.page}/access/remove", connecting.page).status_code == 303
    assert connecting.given() is None
    assert owner.post(f"{connecting.page}/events", connecting.page, way="asking").status_code == 404


def test_what_a_platform_brought_stays_and_what_was_emptied_goes(
    connecting: Connecting, owner: Browser
) -> None:
    world, page = connecting.panel.world, "/vefa/mercan/settings/connect/saleor"
    with fake_shop({"POST /graphql/": failing(500)}) as shop, world.databases.main.begin() as connection:
        key = records.key_of(connection, 1, world.master)
        shops.connect(connection, 1, "saleor", [], key, "store.example.com")
        access.give(connection, 1, "saleor", Access(shop.url, {"app_id": "7"}), key)
    for typed, kept in (("https://dash.example", {"dashboard": "https://dash.example"}), ("", {})):
        assert owner.post(f"{page}/access", page, key_dashboard=typed).status_code == 303
        given = connecting.given(platform="saleor")
        assert given and given.keys == {"app_id": "7", **kept}


def test_webhooks_are_set_up_and_listed(connecting: Connecting, owner: Browser) -> None:
    near(connecting.panel, HOST, "http://127.0.0.1:9")
    connecting.enter(owner)
    status, text = connecting.choose(owner, "webhooks")
    assert status == 200 and "Your shop sends these events to Vefa:" in text and "set up now" in text
    (address,) = {one["delivery_url"] for one in connecting.shop.webhooks}
    assert address == "http://127.0.0.1:9/vefa/in/mercan/woocommerce"
    assert "stood already" in connecting.choose(owner, "webhooks")[1]
    connecting.shop.trouble.append(html(403))
    assert "a firewall" in connecting.choose(owner, "webhooks")[1]


def test_a_shop_that_cannot_reach_vefa_is_asked(connecting: Connecting, owner: Browser) -> None:
    near(connecting.panel, HOST, "http://10.1.2.3")
    connecting.enter(owner)
    assert LOOKING in owner.get(connecting.page).text
    assert LOOKING not in owner.get(f"{connecting.page}?look=200").text
    assert owner.get(f"{connecting.page}?look=x&check=y").status_code == 200
    status, text = connecting.choose(owner, "webhooks")
    assert status == 422 and "no shop on the internet can send anything there" in text
    connecting.work(3)
    assert connecting.choose(owner, "asking")[0] == 303 and connecting.shop.webhooks == []
    given = connecting.given()
    assert given and given.pull
    assert "Vefa asks your shop every 5 minutes." in plain(owner.get(connecting.page).text)
    connecting.work(8)
    text = plain(owner.get(connecting.page).text)
    assert "has arrived." in text and LOOKING not in owner.text
    assert connecting.shop.webhooks == []


def test_two_stores_at_once_do_not_mix(connecting: Connecting, owner: Browser) -> None:
    connecting.panel.add("lale", platform="woocommerce")
    with woocommerce() as other:
        theirs = Connecting(connecting.panel, other, "lale")
        another = connecting.panel.browser("lale")
        assert connecting.enter(owner)[0] == theirs.enter(another)[0] == 303
        mine, yours = connecting.given(1), connecting.given(2)
        assert mine and yours and (mine.url, yours.url) == (connecting.shop.url, other.url)
        assert owner.get(theirs.page).status_code == another.get(connecting.page).status_code == 404
        owner.post(f"{connecting.page}/access/remove", connecting.page)
        assert connecting.given(1) is None and connecting.given(2) == yours


def test_every_platform_has_its_steps(connecting: Connecting, owner: Browser) -> None:
    for name, platform in platforms().items():
        page = f"/vefa/mercan/settings/connect/{name}"
        if name != "woocommerce":
            assert owner.get(page).status_code == 404
            with connecting.panel.world.databases.main.begin() as connection:
                key = records.key_of(connection, 1, connecting.panel.world.master)
                account = "store.example.com" if name == "saleor" else None
                shops.connect(connection, 1, name, ["s"], key, account)
        text = owner.get(page).text
        assert text.count("Step ") in (2, 3)
        assert all(f'name="key_{one.name}"' in text for one in platform.describe().access)


def test_whoever_may_not_connect_reads_only(connecting: Connecting) -> None:
    with connecting.panel.world.databases.main.begin() as connection:
        viewer = staff.add(connection, "v@mercan.example", name="V", language="en", now=NOW)
        staff.join(connection, 1, viewer.id, now=NOW, role=Role.VIEWER)
    connecting.panel.owners["mercan"] = viewer
    browser = connecting.panel.browser("mercan")
    assert browser.get(f"{connecting.page}?check=shop").status_code == 200
    assert "<form" not in browser.text.partition('id="access-title"')[2].partition("</main>")[0]
    assert browser.post(f"{connecting.page}/access", url=connecting.shop.url).status_code == 403
    assert connecting.shop.asked == []


REACHED = (
    ("http://127.0.0.1:8000", frozenset[str](), Reach.PRIVATE),
    ("https://localhost", frozenset[str](), Reach.PRIVATE),
    ("https://[::1]", frozenset[str](), Reach.PRIVATE),
    ("https://10.0.0.7", frozenset[str](), Reach.PRIVATE),
    ("http://vefa.example", frozenset[str](), Reach.UNENCRYPTED),
    ("https://vefa.invalid", frozenset[str](), Reach.UNKNOWN_HOST),
    ("http://127.0.0.1:9", HOST, Reach.SILENT),
)


@pytest.mark.parametrize(("address", "hosts", "found"), REACHED)
def test_vefas_own_address_is_asked(
    address: str, hosts: frozenset[str], found: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("socket.getaddrinfo", _here_alone)
    assert reach(Settings(public_url=address, allow_private=hosts)) is found


def test_vefa_knows_itself_at_its_address() -> None:
    route = "GET /vefa/-/healthz"
    for document, found in (({"status": "ok"}, Reach.REACHED), ({"status": "up"}, Reach.ANOTHER)):
        with fake_shop({route: lambda _, document=document: answer(document)}) as host:
            assert reach(Settings(public_url=host.url, allow_private=HOST)) is found
