"""Cases and their conversations, in the database."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, table
from vefa.stores.records import stores

cases = table(
    "cases",
    Declaration(Kind.PRIMARY, "customer", "36 months after it was closed"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("number", sa.Integer, nullable=False),
    sa.Column("holder", sa.String(300), nullable=False),
    sa.Column("order_id", sa.String(300)),
    sa.Column("order_number", sa.String(100)),
    sa.Column("kind", sa.String(10), nullable=False),
    sa.Column("reason", sa.String(20), nullable=False),
    sa.Column("severity", sa.Integer, nullable=False),
    # Why it was read as it was: codes, in JSON.
    sa.Column("because", sa.Text, nullable=False),
    sa.Column("channel", sa.String(10), nullable=False),
    sa.Column("language", sa.String(20)),
    sa.Column("state", sa.String(10), nullable=False),
    sa.Column("assignee_id", sa.String(36)),
    sa.Column("opened_at", Instant, nullable=False),
    sa.Column("last_customer_at", Instant, nullable=False),
    sa.Column("first_replied_at", Instant),
    sa.Column("last_replied_at", Instant),
    sa.Column("closed_at", Instant),
    # How a closed case ended: solved, no_answer, duplicate or not_ours; empty while it is open.
    sa.Column("outcome", sa.String(20)),
    # The earliest promise that is still open in the case, and the law's own date where there is one.
    sa.Column("due_at", Instant),
    sa.Column("legal_due_at", Instant),
    # The list's order: due_at moved forward by what weighs on the case; see vefa.cases.priority.
    sa.Column("rank_at", Instant, nullable=False),
    sa.Column("score", sa.Integer),
    # What checkout promised, as it stood when the case was opened, in JSON; never changed afterwards.
    sa.Column("expected", sa.Text),
    sa.UniqueConstraint("store_id", "number"),
    # What the list filters by stands in its indexes too, so that it passes over rows without reading them.
    sa.Index("ix_cases_ranked", "store_id", "state", "rank_at", "id", "due_at", "legal_due_at"),
    sa.Index("ix_cases_assigned", "store_id", "assignee_id", "state", "rank_at", "id", "legal_due_at"),
    sa.Index(
        "ix_cases_legal",
        "store_id",
        "state",
        "legal_due_at",
        "id",
        sqlite_where=sa.text("legal_due_at IS NOT NULL"),
        postgresql_where=sa.text("legal_due_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_cases_closed",
        "store_id",
        "closed_at",
        "id",
        sqlite_where=sa.text("closed_at IS NOT NULL"),
        postgresql_where=sa.text("closed_at IS NOT NULL"),
    ),
    sa.Index(None, "store_id", "holder", "opened_at"),
    sa.Index(None, "store_id", "order_id", "opened_at"),
    sa.Index(None, "store_id", "opened_at", "id"),
)

entries = table(
    "case_entries",
    Declaration(Kind.PRIMARY, "customer", "36 months after the case was closed", personal=("sealed_text",)),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("id", sa.String(36), primary_key=True),
    sa.Column("case_id", sa.String(36), nullable=False),
    # The identity of what was said, so that it enters once: an event's key, an answer's id and edition.
    sa.Column("key", sa.String(700), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Column("kind", sa.String(12), nullable=False),
    sa.Column("channel", sa.String(10)),
    sa.Column("author_id", sa.String(36)),
    # Words are sealed under the key of the customer's vault row, so that erasing the person erases them.
    sa.Column("sealed_text", sa.LargeBinary),
    sa.Column("detail", sa.Text, nullable=False),
    sa.UniqueConstraint("store_id", "case_id", "key"),
    sa.Index(None, "store_id", "case_id", "at"),
    sa.Index(None, "store_id", "key"),
)

seen = table(
    "case_views",
    Declaration(Kind.PRIMARY, "account", "as long as the case"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    sa.Column("case_id", sa.String(36), primary_key=True),
    sa.Column("account_id", sa.String(36), primary_key=True),
    sa.Column("history_seen_at", Instant, nullable=False),
)


_HERE = (cases.c.store_id == sa.bindparam("store"), cases.c.id == sa.bindparam("case"))
_BY_ID = sa.select(cases).where(*_HERE)
_TURN = sa.select(stores.c.id).where(stores.c.id == sa.bindparam("store")).with_for_update()
_LAST_NUMBER = sa.select(sa.func.max(cases.c.number)).where(cases.c.store_id == sa.bindparam("store"))
_LAST = (
    sa.select(cases)
    .where(cases.c.store_id == sa.bindparam("store"), cases.c.holder == sa.bindparam("whose"))
    .order_by(cases.c.closed_at.is_not(None), cases.c.closed_at.desc(), cases.c.opened_at.desc())
    .limit(1)
)
_LAST_OF_ORDER = _LAST.where(cases.c.order_id == sa.bindparam("about"))
_LAST_OF_NONE = _LAST.where(cases.c.order_id.is_(None))


def take_turns(connection: Connection, store_id: int) -> None:
    """Let nobody else open a case in this store until the transaction ends, so that numbers have no gaps."""
    connection.execute(_TURN, {"store": store_id})


def next_number(connection: Connection, store_id: int) -> int:
    """Return the number of the next case; call it after ``take_turns``."""
    last: int | None = connection.execute(_LAST_NUMBER, {"store": store_id}).scalar()
    return (last or 0) + 1


def by_id(connection: Connection, store_id: int, case_id: str) -> Any:
    """Return a case that is known to be there."""
    return connection.execute(_BY_ID, {"store": store_id, "case": case_id}).one()


def last_of(connection: Connection, store_id: int, holder: str, order_id: str | None) -> Any | None:
    """Return a customer's case about an order (None: about none) that is open, else the one closed last."""
    about = {"store": store_id, "whose": holder}
    if order_id is None:
        return connection.execute(_LAST_OF_NONE, about).one_or_none()
    return connection.execute(_LAST_OF_ORDER, about | {"about": order_id}).one_or_none()


def change(connection: Connection, store_id: int, case_id: str, **values: Any) -> None:
    """Write some of a case's columns."""
    connection.execute(
        cases.update().where(cases.c.store_id == store_id, cases.c.id == case_id).values(**values)
    )
