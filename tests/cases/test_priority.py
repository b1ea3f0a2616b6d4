"""What comes first: open dates, moved forward by what weighs, and near legal dates before everything."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.build import DAY, HOUR, START, on

from vefa.cases.case import Severity
from vefa.cases.deadline import first_reply_due, legal_reply_due
from vefa.cases.priority import LEGAL_NEAR, place, rank
from vefa.promises.calendar import calendar_of
from vefa.stores.store import Store

SHOP = Store(1, "s", "S", timezone="Europe/Istanbul", country="TR", weekend=frozenset({5, 6}))


def ranked(**more: Any) -> Any:
    case: dict[str, Any] = {
        "severity": Severity.INFORMATION,
        "opened_at": START,
        "due_at": START + HOUR,
        "legal_due_at": None,
        "prior_complaints": 0,
    }
    return rank(**case | more)


@pytest.mark.parametrize(
    ("more", "forward", "reasons"),
    [
        ({}, timedelta(0), ("promise",)),
        ({"severity": Severity.TIME}, 12 * HOUR, ("promise", "severity:2")),
        ({"severity": Severity.MONEY}, DAY, ("promise", "severity:3")),
        ({"severity": Severity.SAFETY}, 30 * DAY, ("promise", "severity:4")),
        ({"prior_complaints": 2}, DAY, ("promise", "complained_before:2")),
        ({"prior_complaints": 9}, 36 * HOUR, ("promise", "complained_before:9")),
    ],
)
def test_what_weighs_moves_a_case_forward(
    more: dict[str, Any], forward: timedelta, reasons: tuple[str, ...]
) -> None:
    found = ranked(**more)
    assert found.rank_at == START + HOUR - forward
    assert found.reasons == reasons


def test_the_earliest_open_date_counts() -> None:
    assert ranked(due_at=on(1), legal_due_at=on(1) - HOUR).reasons == ("law",)
    assert ranked(due_at=on(0.5), legal_due_at=on(3)).reasons == ("promise",)
    assert ranked(due_at=None).reasons == ("unpromised", "waited:7")


def test_who_will_have_waited_longer_comes_first() -> None:
    due = on(6)
    older, newer = ranked(opened_at=on(0), due_at=due), ranked(opened_at=on(4), due_at=due)
    assert older.rank_at < newer.rank_at
    assert older.reasons == ("promise", "waited:6")


CASES = st.fixed_dictionaries(
    {
        "severity": st.sampled_from(Severity),
        "opened_at": st.integers(-800, 0).map(lambda days: START + days * DAY),
        "due_at": st.none() | st.integers(-400, 400).map(lambda hours: START + hours * HOUR),
        "prior_complaints": st.integers(0, 9),
    }
)


@given(CASES, CASES, st.integers(-2000, 24 * 60 - 1))
def test_a_near_legal_date_is_never_below_a_case_without_one(
    legal: dict[str, Any], other: dict[str, Any], minutes: int
) -> None:
    date = START + timedelta(minutes=minutes)
    one = rank(**legal, legal_due_at=date)
    two = rank(**other, legal_due_at=None)
    assert date < START + LEGAL_NEAR
    assert place(one.rank_at, date, START) < place(two.rank_at, None, START)


@given(CASES)
def test_more_weight_never_moves_a_case_back(case: dict[str, Any]) -> None:
    plain = rank(**case, legal_due_at=None)
    worse = rank(**case | {"prior_complaints": case["prior_complaints"] + 1}, legal_due_at=None)
    graver = rank(**case | {"severity": Severity.SAFETY}, legal_due_at=None)
    assert max(worse.rank_at, graver.rank_at) <= plain.rank_at
    assert rank(**case, legal_due_at=START - 900 * DAY).rank_at <= plain.rank_at


@pytest.mark.parametrize(
    ("at", "day"),
    [
        ("2026-03-02T10:00:00+03:00", date(2026, 3, 3)),
        ("2026-03-02T23:59:00+03:00", date(2026, 3, 3)),
        ("2026-03-06T10:00:00+03:00", date(2026, 3, 9)),  # a Friday
        ("2026-03-07T10:00:00+03:00", date(2026, 3, 9)),  # a Saturday
    ],
)
def test_a_first_reply_is_due_at_the_end_of_the_next_working_day(at: str, day: date) -> None:
    due = first_reply_due(SHOP, calendar_of(SHOP), datetime.fromisoformat(at))
    assert due == datetime(day.year, day.month, day.day, 21, tzinfo=UTC)


def test_in_iran_no_first_reply_waits_longer_than_72_hours() -> None:
    holidays = tuple(f"2026-03-{day:02}" for day in range(3, 20))
    shop = Store(
        1, "s", "S", timezone="Asia/Tehran", country="IR", weekend=frozenset({4}), extra_holidays=holidays
    )
    assert first_reply_due(shop, calendar_of(shop), START) == START + 72 * HOUR


@pytest.mark.parametrize(
    ("country", "due"),
    [
        ("PL", datetime(2026, 3, 16, 21, tzinfo=UTC)),
        ("IR", START + 72 * HOUR),
        ("TR", None),
        (None, None),
    ],
)
def test_the_laws_own_date(country: str | None, due: datetime | None) -> None:
    assert legal_reply_due(country, SHOP, START) == due
