"""What members do with cases: each act once, noted, in one store only, and nothing said is ever lost."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import on
from tests.cases.desk import HOLDER, NOW, ORDER, Desk, make_desk

from vefa.cases import acts, calls
from vefa.cases.case import CaseKind, CaseState, Direction, EntryKind, Outcome, Reason, Severity
from vefa.cases.promising import Promising
from vefa.database import Databases
from vefa.errors import ConflictError, NotFoundError
from vefa.promises.given import GivenKind
from vefa.staff.account import Role
from vefa.work import work

HOUR = timedelta(hours=1)


@pytest.fixture
def desk(databases: Databases) -> Desk:
    return make_desk(databases)


def kinds(desk: Desk, case_id: str) -> list[EntryKind]:
    return [one.kind for one in desk.said(case_id)]


def call(desk: Desk, text: str = "We spoke.", direction: Direction = Direction.OUTBOUND, **more: Any) -> str:
    now = more.pop("now", NOW)
    with desk.writing() as (connection, store, key):
        return calls.call(connection, store, key, desk.agent, text, direction, now=now, **more)


def triage(desk: Desk, case_id: str, **more: Any) -> None:
    said = {"kind": CaseKind.COMPLAINT, "reason": Reason.DAMAGED, "severity": Severity.SAFETY} | more
    desk.do(acts.change_triage, case_id, **said)


def test_a_note_is_kept_sealed_and_audited(desk: Desk) -> None:
    case_id = desk.say()
    desk.do(acts.note, case_id, "  The warehouse burnt down. ", now=NOW + HOUR)
    note = desk.said(case_id)[-1]
    assert (note.kind, note.text, note.author_id) == (
        EntryKind.NOTE,
        "The warehouse burnt down.",
        desk.agent.id,
    )
    assert desk.audit == ["case.note"]
    with desk.world.databases.main.connect() as connection:
        raw = b"".join(
            bytes(row) for row in connection.scalars(sa.text("SELECT sealed_text FROM case_entries")) if row
        )
    assert b"warehouse" not in raw


@pytest.mark.parametrize("text", ["", "  \n "])
def test_an_empty_note_is_refused(desk: Desk, text: str) -> None:
    case_id = desk.say()
    with pytest.raises(ConflictError, match="write something"):
        desk.do(acts.note, case_id, text)


ACTS = {
    "note": lambda desk, case_id, form: desk.do(acts.note, case_id, "x", form=form),
    "call": lambda desk, case_id, form: call(desk, case_id=case_id, form=form),
    "assign": lambda desk, case_id, form: desk.do(acts.assign, case_id, desk.members["omer"].id, form=form),
    "triage": lambda desk, case_id, form: triage(desk, case_id, form=form),
    "reply": lambda desk, case_id, form: desk.answer(case_id, form=form),
    "close": lambda desk, case_id, form: desk.do(acts.close, case_id, Outcome.SOLVED, form=form),
}


@pytest.mark.parametrize("name", ACTS)
def test_a_form_that_comes_twice_acts_once(desk: Desk, name: str) -> None:
    case_id = desk.say()
    first = ACTS[name](desk, case_id, "f1")
    once = (desk.said(case_id), desk.promises(case_id), desk.audit, desk.case(case_id))
    assert ACTS[name](desk, case_id, "f1") == first
    assert (desk.said(case_id), desk.promises(case_id), desk.audit, desk.case(case_id)) == once
    assert len(desk.audit) == 1


@pytest.mark.parametrize("name", ACTS)
def test_another_store_finds_no_case(desk: Desk, databases: Databases, name: str) -> None:
    case_id = desk.say()
    other = make_desk(databases, desk.world, slug="kilim")
    before = desk.said(case_id)
    with pytest.raises(NotFoundError):
        ACTS[name](other, case_id, "f1")
    assert desk.said(case_id) == before
    assert other.audit == []


def test_reopening_twice_by_one_form_is_one_act_and_by_two_a_conflict(desk: Desk) -> None:
    case_id = desk.say()
    desk.do(acts.close, case_id, Outcome.SOLVED)
    desk.do(acts.reopen, case_id, form="f")
    desk.do(acts.reopen, case_id, form="f")
    assert kinds(desk, case_id).count(EntryKind.REOPENED) == 1
    with pytest.raises(ConflictError, match="open already"):
        desk.do(acts.reopen, case_id, form="g")


@pytest.mark.parametrize("outcome", Outcome)
def test_closing_lifts_the_hold_and_wakes_outreach(desk: Desk, outcome: Outcome) -> None:
    case_id = desk.say()
    assert desk.held == f"case:{case_id}"
    desk.do(acts.close, case_id, outcome)
    case = desk.case(case_id)
    assert (case.state, case.outcome, case.closed_at) == (CaseState.CLOSED, outcome, NOW)
    assert desk.held is None
    assert desk.promises(case_id) == [("first_reply", "released")]
    assert case.due_at is None
    with desk.world.databases.main.connect() as connection:
        due = (
            connection.execute(sa.select(work.c.subject).where(work.c.package == "outreach")).scalars().all()
        )
    assert ORDER in due
    with pytest.raises(ConflictError, match="closed already"):
        desk.do(acts.close, case_id, outcome)


def test_a_reopened_case_holds_and_owes_an_answer_again(desk: Desk) -> None:
    case_id = desk.say()
    desk.do(acts.close, case_id, Outcome.NO_ANSWER)
    desk.do(acts.reopen, case_id, now=NOW + HOUR)
    case = desk.case(case_id)
    assert (case.state, case.outcome, case.closed_at) == (CaseState.OPEN, None, None)
    assert desk.held == f"case:{case_id}"
    assert desk.promises(case_id) == [("first_reply", "released"), ("first_reply", "open")]


def test_what_is_overdue_when_a_case_is_closed_stays_broken(desk: Desk) -> None:
    case_id = desk.say()
    desk.do(acts.close, case_id, Outcome.SOLVED, now=NOW + timedelta(days=5))
    assert desk.promises(case_id, NOW + timedelta(days=6)) == [("first_reply", "broken")]


@pytest.mark.parametrize("name", ["call", "assign", "reply", "close"])
def test_a_closed_case_is_left_alone(desk: Desk, name: str) -> None:
    case_id = desk.say()
    desk.do(acts.close, case_id, Outcome.SOLVED)
    before = desk.said(case_id)
    with pytest.raises(ConflictError, match="closed"):
        ACTS[name](desk, case_id, "f")
    assert desk.said(case_id) == before


@pytest.mark.parametrize(
    ("role", "fits"), [(Role.OWNER, True), (Role.MANAGER, True), (Role.AGENT, True), (Role.VIEWER, False)]
)
def test_only_members_who_may_answer_are_given_cases(desk: Desk, role: Role, fits: bool) -> None:
    case_id = desk.say()
    member = desk.hire("nil", role)
    if fits:
        desk.do(acts.assign, case_id, member.id)
        assert desk.case(case_id).assignee_id == member.id
    else:
        with pytest.raises(ConflictError, match="Only a member"):
            desk.do(acts.assign, case_id, member.id)


def test_a_member_of_another_store_is_given_no_case(desk: Desk, databases: Databases) -> None:
    other = make_desk(databases, desk.world, slug="kilim")
    stranger = other.hire("zoe", Role.OWNER)
    case_id = desk.say()
    for account_id in (stranger.id, "nobody"):
        with pytest.raises(ConflictError, match="Only a member"):
            desk.do(acts.assign, case_id, account_id)
    assert desk.case(case_id).assignee_id is None


def test_a_case_is_taken_and_left_with_its_promises(desk: Desk) -> None:
    case_id = desk.say()
    desk.do(acts.assign, case_id, desk.agent.id)
    desk.do(acts.assign, case_id, desk.agent.id)
    desk.do(acts.assign, case_id, None)
    told = [one.detail for one in desk.said(case_id) if one.kind is EntryKind.ASSIGNED]
    assert told == [{"to": desk.agent.id, "before": None}, {"to": None, "before": desk.agent.id}]


def test_triage_by_hand_stays_whatever_is_said_later(desk: Desk) -> None:
    case_id = desk.say()
    before = desk.case(case_id)
    assert before.reason is Reason.LATE
    triage(desk, case_id)
    after = desk.case(case_id)
    assert (after.kind, after.reason, after.severity) == (CaseKind.COMPLAINT, Reason.DAMAGED, Severity.SAFETY)
    assert after.because == ["by_hand"]
    assert after.rank_at < before.rank_at
    assert kinds(desk, case_id).count(EntryKind.DECISION) == 2
    desk.say("It is late, still late!", NOW + HOUR, key="k2")
    assert desk.case(case_id).reason is Reason.DAMAGED
    (told,) = [one for one in desk.said(case_id) if one.kind is EntryKind.HAND]
    assert (told.author_id, told.detail["after"]["reason"]) == (desk.agent.id, "damaged")


def test_a_call_keeps_what_was_owed(desk: Desk) -> None:
    case_id = desk.say()
    call(desk, case_id=case_id, now=NOW + HOUR)
    assert desk.promises(case_id) == [("first_reply", "kept")]
    case = desk.case(case_id)
    assert (case.first_replied_at, case.last_replied_at, case.due_at) == (NOW + HOUR, NOW + HOUR, None)


def test_a_call_that_reached_nobody_keeps_nothing(desk: Desk) -> None:
    case_id = desk.say()
    call(desk, case_id=case_id, reached=False)
    assert desk.promises(case_id) == [("first_reply", "open")]
    assert desk.case(case_id).first_replied_at is None


def test_a_call_opens_a_case_and_promises_on_the_telephone(desk: Desk) -> None:
    promised = Promising(GivenKind.CALLBACK, NOW + timedelta(days=2))
    case_id = call(
        desk,
        "She asks where it is.",
        Direction.INBOUND,
        holder=HOLDER,
        order_id=ORDER,
        promised=promised,
        form="f",
    )
    again = call(desk, "She asks where it is.", Direction.INBOUND, holder=HOLDER, order_id=ORDER, form="f")
    assert again == case_id
    assert len(desk.cases) == 1
    assert desk.promises(case_id) == [("first_reply", "kept"), ("callback", "open")]
    told = [(one.kind, one.text, one.author_id) for one in desk.said(case_id) if one.text]
    assert told == [(EntryKind.CALL, "She asks where it is.", desk.agent.id)]
    assert desk.held == f"case:{case_id}"
    assert desk.case(case_id).due_at == NOW + timedelta(days=2)


def test_a_call_needs_to_be_about_somebody(desk: Desk) -> None:
    with pytest.raises(ConflictError, match="Choose the customer"):
        call(desk)


@pytest.mark.parametrize(
    ("kind", "due_at"),
    [(GivenKind.FIRST_REPLY, NOW + HOUR), (GivenKind.REPLY, NOW), (GivenKind.REFUND, on(1))],
)
def test_what_nobody_can_promise_is_refused(desk: Desk, kind: GivenKind, due_at: datetime) -> None:
    case_id = desk.say()
    with pytest.raises(ConflictError):
        call(desk, case_id=case_id, promised=Promising(kind, due_at))
    assert EntryKind.CALL not in kinds(desk, case_id)
