"""What members want to hear from a store: who gets its letters, and who the daily digest."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.staff.account import Account, Role
from vefa.staff.records import accounts, memberships, to_account

# Those who answer for a store; the others hear of it only if they asked to.
ANSWERABLE = (Role.OWNER.value, Role.MANAGER.value)


def readers_of(connection: Connection, store_id: int) -> list[tuple[Account, bool]]:
    """Return the owners and managers of a store, each with whether they want the daily digest.

    Agents and viewers are among them only where they asked for the digest.
    """
    rows = connection.execute(
        sa.select(accounts, memberships.c.role, memberships.c.digest)
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .where(memberships.c.store_id == store_id)
        .order_by(accounts.c.id)
    )
    return [
        (to_account(row), _wants(row.role, row.digest))
        for row in rows
        if row.role in ANSWERABLE or row.digest
    ]


def _wants(role: str, chosen: bool | None) -> bool:
    return role in ANSWERABLE if chosen is None else chosen


def wants_digest(connection: Connection, store_id: int, account_id: str) -> bool:
    """Say whether a member gets the store's daily digest; owners and managers do unless they refused it."""
    row = connection.execute(
        sa.select(memberships.c.role, memberships.c.digest).where(
            memberships.c.store_id == store_id, memberships.c.account_id == account_id
        )
    ).first()
    return row is not None and _wants(row.role, row.digest)


def choose_digest(connection: Connection, store_id: int, account_id: str, *, wanted: bool) -> None:
    """Keep whether a member wants the store's daily digest."""
    connection.execute(
        memberships.update()
        .where(memberships.c.store_id == store_id, memberships.c.account_id == account_id)
        .values(digest=wanted)
    )
