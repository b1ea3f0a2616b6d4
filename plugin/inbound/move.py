"""Moves what was kept from intake to the journal: reads it into facts and wakes the orders it speaks of."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from vefa import journal
from vefa.carriers.number import SUBJECT
from vefa.customers import forget, privacy, records, vault
from vefa.database import Databases, reading
from vefa.engines import is_about_values, is_sqlite
from vefa.errors import UnreadableError
from vefa.facts import Fact, is_implausible
from vefa.inbound import heard
from vefa.inbound.keep import raw_purpose
from vefa.platforms import Asked, Context, Personal, Reading, readers
from vefa.stores import access, feed_hours
from vefa.stores import records as stores
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.turns import writing
from vefa.work import make_due

log = logging.getLogger("vefa.inbound")
BATCH = 200
MOST_TRIES = 5
ORDER = "order:"
# The package that asks a store's platform (see reconcile.py), for orders of which a body says too little.
FETCH = "fetch"

# Which package looks at which types of facts; None stands for every fact about an order.
Wakes = Mapping[str, frozenset[str] | None]


@dataclass(slots=True)
class Counts:
    """What became of received bodies."""

    received: int = 0
    duplicates: int = 0
    refused: int = 0
    unreadable: int = 0

    def add(self, other: Counts) -> None:
        """Add the counts of another batch."""
        self.received += other.received
        self.duplicates += other.duplicates
        self.refused += other.refused
        self.unreadable += other.unreadable


@dataclass(slots=True)
class _Read:
    """What a batch of one store's bodies says."""

    entries: list[tuple[journal.Kept, str, str | None]]
    facts: list[Fact]
    personal: list[Personal]
    asked: list[tuple[str, Asked]]
    reread: set[str]
    told: list[tuple[journal.Kept, Reading]] = field(default_factory=list)
    # By the names under which an erasure would be noted, what was noted when the bodies were read.
    erased: dict[str, records.Erased | None] = field(default_factory=dict)


def move(databases: Databases, master: Key, wakes: Wakes, now: datetime) -> int:
    """Move one batch from intake to the journal and return how many bodies it held.

    The journal is committed before intake is emptied; a crash in between repeats the batch without effect. Of several
    workers on PostgreSQL each holds a batch of its own, which is free again if the worker ends.
    """
    if is_sqlite(databases.intake):
        with reading(databases.intake) as connection:
            batch = journal.waiting(connection, BATCH)
        for bodies in _by_store(batch):
            enter_all(databases, master, wakes, bodies, now)
            with databases.intake.begin() as connection:
                journal.release(connection, bodies)
        return len(batch)
    with databases.intake.begin() as held:
        batch = journal.waiting(held, BATCH, hold=True)
        for bodies in _by_store(batch):
            enter_all(databases, master, wakes, bodies, now)
        journal.release(held, batch)
    return len(batch)


def _by_store(batch: Iterable[journal.Kept]) -> list[list[journal.Kept]]:
    by_store: dict[int, list[journal.Kept]] = {}
    for body in batch:
        by_store.setdefault(body.store_id, []).append(body)
    return list(by_store.values())


def enter_all(
    databases: Databases, master: Key, wakes: Wakes, bodies: Sequence[journal.Kept], now: datetime
) -> None:
    """Enter bodies of one store; one that cannot be handled must not hold up the others, and is shown."""
    try:
        enter(databases, master, wakes, bodies[0].store_id, bodies, now)
    except Exception as error:
        if isinstance(error, SQLAlchemyError) and not is_about_values(error):
            raise
        for body in bodies:
            _enter_alone(databases, master, wakes, body, now)


def _enter_alone(databases: Databases, master: Key, wakes: Wakes, body: journal.Kept, now: datetime) -> None:
    """Enter one body; what fails is kept as unreadable and shown, with the error's name."""
    try:
        enter(databases, master, wakes, body.store_id, [body], now)
    except Exception as error:
        if isinstance(error, SQLAlchemyError) and not is_about_values(error):
            raise
        log.exception("the body %s could not be entered", body.key)
        with writing(databases.main, body.store_id) as connection:
            journal.enter(connection, [(body, journal.UNREADABLE, f"internal error: {type(error).__name__}")])


def enter(
    databases: Databases,
    master: Key,
    wakes: Wakes,
    store_id: int,
    bodies: Sequence[journal.Kept],
    now: datetime,
) -> Counts:
    """Write bodies of one store to the journal, with their facts and personal data, in one transaction.

    A body whose key the journal has already is a duplicate and changes nothing. The packages in ``wakes`` look at the
    subjects of the new facts that concern them: an order's id, or ``customer:<holder>``.
    """
    for _ in range(MOST_TRIES):
        try:
            return _enter(databases, master, wakes, store_id, bodies, now)
        except vault.ChangedMeanwhileError:
            continue
    return _enter(databases, master, wakes, store_id, bodies, now)


def _enter(
    databases: Databases,
    master: Key,
    wakes: Wakes,
    store_id: int,
    bodies: Sequence[journal.Kept],
    now: datetime,
) -> Counts:
    with reading(databases.main) as connection:
        store, key = stores.with_key(connection, store_id, master)
        known = journal.known(connection, store_id, [body.key for body in bodies])
        new = list({body.key: body for body in reversed(bodies) if body.key not in known}.values())
        new.reverse()
        read = _read(connection, store, key, new)
        counted = heard.counted(connection, store_id, new, read.told)
        vault_rows = vault.prepare(
            connection,
            store_id,
            [vault.Entry(one.holder, one.at, one.rank, one.values) for one in read.personal if one.values],
            key,
        )
    with writing(databases.main, store_id) as connection:
        if records.erased(connection, store_id, list(read.erased)) != {
            k: v for k, v in read.erased.items() if v
        }:
            raise vault.ChangedMeanwhileError
        journal.enter(connection, read.entries)
        feed_hours.count(connection, store_id, counted.sent, counted.untold)
        journal.append(connection, store_id, read.facts)
        vault.write(connection, store_id, vault_rows)
        for name, asked in read.asked:
            privacy.ask(connection, store_id, name, asked, key, now)
        for package, types in wakes.items():
            subjects = _concerning(read.facts, types)
            make_due(connection, store_id, package, dict.fromkeys(subjects, now))
        make_due(connection, store_id, FETCH, dict.fromkeys(read.reread, now))
    unreadable = sum(state == journal.UNREADABLE for _, state, _ in read.entries)
    return Counts(len(bodies), len(bodies) - len(new), 0, unreadable)


def _concerning(facts: Sequence[Fact], types: frozenset[str] | None) -> set[str]:
    if types is None:
        return {fact.subject.removeprefix(ORDER) for fact in facts if fact.subject.startswith(ORDER)}
    return {fact.subject.removeprefix(ORDER) for fact in facts if fact.type in types}


def _context(store: Store, body: journal.Kept) -> Context:
    return Context(
        body.key,
        body.topic,
        body.received_at,
        store.status_map,
        store.promise_keys,
        body.sent_at,
        money_unit=store.counts_in,
        country=store.country,
        timezone=store.timezone,
        delivered_keys=store.arrival_keys,
    )


def _read(connection: Connection, store: Store, key: Key, bodies: Iterable[journal.Kept]) -> _Read:
    read = _Read([], [], [], [], set())
    told = read.told
    for body in bodies:
        plain = key.open(body.body, raw_purpose(store.id, body.key))
        try:
            told.append((body, readers()[body.platform].read(plain, _context(store, body))))
        except UnreadableError as error:
            read.entries.append((body, journal.UNREADABLE, str(error)[:1000]))
    subjects, holders, read.erased = _erased(connection, store, key, [said for _, said in told])
    for body, said in told:
        kept = forget.apply(said, subjects, holders)
        state = journal.READ if said.facts or said.personal or said.asked else journal.COUNTED
        # A body that speaks of somebody who was erased is not kept, even if what it says may be.
        entry = (body, state, None) if kept == said else (replace(body, body=b""), journal.ERASED, None)
        read.entries.append(entry)
        read.facts += kept.facts
        read.personal += [one for one in kept.personal if not is_implausible(one.at, body.received_at)]
        read.asked += [(body.key, one) for one in said.asked]
        read.reread |= {f"{body.platform}:{number}" for number in said.reread}
    if read.reread:
        askable = access.askable(connection, store.id)
        read.reread = {subject for subject in read.reread if subject.partition(":")[0] in askable}
    return read


def _erased(
    connection: Connection, store: Store, key: Key, told: Sequence[Reading]
) -> tuple[forget.Log, forget.Log, dict[str, records.Erased | None]]:
    """Return which of the subjects and holders that bodies speak of were erased, and what was asked for."""
    named = sorted({subject for said in told for subject in forget.subjects_in(said)})
    # A tracking number leads to its parcel's owner, so the log knows it by a keyed digest alone.
    subjects = {records.number_subject(one, key) if one.startswith(SUBJECT) else one: one for one in named}
    digests = {
        records.holder_subject(holder, key): holder for said in told for holder in forget.holders_in(said)
    }
    names = [*subjects, *digests]
    found = records.erased(connection, store.id, names)
    holders = {digests[name]: one for name, one in found.items() if name in digests}
    theirs = {subjects[name]: one for name, one in found.items() if name in subjects}
    return theirs, holders, {name: found.get(name) for name in names}
