"""Decides by a policy: the first row that fits, what was read for it, and why the rows above did not fit."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import get_currency_precision

from vefa.locales import fold
from vefa.locales.money import as_unit
from vefa.policy.decision import Decision, Passed, Read, Refused
from vefa.policy.situation import Known, Situation, Source
from vefa.policy.table import (
    LAST_ROW,
    Authority,
    Column,
    Days,
    Delivery,
    Kind,
    Limit,
    Outcome,
    Policy,
    Row,
    Window,
    Windows,
)
from vefa.promises.calendar import Calendar, local_date

NOT_DELIVERED = "not_delivered"
PAYS_AT_ONCE = (Kind.CANCEL_REFUND_ALL, Kind.REFUND_SHIPPING, Kind.GOODWILL)
COMES_BACK = (Kind.ACCEPT_RETURN, Kind.EXCHANGE)
_LAST = Row(LAST_ROW, Outcome(Kind.ASK_A_PERSON))
_WHOLE = ("IRR", "IRT")


def decide(policy: Policy, situation: Situation, now: datetime) -> Decision:
    """Return the outcome of the first row that fits; without any, a person is asked."""
    facts = facts_of(policy, situation, now)
    passed: list[Passed] = []
    for row in (*policy.rows, _LAST):
        missed = _missed(row, facts)
        if missed is None:
            break
        passed.append(missed)
    return _decision(policy, row, facts, tuple(passed), situation, now)


def _missed(row: Row, facts: Mapping[Column, Known]) -> Passed | None:
    """Return the cell that keeps a row from fitting: one that differs before one that is not known."""
    unknown = None
    for column in Column:
        fact = facts[column]
        if fact.value is None and _needs(row, column):
            unknown = unknown or Passed(row.id, column, unknown=True)
        elif not row.fits(column, fact.value):
            return Passed(row.id, column, unknown=False)
    return unknown


def _needs(row: Row, column: Column) -> bool:
    # Goodwill is money in the policy's currency: it needs an order whose value is known in that currency.
    return row.asks(column) or (column is Column.VALUE and row.outcome.kind is Kind.GOODWILL)


def facts_of(policy: Policy, situation: Situation, now: datetime) -> dict[Column, Known]:
    """Return a fact for every column, those of the policy's own windows included."""
    facts = {column: situation.known(column) for column in Column}
    facts[Column.VALUE] = _value(policy, facts[Column.VALUE], situation.currency)
    facts[Column.SINCE_DELIVERY], facts[Column.WINDOW] = _since(policy.windows, situation, now)
    facts[Column.EXCLUDED] = _excluded(policy.windows, situation)
    return facts


def _value(policy: Policy, known: Known, currency: str | None) -> Known:
    """Return an order's value in the policy's currency; where that is another one, it is not known."""
    if known.value is None or currency is None:
        return Known(None, Source.ORDER)
    value, unit = as_unit(known.value, currency, policy.currency)
    return Known(value if unit == policy.currency else None, Source.ORDER)


def _since(windows: Windows, situation: Situation, now: datetime) -> tuple[Known, Known]:
    delivery, arrived = situation.known(Column.DELIVERY), situation.delivered_on
    if delivery.value in (Delivery.NOT_SHIPPED, Delivery.UNDER_WAY):
        return Known(NOT_DELIVERED, delivery.source), Known(Window.OPEN.value, Source.POLICY)
    if delivery.value is None or arrived.value is None:
        return Known(None, arrived.source), Known(None, Source.POLICY)
    today = local_date(now, situation.zone)
    end = last_day_of_window(windows, arrived.value, situation.calendar)
    state = Window.OPEN if today <= end else Window.OVER
    days = max((today - arrived.value).days, 0)
    return Known(days, arrived.source, arrived.value), Known(state.value, Source.POLICY, end)


def _excluded(windows: Windows, situation: Situation) -> Known:
    """Say whether what the request is about may not be sent back; a mixed request is for a person."""
    skus, categories, tags = (
        frozenset(map(fold, names))
        for names in (windows.excluded_skus, windows.excluded_categories, windows.excluded_tags)
    )
    if not (skus or categories or tags):
        return Known(False, Source.POLICY)
    if tags & set(map(fold, situation.tags)):
        return Known(True, Source.ORDER)
    found = []
    for item in situation.items:
        hits = [
            fold(text) in names for text, names in ((item.sku, skus), (item.category, categories)) if text
        ]
        silent = (skus and not item.sku) or (categories and not item.category)
        found.append(True if any(hits) else None if silent else False)
    return Known(found[0] if len(set(found)) == 1 else None, Source.ORDER)


def _decision(
    policy: Policy,
    row: Row,
    facts: Mapping[Column, Known],
    passed: tuple[Passed, ...],
    situation: Situation,
    now: datetime,
) -> Decision:
    outcome, windows = row.outcome, policy.windows
    today, kind = local_date(now, situation.zone), outcome.kind
    amount = _goodwill(outcome, facts[Column.VALUE].value, policy.currency)
    comes_back = kind in COMES_BACK
    refused = None
    if outcome.reason is not None and outcome.alternative is not None:
        refused = Refused(outcome.reason, outcome.alternative)
    read = {one.column for one in passed} | {column for column in Column if _needs(row, column)}
    return Decision(
        version=policy.version,
        row_id=row.id,
        outcome=kind,
        authority=_authority(windows, amount, situation.given),
        amount=amount,
        currency=policy.currency if amount is not None else None,
        payer=(outcome.payer or windows.payer) if comes_back else None,
        refund_by=refund_due(windows, today, situation.calendar) if kind in PAYS_AT_ONCE else None,
        send_by=_rolled(windows.send_back, today, situation.calendar) if comes_back else None,
        refund=windows.refund if kind is Kind.ACCEPT_RETURN else None,
        refused=refused,
        source=row.source,
        return_address=windows.return_address if comes_back else "",
        facts=tuple(
            Read(column, facts[column].value, facts[column].source, facts[column].day)
            for column in Column
            if column in read
        ),
        passed=passed,
        words=row.words,
    )


def _goodwill(outcome: Outcome, value: Decimal | None, currency: str | None) -> Decimal | None:
    if outcome.kind is not Kind.GOODWILL or currency is None:
        return None
    amount = outcome.amount
    if amount is None and outcome.percent is not None and value is not None:
        amount = value * outcome.percent / 100
    if amount is None:
        return None
    places = 0 if currency in _WHOLE else get_currency_precision(currency)
    bounded = amount if outcome.cap is None else min(amount, outcome.cap)
    return bounded.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _authority(windows: Windows, amount: Decimal | None, given: Decimal | None) -> Authority:
    """Return the least role whose limits hold the goodwill; where nobody counted what was given, the higher one."""
    if amount is None or _within(windows.agent, amount, given):
        return Authority.AGENT
    return Authority.MANAGER if _within(windows.manager, amount, given) else Authority.OWNER


def _within(limit: Limit, amount: Decimal, given: Decimal | None) -> bool:
    in_case = limit.per_case is None or amount <= limit.per_case
    in_year = limit.per_customer is None or (given is not None and given + amount <= limit.per_customer)
    return in_case and in_year


def last_day_of_window(windows: Windows, delivered_on: date, calendar: Calendar) -> date:
    """Return the last day on which goods that arrived on a day may be sent back."""
    return _rolled(windows.withdrawal, delivered_on, calendar)


def refund_due(windows: Windows, start: date, calendar: Calendar) -> date:
    """Return the last day for giving money back, counted from the day after ``start``."""
    days = windows.refund
    return calendar.add(start, days.count) if days.working else start + timedelta(days=days.count)


def _rolled(days: Days, start: date, calendar: Calendar) -> date:
    """Count days from the day after ``start``; the customer's time never ends on a day off."""
    if days.working:
        return calendar.add(start, days.count)
    return calendar.next_working(start + timedelta(days=days.count))
