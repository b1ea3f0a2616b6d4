"""What happened in a store: promises, messages and reasons not to write, counted and order by order."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cli import _voices
from vefa.inbound.move import Counts
from vefa.lateness.records import first_at_risk, judgements
from vefa.orders.records import orders
from vefa.outreach.decide import Purpose, Verdict
from vefa.outreach.records import DROPPED, SENT, UNKNOWN, decisions, messages
from vefa.promises.calendar import local_date
from vefa.promises.promise import PromiseKind, State
from vefa.promises.records import promises
from vefa.stores.store import Store

OUTCOMES = (SENT, DROPPED, "contradicted", UNKNOWN)


def report(connection: Connection, store: Store, counts: Counts, *, details: bool) -> dict[str, Any]:
    """Count what stands in a store's tables; with ``details`` list every order too."""
    found: dict[str, Any] = {
        "orders": connection.execute(
            sa.select(sa.func.count()).select_from(orders).where(orders.c.store_id == store.id)
        ).scalar_one(),
        "events": {
            "received": counts.received,
            "duplicates": counts.duplicates,
            "refused": counts.refused,
            "unreadable": counts.unreadable,
        },
        "promises": _promises(connection, store.id),
        "messages": _messages(connection, store.id),
        "skipped": dict(sorted(Counter(_last_reasons(connection, store.id).values()).items())),
    }
    found |= _voices.counted(connection, store.id)
    if details:
        found["details"] = _details(connection, store)
    return found


def _promises(connection: Connection, store_id: int) -> dict[str, dict[str, int]]:
    found = {kind.value: {state.value: 0 for state in State} for kind in PromiseKind}
    rows = connection.execute(
        sa.select(promises.c.kind, promises.c.state, sa.func.count())
        .where(promises.c.store_id == store_id)
        .group_by(promises.c.kind, promises.c.state)
    )
    for kind, state, count in rows:
        found[kind][state] = count
    return found


def _messages(connection: Connection, store_id: int) -> dict[str, dict[str, int]]:
    found = {purpose.value: dict.fromkeys(OUTCOMES, 0) for purpose in Purpose}
    rows = connection.execute(
        sa.select(
            messages.c.purpose, messages.c.state, messages.c.contradicted_at.is_not(None), sa.func.count()
        )
        .where(messages.c.store_id == store_id)
        .group_by(messages.c.purpose, messages.c.state, messages.c.contradicted_at.is_not(None))
    )
    for purpose, state, contradicted, count in rows:
        # What people wrote by hand is counted where there is any.
        outcomes = found.setdefault(purpose, dict.fromkeys(OUTCOMES, 0))
        if state in outcomes:
            outcomes[state] += count
        if contradicted and state == SENT:
            found[purpose]["contradicted"] += count
    return found


def _last_reasons(connection: Connection, store_id: int) -> dict[tuple[str, str], str]:
    """Return the last reason per order and purpose for which nothing was sent."""
    last: dict[tuple[str, str], str] = {}
    rows = connection.execute(
        sa.select(decisions.c.order_id, decisions.c.purpose, decisions.c.verdict, decisions.c.reason)
        .where(decisions.c.store_id == store_id)
        .order_by(decisions.c.at, decisions.c.id)
    )
    for order_id, purpose, verdict, reason in rows:
        last.pop((order_id, purpose), None)
        if verdict != Verdict.WRITE.value:
            last[order_id, purpose] = reason
    for row in connection.execute(sa.select(messages).where(messages.c.store_id == store_id)):
        if row.state == DROPPED:
            last[row.order_id, row.purpose] = row.reason
        else:
            last.pop((row.order_id, row.purpose), None)
    return last


def _details(connection: Connection, store: Store) -> list[dict[str, Any]]:
    at_risk = first_at_risk(connection, store.id)
    broken = _broken(connection, store.id)
    sent: dict[str, list[Any]] = {}
    for row in connection.execute(
        sa.select(messages)
        .where(messages.c.store_id == store.id)
        .order_by(messages.c.written_at, messages.c.id)
    ):
        sent.setdefault(row.order_id, []).append(row)
    skipped: dict[str, dict[str, str]] = {}
    for (order_id, purpose), reason in _last_reasons(connection, store.id).items():
        skipped.setdefault(order_id, {})[purpose] = reason
    said = _voices.by_order(connection, store.id)
    rows = connection.execute(
        sa.select(orders.c.order_id, orders.c.delivered_at, judgements.c.state)
        .outerjoin(
            judgements,
            sa.and_(judgements.c.store_id == orders.c.store_id, judgements.c.order_id == orders.c.order_id),
        )
        .where(orders.c.store_id == store.id)
        .order_by(orders.c.order_id)
    )

    def day(at: datetime | None) -> str | None:
        return local_date(at, store.zone).isoformat() if at else None

    return [
        {
            "order_id": order_id.partition(":")[2],
            "state": state,
            "first_at_risk": day(at_risk.get(order_id)),
            "broken_on": day(broken.get(order_id)),
            "delivered_on": day(delivered_at),
            "messages": [message(row) for row in sent.get(order_id, ())],
            "skipped": skipped.get(order_id, {}),
        }
        | said.get(order_id, {"answers": [], "cases": []})
        for order_id, delivered_at, state in rows
    ]


def _broken(connection: Connection, store_id: int) -> dict[str, datetime]:
    rows = connection.execute(
        sa.select(promises.c.order_id, sa.func.min(promises.c.settled_at).label("at"))
        .where(
            promises.c.store_id == store_id,
            promises.c.kind == PromiseKind.DELIVERY.value,
            promises.c.state == State.BROKEN.value,
        )
        .group_by(promises.c.order_id)
    )
    return {row.order_id: row.at for row in rows}


def message(row: Any) -> dict[str, Any]:
    """Return what a report says of one message; times are UTC."""
    return {
        "purpose": row.purpose,
        "state": row.state,
        "reason": row.reason,
        "language": row.language,
        "written_at": row.written_at.isoformat(),
        "settled_at": row.settled_at.isoformat() if row.settled_at else None,
        "contradicted_by": row.contradicted_by,
        "promise": row.promise.rpartition("|")[2],
    }


def in_words(found: dict[str, Any]) -> str:
    """Return a report as a few lines for a person."""
    events, lines = found["events"], []
    lines.append(
        f"{found['orders']} orders from {events['received']} events "
        f"({events['duplicates']} duplicates, {events['refused']} refused, {events['unreadable']} unreadable)"
    )
    for kind, states in found["promises"].items():
        lines.append(
            f"{kind} promises: " + ", ".join(f"{count} {state}" for state, count in states.items() if count)
        )
    for purpose, outcomes in found["messages"].items():
        lines.append(
            f"{purpose}: " + (", ".join(f"{n} {state}" for state, n in outcomes.items() if n) or "none")
        )
    lines += [f"not written, {reason}: {count}" for reason, count in found["skipped"].items()]
    lines += _voices.in_words(found)
    lines.append(f"{found['elapsed_s']} s, {found['events_per_s']} events/s, {found['peak_rss_mb']} MB")
    return "\n".join(lines)
