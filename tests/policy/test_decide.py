"""Deciding: the first row that fits, what is not known, the defaults of each country, deadlines and authority."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from tests.policy.cases import TODAY, calendar, situation

from vefa.cases.case import Reason
from vefa.policy import decision as decisions
from vefa.policy.check import faults_of
from vefa.policy.decide import decide, refund_due
from vefa.policy.default import default
from vefa.policy.situation import Item
from vefa.policy.table import (
    LAST_ROW,
    REASONS,
    Alternative,
    Authority,
    Column,
    Days,
    Delivery,
    Kind,
    Limit,
    Outcome,
    Paid,
    Payer,
    Policy,
    Refusal,
    Row,
    Span,
    Tier,
    Wanted,
    Window,
    Windows,
)

COUNTRIES = ("TR", "IR", "US", "GB", "DE", "NO", "BR", None)
TR = default("TR", "TRY")


def ruled(policy: Policy = TR, **facts: Any) -> tuple[str, Kind]:
    found = decide(policy, situation(**facts), TODAY)
    return found.row_id, found.outcome


def test_the_reasons_are_those_of_cases() -> None:
    assert tuple(Reason) == REASONS


@pytest.mark.parametrize(
    ("facts", "row", "kind"),
    [
        ({"paid": "on_delivery", "wanted": "cancel"}, "nothing-to-pay", Kind.CANCEL_NOTHING_TO_PAY),
        (
            {"paid": "on_delivery", "wanted": "cancel", "days_late": 9},
            "nothing-to-pay",
            Kind.CANCEL_NOTHING_TO_PAY,
        ),
        ({"delivery": "not_shipped", "wanted": "cancel"}, "cancel-before-shipping", Kind.CANCEL_REFUND_ALL),
        ({"days_late": 1, "wanted": "refund"}, "cancel-late", Kind.CANCEL_REFUND_ALL),
        ({"days_late": 0, "wanted": "refund"}, "last", Kind.ASK_A_PERSON),
        ({"reason": "not_received", "days_late": 14}, "lost", Kind.REPLACE),
        ({"days_late": 3}, "late-and-dear", Kind.GOODWILL),
        ({"days_late": 3, "value": Decimal("1999.99")}, "late", Kind.REFUND_SHIPPING),
        ({"days_late": 2}, "late", Kind.REFUND_SHIPPING),
        ({"days_late": 3, "paid": "on_delivery"}, "late-unpaid", Kind.GOODWILL),
        (
            {"reason": "damaged", "delivery": "delivered", "wanted": "refund"},
            "faulty-refund",
            Kind.ACCEPT_RETURN,
        ),
        ({"reason": "wrong_item", "delivery": "delivered"}, "faulty-replace", Kind.REPLACE),
        ({"reason": "cancel", "wanted": "cancel"}, "return-under-way", Kind.ACCEPT_RETURN),
        ({"reason": "return", "delivered_on": date(2026, 3, 1)}, "return", Kind.ACCEPT_RETURN),
        ({"reason": "return", "delivered_on": date(2026, 2, 1)}, "return-too-late", Kind.REFUSE),
        ({"reason": "service"}, "last", Kind.ASK_A_PERSON),
    ],
)
def test_the_default_of_turkey(facts: dict[str, Any], row: str, kind: Kind) -> None:
    assert ruled(**facts) == (row, kind)


@pytest.mark.parametrize(
    ("country", "late", "kind"),
    [("TR", 1, Kind.CANCEL_REFUND_ALL), ("DE", 6, Kind.ASK_A_PERSON), ("DE", 7, Kind.CANCEL_REFUND_ALL),
     ("GB", 6, Kind.ASK_A_PERSON), ("IR", 3, Kind.CANCEL_REFUND_ALL), ("US", 2, Kind.ASK_A_PERSON)],
)  # fmt: skip
def test_how_late_is_late_enough_to_cancel(country: str, late: int, kind: Kind) -> None:
    policy = default(country, "TRY")
    asked = situation(days_late=late, wanted="cancel", days=calendar(country=country))
    assert decide(policy, asked, TODAY).outcome is kind


@pytest.mark.parametrize("country", COUNTRIES)
def test_every_default_may_be_kept_as_it_is(country: str | None) -> None:
    policy = default(country, None)
    assert policy.rows[-1].is_last and faults_of(policy, country) == ()
    assert all(row.outcome.kind is not Kind.REFUSE or row.outcome.alternative for row in policy.rows)


@pytest.mark.parametrize(
    ("country", "settings", "delivered", "end"),
    [
        ("DE", {}, date(2026, 7, 10), date(2026, 7, 24)),  # G3
        ("DE", {}, date(2026, 7, 18), date(2026, 8, 3)),  # G5: the end rolls off a Saturday
        ("IR", {"weekend": frozenset({4})}, date(2026, 4, 18), date(2026, 4, 26)),  # G11
        ("IR", {"weekend": frozenset({3, 4})}, date(2026, 4, 18), date(2026, 4, 27)),  # G11
        ("TR", {}, date(2026, 3, 2), date(2026, 3, 16)),
    ],
)
def test_the_withdrawal_period_ends_where_the_law_says(
    country: str, settings: dict[str, Any], delivered: date, end: date
) -> None:
    asked = situation(reason="return", delivered_on=delivered, days=calendar(country=country, **settings))
    found = decide(default(country, "TRY"), asked, TODAY)
    window = found.fact(Column.WINDOW)
    assert window is not None and window.day == end


def test_money_is_owed_by_the_day_the_law_counts() -> None:
    germany, states = calendar(country="DE"), calendar(country="US", holidays="US")
    assert refund_due(default("TR", None).windows, date(2026, 3, 6), germany) == date(2026, 3, 20)  # G7
    assert refund_due(default("DE", None).windows, date(2026, 7, 20), germany) == date(2026, 8, 3)  # G4
    assert refund_due(default("US", None).windows, date(2026, 6, 20), states) == date(2026, 6, 30)  # G15


def test_what_is_not_known_lets_no_row_fit_that_needs_it() -> None:
    found = decide(TR, situation(days_late=None), TODAY)
    assert found.outcome is Kind.ASK_A_PERSON
    unknown = {(one.row_id, one.column) for one in found.passed if one.unknown}
    assert ("late", Column.DAYS_LATE) in unknown and ("late-and-dear", Column.DAYS_LATE) in unknown
    read = found.fact(Column.DAYS_LATE)
    assert read is not None and read.value is None


def test_a_value_in_another_currency_is_not_known() -> None:
    assert ruled(days_late=3, currency="EUR")[0] == "late"
    assert ruled(days_late=3, currency=None)[0] == "late"
    assert ruled(days_late=3, value=None)[0] == "late"


def test_goodwill_is_bounded_rounded_and_needs_its_role() -> None:
    windows = dataclasses.replace(
        TR.windows, agent=Limit(Decimal(100), Decimal(150)), manager=Limit(Decimal(240), None)
    )
    policy = dataclasses.replace(TR, windows=windows)

    def given_by(value: str, given: Decimal | None) -> tuple[Decimal | None, Authority]:
        found = decide(policy, situation(days_late=4, value=Decimal(value), given=given), TODAY)
        return found.amount, found.authority

    assert given_by("2000.05", Decimal(0)) == (Decimal("200.01"), Authority.MANAGER)
    assert given_by("9999", Decimal(0)) == (Decimal("250.00"), Authority.OWNER)
    cheap = dataclasses.replace(policy, rows=(_goodwill(Decimal(60)), *TR.rows))
    for before, who in (
        (Decimal(90), Authority.AGENT),
        (Decimal(91), Authority.MANAGER),
        (None, Authority.MANAGER),
    ):
        assert decide(cheap, situation(days_late=4, given=before), TODAY).authority is who


def _goodwill(amount: Decimal) -> Row:
    return Row("gift", Outcome(Kind.GOODWILL, amount=amount), reason=frozenset({"late"}))


def test_iranian_money_has_no_small_change() -> None:
    policy = default("IR", "IRR")
    asked = situation(days_late=4, value=Decimal("20000015"), currency="IRR", days=calendar(country="IR"))
    assert decide(policy, asked, TODAY).amount == Decimal("2000002")


def test_a_policy_in_toman_reads_orders_in_rial() -> None:
    policy, order = default("IR", "IRT"), {"days_late": 4, "days": calendar(country="IR")}
    in_rial = situation(value=Decimal("21000000"), currency="IRR", **order)
    in_toman = situation(value=Decimal("2100000"), currency="IRT", **order)
    dollars = situation(value=Decimal("2100000"), currency="USD", **order)
    assert decide(policy, in_rial, TODAY) == decide(policy, in_toman, TODAY)
    assert (decide(policy, in_rial, TODAY).amount, decide(policy, in_rial, TODAY).currency) == (
        210_000,
        "IRT",
    )
    assert decide(policy, dollars, TODAY).amount is None
    little = situation(value=Decimal("19000000"), currency="IRR", **order)
    assert decide(policy, little, TODAY).amount is None


EXCLUDING = dataclasses.replace(
    TR,
    windows=dataclasses.replace(
        TR.windows, excluded_skus=("ab-1",), excluded_categories=("İç giyim",), excluded_tags=("Özel",)
    ),
)


@pytest.mark.parametrize(
    ("items", "tags", "row"),
    [
        ((Item("AB-1", "x"),), frozenset(), "excluded"),
        ((Item("y", "iç giyim"),), frozenset(), "excluded"),
        ((Item("y", "x"),), frozenset({"özel"}), "excluded"),
        ((Item("y", "x"),), frozenset(), "return"),
        ((Item("y", None),), frozenset(), "last"),
        ((Item(None, "x"),), frozenset(), "last"),
        ((Item("AB-1", "x"), Item("y", "x")), frozenset(), "last"),
        ((), frozenset(), "last"),
    ],
)
def test_goods_that_cannot_be_sent_back(items: tuple[Item, ...], tags: frozenset[str], row: str) -> None:
    facts: dict[str, Any] = {"reason": "return", "delivered_on": date(2026, 3, 10)}
    assert ruled(EXCLUDING, items=items, tags=tags, **facts)[0] == row


def test_a_return_says_by_when_and_who_pays() -> None:
    found = decide(TR, situation(reason="return", delivered_on=date(2026, 3, 10)), TODAY)
    assert (found.payer, found.send_by, found.refund) == (Payer.STORE, date(2026, 3, 26), Days(14))
    found = decide(default("DE", "TRY"), situation(reason="return", delivered_on=date(2026, 3, 10)), TODAY)
    assert found.payer is Payer.CUSTOMER


def test_a_refusal_cannot_be_made_without_reason_or_alternative() -> None:
    for half in ({"reason": Refusal.EXCLUDED}, {"alternative": Alternative.WAIT}, {}):
        with pytest.raises(ValueError, match="A refusal says why"):
            Outcome(Kind.REFUSE, **half)


def some(choices: Any) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from([str(one) for one in choices]), max_size=2)


def spans(top: int) -> st.SearchStrategy[Span]:
    end = st.none() | st.integers(0, top)
    return st.builds(lambda a, b: Span(a, b) if a is None or b is None or a <= b else Span(b, a), end, end)


OUTCOMES = st.sampled_from(
    [
        Outcome(Kind.CANCEL_REFUND_ALL),
        Outcome(Kind.GOODWILL, percent=Decimal(10), cap=Decimal(50)),
        Outcome(Kind.GOODWILL, amount=Decimal(7)),
        Outcome(Kind.ACCEPT_RETURN),
        Outcome(Kind.REPLACE),
        *(Outcome(Kind.REFUSE, reason=why, alternative=other) for why in Refusal for other in Alternative),
    ]
)
ROWS = st.builds(
    Row,
    id=st.uuids().map(str),
    outcome=OUTCOMES,
    reason=some(REASONS),
    delivery=some(Delivery),
    days_late=spans(5),
    value=spans(5000),
    paid=some(Paid),
    window=some(Window),
    excluded=st.none() | st.booleans(),
    wanted=some(Wanted),
    tier=some(Tier),
)
POLICIES = st.lists(ROWS, max_size=6).map(
    lambda rows: Policy(3, "TR", "TRY", (*rows, Row(LAST_ROW, Outcome(Kind.ASK_A_PERSON))), Windows())
)
SITUATIONS = st.builds(
    situation,
    reason=st.sampled_from(REASONS),
    delivery=st.none() | st.sampled_from([str(one) for one in Delivery]),
    days_late=st.none() | st.integers(0, 6),
    value=st.none() | st.decimals(0, 9000, places=2),
    paid=st.none() | st.sampled_from([str(one) for one in Paid]),
    wanted=st.sampled_from([str(one) for one in Wanted]),
    tier=st.none() | st.sampled_from([str(one) for one in Tier]),
    delivered_on=st.none() | st.dates(date(2026, 2, 1), date(2026, 3, 12)),
    currency=st.sampled_from(["TRY", "EUR", None]),
)


@given(POLICIES, SITUATIONS)
def test_there_is_always_a_decision_by_the_first_row_that_fits(policy: Policy, asked: Any) -> None:
    found = decide(policy, asked, TODAY)
    place = [row.id for row in policy.rows].index(found.row_id)
    assert [one.row_id for one in found.passed] == [row.id for row in policy.rows[:place]]
    # None of the rows above would decide if it stood alone.
    for row in policy.rows[:place]:
        alone = dataclasses.replace(policy, rows=(row, policy.rows[-1]))
        assert decide(alone, asked, TODAY).row_id == LAST_ROW
    for one in found.passed:
        read = found.fact(one.column)
        assert read is not None and (read.value is None) == one.unknown
    assert decisions.from_document(decisions.to_document(found)) == found


@given(POLICIES, SITUATIONS)
@example(TR, situation(reason="return", delivered_on=date(2026, 2, 1)))
def test_a_refusal_carries_reason_alternative_and_a_person(policy: Policy, asked: Any) -> None:
    found = decide(policy, asked, TODAY)
    assert (found.outcome is Kind.REFUSE) == (found.refused is not None)
    if found.refused:
        assert found.refused.reason and found.refused.alternative and found.refused.person


@given(
    POLICIES,
    SITUATIONS,
    st.integers(0, 5),
    st.sampled_from(["reason", "delivery", "days_late", "paid", "wanted"]),
)
def test_widening_a_row_changes_nothing_above_it(policy: Policy, asked: Any, at: int, cell: str) -> None:
    before = decide(policy, asked, TODAY)
    at = min(at, len(policy.rows) - 1)
    wider = dataclasses.replace(policy.rows[at], **{cell: Span() if cell == "days_late" else frozenset()})
    rows = (*policy.rows[:at], wider, *policy.rows[at + 1 :])
    after = decide(dataclasses.replace(policy, rows=rows), asked, TODAY)
    if before.row_id in {row.id for row in policy.rows[:at]}:
        assert (after.row_id, after.outcome) == (before.row_id, before.outcome)


@given(POLICIES, SITUATIONS)
def test_without_its_last_row_a_policy_still_decides(policy: Policy, asked: Any) -> None:
    bare = dataclasses.replace(policy, rows=())
    assert decide(bare, asked, TODAY).outcome is Kind.ASK_A_PERSON
