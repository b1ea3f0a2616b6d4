"""What a Flask store tells by the signal is kept once its order is committed, and never else."""

from __future__ import annotations

import logging
from datetime import datetime

import pytest
from flask import Flask, current_app
from sqlalchemy.orm import Session
from tests.host.place import Place, placed

import vefa
from vefa import journal
from vefa.errors import ConfigurationError, TooLargeError, UnknownAddressError, UnreadableError, VefaError
from vefa.inbound import outbox


def arrived(place: Place) -> list[str]:
    """Return what is kept, after the outbox was emptied."""
    place.host.drain()
    return place.kept()


def test_an_event_is_kept_with_its_order(either: Place) -> None:
    either.db.session.add(either.order(id=1))
    either.tell(1)
    assert either.kept() == []
    either.db.session.commit()
    assert arrived(either) == ["standard:placed-1"]
    assert arrived(either) == ["standard:placed-1"]


def test_a_rolled_back_order_leaves_no_event(either: Place) -> None:
    either.db.session.add(either.order(id=1))
    either.tell(1)
    either.db.session.rollback()
    either.db.session.add(either.order(id=2))
    either.tell(2)
    either.db.session.commit()
    assert arrived(either) == ["standard:placed-2"]


def test_a_closed_session_leaves_no_event_and_says_so(place: Place, caplog: pytest.LogCaptureFixture) -> None:
    place.db.session.add(place.order(id=1))
    place.tell(1)
    place.db.session.remove()
    assert place.kept() == []
    assert "send an event before the commit" in caplog.text


def test_a_rolled_back_savepoint_takes_its_events_with_it(either: Place) -> None:
    session = either.db.session
    session.add(either.order(id=1))
    either.tell(1)
    with session.begin_nested():
        session.add(either.order(id=2))
        either.tell(2)
        with session.begin_nested() as inner:
            either.tell(3)
            inner.rollback()
    outer = session.begin_nested()
    with session.begin_nested():
        either.tell(4)
    outer.rollback()
    assert arrived(either) == []
    session.commit()
    assert arrived(either) == ["standard:placed-1", "standard:placed-2"]


def test_a_released_savepoint_of_a_transaction_that_fails_leaves_no_event(either: Place) -> None:
    either.db.session.add(either.order(id=1))
    either.db.session.flush()
    with either.db.session.begin_nested():
        either.tell(1)
    either.db.session.rollback()
    either.db.session.commit()
    assert arrived(either) == []


def test_an_order_that_cannot_be_written_leaves_no_event(either: Place) -> None:
    session = either.db.session
    session.add(either.order(id=1))
    session.commit()
    session.add(either.order(id=2))
    either.tell(2)
    session.execute(either.order.__table__.insert().values(id=3, total=1))
    session.add(either.order(id=3))
    with pytest.raises(Exception, match="UNIQUE"):
        session.commit()
    session.rollback()
    assert arrived(either) == []


def test_outside_of_a_transaction_an_event_is_kept_at_once(either: Place) -> None:
    assert not either.db.session().in_transaction()
    either.tell(1)
    assert arrived(either) == ["standard:placed-1"]


def test_a_session_of_ones_own_counts(either: Place) -> None:
    with Session(either.db.engine) as mine:
        mine.add(either.order(id=1))
        either.tell(1, session=mine)
        mine.commit()
        mine.add(either.order(id=2))
        either.tell(2, session=mine)
        mine.rollback()
    assert arrived(either) == ["standard:placed-1"]


def test_the_running_application_may_be_named_by_its_proxy(place: Place) -> None:
    vefa.order_event.send(current_app, store="copper", event=placed(1))
    assert place.kept() == ["standard:placed-1"]


def test_an_application_without_vefa_is_told(place: Place) -> None:
    with pytest.raises(ConfigurationError, match=r"call Vefa\(app\) first"):
        vefa.order_event.send(Flask("other"), store="copper", event=placed(1))


@pytest.mark.parametrize(
    ("change", "error", "said"),
    [
        ({"type": "order.vanished"}, UnreadableError, "not known"),
        ({"data": {"order": {}}}, UnreadableError, "order.id"),
        ({"timestamp": datetime(2026, 11, 20)}, VefaError, "no time zone"),
        ({"more": object()}, VefaError, "no JSON value"),
        ({"more": float("nan")}, VefaError, "JSON"),
        ({"more": "x" * 2**20}, TooLargeError, "bytes"),
    ],
)
def test_a_wrong_event_is_refused_at_once(
    either: Place, change: dict[str, object], error: type[Exception], said: str
) -> None:
    either.db.session.add(either.order(id=1))
    with pytest.raises(error, match=said):
        vefa.order_event.send(either.app, store="copper", event=placed(1) | change)
    either.db.session.commit()
    assert arrived(either) == []


def test_only_the_applications_own_stores_are_spoken_for(either: Place) -> None:
    with pytest.raises(UnknownAddressError, match="no store 'tin'"):
        either.tell(1, store="tin")
    either.add_store("tin")
    either.tell(1, store="tin")
    either.host.settings = type(either.host.settings)(stores=("copper",), outbox=either.host.settings.outbox)
    with pytest.raises(UnknownAddressError, match="not one of this application's"):
        either.tell(2, store="tin")


def test_an_event_that_cannot_be_kept_is_loud_and_never_stops_the_shop(
    place: Place, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(journal, "keep", lambda *_: 1 / 0)
    place.db.session.add(place.order(id=1))
    place.tell(1)
    place.db.session.commit()
    assert place.db.session.get(place.order, 1) is not None
    assert [record.levelno for record in caplog.records] == [logging.CRITICAL]
    assert "c1@example.com" not in caplog.text


def test_an_event_leaves_the_outbox_after_it_is_kept(boxed: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    boxed.db.session.add(boxed.order(id=1))
    boxed.tell(1)
    boxed.db.session.commit()
    with monkeypatch.context() as patch:
        patch.setattr(journal, "keep", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            boxed.host.drain()
    assert boxed.in_outbox() == 1 and boxed.kept() == []
    with monkeypatch.context() as patch:
        patch.setattr(outbox, "_RELEASE", None)
        assert boxed.host.drain() == 0
    assert boxed.in_outbox() == 1 and boxed.kept() == ["standard:placed-1"]
    assert boxed.host.drain() == 1
    assert boxed.in_outbox() == 0 and boxed.kept() == ["standard:placed-1"]


def test_an_event_that_is_refused_later_holds_up_no_other(boxed: Place) -> None:
    boxed.add_store("tin")
    for number, store in enumerate(("copper", "tin", "copper")):
        boxed.tell(number, store=store)
    boxed.db.session.commit()
    with boxed.databases.main.begin() as connection:
        connection.exec_driver_sql("UPDATE stores SET slug = 'zinc' WHERE slug = 'tin'")
    assert boxed.host.drain() == 3
    assert boxed.kept() == ["standard:placed-0", "standard:placed-2"]
    waiting, ((_, store, error),) = outbox.counts(boxed.db.engine)
    assert (waiting, store, error) == (0, "tin", "There is no store 'tin'.")
    with boxed.databases.main.begin() as connection:
        connection.exec_driver_sql("UPDATE stores SET slug = 'tin' WHERE slug = 'zinc'")
    assert outbox.retry(boxed.db.engine) == 1
    assert boxed.host.drain() == 1
    assert boxed.kept("tin") == ["standard:placed-1"]


def test_an_outbox_that_was_not_made_is_told_of_and_stops_no_worker(
    boxed: Place, caplog: pytest.LogCaptureFixture
) -> None:
    outbox.outbox_metadata.drop_all(boxed.db.engine)
    assert [boxed.host.drain(), boxed.host.drain()] == [0, 0]
    assert caplog.text.count("flask vefa outbox create") == 1
