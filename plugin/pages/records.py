"""Forms that customers sent, in the database: each is taken once, and not too many in an hour."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.database import Declaration, Instant, Kind, insert_into, table

AN_HOUR = timedelta(hours=1)
KEPT = timedelta(hours=25)
MOST = 30

page_forms = table(
    "page_forms",
    Declaration(Kind.PASSING, "customer", "25 hours"),
    sa.Column("store_id", sa.Integer, primary_key=True),
    # A keyed digest of the form with everything that stood in it.
    sa.Column("digest", sa.String(64), primary_key=True),
    sa.Column("holder", sa.String(300), nullable=False),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "store_id", "holder", "at"),
    sa.Index(None, "at"),
)


def too_many(connection: Connection, store_id: int, holder: str, now: datetime) -> bool:
    """Say whether a customer has sent as many forms in the last hour as are taken."""
    count = connection.execute(
        sa.select(sa.func.count())
        .select_from(page_forms)
        .where(
            page_forms.c.store_id == store_id,
            page_forms.c.holder == holder,
            page_forms.c.at > now - AN_HOUR,
        )
    ).scalar_one()
    return count >= MOST


def take(connection: Connection, store_id: int, holder: str, digest: str, now: datetime) -> bool:
    """Note that a form is being taken; False means that it was taken before. Call it while writing."""
    connection.execute(page_forms.delete().where(page_forms.c.at <= now - KEPT))
    insert = insert_into(connection.dialect.name, page_forms).values(
        store_id=store_id, digest=digest, holder=holder, at=now
    )
    taken = connection.execute(insert.on_conflict_do_nothing(index_elements=["store_id", "digest"]))
    return bool(taken.rowcount)
