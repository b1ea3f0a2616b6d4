"""The work table: what fails is found and set aside, and nothing that is due is lost."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Connection
from tests.build import START, on

from vefa.database import Databases, reading
from vefa.work import (
    BATCH,
    FIRST_RETRY,
    MAX_ATTEMPTS,
    Result,
    dead_letters,
    drain,
    make_due,
    next_due,
    sweep,
    work,
)

pytestmark = pytest.mark.contract
Subjects = Sequence[str]


class Diary:
    """A look that writes down what it was shown; ``does`` may fail or say when to look again."""

    def __init__(self, does: Callable[[int, Subjects, datetime], Result | None] | None = None) -> None:
        self.seen: list[tuple[int, list[str]]] = []
        self.does = does

    def __call__(self, store_id: int, subjects: Subjects, now: datetime) -> Result:
        self.seen.append((store_id, list(subjects)))
        return (self.does(store_id, subjects, now) if self.does else None) or Result()

    @property
    def subjects(self) -> list[str]:
        return [subject for _, subjects in self.seen for subject in subjects]


@pytest.fixture
def due(databases: Databases) -> Callable[..., None]:
    def make(*subjects: str, at: datetime = START, store: int = 1, package: str = "a") -> None:
        with databases.main.begin() as connection:
            make_due(connection, store, package, dict.fromkeys(subjects, at))

    return make


def rows(databases: Databases) -> dict[str, Any]:
    with reading(databases.main) as connection:
        return {row.subject: row for row in connection.execute(sa.select(work))}


def test_only_what_is_due_is_looked_at_and_then_forgotten(
    databases: Databases, due: Callable[..., None]
) -> None:
    due("now", at=START)
    due("later", at=START + timedelta(microseconds=1))
    look = Diary()
    assert sweep(databases.main, {"a": look}, START)[0] == 1
    assert sweep(databases.main, {"a": look}, START)[0] == 0
    assert look.subjects == ["now"] and list(rows(databases)) == ["later"]


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
def test_the_earlier_of_two_moments_counts(
    databases: Databases, due: Callable[..., None], first: int, second: int
) -> None:
    due("x", at=on(first))
    due("x", at=on(second))
    with reading(databases.main) as connection:
        assert next_due(connection) == on(0)


@pytest.mark.parametrize("bad", [0, 1, 98, 199])
def test_halving_finds_the_one_bad_subject(databases: Databases, due: Callable[..., None], bad: int) -> None:
    names = [f"{number:03}" for number in range(BATCH)]
    due(*names)

    def does(_store: int, subjects: Subjects, _now: datetime) -> None:
        if names[bad] in subjects:
            raise ArithmeticError("no")

    look = Diary(does)
    sweep(databases.main, {"a": look}, START)
    (left,) = rows(databases).values()
    assert (left.subject, left.attempts, left.error) == (names[bad], 1, "ArithmeticError: no")
    assert len(look.seen) <= 2 * BATCH.bit_length() + 1


def test_a_write_that_fails_is_halved_too_and_leaves_nothing(
    databases: Databases, due: Callable[..., None]
) -> None:
    due("bad", "good")

    def does(_store: int, subjects: Subjects, _now: datetime) -> Result:
        def write(connection: Connection) -> None:
            make_due(connection, 1, "written", dict.fromkeys(subjects, START))
            if "bad" in subjects:
                raise ArithmeticError("no")

        return Result(write)

    sweep(databases.main, {"a": Diary(does)}, START)
    assert {(row.package, row.subject) for row in rows(databases).values()} == {
        ("a", "bad"),
        ("written", "good"),
    }


def fail(_store: int, _subjects: Subjects, _now: datetime) -> None:
    raise ArithmeticError("no")


def give_up(databases: Databases) -> list[datetime]:
    """Let a subject fail until it is set aside; return when it was tried."""
    tried: list[datetime] = []
    with reading(databases.main) as connection:
        now = next_due(connection)
    while now is not None:
        tried.append(now)
        sweep(databases.main, {"a": Diary(fail)}, now)
        with reading(databases.main) as connection:
            now = next_due(connection)
    return tried


def test_what_keeps_failing_waits_longer_and_becomes_a_dead_letter(
    databases: Databases, due: Callable[..., None]
) -> None:
    due("x")
    tried = give_up(databases)
    waits = [later - earlier for earlier, later in pairwise(tried)]
    assert waits == [FIRST_RETRY * 4**attempt for attempt in range(MAX_ATTEMPTS - 1)]
    with reading(databases.main) as connection:
        assert dead_letters(connection, 1) == [("a", "x", "ArithmeticError: no")]
        assert dead_letters(connection, 2) == []


def test_a_new_fact_revives_a_dead_letter(databases: Databases, due: Callable[..., None]) -> None:
    due("x")
    give_up(databases)
    due("x", at=on(90))
    assert (rows(databases)["x"].attempts, rows(databases)["x"].error) == (0, None)
    sweep(databases.main, {"a": Diary()}, on(90))
    assert rows(databases) == {}


@pytest.mark.parametrize("outcome", ["done", "again", "failed"])
def test_a_fact_that_comes_during_a_look_is_not_lost(
    databases: Databases, due: Callable[..., None], outcome: str
) -> None:
    due("x")

    def does(_store: int, _subjects: Subjects, _now: datetime) -> Result:
        due("x")
        if outcome == "failed":
            raise ArithmeticError("no")
        return Result(again={"x": on(5)} if outcome == "again" else {})

    sweep(databases.main, {"a": Diary(does)}, START)
    again = Diary()
    assert sweep(databases.main, {"a": again}, START)[0] == 1
    assert again.subjects == ["x"] and rows(databases) == {}


def test_a_look_says_when_to_look_again_and_past_failures_are_forgiven(
    databases: Databases, due: Callable[..., None]
) -> None:
    due("x")
    sweep(databases.main, {"a": Diary(fail)}, START)
    now = START + FIRST_RETRY
    sweep(databases.main, {"a": Diary(lambda *_: Result(again={"x": on(5)}))}, now)
    left = rows(databases)["x"]
    assert (left.due_at, left.attempts, left.error) == (on(5), 0, None)


def test_stores_are_taken_in_turn(databases: Databases, due: Callable[..., None]) -> None:
    due(*(f"{number:04}" for number in range(5000)), store=1)
    due("small", at=START + timedelta(hours=1), store=2)
    due("smaller", at=START + timedelta(hours=2), store=9)
    look = Diary()
    sweep(databases.main, {"a": look}, on(1))
    assert {store for store, _ in look.seen} == {1, 2, 9}
    assert len(look.subjects) <= BATCH + 2


def test_packages_are_swept_in_the_order_of_the_map(databases: Databases, due: Callable[..., None]) -> None:
    order: list[tuple[str, int]] = []
    for package, store in (("b", 2), ("a", 2), ("c", 1), ("b", 1)):
        due("x", package=package, store=store)

    def noting(package: str) -> Diary:
        return Diary(lambda store, *_: order.append((package, store)))

    sweep(databases.main, {package: noting(package) for package in ("b", "c", "a")}, START)
    assert order == [("b", 1), ("b", 2), ("c", 1), ("a", 2)]


def test_draining_goes_on_with_what_a_look_makes_due(databases: Databases, due: Callable[..., None]) -> None:
    due("x")

    def does(_store: int, subjects: Subjects, now: datetime) -> Result:
        return Result(lambda connection: make_due(connection, 1, "b", dict.fromkeys(subjects, now)))

    last = Diary()
    drain(databases.main, {"a": Diary(does), "b": last}, START)
    assert last.subjects == ["x"] and rows(databases) == {}


def test_a_package_that_nobody_looks_after_holds_nothing_up(
    databases: Databases, due: Callable[..., None]
) -> None:
    due(*(f"{number:03}" for number in range(BATCH)), package="unknown")
    due("x", at=START + timedelta(hours=1))
    look = Diary()
    drain(databases.main, {"a": look}, on(1))
    assert look.subjects == ["x"]
