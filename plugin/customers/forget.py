"""What may be kept of an event about somebody who was erased: nothing personal, and nothing that leads back."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from vefa.carriers.number import is_about_number
from vefa.customers.records import Erased
from vefa.facts import Fact
from vefa.platforms import Personal, Reading

# Where it went more closely than the country, whose calendar counts; how to find the parcel; words.
PERSONAL = re.compile(
    r"ship_to/(?!country$).+"
    r"|shipments/[^/]+/(tracking_number|tracking_url|(scan|unread)/(place|detail))"
    r"|(refunds|returns)/[^/]+/reason"
    r"|cancel_reason|tags"
)
WORDS = re.compile(r"reviews/[^/]+/words")
HOLDER = "customer/holder"
CUSTOMER = "customer:"
# For so long what is told of an erased customer's parcel is refused; after it the carrier gives its number to others.
PARCEL_IS_OVER = timedelta(days=365)

Log = Mapping[str, Erased]


def scrub(values: Mapping[str, Any], pseudonym: str) -> dict[str, Any]:
    """Return a fact's values without what is personal, and with a pseudonym in the holder's place."""
    kept: dict[str, Any] = {}
    for path, value in values.items():
        if PERSONAL.fullmatch(path):
            continue
        if path == HOLDER or (path.startswith("contacts/") and path.endswith("/holder")):
            kept[path] = pseudonym
        else:
            kept[path] = False if WORDS.fullmatch(path) else value
    return kept


def holders_in(said: Reading) -> set[str]:
    """Return the holders that a reading speaks of."""
    found = {one.holder for one in said.personal}
    found |= {one.subject.removeprefix(CUSTOMER) for one in said.facts if one.subject.startswith(CUSTOMER)}
    for fact in said.facts:
        found |= {str(value) for path, value in fact.values.items() if path.endswith("/holder") and value}
    return found


def subjects_in(said: Reading) -> set[str]:
    """Return the subjects that a reading speaks of."""
    return {fact.subject for fact in said.facts}


def apply(said: Reading, subjects: Log, holders: Log) -> Reading:
    """Return what may be kept of a reading; ``subjects`` and ``holders`` are those that were erased.

    An order that was erased stays so whatever comes later. Of an erased customer, what happened until the erasure is
    refused, and what comes after it is a new acquaintance.
    """
    if not subjects and not holders:
        return said
    facts = [kept for fact in said.facts if (kept := _fact(fact, subjects, holders)) is not None]
    closed = {fact.subject for fact in facts if _orders_pseudonym(fact, subjects, holders)} | {*subjects}
    whole = any(fact.subject in closed for fact in said.facts)
    personal = [one for one in said.personal if not whole and not _is_over(one, closed, holders)]
    return replace(said, facts=tuple(facts), personal=tuple(personal))


def _is_over(one: Personal, closed: Iterable[str], holders: Log) -> bool:
    erased = holders.get(one.holder)
    return one.holder in closed or (erased is not None and one.at <= erased.at)


def _orders_pseudonym(fact: Fact, subjects: Log, holders: Log) -> str | None:
    """Return what stands in the holder's place if the fact's order is one that was erased, or should have been."""
    if fact.subject in subjects:
        return subjects[fact.subject].pseudonym
    erased = holders.get(str(fact.values.get(HOLDER)))
    if erased is not None and _placed_at(fact) <= erased.at:
        return erased.pseudonym
    known = {one.pseudonym for one in holders.values()}
    holder = fact.values.get(HOLDER)
    return holder if holder in known else None


def _placed_at(fact: Fact) -> datetime:
    told = fact.values.get("placed_at")
    return datetime.fromisoformat(told) if isinstance(told, str) else fact.at


def _fact(fact: Fact, subjects: Log, holders: Log) -> Fact | None:
    if fact.subject.startswith(CUSTOMER):
        erased = holders.get(fact.subject.removeprefix(CUSTOMER))
        return None if erased is not None and fact.at <= erased.at else fact
    if is_about_number(fact):
        erased = subjects.get(fact.subject)
        return None if erased is not None and fact.at <= erased.at + PARCEL_IS_OVER else fact
    pseudonym = _orders_pseudonym(fact, subjects, holders)
    return replace(fact, values=scrub(fact.values, pseudonym)) if pseudonym else fact
