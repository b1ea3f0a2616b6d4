"""Planted faults in what a Flask store relies on turn their checks red."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.orm import Session
from tests.host import test_embedded, test_migrations, test_signal, test_staff
from tests.host.place import PEOPLE, Place, make_place

from vefa.inbound import outbox, pending
from vefa.inbound.host import Host
from vefa.panel import visit
from vefa.staff import by_host

Patch = pytest.MonkeyPatch


@pytest.fixture(params=["after the commit", "outbox"])
def either(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """A store of each way to keep events."""
    yield from make_place(tmp_path, VEFA_OUTBOX="host" if request.param == "outbox" else None)


def test_an_event_that_does_not_wait_for_the_commit_is_seen(either: Place, monkeypatch: Patch) -> None:
    def at_once(self: Host, told: outbox.Told, _session: object) -> None:
        with self.engine().begin() as connection:
            connection.execute(outbox.insertion(told))

    monkeypatch.setattr(pending, "remember", lambda _session, keep, told: keep([told]))
    monkeypatch.setattr(Host, "_put", at_once)
    either.db.session.rollback()
    with pytest.raises(AssertionError):
        test_signal.test_a_rolled_back_order_leaves_no_event(either)


def test_an_event_that_outlives_its_savepoint_is_seen(tmp_path: Path, monkeypatch: Patch) -> None:
    def of_the_whole(session: Session, keep: pending.Keep, told: outbox.Told) -> None:
        one = pending._Pending(keep, told, session.get_transaction())
        session.info.setdefault(pending.PENDING, []).append(one)

    monkeypatch.setattr(pending, "remember", of_the_whole)
    for place in make_place(tmp_path):
        with pytest.raises(AssertionError):
            test_signal.test_a_rolled_back_savepoint_takes_its_events_with_it(place)


def test_two_embedded_workers_at_once_are_seen(tmp_path: Path, monkeypatch: Patch) -> None:
    shared = test_embedded.SERVER.replace(
        "import vefa\n", "import fcntl; fcntl.LOCK_EX = fcntl.LOCK_SH\nimport vefa\n"
    )
    assert shared != test_embedded.SERVER and fcntl.LOCK_EX != fcntl.LOCK_SH
    monkeypatch.setattr(test_embedded, "SERVER", shared)
    for place in make_place(tmp_path, VEFA_OUTBOX="host"):
        with pytest.raises(AssertionError):
            test_embedded.works_once_and_goes_on(place, tmp_path)


def test_a_session_that_outlives_the_stores_is_seen(tmp_path: Path, monkeypatch: Patch) -> None:
    known: dict[str, by_host.Named] = {}
    read = by_host.read

    def remembered(answer: object) -> by_host.Named | None:
        found = read(answer)
        if found is not None:
            known["last"] = found
        return found or known.get("last")

    monkeypatch.setattr(visit.by_host, "read", remembered)
    PEOPLE["ada"] = test_staff.OWNER
    for place in make_place(tmp_path):
        with pytest.raises(AssertionError):
            test_staff.test_whom_the_store_names_is_in_and_out_with_the_store(place)
    PEOPLE.clear()


def test_a_migration_that_would_drop_the_outbox_is_seen(tmp_path: Path, monkeypatch: Patch) -> None:
    monkeypatch.setattr(outbox, "leave_out", lambda *_: None)
    for place in make_place(tmp_path, VEFA_OUTBOX="host"):
        with pytest.raises(AssertionError):
            test_migrations.nothing_of_vefa_is_proposed(place)
