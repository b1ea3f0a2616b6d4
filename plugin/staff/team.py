"""The members of a store: who they are, what they may do, and that one owner always stays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.errors import NotFoundError, VefaError
from vefa.staff.account import Account, LinkPurpose, Role
from vefa.staff.records import accounts, audit, memberships, to_account
from vefa.staff.session_records import links

RANKS = tuple(Role)


class LastOwnerError(VefaError):
    """The only owner of a store would go, and nobody could let anybody in any more."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member of a store; ``last_seen`` is when they last used the panel, in any store."""

    account: Account
    role: Role
    joined_at: datetime
    last_seen: datetime | None


@dataclass(frozen=True, slots=True)
class Invited:
    """An invitation that was not answered yet; ``token`` is its digest, by which it is taken back."""

    token: str
    email: str
    role: Role
    expires_at: datetime


def members(connection: Connection, store_id: int) -> list[Member]:
    """Return a store's members, owners first, then by name."""
    rows = connection.execute(
        sa.select(accounts, memberships.c.role, memberships.c.joined_at)
        .join(memberships, memberships.c.account_id == accounts.c.id)
        .where(memberships.c.store_id == store_id)
    )
    found = [Member(to_account(row), Role(row.role), row.joined_at, row.last_seen) for row in rows]
    return sorted(found, key=lambda one: (RANKS.index(one.role), one.account.name, one.account.id))


def invited(connection: Connection, store_id: int, now: datetime) -> list[Invited]:
    """Return the invitations that wait for an answer, by address."""
    rows = connection.execute(
        sa.select(links, accounts.c.email)
        .join(accounts, accounts.c.id == links.c.account_id)
        .where(*_open(store_id), links.c.expires_at > now)
        .order_by(accounts.c.email)
    )
    return [Invited(row.token, row.email, Role(row.role), row.expires_at) for row in rows]


def withdraw(connection: Connection, store_id: int, token: str) -> str:
    """Take an invitation back and return the address it went to; raises ``NotFoundError`` if there is none.

    An account that was made for it and never used goes too.
    """
    row = connection.execute(
        sa.select(links.c.account_id, accounts.c.email)
        .join(accounts, accounts.c.id == links.c.account_id)
        .where(*_open(store_id), links.c.token == token)
    ).first()
    if row is None:
        raise NotFoundError("This invitation is gone.")
    connection.execute(links.delete().where(links.c.token == token))
    _forget_unused(connection, row.account_id)
    return str(row.email)


def withdraw_earlier(connection: Connection, store_id: int, account_id: str) -> None:
    """Take back what an account was invited by before, so that one invitation stands at a time."""
    connection.execute(links.delete().where(*_open(store_id), links.c.account_id == account_id))


def _open(store_id: int) -> Sequence[sa.ColumnElement[bool]]:
    invitation = links.c.purpose == LinkPurpose.INVITATION.value
    return links.c.store_id == store_id, invitation, links.c.used_at.is_(None)


def _forget_unused(connection: Connection, account_id: str) -> None:
    used = sa.or_(
        accounts.c.password_hash.is_not(None),
        sa.exists().where(memberships.c.account_id == account_id),
        sa.exists().where(links.c.account_id == account_id),
        sa.exists().where(audit.c.account_id == account_id),
    )
    connection.execute(accounts.delete().where(accounts.c.id == account_id, sa.not_(used)))


def change_role(connection: Connection, store_id: int, account_id: str, role: Role) -> Role:
    """Give a member another role and return the one they had; raises ``LastOwnerError`` or ``NotFoundError``."""
    before = _held(connection, store_id, account_id)
    if before is Role.OWNER and role is not Role.OWNER:
        _keep_an_owner(connection, store_id)
    connection.execute(memberships.update().where(*_one(store_id, account_id)).values(role=role.value))
    return before


def remove(connection: Connection, store_id: int, account_id: str) -> None:
    """Take the store away from a member; it is gone at their next request, whatever is open.

    Raises ``LastOwnerError`` or ``NotFoundError``.
    """
    if _held(connection, store_id, account_id) is Role.OWNER:
        _keep_an_owner(connection, store_id)
    connection.execute(memberships.delete().where(*_one(store_id, account_id)))


def _one(store_id: int, account_id: str) -> Sequence[sa.ColumnElement[bool]]:
    return memberships.c.store_id == store_id, memberships.c.account_id == account_id


def _held(connection: Connection, store_id: int, account_id: str) -> Role:
    role = connection.scalar(sa.select(memberships.c.role).where(*_one(store_id, account_id)))
    if role is None:
        raise NotFoundError("This store has no such member.")
    return Role(role)


def _keep_an_owner(connection: Connection, store_id: int) -> None:
    # Locked where the database can, so that two owners do not remove each other at the same moment.
    owners = connection.scalars(
        sa.select(memberships.c.account_id)
        .where(memberships.c.store_id == store_id, memberships.c.role == Role.OWNER.value)
        .with_for_update()
    ).all()
    if len(owners) < 2:
        raise LastOwnerError("A store keeps at least one owner.")
