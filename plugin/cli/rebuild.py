"""``vefa rebuild``: computes every derived row from the facts again and compares.

A row is right as of its last look, which holds until its next look is due; so an order whose look is overdue is
compared as of the instant before that look. Orders with facts that were not folded yet are counted as waiting.
"""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

import click
import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from vefa import clock, journal
from vefa.cli import opened, print_json
from vefa.database import metadata, reading, upsert
from vefa.lateness import look as lateness
from vefa.lateness.look import assess_orders, derived_rows
from vefa.orders import look as looks
from vefa.orders import records as orders
from vefa.orders import tracked
from vefa.stores.records import all_stores
from vefa.turns import writing
from vefa.work import work

PAGE = 200
INSTANT_BEFORE = timedelta(microseconds=1)
JUDGED = ("promises", "judgements")
TABLES = ("orders", "order_lines", "shipments", *JUDGED)
ORDER_ID = 1  # its place in every key

Row = Mapping[str, Any]
Rows = dict[str, dict[tuple[Any, ...], Row]]


@click.command()
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a row differs.")
def rebuild(check: bool) -> None:
    """Compare every derived row with what the facts say and, without --check, put it right.

    Nothing is sent and nothing becomes due.
    """
    with opened() as program:
        report = compare(program.databases.main, clock.now(), repair=not check)
    print_json(report)
    if check and report["differences"]:
        sys.exit(1)


def compare(engine: Engine, now: datetime, *, repair: bool) -> dict[str, Any]:
    """Compare all stores' derived rows with a fold of the facts; ``repair`` writes what differs.

    Returns counts of orders compared and waiting, and up to 100 differences with table, key and columns.
    """
    found: dict[str, Any] = {"orders": 0, "waiting": 0, "differences": 0, "examples": []}
    with reading(engine) as connection:
        store_ids = list(all_stores(connection))
    for store_id in store_ids:
        after = ""
        while True:
            with reading(engine) as connection:
                ids = _page(connection, store_id, after)
                if not ids:
                    break
                waiting = _unfolded(connection, store_id, ids, now)
                settled = [one for one in ids if one not in waiting]
                stand = _stand(connection, store_id, settled)
                expected, unjudged = _expected(connection, store_id, settled, now)
            differences = list(_differences(stand, expected))
            found["orders"] += len(settled)
            found["waiting"] += len(ids) - len(settled)
            found["differences"] += len(differences)
            found["examples"] += differences[: 100 - len(found["examples"])]
            if repair and differences:
                with writing(engine, store_id) as connection:
                    _repair(connection, stand, expected, unjudged)
            after = ids[-1]
    return found


def _page(connection: Connection, store_id: int, after: str) -> list[str]:
    """Return the next orders that have facts, or a row in any table."""
    prefix = orders.subject("")
    known = journal.subjects_of(connection, store_id, prefix, orders.subject(after) if after else "", PAGE)
    ids = {subject.removeprefix(prefix) for subject in known}
    for name in TABLES:
        column = metadata.tables[name].c.order_id
        mine = (metadata.tables[name].c.store_id == store_id, column > after)
        ids |= {*connection.scalars(sa.select(column).distinct().where(*mine).order_by(column).limit(PAGE))}
    return sorted(ids)[:PAGE]


def _unfolded(connection: Connection, store_id: int, ids: Sequence[str], now: datetime) -> set[str]:
    """Return the orders that have yet to be folded again: due, or failed so far, or spoken of by a carrier."""
    waiting = sa.select(work.c.subject).where(
        work.c.store_id == store_id, sa.or_(work.c.due_at <= now, work.c.attempts > 0)
    )
    due = connection.scalars(waiting.where(work.c.package == looks.PACKAGE, work.c.subject.in_(ids)))
    numbers = connection.scalars(waiting.where(work.c.package == tracked.PACKAGE)).all()
    spoken_of = orders.with_number(connection, store_id, numbers) if numbers else ()
    return {*due} | ({*spoken_of} & {*ids})


def _due(connection: Connection, store_id: int, package: str, ids: Sequence[str]) -> dict[str, datetime]:
    rows = connection.execute(
        sa.select(work.c.subject, work.c.due_at).where(
            work.c.store_id == store_id,
            work.c.package == package,
            work.c.subject.in_(ids),
            work.c.due_at.is_not(None),
        )
    )
    return {row.subject: row.due_at for row in rows}


def _key(name: str, row: Row) -> tuple[Any, ...]:
    return tuple(row[column.name] for column in metadata.tables[name].primary_key.columns)


def _stand(connection: Connection, store_id: int, ids: Sequence[str]) -> Rows:
    found: Rows = {}
    for name in TABLES:
        place = metadata.tables[name]
        rows = connection.execute(
            sa.select(place).where(place.c.store_id == store_id, place.c.order_id.in_(ids))
        ).mappings()
        found[name] = {_key(name, dict(row)): dict(row) for row in rows}
    return found


def _expected(
    connection: Connection, store_id: int, ids: Sequence[str], now: datetime
) -> tuple[Rows, set[str]]:
    """Return the rows that should stand, and the orders whose next look is not the one their last look asked for.

    Something new waits to be judged there; that look has to see the change in order to wake others.
    """
    found: Rows = {name: {} for name in TABLES}
    due = _due(connection, store_id, lateness.PACKAGE, ids)
    facts = journal.facts_of(connection, store_id, [orders.subject(one) for one in ids])
    with_facts = [one for one in ids if facts[orders.subject(one)]]
    folded = orders.load(connection, store_id, with_facts, now)
    moments = {one: min(now, due[one] - INSTANT_BEFORE) if one in due else now for one in with_facts}
    for order in folded.values():
        for place, rows in orders.rows(store_id, order, orders.digest(order)).items():
            found[place.name] |= {_key(place.name, row): row for row in rows}
    unjudged = set()
    for moment in sorted(set(moments.values())):
        same = [one for one, at in moments.items() if at == moment]
        assessed = assess_orders(connection, store_id, same, moment)
        unjudged |= {one for one in same if one in due and assessed[one].judgement.again_at != due[one]}
        for name, rows in derived_rows(store_id, assessed).items():
            found[name] |= {_key(name, row): row for row in rows}
    return found, unjudged


def _differences(stand: Rows, expected: Rows) -> Iterable[dict[str, Any]]:
    for name in TABLES:
        for key in sorted(stand[name].keys() | expected[name].keys()):
            is_there, should_be = stand[name].get(key), expected[name].get(key)
            if is_there is None or should_be is None:
                said = "missing" if is_there is None else "not in the facts"
                yield {"table": name, "key": list(key), "difference": said}
            elif columns := sorted(c for c in is_there if is_there[c] != should_be.get(c)):
                yield {"table": name, "key": list(key), "difference": columns}


def _repair(connection: Connection, stand: Rows, expected: Rows, unjudged: Collection[str]) -> None:
    """Write what differs, but leave promises and judgements of ``unjudged`` orders to the look that is due."""
    for name in TABLES:
        place = metadata.tables[name]
        keys = [column.name for column in place.primary_key.columns]
        left = unjudged if name in JUDGED else ()
        for key in stand[name].keys() - expected[name].keys():
            if key[ORDER_ID] not in left:
                same = (place.c[column] == value for column, value in zip(keys, key, strict=True))
                connection.execute(place.delete().where(*same))
        wrong = [row for key, row in expected[name].items() if stand[name].get(key) != row]
        columns = [column.name for column in place.columns if not column.primary_key]
        upsert(connection, place, [row for row in wrong if row["order_id"] not in left], update=columns)
