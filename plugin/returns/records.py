"""Returns in the database."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa import journal
from vefa.database import Declaration, Instant, Kind, of_subjects, table
from vefa.errors import NotFoundError
from vefa.orders.records import subject
from vefa.returns.request import Marks, Pieces, Source, Verdict
from vefa.returns.settle import Known
from vefa.returns.told import TYPES
from vefa.stores.sealing import Key

returns = table(
    "returns",
    Declaration(Kind.PRIMARY, "order", "36 months after it was closed", personal=("sealed_words",)),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("order_id", sa.String(300), nullable=False),
    sa.Column("order_number", sa.String(100), nullable=False),
    sa.Column("holder", sa.String(300), nullable=False),
    sa.Column("source", sa.String(10), nullable=False),
    # The store's own id of the return, once the store spoke of it.
    sa.Column("store_ref", sa.String(200)),
    sa.Column("lines", sa.Text, nullable=False),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("wanted", sa.String(20), nullable=False),
    # Words are sealed under the key of the customer's vault row, so that erasing the person erases them.
    sa.Column("sealed_words", sa.LargeBinary),
    sa.Column("language", sa.String(20)),
    sa.Column("state", sa.String(12), nullable=False),
    sa.Column("requested_at", Instant, nullable=False),
    sa.Column("decided_at", Instant),
    sa.Column("decided_by", sa.String(36)),
    # approved or refused, by a person.
    sa.Column("verdict", sa.String(10)),
    sa.Column("code", sa.String(60)),
    # What was told to the customer, in JSON: address, deadline, who pays; for a refusal reason and alternative.
    sa.Column("told", sa.Text),
    sa.Column("sent_at", Instant),
    sa.Column("received_at", Instant),
    # When a person said that it is settled; a refund or the store's own word closes a return without it.
    sa.Column("settled_at", Instant),
    sa.Column("closed_at", Instant),
    sa.Column("refund_id", sa.String(200)),
    # When money is owed back at the latest, by law or policy.
    sa.Column("refund_due_at", Instant),
    sa.UniqueConstraint("store_id", "number"),
    sa.UniqueConstraint("store_id", "order_id", "store_ref"),
    sa.UniqueConstraint("store_id", "code"),
    sa.Index(None, "store_id", "order_id"),
    sa.Index(None, "store_id", "order_number"),
    sa.Index(None, "store_id", "holder", "requested_at"),
    sa.Index(None, "store_id", "state", "requested_at"),
    sa.Index(None, "store_id", "state", "refund_due_at", "id"),
    sa.Index(None, "store_id", "requested_at"),
)

_OF_ORDERS = of_subjects(returns, "order_id", "requested_at", "id")
_TOLD = (
    of_subjects(journal.facts, "subject")
    .with_only_columns(journal.facts.c.subject)
    .where(journal.facts.c.type.in_(sorted(TYPES)))
    .distinct()
)
# What a look read and a person may have changed since.
BY_HAND = ("verdict", "sent_at", "received_at", "settled_at")


def concerned(connection: Connection, store_id: int, order_ids: Sequence[str]) -> list[str]:
    """Return those of these orders that have a return, or of which the store told one."""
    rows = of_orders(connection, store_id, order_ids)
    subjects = [subject(order_id) for order_id in order_ids]
    told_of = set(connection.scalars(_TOLD, {"store_id": store_id, "subjects": subjects}))
    return [order_id for order_id in order_ids if rows[order_id] or subject(order_id) in told_of]


def pieces(row: Any) -> Pieces:
    """Return how many pieces of which line come back; empty where the store did not say."""
    return pieces_in(row.lines)


def pieces_in(lines: str) -> Pieces:
    """Read the pieces in a row's lines."""
    return {str(line): int(quantity) for line, quantity in json.loads(lines).items()}


def named(return_id: str) -> str:
    """Return the subject under which decision records speak of a return."""
    return f"return:{return_id}"


def told(row: Any) -> dict[str, Any]:
    """Return what the customer was told about a decision; nothing before there is one."""
    return dict(json.loads(row.told)) if row.told else {}


def of_orders(connection: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the returns of these orders, oldest first."""
    found: dict[str, list[Any]] = {order_id: [] for order_id in order_ids}
    for row in connection.execute(_OF_ORDERS, {"store_id": store_id, "subjects": order_ids}):
        found[row.order_id].append(row)
    return found


def one(connection: Connection, store_id: int, return_id: str) -> Any:
    """Return one return's row; raises ``NotFoundError`` if the store has no such return."""
    row = connection.execute(
        sa.select(returns).where(returns.c.store_id == store_id, returns.c.id == return_id)
    ).first()
    if row is None:
        raise NotFoundError(f"There is no return {return_id!r}.")
    return row


def next_number(connection: Connection, store_id: int) -> int:
    """Return the number of the store's next return; ask for it in the transaction that uses it."""
    last = connection.scalar(sa.select(sa.func.max(returns.c.number)).where(returns.c.store_id == store_id))
    return (last or 0) + 1


def add(connection: Connection, values: Mapping[str, Any]) -> None:
    """Write a new return, numbered behind the store's last."""
    number = next_number(connection, values["store_id"])
    connection.execute(returns.insert().values({**values, "number": number}))


def change(connection: Connection, row: Any, values: Mapping[str, Any]) -> bool:
    """Write some columns of a return; False means that a person did something to it since ``row`` was read."""
    same = [returns.c[name].is_not_distinct_from(getattr(row, name)) for name in BY_HAND]
    changed = connection.execute(
        returns.update()
        .where(returns.c.store_id == row.store_id, returns.c.id == row.id, *same)
        .values(dict(values))
    )
    return bool(changed.rowcount)


def code_taken(connection: Connection, store_id: int, code: str) -> bool:
    """Say whether a return of the store has this code already."""
    found = connection.scalar(
        sa.select(returns.c.id).where(returns.c.store_id == store_id, returns.c.code == code)
    )
    return found is not None


def marks(row: Any) -> Marks:
    """Return the marks in a row that its state follows from."""
    return Marks(
        requested_at=row.requested_at,
        verdict=Verdict(row.verdict) if row.verdict else None,
        sent_at=row.sent_at,
        received_at=row.received_at,
        settled_at=row.settled_at,
        closed_at=row.closed_at,
    )


def known(row: Any) -> Known:
    """Return a return as it is written down, as the store's words are joined to it."""
    return Known(
        id=row.id,
        marks=marks(row),
        lines=pieces(row),
        store_ref=row.store_ref,
        from_store=row.source == Source.STORE,
    )


def seal_words(key: Key, store_id: int, return_id: str, words: str | None) -> bytes | None:
    """Seal the customer's words under the person's key; nothing where nothing was said."""
    return key.seal(words.encode(), _purpose(store_id, return_id)) if words else None


def words(row: Any, key: Key | None) -> str | None:
    """Open the customer's words; None where nothing was said or the person was erased."""
    if row.sealed_words is None or key is None:
        return None
    return key.open(row.sealed_words, _purpose(row.store_id, row.id)).decode()


def _purpose(store_id: int, return_id: str) -> str:
    return f"return:{store_id}:{return_id}"
