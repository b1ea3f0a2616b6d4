"""Compares orders of a file with what a store knows: which order each is, and what the file adds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa import journal
from vefa.customers import records as customers
from vefa.facts import Fact, merge
from vefa.imports.difference import Change, Difference, difference
from vefa.imports.speak import Speech, Voice, speak
from vefa.imports.terms import Issue
from vefa.imports.told import Told
from vefa.orders.fold import fold
from vefa.orders.records import orders, subject
from vefa.platforms._import import NAME, TOPIC, body_of, key_of
from vefa.stores.sealing import Key

SPACE = "import "


@dataclass(frozen=True, slots=True)
class Studied:
    """An order of a file beside the one that is known; ``issue`` says why nothing can be done with it.

    ``twin`` is the order that an earlier file told of before a platform did, and that gives way to the platform's.
    """

    told: Told
    order_id: str
    found: Difference
    issue: Issue | None = None
    twin: str | None = None


def voice_of(as_of: datetime, key: Key) -> Voice:
    """Return how a store's files speak."""
    return Voice(as_of, lambda text: key.index(SPACE + text))


def study(
    connection: Connection, store_id: int, key: Key, told: Sequence[Told], as_of: datetime, now: datetime
) -> list[Studied]:
    """Compare orders with what is known of them at ``now``."""
    ids = _ids(connection, store_id, told)
    own = {subject(f"{NAME}:{one.number}") for one in told}
    subjects = sorted({subject(one) for one in ids.values()} | own)
    known = journal.facts_of(connection, store_id, subjects)
    erased = customers.erased(connection, store_id, subjects)
    voice = voice_of(as_of, key)
    found = []
    for one in told:
        order_id = ids[one.number]
        facts = known[subject(order_id)]
        issue = None
        if subject(order_id) in erased:
            issue = Issue(one.rows[0], None, "erased", fatal=False)
        elif not facts and one.placed_at is None:
            issue = Issue(one.rows[0], None, "not_known")
        if issue:
            found.append(Studied(one, order_id, Difference(Change.SAME, Speech()), issue))
            continue
        folded = fold(order_id, facts, now) if facts else None
        added = difference(speak(one, order_id, folded, voice), facts, as_of)
        found.append(Studied(one, order_id, added, twin=_twin(one, order_id, known)))
    return found


def _twin(told: Told, order_id: str, known: Mapping[str, Sequence[Fact]]) -> str | None:
    own = f"{NAME}:{told.number}"
    facts = known[subject(own)]
    if order_id == own or not facts or merge(facts).get("deleted", ((), False))[1]:
        return None
    return own


def _ids(connection: Connection, store_id: int, told: Sequence[Told]) -> Mapping[str, str]:
    """Return the order that each number means: that of a platform before one that a file told of.

    Some write a number with a # before it and some without.
    """
    numbers = {one.number for one in told}
    written = numbers | {f"#{one}" for one in numbers} | {one.removeprefix("#") for one in numbers}
    rows = connection.execute(
        sa.select(orders.c.number, orders.c.order_id).where(
            orders.c.store_id == store_id, orders.c.number.in_(sorted(written))
        )
    )
    known: dict[str, list[str]] = {}
    for number, order_id in rows:
        known.setdefault(number.removeprefix("#"), []).append(order_id)
    return {one: _likeliest(known.get(one.removeprefix("#"), []), f"{NAME}:{one}") for one in numbers}


def _likeliest(known: Sequence[str], own: str) -> str:
    others = sorted(one for one in known if not one.startswith(f"{NAME}:"))
    return others[0] if others else min(known, default=own)


def bodies(studied: Studied, as_of: datetime, store_id: int, key: Key, now: datetime) -> list[journal.Kept]:
    """Return the bodies that tell what an order's rows add, sealed; none where they add nothing."""
    told = [(studied.order_id, studied.found.speech)] if studied.found.speech.facts else []
    if studied.twin is not None:
        told.append((studied.twin, Speech((("order.deleted", as_of, {"deleted": True}),))))
    return [_body(order_id, speech, store_id, key, now) for order_id, speech in told]


def _body(order_id: str, speech: Speech, store_id: int, key: Key, now: datetime) -> journal.Kept:
    plain = body_of(order_id, speech.facts, speech.personal)
    name = key_of(plain)
    sealed = key.seal(plain, journal.raw_purpose(store_id, name))
    return journal.Kept(store_id, name, NAME, TOPIC, now, sealed)
