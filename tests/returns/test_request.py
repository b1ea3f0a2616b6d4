from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.policy.table import Days
from vefa.promises.calendar import Calendar, local_date
from vefa.returns.request import (
    TRANSITIONS,
    Marks,
    Reason,
    State,
    Step,
    Verdict,
    Wanted,
    counts_from_goods,
    left,
    may,
    reason_of,
    refund_due_at,
    share_refunds,
    state_of,
)

ZONE = ZoneInfo("Europe/Berlin")
WEEK = Calendar(frozenset({5, 6}), frozenset())
IRAN = Calendar(frozenset({4}), frozenset())
ASKED = datetime(2026, 7, 20, 10, tzinfo=UTC)
DAY = timedelta(days=1)


def take(marks: Marks, step: Step, at: datetime) -> Marks:
    changes = {
        Step.APPROVE: {"verdict": Verdict.APPROVED},
        Step.REFUSE: {"verdict": Verdict.REFUSED},
        Step.SEND: {"sent_at": at},
        Step.RECEIVE: {"received_at": at},
        Step.CLOSE: {"closed_at": at},
    }
    return replace(marks, **changes[step])


@given(st.lists(st.sampled_from(Step), max_size=8))
def test_every_step_that_may_be_taken_leads_where_the_table_says(steps: list[Step]) -> None:
    marks = Marks(ASKED)
    for days, step in enumerate(steps, 1):
        before = state_of(marks)
        if not may(marks, step):
            continue
        marks = take(marks, step, ASKED + days * DAY)
        after = TRANSITIONS[before, step]
        # Taking a refusal back shows how far the goods have come meanwhile.
        assert state_of(marks) is after or (before is State.REFUSED and step is Step.APPROVE)


def test_nothing_follows_what_is_closed_and_nothing_approved_is_refused() -> None:
    closed = Marks(ASKED, closed_at=ASKED)
    assert not any(may(closed, step) for step in Step)
    approved = Marks(ASKED, Verdict.APPROVED, received_at=ASKED)
    assert not may(approved, Step.REFUSE)
    assert not may(approved, Step.APPROVE)
    assert may(Marks(ASKED, Verdict.REFUSED), Step.APPROVE)


@pytest.mark.parametrize(
    ("marks", "days", "from_goods", "calendar", "last"),
    [
        # G4: a withdrawal of 20 July is paid back by Monday 3 August.
        (Marks(ASKED), Days(14), False, WEEK, date(2026, 8, 3)),
        (Marks(ASKED, received_at=ASKED + 3 * DAY), Days(14), False, WEEK, date(2026, 8, 3)),
        # The money may be kept until the goods, or the proof that they were sent, are there.
        (Marks(ASKED, received_at=ASKED + 20 * DAY), Days(14), False, WEEK, date(2026, 8, 9)),
        (Marks(ASKED, None, ASKED + 16 * DAY, ASKED + 20 * DAY), Days(14), False, WEEK, date(2026, 8, 5)),
        (Marks(ASKED), Days(14), True, WEEK, None),
        (Marks(ASKED, received_at=ASKED + 3 * DAY), Days(14), True, WEEK, date(2026, 8, 6)),
        (Marks(ASKED), Days(3, working=True), False, IRAN, date(2026, 7, 23)),
        (Marks(ASKED), Days(5, working=True), False, IRAN, date(2026, 7, 26)),
        (Marks(ASKED, Verdict.REFUSED), Days(14), False, WEEK, None),
    ],
)
def test_money_is_owed_by_the_end_of_a_day(
    marks: Marks, days: Days, from_goods: bool, calendar: Calendar, last: date | None
) -> None:
    due = refund_due_at(marks, Wanted.REFUND, days, ZONE, calendar, from_goods=from_goods)
    assert (due and local_date(due - timedelta(microseconds=1), ZONE)) == last
    assert due is None or due.astimezone(ZONE).hour == 0


def test_no_money_is_owed_to_somebody_who_wants_another_one() -> None:
    assert refund_due_at(Marks(ASKED), Wanted.EXCHANGE, Days(14), ZONE, WEEK, from_goods=False) is None


@given(
    asked=st.integers(0, 400),
    sent=st.none() | st.integers(0, 60),
    received=st.none() | st.integers(0, 60),
    count=st.integers(1, 40),
    working=st.booleans(),
    from_goods=st.booleans(),
)
def test_money_is_never_owed_before_the_days_are_over(
    asked: int, sent: int | None, received: int | None, count: int, working: bool, from_goods: bool
) -> None:
    at = ASKED + asked * DAY
    marks = Marks(
        at,
        sent_at=None if sent is None else at + sent * DAY,
        received_at=None if received is None else at + received * DAY,
    )
    due = refund_due_at(marks, Wanted.REFUND, Days(count, working), ZONE, WEEK, from_goods=from_goods)
    back = min((one for one in (marks.sent_at, marks.received_at) if one), default=None)
    if due is None:
        assert from_goods and back is None
        return
    start = back if from_goods and back else at
    assert due >= start + count * DAY
    assert back is None or due > back
    longest = count if not working else 2 * count + 2
    assert due <= max(start + (longest + 2) * DAY, (back or start) + 2 * DAY)


@pytest.mark.parametrize(
    ("country", "from_goods"), [("DE", False), ("IR", False), ("TR", True), ("GB", True), (None, True)]
)
def test_the_country_says_from_when_the_days_run(country: str | None, from_goods: bool) -> None:
    assert counts_from_goods(country) is from_goods


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("damaged", Reason.DAMAGED),
        ("WRONG_ITEM", Reason.WRONG_ITEM),
        (" Changed-Mind ", Reason.CHANGED_MIND),
        ("SIZE_TOO_SMALL", Reason.CHANGED_MIND),
        ("Kutu ezilmişti", Reason.OTHER),
        ("", Reason.OTHER),
        (None, Reason.OTHER),
    ],
)
def test_a_known_name_is_a_reason_and_anything_else_is_words(said: str | None, reason: Reason) -> None:
    assert reason_of(said) is reason


pieces = st.dictionaries(st.sampled_from("abc"), st.integers(1, 4))


@given(pieces, st.lists(pieces, max_size=4), st.randoms(use_true_random=False))
def test_pieces_come_back_once_whatever_the_order(
    ordered: dict[str, int], returned: list[dict[str, int]], chance: object
) -> None:
    rest = left(ordered, returned)
    shuffled = list(returned)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    assert left(ordered, shuffled) == rest
    for line, quantity in ordered.items():
        assert 0 <= rest[line] <= quantity
    if any(not one for one in returned):
        assert not any(rest[line] for line in ordered)


moments = st.integers(0, 20).map(lambda days: ASKED + days * DAY)


@given(
    asked=st.dictionaries(st.sampled_from("abcd"), moments, max_size=4),
    refunds=st.dictionaries(st.sampled_from("wxyz"), moments, max_size=4),
    chance=st.randoms(use_true_random=False),
)
def test_a_refund_closes_one_return_that_was_asked_for_before_it(
    asked: dict[str, datetime], refunds: dict[str, datetime], chance: object
) -> None:
    marks = {name: Marks(at) for name, at in asked.items()}
    listed = list(refunds.items())
    found = share_refunds(marks, listed)
    chance.shuffle(listed)  # type: ignore[attr-defined]
    assert share_refunds(dict(reversed(marks.items())), listed) == found
    assert len({refund for refund, _ in found.values()}) == len(found)
    for name, (refund, at) in found.items():
        assert refunds[refund] == at >= asked[name]


def test_a_refund_before_the_request_closes_nothing() -> None:
    assert share_refunds({"a": Marks(ASKED)}, [("r", ASKED - timedelta(seconds=1))]) == {}


def test_a_refund_goes_to_what_was_not_refused() -> None:
    marks = {"refused": Marks(ASKED, Verdict.REFUSED), "open": Marks(ASKED + DAY)}
    assert share_refunds(marks, [("r", ASKED + 2 * DAY)]) == {"open": ("r", ASKED + 2 * DAY)}
