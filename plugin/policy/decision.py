"""A decision with everything that led to it, and its form as a document."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Any

from vefa.policy.situation import Source
from vefa.policy.table import Alternative, Authority, Column, Days, Kind, Payer, Refusal


class Person(StrEnum):
    """The way to a person; every refusal names one."""

    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Refused:
    """Why something is refused, what is offered instead, and how to reach a person: never one without the others."""

    reason: Refusal
    alternative: Alternative
    person: Person = Person.ANSWER


@dataclass(frozen=True, slots=True)
class Read:
    """A fact that the table read; a value of None was not known."""

    column: Column
    value: Any
    source: Source
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Passed:
    """A row that did not fit: the cell at fault, and whether the fact differed or was not known."""

    row_id: str
    column: Column
    unknown: bool


@dataclass(frozen=True, slots=True)
class Decision:
    """What the policy says of a situation, and why.

    ``amount`` is the goodwill in ``currency``. ``refund_by`` is the last day for money that is owed at once,
    ``send_by`` the last day on which the customer may send goods back; ``refund`` says within how many days money
    follows goods that came back. ``words`` are the merchant's own sentences by language.
    """

    version: int
    row_id: str
    outcome: Kind
    authority: Authority = Authority.AGENT
    amount: Decimal | None = None
    currency: str | None = None
    payer: Payer | None = None
    refund_by: date | None = None
    send_by: date | None = None
    refund: Days | None = None
    refused: Refused | None = None
    source: str | None = None
    return_address: str = ""
    facts: tuple[Read, ...] = ()
    passed: tuple[Passed, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)

    def fact(self, column: Column) -> Read | None:
        """Return what was read for a column, if anything was."""
        return next((read for read in self.facts if read.column is column), None)


def to_document(decision: Decision) -> dict[str, Any]:
    """Return a decision as plain JSON values."""
    refused = decision.refused
    return {
        "version": decision.version,
        "row": decision.row_id,
        "outcome": decision.outcome.value,
        "authority": decision.authority.value,
        "amount": None if decision.amount is None else str(decision.amount),
        "currency": decision.currency,
        "payer": decision.payer and decision.payer.value,
        "refund_by": decision.refund_by and decision.refund_by.isoformat(),
        "send_by": decision.send_by and decision.send_by.isoformat(),
        "refund": decision.refund and [decision.refund.count, decision.refund.working],
        "refused": refused and [refused.reason.value, refused.alternative.value, refused.person.value],
        "source": decision.source,
        "return_address": decision.return_address,
        "facts": [
            [read.column.value, *_plain(read.value), read.source.value, read.day and read.day.isoformat()]
            for read in decision.facts
        ],
        "passed": [[passed.row_id, passed.column.value, passed.unknown] for passed in decision.passed],
        "words": dict(decision.words),
    }


def from_document(document: Mapping[str, Any]) -> Decision:
    """Build a decision from its document."""
    refused, refund = document["refused"], document["refund"]
    return Decision(
        version=document["version"],
        row_id=document["row"],
        outcome=Kind(document["outcome"]),
        authority=Authority(document["authority"]),
        amount=None if document["amount"] is None else Decimal(document["amount"]),
        currency=document["currency"],
        payer=document["payer"] and Payer(document["payer"]),
        refund_by=_day(document["refund_by"]),
        send_by=_day(document["send_by"]),
        refund=refund and Days(*refund),
        refused=refused and Refused(Refusal(refused[0]), Alternative(refused[1]), Person(refused[2])),
        source=document["source"],
        return_address=document["return_address"],
        facts=tuple(
            Read(Column(column), _value(kind, value), Source(source), _day(day))
            for column, kind, value, source, day in document["facts"]
        ),
        passed=tuple(Passed(row, Column(column), unknown) for row, column, unknown in document["passed"]),
        words=document["words"],
    )


def _plain(value: Any) -> tuple[str, Any]:
    if isinstance(value, Decimal):
        return "decimal", str(value)
    return ("date", value.isoformat()) if isinstance(value, date) else ("plain", value)


def _value(kind: str, value: Any) -> Any:
    return Decimal(value) if kind == "decimal" else _day(value) if kind == "date" else value


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
