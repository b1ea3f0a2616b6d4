"""Planted faults in what keeps several workers apart turn the checks on PostgreSQL red."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import IntegrityError, StatementError
from tests import postgres, test_turns
from tests.build import SECRET, START
from tests.inbound import test_keep
from tests.outreach import test_send
from tests.shop import MORNING, late_order, make_shop
from tests.support import make_world

from vefa import due, exchange, turns
from vefa.cli import migrate
from vefa.database import Databases
from vefa.outreach import send

pytestmark = pytest.mark.service
Patch = pytest.MonkeyPatch


@pytest.fixture
def databases(tmp_path: Path) -> Iterator[Databases]:
    with postgres.empty(tmp_path) as opened:
        yield opened


@contextmanager
def everybody(_engine: Engine, _store_id: int, _package: str) -> Iterator[bool]:
    yield True


def nobody_waits(patch: Patch) -> None:
    patch.setattr(turns, "take_turns", lambda connection, *stores: None)


def everybody_works(patch: Patch) -> None:
    patch.setattr("vefa.work.alone", everybody)
    patch.setattr("vefa.outreach.send.alone", everybody)


def nothing_is_asked_again(patch: Patch) -> None:
    def still_due(
        _connection: Connection, _store: int, _package: str, items: Sequence[Any], _now: Any
    ) -> Any:
        return items

    patch.setattr("vefa.work.still_due", still_due)


def rows_begin_at_one(patch: Patch) -> None:
    patch.setattr(due, "draw", lambda: 1)


def check_numbers(databases: Databases, patch: Patch) -> None:
    """Without turns two would read the same last number; with many of them that is sure to happen."""
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda _: test_turns.number_next(databases.main, 1), range(200)))
    except IntegrityError as error:
        raise AssertionError("a number was given twice") from error
    assert test_turns.versions(databases.main, 1) == list(range(1, 201))


def check_alone(databases: Databases, patch: Patch) -> None:
    test_turns.test_a_subject_is_looked_at_once(databases.main)


def check_living(databases: Databases, patch: Patch) -> None:
    shop = make_shop(databases)
    shop.tell(late_order())
    shop.world.run(test_send.on(0), MORNING - test_send.MINUTE)
    test_send.test_what_a_living_worker_is_at_is_left_to_it(shop, "sending")


def check_meanwhile(databases: Databases, patch: Patch) -> None:
    test_turns.test_what_another_did_meanwhile_is_not_done_again(databases.main, pytest.MonkeyPatch())


def check_slow(databases: Databases, patch: Patch) -> None:
    test_turns.test_a_slow_worker_finishes_nothing_that_is_new(databases.main)


def names_are_left(patch: Patch) -> None:
    patch.setattr(exchange, "_can_be_kept", lambda text, longest: True)


def check_names(databases: Databases, patch: Patch) -> None:
    world = make_world(databases)
    world.add_store("shop", START, [SECRET])
    try:
        test_keep.test_whatever_an_event_is_called_it_is_kept_once(world, "a\x00b")
    except StatementError as error:
        raise AssertionError("a signed event was lost") from error


PLANTED: list[tuple[Callable[[Patch], None], Callable[[Databases, Patch], None]]] = [
    (nobody_waits, check_numbers),
    (everybody_works, check_alone),
    (everybody_works, check_living),
    (nothing_is_asked_again, check_meanwhile),
    (rows_begin_at_one, check_slow),
    (names_are_left, check_names),
]


@pytest.mark.parametrize(("fault", "check"), PLANTED, ids=lambda one: one.__name__)
def test_a_fault_between_workers_is_seen(
    databases: Databases, monkeypatch: Patch, fault: Callable[[Patch], None], check: Callable[..., None]
) -> None:
    check(databases, monkeypatch)
    fault(monkeypatch)
    with postgres.empty(databases.directory) as again, pytest.raises((AssertionError, pytest.fail.Exception)):
        check(again, monkeypatch)


def test_a_worker_that_settles_its_own_messages_is_seen(databases: Databases, monkeypatch: Patch) -> None:
    """Settling without regard to the claim would call what a worker itself is at unknown."""
    shop = make_shop(databases)
    shop.tell(late_order())
    shop.world.run(test_send.on(0), MORNING - test_send.MINUTE)
    monkeypatch.setattr(send.records, "move", lambda *_about, **_values: True)
    with pytest.raises(AssertionError):
        test_send.test_a_worker_that_was_thought_dead_sends_nothing_twice(
            shop, "transmit", "outcome_unknown", 1
        )


def test_a_language_s_order_is_seen(monkeypatch: Patch, tmp_path: Path) -> None:
    monkeypatch.setattr(migrate, "_compare_by_bytes", lambda connection: None)
    turkish = "TEMPLATE template0 LOCALE_PROVIDER icu ICU_LOCALE 'tr' LOCALE 'C'"
    from tests.test_migrations import test_several_processes_may_upgrade_at_once_in_any_language as check

    with pytest.raises(AssertionError):
        check(tmp_path, turkish)
