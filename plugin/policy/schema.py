"""Checks a policy's document cell by cell: every error carries the row and the column where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates_schema

from vefa.policy import cells
from vefa.policy.check import Fault, PolicyError, faults_of
from vefa.policy.document import from_document
from vefa.policy.table import (
    REASONS,
    Alternative,
    Delivery,
    Kind,
    Paid,
    Payer,
    Policy,
    Refusal,
    Tier,
    Wanted,
    Window,
)

MOST_ROWS = 60
LONGEST_WORDS = 600
LONGEST_ADDRESS = 500
RELEVANT = {
    Kind.GOODWILL: ("amount", "percent", "cap"),
    Kind.ACCEPT_RETURN: ("payer",),
    Kind.EXCHANGE: ("payer",),
    Kind.REFUSE: ("reason", "alternative"),
}


class _Strict(Schema):
    class Meta:
        unknown = RAISE


class OutcomeSchema(_Strict):
    """What a row does; what its kind needs has to be there."""

    kind = fields.String(
        required=True, validate=validate.OneOf([kind.value for kind in Kind], error=cells.UNKNOWN_CHOICE)
    )
    amount = cells.Amount()
    percent = cells.Amount()
    cap = cells.Amount()
    payer = cells.one_of(Payer)
    reason = cells.one_of(Refusal)
    alternative = cells.one_of(Alternative)

    @validates_schema
    def complete(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse a refusal without reason or alternative, and goodwill without a sum."""
        kind, found = data.get("kind"), {}
        if kind == Kind.REFUSE:
            found = {"reason": [cells.NEEDS_REFUSAL]} if not data.get("reason") else {}
            found |= {"alternative": [cells.NEEDS_ALTERNATIVE]} if not data.get("alternative") else {}
        if kind == Kind.GOODWILL:
            if ("amount" in data) == ("percent" in data) or data.get("amount") == "0":
                found["amount"] = [cells.NEEDS_AMOUNT]
            elif "percent" in data and not 1 <= Decimal(data["percent"]) <= 100:
                found["percent"] = [cells.NOT_PERCENT]
            elif "percent" in data and "cap" not in data:
                found["cap"] = [cells.NEEDS_CAP]
        if found:
            raise ValidationError(found)


class RowSchema(_Strict):
    """One row of the table."""

    id = fields.String(required=True, validate=validate.Regexp(r"^[a-z0-9-]{1,40}$"))
    reason = cells.some_of(REASONS)
    delivery = cells.some_of(Delivery)
    days_late = cells.Span(cells.whole())
    value = cells.Span(cells.Amount())
    paid = cells.some_of(Paid)
    since_delivery = cells.Span(cells.whole())
    window = cells.some_of(Window)
    excluded = fields.Boolean()
    wanted = cells.some_of(Wanted)
    tier = cells.some_of(Tier)
    country = fields.List(fields.String(validate=validate.Regexp(r"^[A-Z]{2}$", error=cells.NOT_COUNTRY)))
    outcome = fields.Nested(OutcomeSchema, required=True)
    source = fields.String(allow_none=True, validate=validate.Length(max=200))
    words = fields.Dict(
        fields.String(validate=validate.Length(2, 20)),
        fields.String(validate=validate.Length(1, LONGEST_WORDS, error=cells.TOO_LONG)),
    )


class WindowsSchema(_Strict):
    """The times and limits around the table."""

    withdrawal = cells.Days(required=True)
    send_back = cells.Days(required=True)
    refund = cells.Days(required=True)
    payer = fields.String(
        required=True, validate=validate.OneOf([one.value for one in Payer], error=cells.UNKNOWN_CHOICE)
    )
    return_address = fields.String(
        required=True, validate=validate.Length(max=LONGEST_ADDRESS, error=cells.TOO_LONG)
    )
    excluded_categories = cells.names()
    excluded_skus = cells.names()
    excluded_tags = cells.names()
    agent = cells.limit()
    manager = cells.limit()


class PolicySchema(_Strict):
    """A whole policy."""

    country = fields.String(allow_none=True)
    currency = fields.String(
        allow_none=True, validate=validate.Regexp(r"^[A-Z]{3}$", error=cells.NOT_CURRENCY)
    )
    rows = fields.List(
        fields.Nested(RowSchema), required=True, validate=validate.Length(1, MOST_ROWS, error=cells.TOO_MANY)
    )
    windows = fields.Nested(WindowsSchema, required=True)

    @validates_schema
    def apart(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse two rows of one name."""
        seen: set[str] = set()
        for position, row in enumerate(data.get("rows", ())):
            if row["id"] in seen:
                raise ValidationError({"rows": {position: {"id": [cells.TWICE]}}})
            seen.add(row["id"])


def load(document: Mapping[str, Any], country: str | None) -> Policy:
    """Check a document and return its policy as a draft; raises ``PolicyError`` with a fault for every bad cell."""
    try:
        checked = PolicySchema().load({**document, "country": country})
    except ValidationError as error:
        raise PolicyError(tuple(_faults(error.messages_dict))) from error
    for row in checked["rows"]:
        wanted = ("kind", *RELEVANT.get(Kind(row["outcome"]["kind"]), ()))
        row["outcome"] = {name: value for name, value in row["outcome"].items() if name in wanted}
    policy = from_document(checked, version=0)
    faults = faults_of(policy, country)
    if faults:
        raise PolicyError(faults)
    return policy


def _faults(messages: Mapping[str, Any]) -> Iterator[Fault]:
    for path, text in _leaves(messages, ()):
        row = next((part for part in path if isinstance(part, int)), None) if path[0] == "rows" else None
        names = [str(part) for part in path if isinstance(part, str) and part != "rows"]
        if "outcome" in names:
            cell = {"kind": "outcome", "reason": "refusal"}.get(names[-1], names[-1])
        elif "words" in names:
            cell = "words"
        else:
            cell = names[1] if names[:1] == ["windows"] and len(names) > 1 else (names or ["rows"])[0]
        yield Fault(row, cell, text)


def _leaves(found: Any, path: tuple[Any, ...]) -> Iterator[tuple[tuple[Any, ...], str]]:
    if isinstance(found, Mapping):
        for name, inner in found.items():
            yield from _leaves(inner, (*path, name))
    else:
        yield from ((path, str(text)) for text in found[:1])
