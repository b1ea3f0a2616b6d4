"""A policy as values: a decision table that is read from the top, and the windows and limits around it.

The first row whose every cell fits decides. An empty cell fits everything; the last row has empty cells alone and
asks a person, so that every situation has an answer.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from vefa.policy.columns import (
    CHOICES,
    LAST_ROW,
    RANGES,
    REASONS,
    Alternative,
    Authority,
    Column,
    Delivery,
    Kind,
    Paid,
    Payer,
    Refusal,
    Tier,
    Wanted,
    Window,
)

__all__ = (
    "ANY",
    "CHOICES",
    "LAST_ROW",
    "RANGES",
    "REASONS",
    "Alternative",
    "Authority",
    "Column",
    "Days",
    "Delivery",
    "Kind",
    "Limit",
    "Outcome",
    "Paid",
    "Payer",
    "Policy",
    "Refusal",
    "Row",
    "Span",
    "Tier",
    "Wanted",
    "Window",
    "Windows",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A range with both ends in it; None is no end."""

    at_least: int | Decimal | None = None
    at_most: int | Decimal | None = None

    def __contains__(self, value: object) -> bool:
        if not isinstance(value, int | Decimal):
            return False
        return (self.at_least is None or value >= self.at_least) and (
            self.at_most is None or value <= self.at_most
        )

    @property
    def is_any(self) -> bool:
        """Whether every value lies in it."""
        return self.at_least is None and self.at_most is None


ANY = Span()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a row does, with what that needs.

    Goodwill is an ``amount``, or a ``percent`` of the order's value up to ``cap``. ``payer`` is who pays for the way
    back, None being as in the windows. A refusal has a ``reason`` and an ``alternative``.
    """

    kind: Kind
    amount: Decimal | None = None
    percent: Decimal | None = None
    cap: Decimal | None = None
    payer: Payer | None = None
    reason: Refusal | None = None
    alternative: Alternative | None = None

    def __post_init__(self) -> None:
        if self.kind is Kind.REFUSE and (self.reason is None or self.alternative is None):
            raise ValueError("A refusal says why, and what is offered instead.")


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: cells that have to fit, and what follows.

    ``source`` names the article that asks for the row, ``words`` are the merchant's own sentences by language.
    """

    id: str
    outcome: Outcome
    reason: frozenset[str] = frozenset()
    delivery: frozenset[str] = frozenset()
    days_late: Span = ANY
    value: Span = ANY
    paid: frozenset[str] = frozenset()
    since_delivery: Span = ANY
    window: frozenset[str] = frozenset()
    excluded: bool | None = None
    wanted: frozenset[str] = frozenset()
    tier: frozenset[str] = frozenset()
    country: frozenset[str] = frozenset()
    source: str | None = None
    words: Mapping[str, str] = field(default_factory=dict, hash=False)

    def cell(self, column: Column) -> Any:
        """Return what the row asks in a column."""
        return getattr(self, column.value)

    def asks(self, column: Column) -> bool:
        """Say whether the cell is filled in."""
        cell = self.cell(column)
        return not cell.is_any if isinstance(cell, Span) else cell is not None and cell != frozenset()

    def fits(self, column: Column, value: Any) -> bool:
        """Say whether a known value fits the cell."""
        cell = self.cell(column)
        return not self.asks(column) or (value is cell if column is Column.EXCLUDED else value in cell)

    @property
    def is_last(self) -> bool:
        """Whether this is the row that always fits and asks a person."""
        return self.outcome.kind is Kind.ASK_A_PERSON and not any(map(self.asks, Column))


@dataclass(frozen=True, slots=True)
class Days:
    """A number of days, of the calendar or working days."""

    count: int
    working: bool = False


@dataclass(frozen=True, slots=True)
class Limit:
    """How much goodwill a role may give by itself; None is without a limit."""

    per_case: Decimal | None = None
    per_customer: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Windows:
    """The times and limits around the table.

    ``withdrawal`` is counted from the delivery of the last part, ``send_back`` from the approval, ``refund`` from the
    cancellation or from the arrival of what was sent back. ``limits`` bound goodwill by role: in one case, and to one
    customer in 12 months.
    """

    withdrawal: Days = Days(14)
    send_back: Days = Days(14)
    refund: Days = Days(14)
    payer: Payer = Payer.CUSTOMER
    return_address: str = ""
    excluded_categories: tuple[str, ...] = ()
    excluded_skus: tuple[str, ...] = ()
    excluded_tags: tuple[str, ...] = ()
    agent: Limit = Limit()
    manager: Limit = Limit()


@dataclass(frozen=True, slots=True)
class Policy:
    """A whole policy. ``version`` is 0 for a draft; ``currency`` is that of every amount in it."""

    version: int
    country: str | None
    currency: str | None
    rows: tuple[Row, ...]
    windows: Windows = field(default_factory=Windows)

    def row(self, row_id: str) -> Row | None:
        """Return a row by its id."""
        return next((row for row in self.rows if row.id == row_id), None)
