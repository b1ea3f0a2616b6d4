"""The panel's queries go along an index at any size of store, without statistics of the database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from tests.panel.shop import NOW, Browser, Shop

PAGES = (
    *(f"deliveries?view={view}" for view in ("look", "delivered_late", "not_watched", "all")),
    "deliveries?view=all&from=2026-11-01&to=2026-11-20",
    f"deliveries?view=look&after={(NOW - timedelta(days=90)).isoformat().replace('+', '%2B')}~standard:0",
    "deliveries?view=not_watched&after=~standard:0",
    "deliveries?q=1001",
    "deliveries?q=c1001@example.com",
    "deliveries/standard:1001",
    "outreach",
    "outreach?outcome=shadow&purpose=delay_notice",
    f"outreach?after={(NOW + timedelta(days=1)).isoformat().replace('+', '%2B')}~z",
    "outreach?show=silent",
    "settings",
)
LARGE = (
    "orders",
    "judgements",
    "shipments",
    "messages",
    "decisions",
    "facts",
    "promises",
    "state_changes",
    "vault",
)


@pytest.fixture
def plans(shop: Shop) -> Iterator[list[str]]:
    """Collect how SQLite finds the rows of every question that is asked."""
    found: list[str] = []

    def explain(
        connection: Connection, cursor: object, statement: str, parameters: object, *_: object
    ) -> None:
        if statement.startswith("SELECT"):
            raw = connection.connection.driver_connection
            found.extend(row[3] for row in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    engine = shop.world.databases.main
    sa.event.listen(engine, "before_cursor_execute", explain)
    yield found
    sa.event.remove(engine, "before_cursor_execute", explain)


@pytest.mark.parametrize("address", PAGES)
def test_no_question_walks_through_a_whole_store(owner: Browser, plans: list[str], address: str) -> None:
    assert owner.get(f"/vefa/mercan/{address}").status_code == 200
    assert len(plans) > 5
    whole = re.compile(rf"SCAN (?:{'|'.join(LARGE)})\b|SEARCH (?:{'|'.join(LARGE)}) .*\(store_id=\?\)$")
    assert [plan for plan in plans if whole.search(plan)] == []


def test_a_page_of_the_list_is_read_in_its_order(owner: Browser, plans: list[str]) -> None:
    owner.get("/vefa/mercan/deliveries?view=late")
    pages = [plan for plan in plans if "judgements" in plan and "due_at" in plan]
    assert pages
    assert all("ix_judgements_store_id_state_due_at_order_id" in plan for plan in pages)
