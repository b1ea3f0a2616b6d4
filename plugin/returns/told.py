"""What the store's own events say about the returns of an order."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vefa.facts import Fact, assemble, escape, in_sequence, merge
from vefa.returns.request import Pieces, Wanted

TYPES = frozenset({"return.requested", "return.received", "return.closed"})


@dataclass(frozen=True, slots=True)
class Told:
    """A return as the store's events tell it; ``lines`` is empty where they do not say what comes back."""

    ref: str
    requested_at: datetime
    received_at: datetime | None
    closed_at: datetime | None
    lines: Pieces
    wanted: Wanted


def told(facts: Iterable[Fact], now: datetime) -> list[Told]:
    """Return the returns that the facts up to ``now`` speak of; order and repetition of facts do not matter.

    A state was entered when it was first told of, so a word said twice moves no moment.
    """
    seen = in_sequence(
        fact for fact in facts if fact.type in TYPES and fact.at <= now and not fact.implausible
    )
    document = assemble(merge(seen)).get("returns")
    found = document if isinstance(document, Mapping) else {}
    return [_one(ref, values, seen) for ref, values in sorted(found.items()) if isinstance(values, Mapping)]


def _one(ref: str, values: Mapping[str, Any], seen: Iterable[Fact]) -> Told:
    path = f"returns/{escape(ref)}/state"
    first: dict[str, datetime] = {}
    for fact in seen:
        if path in fact.values:
            first.setdefault(fact.type, fact.at)
    return Told(
        ref=ref,
        requested_at=first.get("return.requested") or min(first.values()),
        received_at=first.get("return.received"),
        closed_at=first.get("return.closed"),
        lines=_lines(values.get("lines")),
        wanted=Wanted(values.get("wanted") or Wanted.REFUND),
    )


def _lines(listed: Any) -> Pieces:
    """Read lines as senders write them: objects with an id and a quantity, or bare ids."""
    found: dict[str, int] = {}
    for line in listed if isinstance(listed, list) else ():
        identity = line.get("id") or line.get("line_id") if isinstance(line, Mapping) else line
        quantity = line.get("quantity") if isinstance(line, Mapping) else 1
        if isinstance(identity, str | int) and identity:
            many = quantity if isinstance(quantity, int) and quantity > 0 else 1
            found[str(identity)] = found.get(str(identity), 0) + many
    return found
