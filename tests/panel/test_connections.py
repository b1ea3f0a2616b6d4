"""A store is connected to any platform; Shopify brings its own secret and names its shop."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.build import parcel, placed
from tests.panel.shop import NOW, Browser, Shop, plain
from tests.shopify import SECRET, carrier, fulfillment, order, request
from tests.tracking import SENDERS

from vefa.carriers import services
from vefa.inbound import Request
from vefa.stores import access, records, shops
from vefa.stores.access import Access

PAGE = "/vefa/mercan/settings/connections"
SHOP = "mercan.myshopify.com"


def connected(shop: Shop, store: int = 1) -> dict[str, str | None]:
    with shop.world.databases.main.connect() as connection:
        return shops.accounts_of(connection, store)


def secrets(shop: Shop, platform: str = "shopify") -> list[str]:
    with shop.world.databases.main.connect() as connection:
        key = records.key_of(connection, 1, shop.world.master)
        return records.secrets_of(connection, 1, platform, key)


def post(browser: Browser, **fields: str) -> tuple[int, str]:
    answer = browser.post(f"{PAGE}/connect", PAGE, **fields)
    return answer.status_code, plain(answer.text)


def test_every_platform_has_a_name_and_can_be_connected(owner: Browser) -> None:
    text = plain(owner.get(PAGE).text)
    assert "Own software (Standard Webhooks)" in text
    assert "Connect another platform Medusa" in text and "Shopify" in text and "WooCommerce" in text
    assert "In your Shopify admin open Settings, Notifications, Webhooks." in text
    assert "https://vefa.example/vefa/in/mercan/shopify" in text


@pytest.mark.parametrize("typed", [SHOP, SHOP.upper(), f"https://{SHOP}/admin", f" {SHOP} "])
def test_a_shop_is_connected_by_its_name_and_secret(shop: Shop, owner: Browser, typed: str) -> None:
    assert post(owner, platform="shopify", shop=typed, shop_secret="abc")[0] == 303
    assert connected(shop) == {"shopify": SHOP, "standard": None}
    assert secrets(shop) == ["abc"]
    assert SHOP in owner.get(PAGE).text


@pytest.mark.parametrize("typed", ["", "mercan", "mercan.example", "x.myshopify.com.evil.example", "a/b"])
def test_what_is_no_shop_is_not_connected(shop: Shop, owner: Browser, typed: str) -> None:
    status, text = post(owner, platform="shopify", shop=typed, shop_secret="abc")
    assert status == 422 and "Nothing was saved." in text
    assert connected(shop) == {"standard": None}


@pytest.mark.parametrize("typed", ["store.example.com", "https://Store.example.com/graphql/"])
def test_a_saleor_store_is_awaited_by_its_domain_and_forgotten_with_it(
    shop: Shop, owner: Browser, typed: str
) -> None:
    assert "https://vefa.example/vefa/in/saleor/manifest" in plain(owner.get(PAGE).text)
    assert post(owner, platform="saleor", shop=typed)[0] == 303
    assert (connected(shop)["saleor"], secrets(shop, "saleor")) == ("store.example.com", [])
    published = '{"keys": []}'
    with shop.world.databases.main.begin() as connection:
        key = records.key_of(connection, 1, shop.world.master)
        access.give(connection, 1, "saleor", Access("https://store.example.com", {"auth_token": "T"}), key)
        records.set_secrets(connection, 1, "saleor", ["hush", published], key)
    for domain, kept in (("store.example.com", ["hush", published]), ("other.example.com", ["hush"])):
        assert post(owner, platform="saleor", shop=domain)[0] == 303
        assert secrets(shop, "saleor") == kept
        with shop.world.databases.main.connect() as connection:
            assert (access.of(connection, 1, "saleor", key) is None) is (kept == ["hush"])


def test_secrets_are_changed_side_by_side(shop: Shop, owner: Browser) -> None:
    for secret in ("old", "new", "", "new"):
        assert post(owner, platform="shopify", shop=SHOP, shop_secret=secret)[0] == 303
    assert secrets(shop) == ["old", "new"]
    status, text = post(owner, platform="shopify", shop=SHOP, shop_secret="third")
    assert status == 422 and "Two secrets stand already" in text


def test_one_shop_is_one_store(shop: Shop, owner: Browser) -> None:
    shop.add("lale")
    with shop.world.databases.main.begin() as connection:
        key = records.key_of(connection, 2, shop.world.master)
        shops.connect(connection, 2, "shopify", ["theirs"], key, SHOP)
    status, text = post(owner, platform="shopify", shop=SHOP, shop_secret="abc")
    assert status == 422 and "Another store is connected to this shop already." in text
    assert connected(shop) == {"standard": None} and connected(shop, 2)["shopify"] == SHOP


def test_another_platform_gets_a_secret_that_is_shown_once(shop: Shop, owner: Browser) -> None:
    status, text = post(owner, platform="woocommerce")
    (secret,) = secrets(shop, "woocommerce")
    assert status == 200 and secret in text and secret not in owner.get(PAGE).text
    assert post(owner, platform="woocommerce")[0] == 404
    assert post(owner, platform="nothing")[0] == 404


def test_a_closed_store_opens_when_it_is_connected(shop: Shop, owner: Browser) -> None:
    post(owner, platform="shopify", shop=SHOP, shop_secret="abc")
    with shop.world.databases.main.begin() as connection:
        shops.close(connection, 1, now=NOW)
    assert "that the shop is gone. Nothing is sent" in plain(owner.get(PAGE).text)
    post(owner, platform="shopify", shop=SHOP)
    with shop.world.databases.main.connect() as connection:
        assert shops.closed_at(connection, 1) is None


def test_a_shopify_store_is_added_without_a_secret_of_ours(shop: Shop, owner: Browser) -> None:
    page = "/vefa/mercan/settings/new-store"
    fields = {"name": "Lale", "slug": "lale", "platform": "shopify", "country": "TR"}
    text = plain(owner.post(page, page, **fields).text)
    assert "Lale was added" in text and "Shopify" in text and "shown this once" not in text
    with shop.world.databases.main.connect() as connection:
        added = records.by_slug(connection, "lale")
        key = records.key_of(connection, added.id, shop.world.master)
        assert records.secrets_of(connection, added.id, "shopify", key) == []
    statuses = plain(owner.get("/vefa/lale/settings/statuses").text)
    assert "Your store says by name what happened to an order" in statuses


def test_an_order_is_told_in_our_words(shop: Shop, owner: Browser) -> None:
    post(owner, platform="shopify", shop=SHOP, shop_secret=SECRET)
    left = fulfillment(NOW)
    told = [
        ("orders/create", order(NOW, processed_at=NOW.isoformat())),
        ("fulfillments/create", left),
        ("fulfillment_events/create", carrier("attempted_delivery", NOW)),
        ("returns/request", {"id": 5, "order_id": 1}),
        ("refunds/create", {"id": 6, "order_id": 1, "created_at": NOW.isoformat()}),
    ]
    for topic, body in told:
        shop.world.inbound.keep(request(topic, body, NOW, shop=SHOP), NOW)
    shop.world.work(NOW)
    page = owner.get("/vefa/mercan/deliveries/shopify:1")
    text = plain(page.text)
    assert page.status_code == 200 and "#1001" in text and "Yurtiçi Kargo" in text and "Jale" in text
    assert "attempted_delivery" not in text and "fulfillment" not in text.lower()


def follow(browser: Browser, **fields: str) -> tuple[int, str]:
    answer = browser.post(f"{PAGE}/follow", PAGE, **fields)
    return answer.status_code, plain(answer.text)


@pytest.mark.parametrize("name", sorted(services()))
def test_a_tracking_service_is_connected_with_its_secret_or_one_of_ours(
    shop: Shop, owner: Browser, name: str
) -> None:
    described = services()[name].describe()
    text = plain(owner.get(PAGE).text)
    assert described.title in text and f"https://vefa.example/vefa/in/mercan/{name}" in text
    status, text = follow(owner, service=name, service_secret="s3cr3t of theirs")
    assert connected(shop) == {"standard": None, name: None}
    if described.gives_secret:
        assert status == 303 and secrets(shop, name) == ["s3cr3t of theirs"]
    elif described.keys_url:
        assert status == 303 and secrets(shop, name) == []
    else:
        assert (
            status == 200 and secrets(shop, name) != ["s3cr3t of theirs"] and secrets(shop, name)[0] in text
        )
    text = plain(owner.get(PAGE).text)
    assert "What to do at the service" in text and "s3cr3t of theirs" not in text
    assert follow(owner, service=name)[0] == (422 if described.gives_secret else 404)


def test_a_services_secrets_are_changed_side_by_side(shop: Shop, owner: Browser) -> None:
    assert follow(owner, service="aftership")[0] == 422 and connected(shop) == {"standard": None}
    for secret in ("old", "new", "new"):
        assert follow(owner, service="aftership", service_secret=secret)[0] == 303
    status, text = follow(owner, service="aftership", service_secret="third")
    assert status == 422 and "Two secrets stand already" in text
    assert secrets(shop, "aftership") == ["old", "new"]
    assert follow(owner, service="standard")[0] == 404 and follow(owner, service="nobody")[0] == 404


def test_what_a_service_says_does_not_open_a_closed_store(shop: Shop, owner: Browser) -> None:
    with shop.world.databases.main.begin() as connection:
        shops.close(connection, 1, now=NOW)
    assert follow(owner, service="aftership", service_secret="abc")[0] == 303
    with shop.world.databases.main.connect() as connection:
        assert shops.closed_at(connection, 1) == NOW


def test_a_parcel_is_told_by_its_carriers_name_page_and_words(shop: Shop, owner: Browser) -> None:
    at = NOW - timedelta(days=2)
    shop.feed(
        "mercan",
        [placed(at), parcel("shipped", at, "S1", shipment={"carrier": "ups", "tracking_number": "1Z 9"})],
    )
    assert follow(owner, service="aftership", service_secret="abc")[0] == 303
    said = ((NOW - timedelta(hours=5), "Teleported"), (NOW - timedelta(hours=2), "exception"))
    body = SENDERS["aftership"].body("1z9", *said, at=NOW, eta="2099-01-02")
    headers = SENDERS["aftership"].sign(body, NOW, "abc")
    shop.world.inbound.keep(Request("mercan", "aftership", headers, body), NOW)
    shop.world.work(NOW)
    text = owner.get("/vefa/mercan/deliveries/standard:1").text
    assert 'href="https://www.ups.com/track?tracknum=1Z9"' in text and "<bdi>UPS</bdi>" in text
    assert "a problem on the way" in plain(text) and "a word that Vefa does not know: Teleported" in plain(
        text
    )
    assert "The carrier said when it expects to deliver" in plain(text)
