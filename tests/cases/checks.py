"""What has to hold at every desk, each as a function that raises AssertionError where it does not."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.build import placed
from tests.cases.desk import NOW, WHO, Desk
from tests.support import PUBLIC_URL

from vefa.cases import acts
from vefa.cases.case import EntryKind, Outcome
from vefa.cases.reply import HistoryNotSeenError, reply
from vefa.cases.shown import conversation
from vefa.database import reading
from vefa.errors import ConflictError
from vefa.stores import records as stores

SECRET_WORDS = "She complains every month."


def check_notes_stay_inside(desk: Desk) -> None:
    """What members note among themselves is not in what the customer reads; what they answered is."""
    case_id = desk.say("Where is it?", key="inside")
    desk.do(acts.note, case_id, SECRET_WORDS)
    desk.answer(case_id, "It is on its way.")
    with reading(desk.world.databases.main) as connection:
        store, key = stores.with_key(connection, desk.store.id, desk.world.master)
        read = [part.text for part in conversation(connection, store, key, case_id).parts]
    assert SECRET_WORDS not in read, "the customer reads an internal note"
    assert [text for text in read if text] == ["Where is it?", "It is on its way."]
    desk.world.work(NOW)
    assert not any(SECRET_WORDS in str(mail) for mail in desk.mails), "a letter carries an internal note"


def check_history_comes_first(desk: Desk) -> None:
    """A reply by somebody who has not seen the history is refused and leaves nothing behind."""
    case_id = desk.say(key="history")
    try:
        with pytest.raises(HistoryNotSeenError), desk.writing() as (connection, store, key):
            reply(connection, store, key, PUBLIC_URL, case_id, desk.agent, "Hello", now=NOW)
    except pytest.fail.Exception as error:
        raise AssertionError("an answer was written without the history") from error
    assert EntryKind.REPLY not in [one.kind for one in desk.said(case_id)]


def check_closing_ends_the_silence(desk: Desk) -> None:
    """After the last open case is closed, the next late order of the customer is written about."""
    desk.world.send(desk.store, NOW - timedelta(days=20))
    case_id = desk.say(key="closing")
    desk.do(acts.close, case_id, Outcome.SOLVED)
    assert desk.held is None, "a closed case holds messages"
    desk.tell(placed(order_id="9", deliver_by="2026-03-10", number="#9", customer=WHO))
    desk.world.work(NOW + timedelta(hours=1))
    assert any("#9" in mail["Subject"] for mail in desk.mails), "nobody wrote about the late order"


def check_acting_twice_is_acting_once(desk: Desk) -> None:
    """A form that is sent twice leaves one entry, one row in the audit trail and one letter."""
    case_id = desk.say(key="twice")
    for _ in range(2):
        desk.answer(case_id, form="the form")
    desk.world.work(NOW)
    kinds = [one.kind for one in desk.said(case_id)]
    assert (kinds.count(EntryKind.REPLY), desk.audit, len(desk.mails)) == (1, ["case.reply"], 1)


def check_promises_stay_given(desk: Desk) -> None:
    """What is written to a customer with a date is owed from then on, and no letter closes the case over it."""
    case_id = desk.say(key="promised")
    due = NOW + timedelta(days=2)
    desk.answer(case_id, promise_due=due)
    assert ("reply", "open") in desk.promises(case_id), "a date became no promise"
    assert desk.case(case_id).due_at == due
    with pytest.raises(ConflictError):
        desk.answer(case_id, promise_due=due, close=True)
