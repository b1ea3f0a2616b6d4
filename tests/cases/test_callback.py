"""A customer who asks to be called is called by somebody, in time."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from tests.cases.desk import HOLDER, NOW, ORDER, Desk, make_desk

from vefa.cases import acts, callback, calls
from vefa.cases.case import Channel, Direction, EntryKind
from vefa.database import Databases, reading
from vefa.promises import given
from vefa.staff.account import Role

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
PHONE = "+905551112233"


@pytest.fixture
def desk(databases: Databases) -> Desk:
    return make_desk(databases)


def ask(desk: Desk, holder: str = HOLDER, order_id: str | None = ORDER, **more: object) -> str:
    now = more.pop("now", NOW)
    assert isinstance(now, datetime)
    values = {"words": "Please call", "language": "tr", "phone_e164": PHONE} | more
    with desk.writing() as (connection, store, key):
        return callback.ask(
            connection,
            store,
            key,
            holder=holder,
            order_id=order_id,
            not_before=now + HOUR,
            due_at=now + 3 * HOUR,
            now=now,
            **values,
        )


def owners(desk: Desk, case_id: str) -> list[str | None]:
    with reading(desk.world.databases.main) as connection:
        rows = given.of_cases(connection, desk.store.id, [case_id])[case_id]
    return [row.owner_id for row in rows if row.kind == "callback"]


def test_a_call_is_promised_with_a_time_and_a_number_under_seal(desk: Desk) -> None:
    case_id = ask(desk)
    assert desk.promises(case_id) == [("first_reply", "open"), ("callback", "open")]
    case = desk.case(case_id)
    assert case.channel is Channel.PAGE
    assert desk.held == f"case:{case_id}"
    (entry,) = [one for one in desk.said(case_id) if one.kind is EntryKind.CALLBACK]
    assert entry.text == PHONE
    assert (entry.detail["not_before"], entry.detail["due_at"]) == (
        (NOW + HOUR).isoformat(),
        (NOW + 3 * HOUR).isoformat(),
    )
    assert PHONE not in str(entry.detail)
    assert [one.text for one in desk.said(case_id) if one.kind is EntryKind.CUSTOMER] == ["Please call"]
    assert desk.promises(case_id, NOW + 4 * HOUR)[1] == ("callback", "broken")


def test_calling_keeps_the_promise(desk: Desk) -> None:
    case_id = ask(desk)
    with desk.writing() as (connection, store, key):
        calls.call(
            connection,
            store,
            key,
            desk.agent,
            "Spoke.",
            Direction.OUTBOUND,
            case_id=case_id,
            now=NOW + 2 * HOUR,
        )
    assert desk.promises(case_id, NOW + DAY) == [("first_reply", "kept"), ("callback", "kept")]


def test_asking_anew_releases_the_call_before(desk: Desk) -> None:
    case_id = ask(desk)
    assert ask(desk, now=NOW + HOUR) == case_id
    assert desk.promises(case_id)[1:] == [("callback", "released"), ("callback", "open")]


def test_the_same_form_asks_once(desk: Desk) -> None:
    case_id = ask(desk, form="f")
    assert ask(desk, form="f") == case_id
    assert len(desk.promises(case_id)) == 2


def test_calls_go_to_whoever_has_the_fewest_and_may_answer(desk: Desk) -> None:
    ada, omer = desk.members["ada"].id, desk.members["omer"].id
    desk.hire("nil", Role.VIEWER)
    taken = [owners(desk, ask(desk, f"standard:C{n}", None))[0] for n in range(4)]
    assert sorted(taken, key=str) == sorted([ada, ada, omer, omer])
    assert taken[0] == ada


def test_whoever_looks_after_the_case_calls(desk: Desk) -> None:
    case_id = desk.say()
    desk.do(acts.assign, case_id, desk.members["omer"].id)
    ask(desk)
    assert owners(desk, case_id) == [desk.members["omer"].id]
    desk.do(acts.assign, case_id, desk.agent.id)
    assert owners(desk, case_id) == [desk.agent.id]


def test_members_of_another_store_are_not_asked(desk: Desk, databases: Databases) -> None:
    for n in range(3):
        ask(desk, f"standard:C{n}", None)
    other = make_desk(databases, desk.world, slug="kilim")
    assert owners(other, ask(other)) == [other.agent.id]


def test_without_words_a_call_is_still_asked_for(desk: Desk) -> None:
    case_id = ask(desk, words="")
    assert desk.promises(case_id)[1] == ("callback", "open")
