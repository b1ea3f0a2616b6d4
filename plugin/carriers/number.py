"""Tracking numbers as they are compared, and the facts that are about one."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from vefa.facts import Fact, merge

SUBJECT = "tracking:"
# After every letter and digit, so that a number's subject lies between SUBJECT and SUBJECT + LAST.
LAST = "\U0010ffff"
LONGEST = 60
# What a fact about a number is called once it is a fact about an order's parcel.
TYPES = {
    "tracking.scanned": "shipment.scanned",
    "tracking.delivered": "shipment.delivered",
    "tracking.expected": "shipment.expected",
}
LEAF = "/tracking_number"


def fold(number: str) -> str:
    """Return a tracking number as it is compared: letters and digits alone, in Latin digits and upper case.

    Empty where there is nothing to compare; what is longer than ``LONGEST`` is no tracking number.
    """
    plain = unicodedata.normalize("NFKC", number).upper()
    kept = [letter for letter in plain if letter.isalnum()]
    folded = "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in kept)
    return folded if len(folded) <= LONGEST else ""


def subject(number: str) -> str:
    """Return the journal's subject of a tracking number; raises ``ValueError`` if it is none."""
    folded = fold(number)
    if not folded:
        raise ValueError("not a tracking number")
    return SUBJECT + folded


def is_about_number(fact: Fact) -> bool:
    """Say whether a fact is about a tracking number, whoever's parcel it is."""
    return fact.subject.startswith(SUBJECT)


def subjects_in(facts: Iterable[Fact]) -> set[str]:
    """Return the subjects of all tracking numbers that facts about orders ever named."""
    return {
        SUBJECT + folded
        for fact in facts
        for path, value in fact.values.items()
        if path.endswith(LEAF) and isinstance(value, str) and (folded := fold(value))
    }


def placed(facts: Sequence[Fact], now: datetime) -> list[Fact]:
    """Return an order's facts with those about tracking numbers made facts about the parcels that have them.

    ``facts`` are the order's own and those of its numbers. A parcel has the number that was last told of it up to
    ``now``; every parcel with a number has all its scans, and a number that no parcel has (any more) says nothing.
    """
    tracked = [fact for fact in facts if is_about_number(fact)]
    if not tracked:
        return list(facts)
    own = [fact for fact in facts if not is_about_number(fact)]
    parcels = _parcels(own, now)
    return own + [
        _placed(fact, own[0].subject, prefixes) for fact in tracked if (prefixes := parcels.get(fact.subject))
    ]


def _placed(fact: Fact, order: str, prefixes: Sequence[str]) -> Fact:
    values = {f"{prefix}/{path}": value for prefix in prefixes for path, value in fact.values.items()}
    return replace(fact, subject=order, type=TYPES.get(fact.type, fact.type), values=values)


def _parcels(own: Sequence[Fact], now: datetime) -> dict[str, list[str]]:
    """Return by a tracking number's subject the paths of the parcels that have it."""
    named = [
        replace(fact, values=numbers) for fact in own if fact.at <= now and (numbers := _numbers(fact.values))
    ]
    found: dict[str, list[str]] = {}
    for path, (_, value) in sorted(merge(named).items()):
        folded = fold(value) if path.endswith(LEAF) and isinstance(value, str) else ""
        if folded:
            found.setdefault(SUBJECT + folded, []).append(path.removesuffix(LEAF))
    return found


def _numbers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what is said of parcels' numbers, and that a parcel is gone."""
    return {
        path: value
        for path, value in values.items()
        if path.startswith("shipments") and (value is None or (path.endswith(LEAF) and path.count("/") == 2))
    }
