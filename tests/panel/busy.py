"""A store in the middle of its work: cases, promises that people gave, returns and answers beside the orders."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from sqlalchemy import Connection
from tests.panel.shop import NOW, Shop

from vefa.cases import open as desk
from vefa.cases.case import Channel
from vefa.clock import time_ordered_id
from vefa.outreach import permission
from vefa.promises import given
from vefa.promises.given import GivenKind
from vefa.returns.records import returns
from vefa.stores.records import by_slug, key_of

HOUR = timedelta(hours=1)


def said(connection: Connection, shop: Shop, slug: str, number: str, text: str, at: datetime = NOW) -> str:
    """Let a customer say something about an order, and return the case that it stands in."""
    store = by_slug(connection, slug)
    key = key_of(connection, store.id, shop.world.master)
    one = desk.Said(
        key=f"said:{number}:{text[:40]}",
        holder=f"standard:c{number}",
        at=at,
        channel=Channel.PAGE,
        order_id=f"standard:{number}",
        text=text,
        language="tr",
    )
    return desk.open_or_continue(connection, store, key, [one], at)[one.key]


def promise(
    connection: Connection, slug: str, case_id: str, number: str, kind: GivenKind, due: datetime
) -> str:
    """Let a person promise a customer something."""
    store = by_slug(connection, slug)
    return given.give(
        connection,
        store.id,
        case_id=case_id,
        order_id=f"standard:{number}",
        holder=f"standard:c{number}",
        kind=kind,
        due_at=due,
        not_before=due - 2 * HOUR if kind is GivenKind.CALLBACK else None,
        now=NOW - 5 * HOUR,
    )


def asked_back(
    connection: Connection,
    slug: str,
    number: str,
    count: int,
    *,
    state: str = "asked",
    refund_due_at: datetime | None = None,
) -> str:
    """Enter a return in a state."""
    identity = time_ordered_id(NOW)
    connection.execute(
        returns.insert().values(
            store_id=by_slug(connection, slug).id,
            id=identity,
            number=count,
            order_id=f"standard:{number}",
            order_number=number,
            holder=f"standard:c{number}",
            source="page",
            lines="{}",
            reason="damaged",
            wanted="refund",
            state=state,
            requested_at=NOW - timedelta(days=count),
            refund_due_at=refund_due_at,
        )
    )
    return identity


def make_busy(shop: Shop, slug: str = "mercan", seed: int = 1) -> None:
    """Fill a store's day; another seed gives another day."""
    random = Random(seed)
    store_numbers = ["1001", "1002", "1003", "1004", "1006"]
    with shop.world.databases.main.begin() as connection:
        for number in random.sample(store_numbers, 3):
            at = NOW - random.randint(1, 90) * HOUR
            case_id = said(connection, shop, slug, number, "Hâlâ gelmedi, nerede?", at)
            if random.random() < 0.8:
                due = NOW + random.choice([-30, -3, 2, 5, 40]) * HOUR
                promise(connection, slug, case_id, number, random.choice(list(GivenKind)[1:]), due)
        for count in range(1, random.randint(2, 6)):
            due = random.choice([None, NOW - 20 * HOUR, NOW + 3 * HOUR, NOW + 90 * HOUR])
            state = random.choice(["asked", "approved", "received", "received", "closed", "refused"])
            asked_back(connection, slug, random.choice(store_numbers), count, state=state, refund_due_at=due)


def refuse_questions(shop: Shop, slug: str, email: str) -> None:
    """Let a customer say no to questions about their experience."""
    with shop.world.databases.main.begin() as connection:
        store = by_slug(connection, slug)
        key = key_of(connection, store.id, shop.world.master)
        permission.suppress(connection, store.id, key.index(email), permission.FEEDBACK, "page", NOW)
