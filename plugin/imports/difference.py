"""What a file adds to what is known of an order: nothing twice, and nothing against newer knowledge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from vefa.facts import Fact, Stamp, merge
from vefa.imports.speak import Speech
from vefa.platforms._import import KINDS, STANDS, Spoken

TOLD = "ship_to/told"


class Change(StrEnum):
    """What an import does to an order."""

    NEW = "new"
    CHANGED = "changed"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Difference:
    """What is to be written of an order."""

    change: Change
    speech: Speech


def difference(said: Speech, known: Sequence[Fact], as_of: datetime) -> Difference:
    """Return what a file says that is not known yet.

    What was not known at all is told at its own moment. What is known otherwise is corrected as of the file, unless
    it was told later than that. So the same file twice changes nothing, and a later file changes what it says.
    """
    if not known:
        return Difference(Change.NEW, said)
    registers = merge(known)
    facts: list[Spoken] = []
    corrected: dict[str, Any] = {}
    for kind, at, values in said.facts:
        new = {path: value for path, value in values.items() if path not in registers}
        if new:
            facts.append((kind, at, new))
        corrected |= {
            path: value for path, value in values.items() if _corrects(path, value, registers, as_of)
        }
    if corrected:
        facts.append((STANDS, as_of, corrected))
    if not facts:
        return Difference(Change.SAME, Speech())
    personal = _personal(said, corrected, facts, as_of)
    return Difference(Change.CHANGED, Speech(tuple(facts), personal))


def _personal(
    said: Speech, corrected: Mapping[str, Any], facts: Sequence[Spoken], as_of: datetime
) -> tuple[Spoken, ...]:
    if TOLD in corrected:
        return tuple((holder, as_of, values) for holder, _, values in said.personal)
    return said.personal if any(TOLD in values for _, _, values in facts) else ()


def _corrects(path: str, value: Any, registers: Mapping[str, tuple[Stamp, Any]], as_of: datetime) -> bool:
    if path not in registers:
        return False
    stamp, standing = registers[path]
    return not _same(path, value, standing) and stamp <= (as_of, KINDS[STANDS])


def _same(path: str, one: Any, other: Any) -> bool:
    if one == other:
        return True
    if not isinstance(one, str) or not isinstance(other, str):
        return False
    if path in ("total",):
        return _number(one) == _number(other) is not None
    return path.endswith("_at") and _instant(one) == _instant(other) is not None


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _instant(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None
