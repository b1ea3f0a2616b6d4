"""The panel's queries go along an index at any size of store, without statistics of the database."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from tests.panel.busy import make_busy
from tests.panel.shop import NOW, Browser, Shop

from vefa.cases.listing import View as Cases
from vefa.insights.people import View as People
from vefa.insights.promised import View as Promises
from vefa.outreach import permission
from vefa.returns.listing import VIEWS as RETURNS


def behind(at: datetime, *more: str) -> str:
    """Return a place in a list as it stands in an address."""
    return quote("~".join((at.isoformat(), *more)))


DEEP = NOW - timedelta(days=1)
LIFTED = (
    "SEARCH holds USING COVERING INDEX ix_holds_store_id_placed_by_lifted_at"
    " (store_id=? AND placed_by=? AND lifted_at=?)"
)
PAGES = {
    "deliveries": (
        *(f"?view={view}" for view in ("look", "delivered_late", "not_watched", "all")),
        "?view=all&from=2026-11-01&to=2026-11-20",
        f"?view=look&after={behind(NOW - timedelta(days=90), 'standard:0')}",
        "?view=not_watched&after=~standard:0",
        "?q=1001",
        "?q=c1001@example.com",
        "/standard:1001",
    ),
    "outreach": (
        "",
        "?outcome=shadow&purpose=delay_notice",
        f"?after={behind(NOW + timedelta(days=1), 'z')}",
        "?show=silent",
        "?show=held",
    ),
    "customers": (
        *(f"?view={view}" for view in People),
        *(f"?view={view}&after={behind(DEEP, 'standard:0')}" for view in People),
        "?q=c1001@example.com",
        "?q=1001",
        "/standard:c1001",
    ),
    "complaints": (
        *(f"?view={view}" for view in Cases),
        *(f"?view={view}&after={behind(NOW, '1', DEEP.isoformat(), 'x')}" for view in Cases),
        *(f"?view={view}&after={behind(NOW, '0', DEEP.isoformat(), 'x')}" for view in Cases),
        "?q=1001",
        "?q=c1001@example.com",
        "/1",
    ),
    "returns": (
        *(f"?view={view}" for view in RETURNS),
        *(f"?view={view}&after={behind(DEEP, 'x')}" for view in RETURNS),
        "?q=1001",
        "?q=c1001@example.com",
        "/1",
    ),
    "promises": (
        *(f"?view={view}" for view in Promises),
        *(f"?view={view}&after={behind(DEEP, 'x')}" for view in Promises),
        "?view=open&kind=callback",
    ),
    "settings": ("", "/connections", "/delivery-days", "/statuses", "/sending", "/team"),
    "policy": ("",),
    "": ("",),
}
# What every store has only few of.
SMALL = {
    *("stores", "accounts", "memberships", "connections", "earlier_settings", "policies", "sessions"),
    *("feeds", "feed_hours", "found", "wanted", "people"),
}
# Indexes that hold only the few rows of a store that are asked for, or whose end alone is read.
PARTIAL = ("ix_raw_bodies_unreadable", "ix_work_dead", "ix_raw_bodies_store_id_received_at")
WHOLE = re.compile(r"(?:SCAN (?!CONSTANT|anon_|SUBQUERY|\()(\w+)|SEARCH (\w+) .*\(store_id=\?\)$)")


def whole(plans: Sequence[str]) -> list[str]:
    """Return the steps that walk through a whole table, or all rows of a store in it."""
    steps = ((plan, WHOLE.match(plan)) for plan in plans)
    walked = [plan for plan, found in steps if found and (found[1] or found[2]) not in SMALL]
    return [plan for plan in walked if not any(name in plan for name in PARTIAL)]


@pytest.fixture
def plans(shop: Shop) -> Iterator[list[str]]:
    """Collect how SQLite finds the rows of every question that is asked."""
    make_busy(shop)
    found: list[str] = []

    def explain(
        connection: Connection, cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if statement.startswith(("SELECT", "WITH")):
            raw = connection.connection.driver_connection
            found.extend(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    engine = shop.world.databases.main
    sa.event.listen(engine, "before_cursor_execute", explain)
    yield found
    sa.event.remove(engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("screen", PAGES)
def test_no_question_walks_through_a_whole_store(owner: Browser, plans: list[str], screen: str) -> None:
    walked = {}
    for rest in PAGES[screen]:
        plans.clear()
        assert owner.get(f"/vefa/mercan/{screen}{rest}").status_code == 200, rest
        assert len(plans) > 5
        walked[rest] = whole(plans)
    assert {rest: steps for rest, steps in walked.items() if steps} == {}


def test_a_page_of_the_list_is_read_in_its_order(owner: Browser, plans: list[str]) -> None:
    owner.get("/vefa/mercan/deliveries?view=late")
    pages = [plan for plan in plans if "judgements" in plan and "due_at" in plan]
    assert pages
    assert all("ix_judgements_store_id_state_due_at_order_id" in plan for plan in pages)


@pytest.mark.parametrize("view", ["case", "late", "silent"])
def test_few_customers_are_not_looked_for_among_all_orders(
    owner: Browser, plans: list[str], view: str
) -> None:
    owner.get(f"/vefa/mercan/customers?view={view}&after={behind(DEEP, 'standard:0')}")
    assert any(plan == "MATERIALIZE found" for plan in plans)
    assert [plan for plan in plans if "ix_orders_store_id_placed_at" in plan] == []


def test_holds_are_lifted_along_what_placed_them(shop: Shop, plans: list[str]) -> None:
    with shop.world.databases.main.begin() as connection:
        permission.lift(connection, 1, "case:1", NOW)
    assert plans == [LIFTED]


def test_the_states_of_messages_are_counted_without_their_content(owner: Browser, plans: list[str]) -> None:
    owner.get("/vefa/mercan/outreach")
    counted = [plan for plan in plans if "ix_messages_written" in plan]
    assert any("COVERING" in plan for plan in counted)
