"""Sessions of people whom a platform has signed in to its own admin, in the database.

A handle is a secret that the visitor's browser holds; the database keeps its digest, as of the tokens that have
opened one. Everything here passes: what is over is deleted when the next of its kind is made.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import cast

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Mapped, mapped_column

from vefa.clock import token
from vefa.database import Declaration, Instant, Kind, db, insert_into, upsert
from vefa.staff.account import Account, Role
from vefa.staff.records import accounts, to_account
from vefa.staff.session_records import digest
from vefa.stores.records import stores

LIFE = timedelta(hours=1)
# How long it is known of a session that it is over, so that its reader is told so.
KNOWN_FOR = timedelta(days=1)
# A token is taken for some seconds after its own end; its name is kept for longer than that.
AFTER_ITS_END = timedelta(minutes=5)


class EmbedSessionRecord(db.Model):  # type: ignore[name-defined,misc]
    """A person whom a platform signed in, in one store; ``role`` is the most that the platform lets them be."""

    __tablename__ = "embed_sessions"
    __table_args__ = (
        sa.Index(None, "expires_at"),
        {"info": Declaration(Kind.PASSING, "account", "1 day").info()},
    )

    store_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    handle: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    platform: Mapped[str] = mapped_column(sa.String(40))
    role: Mapped[str | None] = mapped_column(sa.String(20))
    framed_by: Mapped[str] = mapped_column(sa.Text)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class EmbedTokenRecord(db.Model):  # type: ignore[name-defined,misc]
    """A platform's token that has opened a session, so that it opens no other."""

    __tablename__ = "embed_tokens"
    __table_args__ = (
        sa.Index(None, "expires_at"),
        {"info": Declaration(Kind.PASSING, "account", "as long as the token is good").info()},
    )

    store_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    token: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    expires_at: Mapped[datetime] = mapped_column(Instant)


class EmbedFrameRecord(db.Model):  # type: ignore[name-defined,misc]
    """From where a store's platform has framed the panel last, so that a refusal can be read there too."""

    __tablename__ = "embed_frames"
    __table_args__ = ({"info": Declaration(Kind.PASSING, "store", "until the store is removed").info()},)

    store_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    platform: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    framed_by: Mapped[str] = mapped_column(sa.Text)


sessions = cast(sa.Table, EmbedSessionRecord.__table__)
tokens = cast(sa.Table, EmbedTokenRecord.__table__)
frames = cast(sa.Table, EmbedFrameRecord.__table__)


@dataclass(frozen=True, slots=True)
class Embedded:
    """A session in a platform's admin: who, in which store, at most as what, and which origins frame it.

    ``handle`` is its digest. ``over`` says that it ended; then it opens nothing.
    """

    account: Account
    store_id: int
    platform: str
    framed_by: tuple[str, ...]
    role: Role | None
    handle: str
    over: bool


def use_token(connection: Connection, store_id: int, name: str, expires_at: datetime, now: datetime) -> bool:
    """Keep that a token has been used and return whether it was unused; of two at once only one is."""
    connection.execute(tokens.delete().where(tokens.c.expires_at <= now))
    kept_until = max(expires_at, now) + AFTER_ITS_END
    new = insert_into(connection.dialect.name, tokens).values(
        store_id=store_id, token=digest(name), expires_at=kept_until
    )
    return connection.scalar(new.on_conflict_do_nothing().returning(tokens.c.token)) is not None


def open_session(
    connection: Connection,
    store_id: int,
    account_id: str,
    platform: str,
    framed_by: Sequence[str],
    role: Role | None,
    now: datetime,
) -> str:
    """Return the handle of a new session, which ends after an hour."""
    connection.execute(sessions.delete().where(sessions.c.expires_at <= now - KNOWN_FOR))
    handle, origins = token(), " ".join(framed_by)
    connection.execute(
        sessions.insert().values(
            store_id=store_id,
            handle=digest(handle),
            account_id=account_id,
            platform=platform,
            role=role.value if role else None,
            framed_by=origins,
            expires_at=now + LIFE,
        )
    )
    row = {"store_id": store_id, "platform": platform, "framed_by": origins}
    upsert(connection, frames, [row], ["framed_by"])
    connection.execute(accounts.update().where(accounts.c.id == account_id).values(last_seen=now))
    return handle


def find(connection: Connection, slug: str, handle: str, now: datetime) -> Embedded | None:
    """Return the session of a handle in the store of this name, also one that ended within the last day."""
    row = connection.execute(
        sa.select(
            accounts,
            sessions.c.store_id,
            sessions.c.platform,
            sessions.c.framed_by,
            sessions.c.role,
            sessions.c.handle,
            sessions.c.expires_at,
        )
        .join(sessions, sessions.c.account_id == accounts.c.id)
        .join(stores, stores.c.id == sessions.c.store_id)
        .where(stores.c.slug == slug, sessions.c.handle == digest(handle))
    ).first()
    if row is None:
        return None
    return Embedded(
        to_account(row),
        row.store_id,
        row.platform,
        tuple(row.framed_by.split()),
        Role(row.role) if row.role else None,
        row.handle,
        row.expires_at <= now,
    )


def end(connection: Connection, session: Embedded, now: datetime) -> None:
    """End a session; for a day it is known that it is over."""
    mine = (sessions.c.store_id == session.store_id, sessions.c.handle == session.handle)
    connection.execute(sessions.update().where(*mine).values(expires_at=now))


def framed_by(connection: Connection, store_id: int, platform: str) -> tuple[str, ...]:
    """Return the origins from which a store's platform has framed the panel last."""
    mine = (frames.c.store_id == store_id, frames.c.platform == platform)
    return tuple((connection.scalar(sa.select(frames.c.framed_by).where(*mine)) or "").split())


def framed_by_name(connection: Connection, slug: str) -> tuple[str, ...]:
    """Return the origins from which the panel of the store of this name was framed last, by any platform of its."""
    rows = connection.scalars(
        sa.select(frames.c.framed_by)
        .join(stores, stores.c.id == frames.c.store_id)
        .where(stores.c.slug == slug)
        .order_by(frames.c.platform)
    )
    return tuple(dict.fromkeys(origin for row in rows for origin in row.split()))
