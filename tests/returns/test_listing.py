from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Databases, reading
from vefa.returns import listing
from vefa.returns.listing import VIEWS, Place
from vefa.returns.records import returns
from vefa.returns.request import State

START = datetime(2026, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
MANY = 2_000
SHARE = {
    State.CLOSED: 12,
    State.REFUSED: 3,
    State.RECEIVED: 2,
    State.APPROVED: 1,
    State.SENT: 1,
    State.ASKED: 1,
}
STATES = [state for state, share in SHARE.items() for _ in range(share)]


def row(number: int, store_id: int = 1, **more: Any) -> dict[str, Any]:
    at = START + number * MINUTE
    state = STATES[number % len(STATES)]
    due = at + timedelta(days=14) if state is State.RECEIVED and number % 3 else None
    values = {
        "store_id": store_id,
        "id": f"{number:036d}",
        "number": number,
        "order_id": f"x:{number // 2}",
        "order_number": str(number // 2),
        "holder": f"x:{number // 4}",
        "source": "page",
        "lines": "{}",
        "reason": "other",
        "wanted": "refund",
        "state": state.value,
        "requested_at": at,
        "code": f"A{number}" if number % 2 else None,
        "refund_due_at": due,
    }
    return values | more


@pytest.fixture
def full(databases: Databases) -> Iterator[Connection]:
    """Fill a store with returns, and another one with a few that stand at the same places."""
    with databases.main.begin() as connection:
        connection.execute(returns.insert(), [row(number) for number in range(1, MANY + 1)])
        connection.execute(returns.insert(), [row(number, 2) for number in range(1, 50)])
    with reading(databases.main) as connection:
        yield connection


def everything(connection: Connection, name: str, limit: int) -> list[Any]:
    """Read a view page by page."""
    view, found, after = VIEWS[name], [], None
    while page := listing.page(connection, 1, view, after=after, limit=limit):
        found += page
        after = listing.place_of(page[-1], view)
    return found


def test_pages_hold_every_return_of_a_view_once_and_in_order(databases: Databases) -> None:
    with databases.main.begin() as connection:
        rows = [row(number, requested_at=START + (number // 3) * MINUTE) for number in range(1, 200)]
        connection.execute(returns.insert(), rows)
        connection.execute(returns.insert(), [row(number, 2) for number in range(1, 50)])
    with reading(databases.main) as connection:
        for name, view in VIEWS.items():
            found = everything(connection, name, 7)
            assert [(one.store_id, one.id) for one in found] == [
                (one.store_id, one.id) for one in listing.page(connection, 1, view, limit=1000)
            ]
            wanted = {one["id"] for one in rows if not view.states or one["state"] in view.states}
            assert {one.id for one in found} == wanted and len(found) == len(wanted)
            places = [(one.requested_at, one.id) for one in found]
            if view.by_due:
                dues = [one.refund_due_at for one in found]
                dated = [due for due in dues if due]
                assert dues == sorted(dated) + [None] * (len(dues) - len(dated))
            else:
                assert places == sorted(places, reverse=view.newest_first)


def test_every_question_is_answered_with_many_returns(full: Connection) -> None:
    middle = Place(START + MANY // 2 * MINUTE, "0")
    questions = [
        lambda: listing.counts(full, 1),
        lambda: listing.overdue(full, 1, START + timedelta(days=365)),
        lambda: listing.search(full, 1, ["9000", "A9001"], []),
        lambda: listing.of_customer(full, 1, ["x:7"]),
        lambda: listing.of_order(full, 1, "x:7"),
        *(
            lambda view=view, after=after: listing.page(full, 1, view, after=after)
            for view in VIEWS.values()
            for after in (None, middle)
        ),
    ]
    for ask in questions:
        assert ask() is not None


def test_no_question_walks_through_a_whole_store(full: Connection, databases: Databases) -> None:
    plans: list[str] = []

    def explain(connection: Any, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if statement.startswith("SELECT"):
            raw = connection.connection.driver_connection
            plans.extend(one[3] for one in raw.execute(f"EXPLAIN QUERY PLAN {statement}", parameters))

    sa.event.listen(databases.main, "before_cursor_execute", explain)
    for view in VIEWS.values():
        for after in (None, Place(START, "0"), Place(None, "0") if view.by_due else None):
            listing.page(full, 1, view, after=after)
    listing.counts(full, 1)
    listing.overdue(full, 1, START)
    listing.search(full, 1, ["7"], ["x:7"])
    sa.event.remove(databases.main, "before_cursor_execute", explain)
    assert plans
    bad = ("SCAN returns", "USE TEMP B-TREE FOR ORDER BY")
    assert not [plan for plan in plans if plan.startswith(bad)]


def test_counts_and_searches_stay_in_the_store(full: Connection) -> None:
    counted = listing.counts(full, 2)
    assert counted["all"] == 49 and counted["owed"] == 4
    assert listing.counts(full, 1)["all"] == listing.COUNT_UP_TO + 1
    assert {one.store_id for one in listing.search(full, 2, ["7", "A7"], ["x:1"])} == {2}
    assert listing.search(full, 2, ["A19001", "9500"], ["x:4000"]) == []
