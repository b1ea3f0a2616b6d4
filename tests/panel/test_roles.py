"""What each role may do, asked of every form of the panel."""

from __future__ import annotations

import pytest
from tests.panel.shop import NOW, PASSWORD, Browser, Shop
from werkzeug.routing import Rule

from vefa.staff import enter, records
from vefa.staff.account import Account, Role
from vefa.stores.records import by_slug

OWN = {"panel.keep_name", "panel.keep_password", "panel.keep_digest"}
OWN |= {"panel.embedded_prefer", "panel.embedded_leave"}
# A letter in a frame without cookies is asked for by POST; nothing changes by it.
LETTERS = {"panel.message", "panel.specimen", "panel.return_draft"}
VALUES = {"IntegerConverter": 1, "UnicodeConverter": "x", "PathConverter": "x"}


def member(shop: Shop, slug: str, role: Role, name: str = "Somebody") -> Account:
    """Add a member with a password to a store."""
    from vefa.staff import session_records

    with shop.world.databases.main.begin() as connection:
        store = by_slug(connection, slug)
        account = records.add(connection, f"{name}.{role}@{slug}.example", name=name, language="en", now=NOW)
        records.join(connection, store.id, account.id, role=role, now=NOW)
        secret = session_records.make_link(connection, account.id, store.id, now=NOW)
    enter.by_link(shop.world.databases.main, secret, PASSWORD, now=NOW)
    return account


def signed_in(shop: Shop, account: Account) -> Browser:
    browser = shop.browser()
    answer = browser.post("/vefa/sign-in", "/vefa/sign-in", email=account.email, password=PASSWORD)
    assert answer.status_code == 303, answer.text
    return browser


def forms(shop: Shop) -> list[Rule]:
    found = [
        rule
        for rule in shop.app.url_map.iter_rules()
        if rule.endpoint.startswith("panel.") and "POST" in (rule.methods or ())
    ]
    assert len(found) > 15
    return found


def target(shop: Shop, rule: Rule, slug: str) -> str:
    values = {name: VALUES[type(kind).__name__] for name, kind in rule._converters.items()}
    with shop.app.test_request_context():
        return shop.app.url_map.bind("").build(rule.endpoint, values | {"slug": slug}, method="POST")


def test_a_viewer_changes_nothing_but_what_is_their_own(shop: Shop) -> None:
    browser = signed_in(shop, member(shop, "mercan", Role.VIEWER))
    for rule in forms(shop):
        answer = browser.post(target(shop, rule, "mercan"), "/vefa/mercan/settings/account")
        if rule.endpoint in OWN:
            assert answer.status_code in (303, 422), rule
        elif rule.endpoint in LETTERS:
            assert answer.status_code in (200, 404), rule
        else:
            assert answer.status_code == 403, rule


def test_a_member_of_another_store_reaches_no_form(shop: Shop) -> None:
    shop.add("kilim")
    browser = shop.browser("mercan")
    for rule in forms(shop):
        answer = browser.post(target(shop, rule, "kilim"), "/vefa/mercan/settings/account")
        assert answer.status_code == 404, rule


@pytest.mark.parametrize(
    ("role", "page", "may"),
    [
        (Role.MANAGER, "delivery-days", True),
        (Role.MANAGER, "sending", True),
        (Role.MANAGER, "team", False),
        (Role.MANAGER, "connections", False),
        (Role.AGENT, "delivery-days", False),
        (Role.VIEWER, "calendar", False),
        (Role.VIEWER, "statuses", False),
        (Role.OWNER, "team", True),
    ],
)
def test_who_may_not_change_a_page_reads_it(shop: Shop, role: Role, page: str, may: bool) -> None:
    text = signed_in(shop, member(shop, "mercan", role)).get(f"/vefa/mercan/settings/{page}").text
    assert ("You can read this page." in text) is not may


def test_a_viewer_reads_every_settings_page(shop: Shop) -> None:
    browser = signed_in(shop, member(shop, "mercan", Role.VIEWER))
    for page in (
        "",
        "/connections",
        "/delivery-days",
        "/statuses",
        "/calendar",
        "/brand",
        "/sending",
        "/team",
    ):
        assert browser.get(f"/vefa/mercan/settings{page}").status_code == 200, page
    assert browser.get("/vefa/mercan/settings/new-store").status_code == 403
