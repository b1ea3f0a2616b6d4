"""The list of cases: what presses comes first, page by page, found by any name, at any size of store."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection
from tests.cases.many import MEMBER, NOW, case_row, explained, fill, people, whole
from tests.support import World, make_world

from vefa.cases import listing
from vefa.cases.case import CaseState
from vefa.cases.find import find
from vefa.cases.listing import COUNT_UP_TO, Listed, Place, View
from vefa.cases.priority import place
from vefa.cases.records import cases
from vefa.database import Databases, reading
from vefa.errors import NotFoundError
from vefa.stores import records as stores

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@pytest.fixture
def world(databases: Databases) -> World:
    """Return two stores without cases."""
    world = make_world(databases)
    world.add_store("mercan", NOW)
    world.add_store("kilim", NOW)
    return world


@pytest.fixture
def connection(world: World) -> Iterator[Connection]:
    with reading(world.databases.main) as connection:
        yield connection


def every(connection: Connection, view: View, *, limit: int = 2, store_id: int = 1) -> list[int]:
    """Read a view page by page, each place going through an address, and return the numbers."""
    found: list[int] = []
    after: Place | None = None
    while True:
        page = listing.page(connection, store_id, view=view, member=MEMBER, after=after, limit=limit, now=NOW)
        assert len(page.rows) <= limit
        found += [row.number for row in page.rows]
        if page.next is None:
            return found
        after = Place.read(str(page.next))


ROWS: list[dict[str, Any]] = [
    case_row(1, 1),
    case_row(1, 2, assignee_id=MEMBER, rank_at=NOW - 9 * DAY),
    case_row(1, 3, state="waiting", due_at=NOW - HOUR),
    case_row(1, 4, legal_due_at=NOW + 23 * HOUR, rank_at=NOW + 9 * DAY),
    case_row(1, 5, state="waiting", legal_due_at=NOW + 22 * HOUR, assignee_id=MEMBER, rank_at=NOW + DAY),
    case_row(1, 6, legal_due_at=NOW + 25 * HOUR, due_at=NOW - DAY, rank_at=NOW - 8 * DAY),
    case_row(1, 7, state="closed", closed_at=NOW - 2 * HOUR, outcome="solved", due_at=NOW - DAY),
    case_row(1, 8, state="closed", closed_at=NOW - 3 * HOUR, outcome="no_answer", assignee_id=MEMBER),
    case_row(1, 9, state="closed", closed_at=NOW - HOUR, outcome="duplicate", legal_due_at=NOW),
    case_row(2, 1),
    case_row(2, 2, legal_due_at=NOW, assignee_id=MEMBER, state="waiting", due_at=NOW - DAY),
]
VIEWS = {
    View.OPEN: [4, 2, 6, 1],
    View.CUSTOMER: [5, 3],
    View.MINE: [5, 2],
    View.UNASSIGNED: [4, 6, 1, 3],
    View.OVERDUE: [6, 1, 3],
    View.CLOSED: [9, 7, 8],
    View.ALL: [9, 8, 7, 6, 5, 4, 3, 2, 1],
}


@pytest.mark.parametrize("limit", [1, 2, 50])
@pytest.mark.parametrize("view", View)
def test_each_view_holds_its_own_in_order(
    world: World, connection: Connection, view: View, limit: int
) -> None:
    rows = [row | ({"due_at": NOW + DAY} if row["number"] in (2, 4, 5) else {}) for row in ROWS]
    fill(world, 1, rows)
    expected = VIEWS[view]
    assert every(connection, view, limit=limit) == expected
    assert listing.counts(connection, 1, member=MEMBER, now=NOW)[view] == len(expected)


def test_a_legal_date_that_comes_near_between_two_pages_loses_no_case(
    world: World, connection: Connection
) -> None:
    near = [case_row(1, n, legal_due_at=NOW + DAY + timedelta(minutes=30 * n)) for n in range(1, 7)]
    fill(world, 1, near)
    first = listing.page(connection, 1, view=View.OPEN, limit=3, now=NOW)
    later = NOW + 2 * HOUR
    second = listing.page(connection, 1, view=View.OPEN, after=first.next, limit=3, now=later)
    assert [row.number for row in (*first.rows, *second.rows)] == [1, 2, 3, 4, 5, 6]


def test_any_mixture_is_ordered_by_the_law_first(world: World, connection: Connection) -> None:
    draw = random.Random(7)
    legal = [None, *(NOW + n * HOUR for n in range(-3, 40))]
    rows = [
        case_row(
            1,
            n,
            legal_due_at=draw.choice(legal),
            rank_at=NOW + draw.randrange(-50, 50) * HOUR,
            state=draw.choice(["open", "waiting", "closed"]),
            assignee_id=draw.choice([None, MEMBER]),
        )
        for n in range(1, 200)
    ]
    fill(world, 1, rows)

    def order(row: dict[str, Any]) -> tuple[Any, ...]:
        pressing = row["legal_due_at"] is not None and row["legal_due_at"] <= NOW + DAY
        return (not pressing, row["legal_due_at"] if pressing else row["rank_at"], row["id"])

    mine = [row for row in rows if row["assignee_id"] == MEMBER and row["state"] != "closed"]
    assert every(connection, View.MINE, limit=7) == [row["number"] for row in sorted(mine, key=order)]


@pytest.mark.parametrize(
    "text", ["", "a~b~c~d", "2026-01-01~1~2026-01-01~x", "2026-01-01T00:00:00+00:00~1~x"]
)
def test_a_place_that_was_made_up_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        Place.read(text)


def test_cases_are_found_by_number_order_customer(world: World, connection: Connection) -> None:
    rows = [case_row(1, 41, order_id="standard:7", holder="standard:C7"), case_row(1, 7), case_row(1, 9)]
    fill(world, 1, rows, orders_made=9)
    people(world, 1, [7, 9])
    people(world, 2, [9])
    _, key = stores.with_key(connection, 1, world.master)

    def found(words: str, store_id: int = 1) -> list[int]:
        return sorted(row.number for row in find(connection, store_id, words, key))

    assert found("41") == [41]
    assert found("۴۱") == [41]
    assert found("#7") == [7, 41]
    assert found("7") == [7, 41]
    assert found("standard:7") == [7, 41]
    assert found(" C7@Buyer.example ") == [7, 41]
    assert found("0555 000 00 09") == [9]
    assert found("nobody@buyer.example") == []
    assert found("'; DROP TABLE cases") == []
    assert found("9", store_id=2) == []
    assert found("9" * 40) == []


def test_one_case_and_those_of_an_order_and_a_customer(world: World, connection: Connection) -> None:
    fill(world, 1, [case_row(1, 1), case_row(1, 2, order_id="standard:1", holder="standard:C1")])
    fill(world, 2, [case_row(2, 3, order_id="standard:1", holder="standard:C1")])
    found = listing.case(connection, 1, 2)
    assert (found.id, found.state, found.outcome) == ("case-000002", CaseState.OPEN, None)
    assert [row.number for row in listing.of_order(connection, 1, "standard:1")] == [2, 1]
    assert [row.number for row in listing.of_customer(connection, 1, ["standard:C1"])] == [2, 1]
    with pytest.raises(NotFoundError):
        listing.case(connection, 2, 1)


def many(store_id: int, count: int) -> list[dict[str, Any]]:
    """Return rows of which most are open and none is overdue, the hardest store to find something in."""
    rows = []
    for n in range(1, count + 1):
        more: dict[str, Any] = {"due_at": NOW + DAY, "holder": f"standard:C{n % 5000}"}
        if n % 10 == 0:
            more |= {"state": "closed", "closed_at": NOW - timedelta(minutes=n)}
        elif n % 3 == 0:
            more |= {"state": "waiting", "assignee_id": f"member-{n % 4}"}
        if n % 50 == 1:
            more |= {"legal_due_at": NOW + timedelta(minutes=n)}
        rows.append(case_row(store_id, n, **more))
    return rows


def test_a_large_store_is_read_along_its_indexes(world: World, databases: Databases) -> None:
    for store_id in (1, 2):
        fill(world, store_id, many(store_id, 2_000), orders_made=3_000)
        people(world, store_id, list(range(1, 50)))
    with reading(databases.main) as connection:
        _, key = stores.with_key(connection, 1, world.master)
        deep = listing.page(connection, 1, view=View.OPEN, limit=900, now=NOW).next
        assert deep is not None
        questions = {
            **{
                f"page {view}": lambda view=view: listing.page(
                    connection, 1, view=view, member=MEMBER, now=NOW
                )
                for view in View
            },
            "deep page": lambda: listing.page(connection, 1, view=View.OPEN, after=deep, now=NOW),
            "counts": lambda: listing.counts(connection, 1, member=MEMBER, now=NOW),
            "number": lambda: listing.case(connection, 1, 777),
            "search number": lambda: find(connection, 1, "1777", key),
            "search e-mail": lambda: find(connection, 1, "c17@buyer.example", key),
            "search phone": lambda: find(connection, 1, "+905550000017", key),
            "history": lambda: listing.history(connection, 1, "standard:C17", NOW),
            "order": lambda: listing.of_order(connection, 1, "standard:17"),
        }
        plans, stop = explained(databases.main)
        for ask in questions.values():
            ask()
        stop()
    assert len(plans) > 40
    assert whole(plans) == []


def test_counts_are_bounded(world: World, connection: Connection) -> None:
    fill(world, 1, [case_row(1, n) for n in range(1, COUNT_UP_TO + 100)])
    assert listing.counts(connection, 1, member=None, now=NOW)[View.OPEN] == COUNT_UP_TO + 1
    assert isinstance(listing.page(connection, 1, view=View.OPEN, limit=1, now=NOW).rows[0], Listed)


MOMENTS = st.integers(-40, 60).map(lambda hours: NOW + hours * HOUR)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(MOMENTS, st.none() | MOMENTS, st.booleans()), max_size=9))
def test_the_list_stands_in_the_order_of_priority(
    world: World, connection: Connection, drawn: list[tuple[datetime, datetime | None, bool]]
) -> None:
    states = {True: "waiting", False: "open"}
    rows = [
        case_row(1, n, rank_at=rank_at, legal_due_at=legal, state=states[waits], due_at=NOW - DAY)
        for n, (rank_at, legal, waits) in enumerate(drawn, 1)
    ]
    with world.databases.main.begin() as writing:
        writing.execute(cases.delete())
        if rows:
            writing.execute(cases.insert(), rows)
    in_order = sorted(rows, key=lambda row: (place(row["rank_at"], row["legal_due_at"], NOW), row["id"]))
    assert every(connection, View.OVERDUE) == [row["number"] for row in in_order]
    connection.rollback()
