"""A policy as a document of plain JSON values: the form in which it is kept, edited and compared."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from vefa.policy.table import (
    RANGES,
    Alternative,
    Column,
    Days,
    Kind,
    Limit,
    Outcome,
    Payer,
    Policy,
    Refusal,
    Row,
    Span,
    Windows,
)

EXCLUSIONS = ("excluded_categories", "excluded_skus", "excluded_tags")
SETS = tuple(column for column in Column if column not in (*RANGES, Column.EXCLUDED))


def to_document(policy: Policy) -> dict[str, Any]:
    """Return a policy as plain JSON values; its version stands beside it, not in it."""
    return {
        "country": policy.country,
        "currency": policy.currency,
        "rows": [row_document(row) for row in policy.rows],
        "windows": _windows_document(policy.windows),
    }


def row_document(row: Row) -> dict[str, Any]:
    """Return one row as plain JSON values; cells that fit everything are left out."""
    cells: dict[str, Any] = {}
    for column in filter(row.asks, Column):
        cell = row.cell(column)
        if isinstance(cell, Span):
            cells[column.value] = [_number(cell.at_least), _number(cell.at_most)]
        else:
            cells[column.value] = cell if isinstance(cell, bool) else sorted(cell)
    outcome = {
        name: value
        for name in ("kind", "amount", "percent", "cap", "payer", "reason", "alternative")
        if (value := getattr(row.outcome, name)) is not None
    }
    plain = {
        name: _number(value) if isinstance(value, Decimal) else value.value for name, value in outcome.items()
    }
    return cells | {"id": row.id, "outcome": plain, "source": row.source, "words": dict(row.words)}


def _windows_document(windows: Windows) -> dict[str, Any]:
    return {
        **{
            name: [(days := getattr(windows, name)).count, days.working]
            for name in ("withdrawal", "send_back", "refund")
        },
        "payer": windows.payer.value,
        "return_address": windows.return_address,
        **{name: list(getattr(windows, name)) for name in EXCLUSIONS},
        **{
            role: [_number((limit := getattr(windows, role)).per_case), _number(limit.per_customer)]
            for role in ("agent", "manager")
        },
    }


def from_document(document: Mapping[str, Any], version: int) -> Policy:
    """Build a policy from a document that was checked when it was kept."""
    return Policy(
        version,
        document["country"],
        document["currency"],
        tuple(to_row(row) for row in document["rows"]),
        _to_windows(document["windows"]),
    )


def to_row(document: Mapping[str, Any]) -> Row:
    """Build one row from its document."""
    cells: dict[str, Any] = {
        column.value: frozenset(document[column.value]) for column in SETS if column.value in document
    }
    for column in RANGES:
        if column.value in document:
            read = _decimal if column is Column.VALUE else _whole
            low, high = document[column.value]
            cells[column.value] = Span(read(low), read(high))
    return Row(
        id=document["id"],
        outcome=_to_outcome(document["outcome"]),
        excluded=document.get(Column.EXCLUDED.value),
        source=document.get("source"),
        words=document.get("words") or {},
        **cells,
    )


def _to_outcome(document: Mapping[str, Any]) -> Outcome:
    payer, reason, alternative = (document.get(name) for name in ("payer", "reason", "alternative"))
    return Outcome(
        Kind(document["kind"]),
        amount=_decimal(document.get("amount")),
        percent=_decimal(document.get("percent")),
        cap=_decimal(document.get("cap")),
        payer=Payer(payer) if payer else None,
        reason=Refusal(reason) if reason else None,
        alternative=Alternative(alternative) if alternative else None,
    )


def _to_windows(document: Mapping[str, Any]) -> Windows:
    return Windows(
        withdrawal=Days(*document["withdrawal"]),
        send_back=Days(*document["send_back"]),
        refund=Days(*document["refund"]),
        payer=Payer(document["payer"]),
        return_address=document["return_address"],
        excluded_categories=tuple(document["excluded_categories"]),
        excluded_skus=tuple(document["excluded_skus"]),
        excluded_tags=tuple(document["excluded_tags"]),
        agent=Limit(*map(_decimal, document["agent"])),
        manager=Limit(*map(_decimal, document["manager"])),
    )


def _number(value: int | Decimal | None) -> str | int | None:
    return str(value) if isinstance(value, Decimal) else value


def _decimal(value: Any) -> Decimal | None:
    return None if value is None else Decimal(str(value))


def _whole(value: Any) -> int | None:
    return None if value is None else int(value)
