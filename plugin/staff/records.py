"""Accounts, memberships and the audit trail, in the database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.orm import Mapped, mapped_column

from vefa.clock import time_ordered_id
from vefa.database import Declaration, Instant, Kind, db, dump_json
from vefa.locales import fold_email
from vefa.staff.account import Account, Role, Theme


class AccountRecord(db.Model):  # type: ignore[name-defined,misc]
    """One person; without a password until they chose one by their one-time link."""

    __tablename__ = "accounts"
    __table_args__ = (
        {
            "info": Declaration(
                Kind.PRIMARY, "account", "until the account is removed", ("email", "name"), scoped=False
            ).info()
        },
    )

    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(320), unique=True)
    name: Mapped[str] = mapped_column(sa.String(200))
    password_hash: Mapped[str | None] = mapped_column(sa.String(200))
    language: Mapped[str | None] = mapped_column(sa.String(20))
    theme: Mapped[str] = mapped_column(sa.String(10))
    created_at: Mapped[datetime] = mapped_column(Instant)
    last_seen: Mapped[datetime | None] = mapped_column(Instant)


class MembershipRecord(db.Model):  # type: ignore[name-defined,misc]
    """An account's place in one store."""

    __tablename__ = "memberships"
    __table_args__ = (
        sa.Index(None, "account_id"),
        {"info": Declaration(Kind.PRIMARY, "account", "until the member leaves the store").info()},
    )

    store_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"), primary_key=True)
    role: Mapped[str] = mapped_column(sa.String(20))
    joined_at: Mapped[datetime] = mapped_column(Instant)
    # Whether the member wants the daily digest; empty while they have not chosen.
    digest: Mapped[bool | None]


class AuditRecord(db.Model):  # type: ignore[name-defined,misc]
    """Something a member of staff did in a store, with what a reader needs to understand it."""

    __tablename__ = "audit"
    __table_args__ = ({"info": Declaration(Kind.PRIMARY, "account", "as long as the store").info()},)

    store_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    id: Mapped[str] = mapped_column(sa.String(36), primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    account_id: Mapped[str] = mapped_column(sa.ForeignKey("accounts.id"))
    action: Mapped[str] = mapped_column(sa.String(60))
    detail: Mapped[str] = mapped_column(sa.Text)


accounts = cast(sa.Table, AccountRecord.__table__)
memberships = cast(sa.Table, MembershipRecord.__table__)
audit = cast(sa.Table, AuditRecord.__table__)


def to_account(row: Any) -> Account:
    """Build the value of an account from its row."""
    return Account(row.id, row.email, row.name, row.language, Theme(row.theme))


def by_email(connection: Connection, email: str) -> Account | None:
    """Return the account with this address, however it is spelled."""
    row = connection.execute(sa.select(accounts).where(accounts.c.email == fold_email(email))).first()
    return None if row is None else to_account(row)


def add(
    connection: Connection, email: str, *, name: str | None = None, language: str | None = None, now: datetime
) -> Account:
    """Return the account with this address, adding one without a password where there is none."""
    found = by_email(connection, email)
    if found is not None:
        return found
    account = Account(
        time_ordered_id(now), fold_email(email), name or email.strip().partition("@")[0], language
    )
    connection.execute(
        accounts.insert().values(
            id=account.id,
            email=account.email,
            name=account.name,
            language=language,
            theme=account.theme.value,
            created_at=now,
        )
    )
    return account


def join(
    connection: Connection, store_id: int, account_id: str, *, role: Role = Role.OWNER, now: datetime
) -> None:
    """Make an account a member of a store; who is one already stays what they are."""
    if role_in(connection, store_id, account_id) is None:
        connection.execute(
            memberships.insert().values(
                store_id=store_id, account_id=account_id, role=role.value, joined_at=now
            )
        )


def role_in(connection: Connection, store_id: int, account_id: str) -> Role | None:
    """Return an account's role in a store, or None for a stranger."""
    found = connection.scalar(
        sa.select(memberships.c.role).where(
            memberships.c.store_id == store_id, memberships.c.account_id == account_id
        )
    )
    return None if found is None else Role(found)


def stores_of(connection: Connection, account_id: str) -> Sequence[int]:
    """Return the numbers of the stores that an account belongs to, the earliest joined first."""
    return connection.scalars(
        sa.select(memberships.c.store_id)
        .where(memberships.c.account_id == account_id)
        .order_by(memberships.c.joined_at, memberships.c.store_id)
    ).all()


def password_hash(connection: Connection, account_id: str) -> str | None:
    """Return the kept hash, or None where no password was chosen yet."""
    kept: str | None = connection.scalar(
        sa.select(accounts.c.password_hash).where(accounts.c.id == account_id)
    )
    return kept


def set_password_hash(connection: Connection, account_id: str, kept: str) -> None:
    """Keep the hash of a newly chosen password."""
    connection.execute(accounts.update().where(accounts.c.id == account_id).values(password_hash=kept))


def set_name(connection: Connection, account_id: str, name: str) -> None:
    """Keep how the panel calls a person."""
    connection.execute(accounts.update().where(accounts.c.id == account_id).values(name=name))


def set_language(connection: Connection, account_id: str, language: str) -> None:
    """Keep the language in which a person reads the panel."""
    connection.execute(accounts.update().where(accounts.c.id == account_id).values(language=language))


def set_theme(connection: Connection, account_id: str, theme: Theme) -> None:
    """Keep how a person wants the panel lit."""
    connection.execute(accounts.update().where(accounts.c.id == account_id).values(theme=theme.value))


def note(
    connection: Connection,
    store_id: int,
    account_id: str,
    action: str,
    *,
    detail: Mapping[str, Any] | None = None,
    now: datetime,
) -> None:
    """Enter in the store's audit trail what a person did, in the transaction that does it."""
    connection.execute(
        audit.insert().values(
            store_id=store_id,
            id=time_ordered_id(now),
            at=now,
            account_id=account_id,
            action=action,
            detail=dump_json(detail or {}),
        )
    )


def who(connection: Connection, store_id: int, action: str, at: datetime) -> str | None:
    """Return the name of the person who did something in a store at this very instant, or None."""
    name: str | None = connection.scalar(
        sa.select(accounts.c.name)
        .join(audit, audit.c.account_id == accounts.c.id)
        .where(audit.c.store_id == store_id, audit.c.action == action, audit.c.at == at)
        .order_by(audit.c.id.desc())
        .limit(1)
    )
    return name


def names(connection: Connection, account_ids: Sequence[str]) -> dict[str, str]:
    """Return the names of these accounts; one that is gone has none."""
    rows = connection.execute(sa.select(accounts.c.id, accounts.c.name).where(accounts.c.id.in_(account_ids)))
    return {row.id: row.name for row in rows}
