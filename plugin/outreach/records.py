"""Messages, and the decisions to write or not to write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.clock import time_ordered_id
from vefa.database import Declaration, Instant, Kind, of_subjects, table, upsert
from vefa.journal import facts
from vefa.orders import records as orders
from vefa.outreach.decide import Decision
from vefa.outreach.purpose import Purpose

WRITTEN, CLAIMED, SENDING, SENT = "written", "claimed", "sending", "sent"
UNKNOWN, DROPPED = "outcome_unknown", "dropped"
# The facts by which a customer says something.
SAYING = ("review.posted", "customer.contacted_us")

messages = table(
    "messages",
    Declaration(
        Kind.PRIMARY,
        "order",
        "as long as the order; content until erasure",
        # A mail server's refusal quotes the address.
        personal=("sealed_content", "recipient_index", "error"),
    ),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("order_id", sa.String(300), nullable=False),
    sa.Column("purpose", sa.String(40), nullable=False),
    sa.Column("promise", sa.String(500), nullable=False),
    sa.Column("holder", sa.String(300)),
    sa.Column("recipient_index", sa.String(64), nullable=False),
    sa.Column("language", sa.String(20), nullable=False),
    sa.Column("message_id", sa.String(200), nullable=False),
    sa.Column("case_id", sa.String(36)),
    sa.Column("references", sa.Text),
    sa.Column("sealed_content", sa.LargeBinary, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("reason", sa.String(40)),
    sa.Column("shadow", sa.Boolean, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("error", sa.Text),
    sa.Column("claim", sa.String(60)),
    sa.Column("written_at", Instant, nullable=False),
    sa.Column("settled_at", Instant),
    sa.Column("contradicted_at", Instant),
    sa.Column("contradicted_by", sa.String(40)),
    sa.UniqueConstraint("store_id", "order_id", "purpose", "promise"),
    # These hold what is counted and filtered: in the row itself it lies behind the content, which is long.
    sa.Index(None, "store_id", "order_id", "state"),
    sa.Index(
        "ix_messages_written", "store_id", "written_at", "purpose", "state", "shadow", "contradicted_at"
    ),
    sa.Index(None, "store_id", "recipient_index", "written_at"),
    sa.Index(None, "store_id", "settled_at"),
    sa.Index(None, "store_id", "case_id"),
    sa.Index(None, "store_id", "holder", "written_at"),
    sa.Index(None, "state"),
)

decisions = table(
    "decisions",
    Declaration(Kind.PRIMARY, "order", "as long as the order"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("order_id", sa.String(300), nullable=False),
    sa.Column("purpose", sa.String(40), nullable=False),
    sa.Column("promise", sa.String(500), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("verdict", sa.String(10), nullable=False),
    sa.Column("reason", sa.String(40), nullable=False),
    sa.Column("until", Instant),
    sa.Index(None, "store_id", "order_id", "at"),
    sa.Index(None, "store_id", "at"),
)


# Sorted here and not by the database, which would walk the store's whole history in the order wanted.
_MESSAGES_OF = of_subjects(messages, "order_id")
_DECISIONS_OF = of_subjects(decisions, "order_id")
_BY_ID = of_subjects(messages, "id", "id")
_MOVE = messages.update().where(
    messages.c.store_id == sa.bindparam("store"),
    messages.c.id == sa.bindparam("message"),
    messages.c.state == sa.bindparam("before"),
)
_MOVE_OWN = _MOVE.where(messages.c.claim == sa.bindparam("by"))

_RECENT = (
    of_subjects(messages, "recipient_index")
    .with_only_columns(messages.c.recipient_index, messages.c.written_at, messages.c.purpose)
    .where(
        messages.c.written_at > sa.bindparam("since"),
        messages.c.purpose.in_([purpose.value for purpose in Purpose]),
        sa.or_(messages.c.state != DROPPED, messages.c.shadow),
    )
)
_SAID = (
    of_subjects(facts, "subject")
    .with_only_columns(facts.c.subject)
    .where(facts.c.type.in_(SAYING), facts.c.at <= sa.bindparam("now"))
    .distinct()
)


def messages_of(connection: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the messages of these orders, oldest first."""
    found: dict[str, list[Any]] = {order_id: [] for order_id in order_ids}
    rows = connection.execute(_MESSAGES_OF, {"store_id": store_id, "subjects": order_ids})
    for row in sorted(rows, key=lambda row: (row.written_at, row.id)):
        found[row.order_id].append(row)
    return found


def decisions_of(connection: Connection, store_id: int, order_ids: Sequence[str]) -> dict[str, list[Any]]:
    """Return the decisions about these orders, oldest first."""
    found: dict[str, list[Any]] = {order_id: [] for order_id in order_ids}
    rows = connection.execute(_DECISIONS_OF, {"store_id": store_id, "subjects": order_ids})
    for row in sorted(rows, key=lambda row: (row.at, row.id)):
        found[row.order_id].append(row)
    return found


def recent(
    connection: Connection, store_id: int, indexes: Sequence[str], since: datetime
) -> dict[str, list[tuple[datetime, str]]]:
    """Return when automatic messages were written to these addresses since an instant, with their purpose.

    Those that were dropped do not count, except in shadow, where the rule shall be seen at work.
    """
    found: dict[str, list[tuple[datetime, str]]] = {index: [] for index in indexes}
    rows = connection.execute(_RECENT, {"store_id": store_id, "subjects": indexes, "since": since})
    for index, at, purpose in rows:
        found[index].append((at, purpose))
    return found


def who_said(connection: Connection, store_id: int, order_ids: Sequence[str], now: datetime) -> set[str]:
    """Return about which of these orders a customer posted a review or wrote to the store."""
    subjects = {orders.subject(order_id): order_id for order_id in order_ids}
    rows = connection.execute(_SAID, {"store_id": store_id, "subjects": sorted(subjects), "now": now})
    return {subjects[row.subject] for row in rows}


def add_messages(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Write new messages; the unique key refuses a second one for one reason."""
    if rows:
        connection.execute(messages.insert(), list(rows))


def add_decisions(
    connection: Connection,
    store_id: int,
    made: Sequence[tuple[str, str, str, Decision]],
    now: datetime,
) -> None:
    """Write decisions: order, purpose, promise and the decision itself."""
    rows = [
        {
            "store_id": store_id,
            "id": time_ordered_id(now),
            "order_id": order_id,
            "purpose": purpose,
            "promise": promise,
            "at": now,
            "verdict": decision.verdict.value,
            "reason": decision.reason,
            "until": decision.until,
        }
        for order_id, purpose, promise, decision in made
    ]
    upsert(connection, decisions, rows, update=())


def get(connection: Connection, store_id: int, message_ids: Sequence[str]) -> list[Any]:
    """Return messages by their ids."""
    return list(connection.execute(_BY_ID, {"store_id": store_id, "subjects": message_ids}))


def move(
    connection: Connection, store_id: int, message_id: str, before: str, by: str | None, **values: Any
) -> bool:
    """Move a message on from a state, if given only as claimed ``by``; False means that another was first."""
    statement = _MOVE if by is None else _MOVE_OWN
    where = {"store": store_id, "message": message_id, "before": before}
    return connection.execute(statement, where | ({} if by is None else {"by": by}) | values).rowcount == 1


def contradict(connection: Connection, store_id: int, found: Mapping[str, str], now: datetime) -> None:
    """Own that sent messages were wrong: message id to the code of the fact that proves it."""
    for message_id, reason in found.items():
        connection.execute(
            messages.update()
            .where(
                messages.c.store_id == store_id,
                messages.c.id == message_id,
                messages.c.contradicted_at.is_(None),
            )
            .values(contradicted_at=now, contradicted_by=reason)
        )


def sent_since(connection: Connection, store_id: int, since: datetime) -> int:
    """Count the messages that left, or may have left, since an instant."""
    return connection.execute(
        sa.select(sa.func.count())
        .select_from(messages)
        .where(
            messages.c.store_id == store_id,
            messages.c.settled_at >= since,
            messages.c.state.in_((SENT, UNKNOWN)),
        )
    ).scalar_one()


def unfinished(connection: Connection) -> list[int]:
    """Return the stores with messages that a process claimed or began to send and did not finish."""
    statement = sa.select(messages.c.store_id).where(messages.c.state.in_((CLAIMED, SENDING))).distinct()
    return sorted(connection.scalars(statement))


def left(connection: Connection, store_id: int, claim: str | None) -> list[Any]:
    """Return a store's messages that were claimed or begun to be sent by anybody but ``claim``."""
    begun = (messages.c.store_id == store_id, messages.c.state.in_((CLAIMED, SENDING)))
    statement = sa.select(messages).where(*begun, messages.c.claim.is_distinct_from(claim))
    return list(connection.execute(statement.order_by(messages.c.id)))
