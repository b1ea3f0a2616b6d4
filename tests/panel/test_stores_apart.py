"""One store never sees another's data: every address is tried with another store's names."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from tests.imports.shop import brought
from tests.panel.busy import asked_back, said
from tests.panel.shop import NOW, Browser, Shop, placed
from werkzeug.routing import Rule

from vefa.cases.records import cases
from vefa.imports.records import imports
from vefa.outreach.records import messages
from vefa.stores.records import by_slug, stores

OPEN_TO_ALL = {
    "entrance.serve",
    "entrance.sign_in",
    "entrance.sign_in_now",
    "entrance.forgot",
    "entrance.forgot_now",
    "entrance.link",
    "entrance.use_link",
}
# The names in addresses that mean something of one store alone.
OF_A_STORE = {"order_id", "message_id", "holder", "number", "return_number", "import_id"}

# What answers 404 in one's own store too, as long as no form says more.
NEEDS_A_FORM = {"panel.return_letter"}


@pytest.fixture
def two(shop: Shop) -> Shop:
    """Return two stores with orders and messages; the second belongs to somebody else."""
    shop.add("kilim")
    shop.feed("kilim", [placed("7001", NOW.replace(day=10), "2026-11-17")])
    # Numbers count by store; the other store's are those that one's own does not have.
    with shop.world.databases.main.begin() as connection:
        said(connection, shop, "mercan", "1001", "Nerede?")
        asked_back(connection, "mercan", "1001", 1)
        said(connection, shop, "kilim", "7001", "Nerede?")
        connection.execute(cases.update().where(cases.c.store_id == 2).values(number=7))
        asked_back(connection, "kilim", "7001", 7)
    for slug in ("mercan", "kilim"):
        with shop.world.databases.main.connect() as connection:
            store = by_slug(connection, slug)
        brought(shop.world, store, NOW)
    return shop


def rules(shop: Shop) -> list[Rule]:
    found = [rule for rule in shop.app.url_map.iter_rules() if rule.endpoint.startswith("panel.")]
    assert len(found) > 8
    return found


def message_of(shop: Shop, slug: str) -> str:
    with shop.world.databases.main.connect() as connection:
        store_id = connection.scalar(sa.select(stores.c.id).where(stores.c.slug == slug))
        return connection.scalar(sa.select(messages.c.id).where(messages.c.store_id == store_id))


def import_of(shop: Shop, slug: str) -> str:
    with shop.world.databases.main.connect() as connection:
        store_id = by_slug(connection, slug).id
        return connection.scalar(sa.select(imports.c.id).where(imports.c.store_id == store_id))


def address(shop: Shop, rule: Rule, slug: str, owner_of_ids: str) -> str:
    """Fill in a rule: the store's name in the address, and ids that may belong to another store."""
    order = {"mercan": "standard:1001", "kilim": "standard:7001"}[owner_of_ids]
    number = {"mercan": 1, "kilim": 7}[owner_of_ids]
    values = {"slug": slug, "order_id": order, "message_id": message_of(shop, owner_of_ids)}
    values |= {"holder": order.replace(":", ":c"), "number": number, "return_number": number}
    values |= {"import_id": import_of(shop, owner_of_ids)}
    values |= {"act": "note", "step": "approve", "purpose": "delay_notice", "language": "tr"}
    values |= {"platform": "standard"}
    with shop.app.test_request_context():
        return shop.app.url_map.bind("").build(rule.endpoint, {n: values[n] for n in rule.arguments})


def send(browser: Browser, rule: Rule, target: str) -> int:
    if "POST" in rule.methods:
        return browser.post(target, "/vefa/mercan/outreach").status_code
    return browser.get(target).status_code


def test_a_member_of_another_store_finds_nothing(two: Shop) -> None:
    browser = two.browser("mercan")
    for rule in rules(two):
        assert send(browser, rule, address(two, rule, "kilim", "kilim")) == 404, rule
        assert send(browser, rule, address(two, rule, "kilim", "mercan")) == 404, rule


def test_another_stores_ids_are_not_found_in_ones_own(two: Shop) -> None:
    browser = two.browser("mercan")
    tried = 0
    for rule in rules(two):
        if rule.arguments & OF_A_STORE:
            tried += 1
            own = send(browser, rule, address(two, rule, "mercan", "mercan"))
            if rule.endpoint not in NEEDS_A_FORM:
                assert own == 200 if "GET" in rule.methods else own not in (403, 404), rule
            assert send(browser, rule, address(two, rule, "mercan", "kilim")) == 404, rule
    assert tried >= 3


def test_searching_stays_in_the_store(two: Shop) -> None:
    browser = two.browser("mercan")
    for words in ("7001", "c7001@example.com", "standard:7001"):
        text = browser.get("/vefa/mercan/deliveries", query_string={"q": words}).text
        assert "No order has this number" in text


def test_a_place_in_another_stores_list_shows_nothing_of_it(two: Shop) -> None:
    after = "2026-11-01T00:00:00+00:00~standard:0"
    text = (
        two.browser("mercan")
        .get("/vefa/mercan/deliveries", query_string={"view": "all", "after": after})
        .text
    )
    assert "7001" not in text


def test_a_store_that_does_not_exist_looks_like_anothers(two: Shop) -> None:
    browser = two.browser("mercan")
    missing, foreign = browser.get("/vefa/nowhere/deliveries"), browser.get("/vefa/kilim/deliveries")
    assert (missing.status_code, foreign.status_code) == (404, 404)
    assert missing.text == foreign.text


def test_a_stranger_is_sent_to_the_entrance_wherever_they_knock(two: Shop) -> None:
    for rule in two.app.url_map.iter_rules():
        if rule.endpoint.partition(".")[0] not in {"panel", "entrance"} or rule.endpoint in OPEN_TO_ALL:
            continue
        browser = two.browser()
        browser.get("/vefa/sign-in")
        target = "/vefa/" if rule.endpoint == "entrance.home" else None
        if rule.endpoint.startswith("panel."):
            target = address(two, rule, "mercan", "mercan")
        if target is None:
            continue
        answer = browser.post(target) if "POST" in rule.methods else browser.get(target)
        assert answer.status_code == 303, rule
        assert answer.headers["Location"].startswith("/vefa/sign-in"), rule


def test_a_form_cannot_stop_another_stores_messages(two: Shop) -> None:
    browser = two.browser("mercan")
    assert browser.post("/vefa/kilim/outreach/stop", "/vefa/mercan/outreach").status_code == 404
    with two.world.databases.main.connect() as connection:
        assert connection.scalar(sa.select(stores.c.stopped_at).where(stores.c.slug == "kilim")) is None
