"""What a look back finds: how many orders were late, whose customers said nothing, and what would have followed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import reading
from vefa.imports.rehearsal import Rehearsal
from vefa.journal import facts
from vefa.lateness.judgement import UNDELIVERED, Assessment, Lateness
from vefa.lateness.look import assess_orders
from vefa.orders.records import of_holder, page, subject
from vefa.outreach.records import SAYING, messages
from vefa.policy import book
from vefa.policy.decide import decide
from vefa.policy.decision import Decision
from vefa.policy.situation import situation_of
from vefa.policy.table import Policy, Wanted
from vefa.promises.calendar import calendar_of, local_date
from vefa.promises.ledger import fulfilled_at
from vefa.stores.records import by_id
from vefa.stores.store import Store

LATE = (*UNDELIVERED, Lateness.DELIVERED_LATE)
NOT_JUDGED = (Lateness.UNCONFIRMED, Lateness.NOT_WATCHED)
SHOWN = 100
PAGE = 500
# What a customer says who names no wish: that it is late, or that it never came.
CAME, NEVER_CAME = "late", "not_received"


@dataclass(frozen=True, slots=True)
class Asked:
    """Which orders are looked at: placed from ``since`` to ``as_of``, which is ``days`` later."""

    store_id: int
    as_of: datetime
    since: datetime
    days: int


def findings(
    stage: Rehearsal, asked: Asked, contacted: Collection[str], not_judged: Mapping[str, int]
) -> dict[str, Any]:
    """Count what stands in a rehearsal at its end, as plain JSON values; days are local, money is by currency.

    ``contacted`` are orders whose customers said something that the rehearsal did not hear. ``late`` are promises
    broken by the passing of their day, whether the order arrived since or not; ``silent`` are those of them of whose
    customer no word is known.
    """
    with reading(stage.databases.main) as connection:
        store = by_id(connection, asked.store_id)
        found = _assessed(connection, asked)
        spoke = _who_spoke(connection, asked.store_id) | {*contacted}
        late = [one for one in found if one.judgement.state in LATE]
        silent = [one for one in late if one.order.id not in spoke]
        reasons = Counter(one.judgement.reason for one in found if one.judgement.state in NOT_JUDGED)
        reasons += Counter(not_judged)
        return {
            "as_of": asked.as_of.isoformat(),
            "since": asked.since.isoformat(),
            "days": asked.days,
            "orders": len(found) + sum(not_judged.values()),
            "promised": sum(one.judgement.promise is not None for one in found),
            "late": len(late),
            "silent": len(silent),
            "never_arrived": sum(one.judgement.state in UNDELIVERED for one in late),
            "not_judged": dict(sorted(reasons.items())),
            "messages": _written(connection, asked.store_id, {one.order.id for one in found}),
            "policy": _policy(connection, store, late, asked.as_of),
            "examples": [
                _example(one, store, asked, spoke=one.order.id in spoke) for one in _longest(late, asked)
            ],
        }


def _assessed(connection: Connection, asked: Asked) -> list[Assessment]:
    """Assess every order of the window as of its end."""
    found: list[Assessment] = []
    after = ""
    while ids := page(connection, asked.store_id, after, PAGE):
        assessed = assess_orders(connection, asked.store_id, ids, asked.as_of)
        found += [
            one
            for one in assessed.values()
            if one.order.placed_at is not None and asked.since <= one.order.placed_at <= asked.as_of
        ]
        after = ids[-1]
    return found


def _who_spoke(connection: Connection, store_id: int) -> set[str]:
    told = connection.execute(
        sa.select(facts.c.subject, facts.c.type, facts.c.data).where(
            facts.c.store_id == store_id, facts.c.type.in_(SAYING)
        )
    )
    head = subject("")
    # A score without words says how it was, and not what is wrong.
    return {
        row.subject.removeprefix(head) for row in told if row.type != SAYING[0] or '/words":true' in row.data
    }


def _written(connection: Connection, store_id: int, ids: Collection[str]) -> dict[str, int]:
    rows = connection.execute(
        sa.select(messages.c.order_id, messages.c.purpose).where(messages.c.store_id == store_id)
    )
    return dict(sorted(Counter(row.purpose for row in rows if row.order_id in ids).items()))


def _policy(
    connection: Connection, store: Store, late: Sequence[Assessment], now: datetime
) -> dict[str, Any]:
    """Ask the policy in force about every late order, as if its customer had said so and named no wish."""
    policy = book.in_force(connection, store).policy
    decided = [_decide(connection, store, policy, one, now) for one in late]
    outcomes: Counter[str] = Counter()
    sums: dict[str, Decimal] = {}
    for decision in decided:
        if decision.amount is not None and decision.currency:
            sums[decision.currency] = sums.get(decision.currency, Decimal(0)) + decision.amount
        outcomes[decision.outcome.value] += 1
    return {
        "version": policy.version,
        "outcomes": dict(sorted(outcomes.items())),
        "sum": {currency: str(amount) for currency, amount in sorted(sums.items())},
    }


def _decide(connection: Connection, store: Store, policy: Policy, one: Assessment, now: datetime) -> Decision:
    holder = one.order.holder
    theirs = of_holder(connection, store.id, holder) if holder else []
    situation = situation_of(
        one,
        reason=CAME if one.order.delivered_at else NEVER_CAME,
        wanted=Wanted.NOTHING.value,
        orders_of_customer=len(theirs) or None,
        now=now,
        zone=store.zone,
        calendar=calendar_of(store),
        given=Decimal(0),
    )
    return decide(policy, situation, now)


def _days(one: Assessment, store: Store, asked: Asked) -> int:
    promise = one.judgement.promise
    if promise is None:
        return 0
    arrived = fulfilled_at(promise, one.order) or asked.as_of
    return (local_date(arrived, store.zone) - promise.due_day).days


def _longest(late: Iterable[Assessment], asked: Asked) -> list[Assessment]:
    def delay(one: Assessment) -> tuple[float, str]:
        promise = one.judgement.promise
        arrived = (fulfilled_at(promise, one.order) if promise else None) or asked.as_of
        return (-(arrived - promise.due_at).total_seconds() if promise else 0.0, one.order.id)

    return sorted(late, key=delay)[:SHOWN]


def _example(one: Assessment, store: Store, asked: Asked, *, spoke: bool) -> dict[str, Any]:
    promise, arrived = one.judgement.promise, one.order.delivered_at
    return {
        "number": one.order.number,
        "due": promise.due_day.isoformat() if promise else None,
        "delivered": local_date(arrived, store.zone).isoformat() if arrived else None,
        "days": _days(one, store, asked),
        "spoke": spoke,
    }
