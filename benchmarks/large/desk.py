"""What people do by hand in the life of a prototype: the customer's answer, the member's acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection

from large.shop import PUBLIC_URL, Act, Shop
from vefa.cases import acts, callback, calls
from vefa.cases import reply as replies
from vefa.cases.case import Direction, Outcome
from vefa.cases.records import cases
from vefa.feedback import answer as answers
from vefa.promises.given import GivenKind
from vefa.returns import act as returning
from vefa.returns.records import returns
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.subscriptions import FEEDBACK_WAKES

if TYPE_CHECKING:
    from large.kinds import Order

HOUR = timedelta(hours=1)
ANSWER = "Thank you for writing. We have looked into it and will make it good."


def answer(order: Order, score: int, words: str) -> Act:
    """Let the customer say on the page how the order was."""

    def act(_: Shop, connection: Connection, store: Store, key: Key, now: datetime) -> None:
        said: dict[str, Any] = {"message_id": None, "score": score, "words": words}
        whose = {"holder": order.holder, "order_id": order.id, "language": store.languages[0]}
        answers.give(connection, store, key, wakes=FEEDBACK_WAKES, **said, **whose, now=now)

    return act


def ask_call(order: Order) -> Act:
    """Let the customer ask to be called."""

    def act(_: Shop, connection: Connection, store: Store, key: Key, now: datetime) -> None:
        callback.ask(
            connection,
            store,
            key,
            holder=order.holder,
            order_id=order.id,
            phone_e164=f"+90555{order.customer}",
            not_before=now + HOUR,
            due_at=now + 8 * HOUR,
            words="Please call me",
            language=store.languages[0],
            now=now,
        )

    return act


def on_case(order: Order, what: Callable[..., Any], *given: Any, **more: Any) -> Act:
    """Let the owner do something in the order's case."""

    def act(shop: Shop, connection: Connection, store: Store, key: Key, now: datetime) -> None:
        here = (cases.c.store_id == store.id, cases.c.order_id == order.id)
        case_id = connection.execute(sa.select(cases.c.id).where(*here)).scalar_one()
        assert shop.owner is not None
        acts.see_history(connection, store.id, case_id, shop.owner, now)
        what(connection, store, key, case_id, shop.owner, *given, now=now, **more)

    return act


def reply(order: Order, due: datetime | None = None) -> Act:
    """Let the owner reply, with a promise where one is due."""

    def what(connection: Connection, store: Store, key: Key, *given: Any, **more: Any) -> None:
        promised = {"promise_due": due, "promise_kind": GivenKind.REFUND} if due else {}
        replies.reply(connection, store, key, PUBLIC_URL, *given, **promised, **more)

    return on_case(order, what, ANSWER)


def call(order: Order) -> Act:
    """Let the owner call as asked."""

    def what(connection: Connection, store: Store, key: Key, case_id: str, by: Any, *, now: datetime) -> None:
        calls.call(
            connection, store, key, by, "Reached, all is well.", Direction.OUTBOUND, case_id=case_id, now=now
        )

    return on_case(order, what)


def close(order: Order) -> Act:
    """Let the owner close the case."""
    return on_case(order, acts.close, Outcome.SOLVED)


def on_return(order: Order, what: Callable[..., Any]) -> Act:
    """Let the owner do something with the order's return."""

    def act(shop: Shop, connection: Connection, store: Store, key: Key, now: datetime) -> None:
        here = (returns.c.store_id == store.id, returns.c.order_id == order.id)
        identity = connection.execute(sa.select(returns.c.id).where(*here)).scalar_one()
        what(connection, store, key, identity, shop.owner, now)

    return act


def approve(order: Order) -> Act:
    """Let the owner accept the return."""
    way: dict[str, Any] = {"address": "Depo 1, Van", "code": f"R-{order.number}"}
    return on_return(
        order,
        lambda connection, store, key, identity, by, now: returning.approve(
            connection, store, key, PUBLIC_URL, identity, by, now=now, **way
        ),
    )


def refuse(order: Order) -> Act:
    """Let the owner refuse the return, with a reason and another way."""
    words = {"reason": "The time for returns is over.", "alternative": "We repair it at our cost."}
    return on_return(
        order,
        lambda connection, store, key, identity, by, now: returning.refuse(
            connection, store, key, PUBLIC_URL, identity, by, now=now, **words
        ),
    )


def mark_sent(order: Order) -> Act:
    """Let the owner see that the goods are on their way."""
    return on_return(
        order,
        lambda connection, store, _, identity, by, now: returning.mark_sent(
            connection, store, identity, by, now=now
        ),
    )


def receive(order: Order) -> Act:
    """Let the owner take the goods in."""
    return on_return(
        order,
        lambda connection, store, key, identity, by, now: returning.mark_received(
            connection, store, key, PUBLIC_URL, identity, by, now=now
        ),
    )
