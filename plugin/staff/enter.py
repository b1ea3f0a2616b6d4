"""Signing in: by password, or once by link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import Connection, Engine

from vefa.database import reading
from vefa.locales import fold_email
from vefa.staff import passwords, records, session_records
from vefa.staff.account import Account, LinkPurpose
from vefa.staff.session_records import Link
from vefa.turns import EVERYBODY, writing

FAILURES_FOR_EMAIL = 5
FAILURES_FROM_ADDRESS = 20


class Refusal(StrEnum):
    """Why somebody was not let in."""

    WRONG = "wrong"
    TOO_MANY = "too_many"
    LINK_GONE = "link_gone"
    PASSWORD_UNFIT = "password_unfit"  # noqa: S105


@dataclass(frozen=True, slots=True)
class Entry:
    """A session that was opened: the token that its holder keeps, and the store that a link led to."""

    session: str
    store_id: int | None = None


def by_password(engine: Engine, email: str, password: str, address: str, *, now: datetime) -> Entry | Refusal:
    """Open a session for an e-mail address and its password.

    ``address`` is the network address of the attempt. After 5 failures for one e-mail address, or 20 from one
    network address, within 15 minutes nobody is let in, and no password is looked at.
    """
    email = fold_email(email)
    with writing(engine) as connection:
        for_email, from_address = session_records.count_failures(connection, email, address, now=now)
        if for_email >= FAILURES_FOR_EMAIL or from_address >= FAILURES_FROM_ADDRESS:
            return Refusal.TOO_MANY
        # Noted before the password is looked at, so that guesses made at the same moment are counted too.
        session_records.note_failure(connection, email, address, now=now)
        account = records.by_email(connection, email)
        kept = records.password_hash(connection, account.id) if account else None
    right = passwords.matches(kept, password)
    if account is None or not right:
        return Refusal.WRONG
    with writing(engine) as connection:
        session_records.forget_failures(connection, email)
        return Entry(session_records.open_session(connection, account.id, now=now))


def by_link(
    engine: Engine, secret: str, password: str, *, name: str | None = None, now: datetime
) -> Entry | Refusal:
    """Use up a one-time link: keep the chosen password, end what was open before, and open a session.

    An invitation also makes its holder a member, by the ``name`` they chose; it never changes the password of an
    account that has one (``join_by_link``).
    """
    if not passwords.fits(password):
        return Refusal.PASSWORD_UNFIT
    with reading(engine) as connection:
        link = session_records.link_of(connection, secret, now=now)
    if link is None or (link.purpose is LinkPurpose.INVITATION and link.has_password):
        return Refusal.LINK_GONE
    account, kept = link.account, passwords.hashed(password)
    with writing(engine, EVERYBODY, link.store_id) as connection:
        if not session_records.use_link(connection, secret, now=now):
            return Refusal.LINK_GONE
        records.set_password_hash(connection, account.id, kept)
        if name:
            records.set_name(connection, account.id, name)
        _start_afresh(connection, account.id, account.email)
        records.note(connection, link.store_id, account.id, "password_chosen", now=now)
        _join(connection, link, now)
        return Entry(session_records.open_session(connection, account.id, now=now), link.store_id)


def join_by_link(engine: Engine, secret: str, *, now: datetime) -> Link | Refusal:
    """Use up an invitation of an account that has a password already: it joins, and signs in as always."""
    with writing(engine) as connection:
        link = session_records.link_of(connection, secret, now=now)
        if link is None or link.purpose is not LinkPurpose.INVITATION or not link.has_password:
            return Refusal.LINK_GONE
        if not session_records.use_link(connection, secret, now=now):
            return Refusal.LINK_GONE
        _join(connection, link, now)
    return link


def change_password(
    engine: Engine, account: Account, current: str, password: str, session: str, *, now: datetime
) -> Refusal | None:
    """Keep another password for who knows the current one; every session but ``session`` ends.

    Wrong guesses count like failed attempts to sign in.
    """
    if not passwords.fits(password):
        return Refusal.PASSWORD_UNFIT
    with writing(engine) as connection:
        tried, _ = session_records.count_failures(connection, account.email, "", now=now)
        if tried >= FAILURES_FOR_EMAIL:
            return Refusal.TOO_MANY
        session_records.note_failure(connection, account.email, "", now=now)
        kept = records.password_hash(connection, account.id)
    if not passwords.matches(kept, current):
        return Refusal.WRONG
    chosen = passwords.hashed(password)
    with writing(engine) as connection:
        records.set_password_hash(connection, account.id, chosen)
        session_records.end_sessions(connection, account.id, but=session)
        session_records.drop_links(connection, account.id)
        session_records.forget_failures(connection, account.email)
    return None


def _join(connection: Connection, link: Link, now: datetime) -> None:
    if link.purpose is LinkPurpose.INVITATION and link.role is not None:
        records.join(connection, link.store_id, link.account.id, role=link.role, now=now)
        records.note(
            connection, link.store_id, link.account.id, "joined", detail={"role": link.role}, now=now
        )


def _start_afresh(connection: Connection, account_id: str, email: str) -> None:
    session_records.end_sessions(connection, account_id)
    session_records.drop_links(connection, account_id)
    session_records.forget_failures(connection, email)
