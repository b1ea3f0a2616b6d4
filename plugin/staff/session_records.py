"""What lets a person in, in the database: one-time links, sessions, and failed attempts.

A token is a secret that only its holder has; the database keeps its digest. Everything here passes: what has
expired is deleted when the next of its kind is made.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Mapped, mapped_column

from vefa.clock import time_ordered_id, token
from vefa.database import Declaration, Instant, Kind, db
from vefa.staff.account import Account, LinkPurpose, Role
from vefa.staff.records import accounts, to_account

LINK_LIFE = timedelta(hours=24)
LIVES = {
    LinkPurpose.PASSWORD: LINK_LIFE,
    LinkPurpose.RESET: timedelta(hours=1),
    LinkPurpose.INVITATION: timedelta(days=7),
}
IDLE_LIFE = timedelta(hours=12)
SESSION_LIFE = timedelta(days=7)
SEEN_EVERY = timedelta(minutes=10)
ATTEMPT_SPAN = timedelta(minutes=15)


class SignInLinkRecord(db.Model):  # type: ignore[name-defined,misc]
    """A link that lets one account choose a password or join a store, once; ``role`` is what it joins as."""

    __tablename__ = "sign_in_links"
    __table_args__ = (
        sa.Index(None, "expires_at"),
        {"info": Declaration(Kind.PASSING, "account", "7 days", scoped=False).info()},
    )

    token: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    store_id: Mapped[int]
    purpose: Mapped[str] = mapped_column(sa.String(20), server_default=LinkPurpose.PASSWORD.value)
    role: Mapped[str | None] = mapped_column(sa.String(20))
    expires_at: Mapped[datetime] = mapped_column(Instant)
    used_at: Mapped[datetime | None] = mapped_column(Instant)


class SessionRecord(db.Model):  # type: ignore[name-defined,misc]
    """A browser that a person is signed in with."""

    __tablename__ = "sessions"
    __table_args__ = (
        sa.Index(None, "account_id"),
        sa.Index(None, "expires_at"),
        {"info": Declaration(Kind.PASSING, "account", "7 days", scoped=False).info()},
    )

    token: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    expires_at: Mapped[datetime] = mapped_column(Instant)
    last_seen: Mapped[datetime] = mapped_column(Instant)


class SignInFailureRecord(db.Model):  # type: ignore[name-defined,misc]
    """An attempt to sign in that failed; ``subject`` is a digest of the address that was typed."""

    __tablename__ = "sign_in_failures"
    __table_args__ = (
        sa.Index(None, "subject", "at"),
        sa.Index(None, "address", "at"),
        sa.Index(None, "at"),
        {"info": Declaration(Kind.PASSING, "account", "15 minutes", ("address",), scoped=False).info()},
    )

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    subject: Mapped[str] = mapped_column(sa.String(64))
    address: Mapped[str] = mapped_column(sa.String(64))
    at: Mapped[datetime] = mapped_column(Instant)


links = cast(sa.Table, SignInLinkRecord.__table__)
sessions = cast(sa.Table, SessionRecord.__table__)
failures = cast(sa.Table, SignInFailureRecord.__table__)


def digest(secret: str) -> str:
    """Return the digest under which a token or a typed address is kept."""
    return hashlib.sha256(secret.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Link:
    """An unused one-time link: whose it is, for which store, and what it lets them do."""

    account: Account
    store_id: int
    purpose: LinkPurpose
    role: Role | None
    has_password: bool


def make_link(
    connection: Connection,
    account_id: str,
    store_id: int,
    *,
    purpose: LinkPurpose = LinkPurpose.PASSWORD,
    role: Role | None = None,
    now: datetime,
) -> str:
    """Return the token of a new one-time link; the database keeps its digest as long as the link lives."""
    connection.execute(links.delete().where(links.c.expires_at <= now))
    secret = token()
    connection.execute(
        links.insert().values(
            token=digest(secret),
            account_id=account_id,
            store_id=store_id,
            purpose=purpose.value,
            role=role.value if role else None,
            expires_at=now + LIVES[purpose],
        )
    )
    return secret


def link_of(connection: Connection, secret: str, *, now: datetime) -> Link | None:
    """Return what an unused link is for, leaving it unused."""
    row = connection.execute(
        sa.select(accounts, links.c.store_id, links.c.purpose, links.c.role)
        .join(links, links.c.account_id == accounts.c.id)
        .where(links.c.token == digest(secret), links.c.used_at.is_(None), links.c.expires_at > now)
    ).first()
    if row is None:
        return None
    role = Role(row.role) if row.role else None
    known = row.password_hash is not None
    return Link(to_account(row), row.store_id, LinkPurpose(row.purpose), role, known)


def use_link(connection: Connection, secret: str, *, now: datetime) -> bool:
    """Mark a link as used and return whether it could be; of two at once only one can."""
    used = connection.execute(
        links.update()
        .where(links.c.token == digest(secret), links.c.used_at.is_(None), links.c.expires_at > now)
        .values(used_at=now)
    )
    return used.rowcount == 1


def drop_links(connection: Connection, account_id: str) -> None:
    """Delete the links by which an account chooses a password; invitations stay."""
    asked = links.c.purpose != LinkPurpose.INVITATION.value
    connection.execute(links.delete().where(links.c.account_id == account_id, asked))


def open_session(connection: Connection, account_id: str, *, now: datetime) -> str:
    """Return the token of a new session, which ends after 7 days or 12 idle hours."""
    connection.execute(
        sessions.delete().where(sa.or_(sessions.c.expires_at <= now, sessions.c.last_seen <= now - IDLE_LIFE))
    )
    secret = token()
    connection.execute(
        sessions.insert().values(
            token=digest(secret),
            account_id=account_id,
            created_at=now,
            expires_at=now + SESSION_LIFE,
            last_seen=now,
        )
    )
    _seen(connection, account_id, now)
    return secret


def _seen(connection: Connection, account_id: Any, now: datetime) -> None:
    connection.execute(accounts.update().where(accounts.c.id == account_id).values(last_seen=now))


def session_account(connection: Connection, secret: str, *, now: datetime) -> tuple[Account, datetime] | None:
    """Return the account that is signed in with this token and when it was last seen."""
    row = connection.execute(
        sa.select(accounts, sessions.c.last_seen)
        .join(sessions, sessions.c.account_id == accounts.c.id)
        .where(
            sessions.c.token == digest(secret),
            sessions.c.expires_at > now,
            sessions.c.last_seen > now - IDLE_LIFE,
        )
    ).first()
    return None if row is None else (to_account(row), row.last_seen)


def touch_session(connection: Connection, secret: str, *, now: datetime) -> None:
    """Keep that a session is in use."""
    mine = sessions.c.token == digest(secret)
    connection.execute(sessions.update().where(mine).values(last_seen=now))
    _seen(connection, sa.select(sessions.c.account_id).where(mine).scalar_subquery(), now)


def end_session(connection: Connection, secret: str) -> None:
    """End one session."""
    connection.execute(sessions.delete().where(sessions.c.token == digest(secret)))


def end_sessions(connection: Connection, account_id: str, *, but: str | None = None) -> None:
    """End every session of an account; ``but`` is the token of one that goes on."""
    gone = [sessions.c.account_id == account_id]
    if but is not None:
        gone.append(sessions.c.token != digest(but))
    connection.execute(sessions.delete().where(*gone))


def count_failures(connection: Connection, email: str, address: str, *, now: datetime) -> tuple[int, int]:
    """Return how many attempts failed in 15 minutes: for this e-mail address, and from this network address."""
    since = failures.c.at > now - ATTEMPT_SPAN
    count = sa.select(sa.func.count()).select_from(failures)
    for_email = connection.scalar(count.where(failures.c.subject == digest(email), since))
    from_address = connection.scalar(count.where(failures.c.address == address, since))
    return for_email or 0, from_address or 0


def note_failure(connection: Connection, email: str, address: str, *, now: datetime) -> None:
    """Keep that an attempt failed, for 15 minutes."""
    connection.execute(failures.delete().where(failures.c.at <= now - ATTEMPT_SPAN))
    connection.execute(
        failures.insert().values(id=time_ordered_id(now), subject=digest(email), address=address, at=now)
    )


def forget_failures(connection: Connection, email: str) -> None:
    """Delete the failed attempts for an e-mail address, once its owner got in."""
    connection.execute(failures.delete().where(failures.c.subject == digest(email)))
