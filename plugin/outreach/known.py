"""Reads what decisions about messages need to know of the customers behind some orders."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa import locales
from vefa.customers.customer import Customer
from vefa.customers.masked import marketplace_of
from vefa.customers.vault import customers
from vefa.database import of_subjects
from vefa.lateness.judgement import Assessment
from vefa.lateness.look import assess_orders
from vefa.lateness.records import judgements
from vefa.orders.records import orders
from vefa.outreach import permission, records
from vefa.outreach.asking import LONG, SUFFERING, Asking, suffers
from vefa.outreach.decide import WEEK, Situation, applies
from vefa.outreach.purpose import Purpose
from vefa.stores import feeds
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.stores.zones import only_zone

RANKS = tuple(Purpose)
TELLING = (Purpose.DELAY_NOTICE.value, Purpose.APOLOGY.value)

_JUDGED = sa.and_(judgements.c.store_id == orders.c.store_id, judgements.c.order_id == orders.c.order_id)
_TROUBLE = (
    of_subjects(orders, "holder")
    .with_only_columns(orders.c.order_id)
    .select_from(orders.outerjoin(judgements, _JUDGED))
    .where(
        orders.c.ended_at.is_(None),
        sa.or_(orders.c.delivered_at.is_(None), judgements.c.state.in_([state.value for state in SUFFERING])),
    )
)


def holder_of(found: Assessment) -> str:
    """Return whose vault row an order's customer stands in."""
    return found.order.holder or f"{permission.WITHOUT_CUSTOMER}{found.order.id}"


@dataclass(slots=True)
class Known:
    """What is known of the customers of a batch; ``recent`` grows while the batch writes."""

    store: Store
    key: Key
    people: Mapping[str, Customer]
    held: Collection[str]
    recent: dict[str, list[tuple[datetime, str]]] = field(default_factory=dict)
    suppressed: Collection[str] = ()
    askings: Mapping[str, Asking] = field(default_factory=dict)
    gaps: Collection[str] = ()

    def person(self, found: Assessment) -> Customer:
        """Return an order's customer."""
        return self.people[holder_of(found)]

    def index(self, person: Customer) -> str:
        """Return the digest by which a person's address is looked up, or nothing without an address."""
        return self.key.index(locales.fold_email(person.email)) if person.email else ""

    def note(self, index: str, purpose: Purpose, now: datetime) -> None:
        """Remember that a message to an address was written just now."""
        self.recent.setdefault(index, []).append((now, purpose.value))

    def situation(self, purpose: Purpose, found: Assessment, now: datetime) -> Situation:
        """Gather what a decision about an order's customer reads.

        What is less urgent takes no room from what is more: only messages of the same or a higher rank count.
        """
        person = self.person(found)
        index = self.index(person)
        written = self.recent.get(index, ())
        counted = RANKS[: RANKS.index(purpose) + 1]
        asking = Asking()
        if purpose is Purpose.FEEDBACK:
            known = self.askings.get(found.order.id, asking)
            asked = tuple(at for at, of in written if of == Purpose.FEEDBACK)
            asking = Asking(known.suffers, known.said, known.told, index in self.suppressed, asked)
        return Situation(
            self.store,
            only_zone(found.order.country, now) or self.store.zone,
            bool(person.email),
            tuple(at for at, of in written if of in counted and at > now - WEEK),
            masked=marketplace_of(person.email) is not None,
            held=holder_of(found) in self.held,
            gap=found.order.id.partition(":")[0] in self.gaps,
            asking=asking,
        )


def read(
    connection: Connection,
    store: Store,
    key: Key,
    assessed: Mapping[str, Assessment],
    messages: Mapping[str, Sequence[Any]],
    now: datetime,
    *,
    counting: bool = True,
) -> Known:
    """Read what decisions about these orders need; ``messages`` are those written about them.

    ``counting`` False leaves out what was written before: a message that waits to leave is counted already.
    """
    holders = sorted({holder_of(one) for one in assessed.values()})
    people = customers(connection, store.id, holders, key)
    same = permission.same_people(connection, store.id, holders)
    everybody = sorted(set().union(*same.values()))
    held = permission.held(connection, store.id, everybody)
    known = Known(store, key, people, {one for one in holders if same[one] & held.keys()})
    known.gaps = feeds.with_gap(connection, store.id)
    indexes = sorted({known.index(person) for person in people.values()} - {""})
    asked = [one for one in assessed.values() if applies(Purpose.FEEDBACK, one) is None]
    if counting:
        known.recent = records.recent(connection, store.id, indexes, now - (LONG if asked else WEEK))
    if asked:
        known.suppressed = permission.suppressed(connection, store.id, indexes, permission.FEEDBACK)
        known.askings = _askings(connection, store, asked, same, messages, now)
    return known


def _askings(
    connection: Connection,
    store: Store,
    asked: Sequence[Assessment],
    same: Mapping[str, set[str]],
    messages: Mapping[str, Sequence[Any]],
    now: datetime,
) -> dict[str, Asking]:
    ids = [one.order.id for one in asked]
    said = records.who_said(connection, store.id, ids, now) | permission.who_answered(
        connection, store.id, ids
    )
    people = sorted(set().union(*(same[holder_of(one)] for one in asked)))
    suffering = _suffering(connection, store.id, people, now)
    return {
        one.order.id: Asking(
            suffers=bool(same[holder_of(one)] & suffering),
            said=one.order.id in said,
            told=any(
                message.purpose in TELLING and (message.state != records.DROPPED or message.shadow)
                for message in messages[one.order.id]
            ),
        )
        for one in asked
    }


def _suffering(connection: Connection, store_id: int, holders: Sequence[str], now: datetime) -> set[str]:
    """Return who of these customers has an order in trouble, each judged anew as of ``now``."""
    ids = list(connection.scalars(_TROUBLE, {"store_id": store_id, "subjects": holders}))
    found = assess_orders(connection, store_id, sorted(ids), now) if ids else {}
    return {holder_of(one) for one in found.values() if suffers(one)}
