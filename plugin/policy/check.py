"""Finds what is wrong with a policy beyond its single cells: below the floor of the law, or never reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from vefa.errors import VefaError
from vefa.locales import mark
from vefa.policy.floor import Floor, Rule, floor_of, least, most
from vefa.policy.table import Column, Days, Delivery, Kind, Payer, Policy, Row, Wanted, Window

# What gives a customer who withdraws in time all that the law gives.
GIVES_BACK = (Kind.ACCEPT_RETURN, Kind.CANCEL_REFUND_ALL, Kind.ASK_A_PERSON)

LAST_MISSING = mark("The last row has to fit everything and ask a person.")
NEVER_REACHED = mark("This row fits everything, so no row below it is ever reached.")
NO_CURRENCY = mark("Name the currency in which amounts are written.")
TOO_SHORT = mark("The law gives at least %(least)s days (%(article)s).")
TOO_SHORT_WORKING = mark("The law gives at least %(least)s working days (%(article)s).")
TOO_SHORT_CONVERTED = mark(
    "The law gives at least %(law)s working days (%(article)s). So that days off never make it shorter, write at "
    "least %(least)s calendar days."
)
TOO_LONG = mark("The law allows at most %(most)s days (%(article)s).")
TOO_LONG_WORKING = mark("The law allows at most %(most)s working days (%(article)s).")
TOO_LONG_CONVERTED = mark(
    "The law allows at most %(law)s days (%(article)s). So that days off never make it longer, write at most "
    "%(most)s working days."
)
STORE_PAYS = mark("By law the store pays for the way back (%(article)s).")
TAKES_AWAY = mark(
    "In the withdrawal period the law gives the money back (%(article)s). Let this row ask for a period that is "
    "over, or for excluded items, or take the goods back."
)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong at a cell of a row, which is None for the windows; ``article`` is a text to translate."""

    row: int | None
    cell: str
    message: str
    values: Mapping[str, Any] = field(default_factory=dict)
    article: str | None = None


class PolicyError(VefaError):
    """A policy cannot be kept; ``faults`` names every cell at fault."""

    def __init__(self, faults: tuple[Fault, ...]) -> None:
        super().__init__("; ".join(f"{one.row}/{one.cell}: {one.message}" for one in faults))
        self.faults = faults


def faults_of(policy: Policy, country: str | None) -> tuple[Fault, ...]:
    """Return everything that keeps a policy of well-formed cells from being kept."""
    floor = floor_of(country)
    return (*_rows(policy, floor), *_money(policy), *_windows(policy, floor))


def _rows(policy: Policy, floor: Floor) -> Iterator[Fault]:
    for position, row in enumerate(policy.rows):
        last = position == len(policy.rows) - 1
        if last and not row.is_last:
            yield Fault(position, "outcome", LAST_MISSING)
        elif not last and not any(map(row.asks, Column)):
            yield Fault(position, "outcome", NEVER_REACHED)
        if floor.withdrawal and _meets_withdrawal(row) and row.outcome.kind not in GIVES_BACK:
            yield Fault(position, "outcome", TAKES_AWAY, article=floor.withdrawal.article)
        elif floor.payer and _meets_withdrawal(row) and row.outcome.payer is Payer.CUSTOMER:
            yield Fault(position, "payer", STORE_PAYS, article=floor.payer)


def _meets_withdrawal(row: Row) -> bool:
    """Say whether a row can catch a customer who sends goods back for money within the withdrawal period."""
    return (
        row.fits(Column.REASON, "return")
        and row.fits(Column.DELIVERY, Delivery.DELIVERED.value)
        and row.fits(Column.WINDOW, Window.OPEN.value)
        and row.fits(Column.EXCLUDED, False)
        and any(row.fits(Column.WANTED, wanted.value) for wanted in (Wanted.REFUND, Wanted.NOTHING))
    )


def _money(policy: Policy) -> Iterator[Fault]:
    windows = policy.windows
    limits = (
        limit for role in (windows.agent, windows.manager) for limit in (role.per_case, role.per_customer)
    )
    sums = any(row.asks(Column.VALUE) or row.outcome.kind is Kind.GOODWILL for row in policy.rows)
    if policy.currency is None and (sums or any(limit is not None for limit in limits)):
        yield Fault(None, "currency", NO_CURRENCY)


def _windows(policy: Policy, floor: Floor) -> Iterator[Fault]:
    windows = policy.windows
    if floor.withdrawal:
        yield from _short("withdrawal", windows.withdrawal, floor.withdrawal)
    if floor.send_back:
        yield from _short("send_back", windows.send_back, floor.send_back)
    if floor.refund:
        yield from _long("refund", windows.refund, floor.refund)
    if floor.payer and windows.payer is Payer.CUSTOMER:
        yield Fault(None, "payer", STORE_PAYS, article=floor.payer)


def _short(name: str, own: Days, rule: Rule) -> Iterator[Fault]:
    needed = least(rule, working=own.working)
    if own.count < needed:
        converted = rule.days.working and not own.working
        text = TOO_SHORT_CONVERTED if converted else TOO_SHORT_WORKING if rule.days.working else TOO_SHORT
        values = {"least": needed} | ({"law": rule.days.count} if converted else {})
        yield Fault(None, name, text, values, rule.article)


def _long(name: str, own: Days, rule: Rule) -> Iterator[Fault]:
    allowed = most(rule, working=own.working)
    if own.count > allowed:
        converted = own.working and not rule.days.working
        text = TOO_LONG_CONVERTED if converted else TOO_LONG_WORKING if rule.days.working else TOO_LONG
        values = {"most": allowed} | ({"law": rule.days.count} if converted else {})
        yield Fault(None, name, text, values, rule.article)
