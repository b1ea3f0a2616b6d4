"""Letters to staff: written with the act that they tell of, sent at most once, dropped when they are too old to help.

They pass the same states as messages to customers: ``sending`` is committed before the content leaves, and a letter
found in that state after a crash may have arrived and is never sent again by itself.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from vefa import locales
from vefa.channels import Envelope
from vefa.channels.email import compose
from vefa.channels.line import Connect, Line
from vefa.clock import time_ordered_id
from vefa.database import dump_json, reading
from vefa.errors import ChannelError
from vefa.staff.account import Account
from vefa.staff.letter import Paragraph, StaffLetter, render
from vefa.staff.mail_records import staff_messages
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.turns import writing
from vefa.work import Result, make_due

PACKAGE = "staff_mail"
WRITTEN, SENDING, SENT = "written", "sending", "sent"
UNKNOWN, DROPPED = "outcome_unknown", "dropped"
# As long as the links in such letters work; news of yesterday's night helps nobody either.
LIFE = timedelta(hours=24)
KEPT = timedelta(days=90)
FIRST_RETRY = timedelta(minutes=1)
LATEST_RETRY = timedelta(hours=1)


def queue(
    connection: Connection,
    store: Store,
    store_key: Key,
    account: Account,
    *,
    kind: str,
    key: str,
    subject: str,
    paragraphs: Sequence[Paragraph],
    link: tuple[str, str] | None,
    now: datetime,
) -> str | None:
    """Write a letter to a member and let it leave; return its id, or None if this was told before.

    ``key`` says what the letter is about (``digest:2026-03-10``): one account is told once of one ``kind`` and key.
    The texts are in the account's language already (``language_of``); ``link`` is the label and address of a button.
    """
    if _told(connection, store, account, kind, key):
        return None
    language = language_of(account, store)
    letter = render(
        locales.get(language), subject=subject, paragraphs=paragraphs, link=link, store_name=store.name
    )
    return post(
        connection, store, store_key, account, kind=kind, key=key, letter=letter, language=language, now=now
    )


def _told(connection: Connection, store: Store, account: Account, kind: str, key: str) -> bool:
    there = sa.select(sa.literal(1)).where(
        staff_messages.c.store_id == store.id,
        staff_messages.c.account_id == account.id,
        staff_messages.c.kind == kind,
        staff_messages.c.key == key,
    )
    return bool(connection.scalar(there))


def post(
    connection: Connection,
    store: Store,
    store_key: Key,
    account: Account,
    *,
    kind: str,
    key: str,
    letter: StaffLetter,
    language: str,
    now: datetime,
) -> str | None:
    """Let a letter that is written already leave to a member; return its id.

    It is None if it was told before, or if the member has no address.
    """
    if not account.has_mailbox or _told(connection, store, account, kind, key):
        return None
    identity = time_ordered_id(now)
    content = {"to": account.email, "subject": letter.subject, "text": letter.text, "html": letter.html}
    connection.execute(
        staff_messages.insert().values(
            store_id=store.id,
            id=identity,
            account_id=account.id,
            kind=kind,
            key=key,
            sealed_content=store_key.seal(dump_json(content).encode(), _purpose(identity)),
            message_id=f"<{identity}@{(store.sender or 'vefa.invalid').rpartition('@')[2]}>",
            language=language,
            state=WRITTEN,
            tries=0,
            written_at=now,
        )
    )
    make_due(connection, store.id, PACKAGE, {identity: now})
    return identity


def language_of(account: Account, store: Store) -> str:
    """Return the language in which a member is written to: their own, else the store's."""
    return account.language or locales.negotiate(store.languages[0], locales.languages())


def get(connection: Connection, store_id: int, identities: Sequence[str]) -> list[Any]:
    """Return letters by their ids, the oldest first."""
    return list(
        connection.execute(
            sa.select(staff_messages)
            .where(staff_messages.c.store_id == store_id, staff_messages.c.id.in_(identities))
            .order_by(staff_messages.c.id)
        )
    )


def content(row: Any, store_key: Key) -> dict[str, str]:
    """Return a letter's recipient, subject, text and HTML."""
    found: dict[str, str] = json.loads(store_key.open(row.sealed_content, _purpose(row.id)))
    return found


def drop_old(connection: Connection, store_id: int, now: datetime) -> None:
    """Delete the letters whose time is over."""
    over = (staff_messages.c.store_id == store_id, staff_messages.c.written_at < now - KEPT)
    connection.execute(staff_messages.delete().where(*over))


def _purpose(identity: str) -> str:
    return f"staff:{identity}"


class StaffSender:
    """Sends one store's letters to staff over one connection, opened when the first needs it."""

    def __init__(self, engine: Engine, master: Key, connect: Connect, public_url: str) -> None:
        self.engine, self.master, self.connect = engine, master, connect
        self.host = urlsplit(public_url).hostname or "localhost"

    def look(self, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
        """Send what is written and young enough; say when to try the others again."""
        with reading(self.engine) as connection:
            store, key = with_key(connection, store_id, self.master)
            rows = get(connection, store_id, subjects)
        again: dict[str, datetime] = {}
        line = Line(self.connect)
        try:
            for row in rows:
                if row.state == SENDING:
                    # A process began and could not write down the end; nobody knows whether it arrived.
                    self._move(row, SENDING, state=UNKNOWN, settled_at=now)
                elif row.state == WRITTEN and now - row.written_at > LIFE:
                    self._move(row, WRITTEN, state=DROPPED, settled_at=now)
                elif row.state == WRITTEN and line.dead:
                    again[row.id] = now + FIRST_RETRY
                elif row.state == WRITTEN:
                    self._send(line, store, key, row, now, again)
        finally:
            line.close()
        return Result(again=again)

    def _send(
        self, line: Line, store: Store, key: Key, row: Any, now: datetime, again: dict[str, datetime]
    ) -> None:
        try:
            self._transmit(line, store, key, row, now)
        except ChannelError as error:
            line.close()
            before = self._state(row)
            if error.unknown:
                self._move(row, before, state=UNKNOWN, settled_at=now, error=str(error))
            elif error.permanent:
                self._move(row, before, state=DROPPED, settled_at=now, error=str(error))
            else:
                self._move(row, before, state=WRITTEN, tries=row.tries + 1, error=str(error))
                again[row.id] = now + min(FIRST_RETRY * 2 ** min(row.tries, 10), LATEST_RETRY)

    def _transmit(self, line: Line, store: Store, key: Key, row: Any, now: datetime) -> None:
        letter, sender = content(row, key), store.sender or f"vefa@{self.host}"
        data = compose(
            Envelope(
                sender_name=f"Vefa · {store.name}",
                sender=sender,
                recipient=letter["to"],
                reply_to=None,
                subject=letter["subject"],
                text=letter["text"],
                html=letter["html"],
                language=row.language,
                message_id=row.message_id,
                date=now,
            )
        )
        session = line.session()
        session.offer(sender, letter["to"])
        if not self._move(row, WRITTEN, state=SENDING):
            session.reset()
            return
        session.transmit(data)
        self._move(row, SENDING, state=SENT, settled_at=now, error=None)

    def _state(self, row: Any) -> str:
        with reading(self.engine) as connection:
            return str(get(connection, row.store_id, [row.id])[0].state)

    def _move(self, row: Any, before: str, **values: Any) -> bool:
        with writing(self.engine, row.store_id) as connection:
            moved = connection.execute(
                staff_messages.update()
                .where(
                    staff_messages.c.store_id == row.store_id,
                    staff_messages.c.id == row.id,
                    staff_messages.c.state == before,
                )
                .values(**values)
            )
        return moved.rowcount == 1
