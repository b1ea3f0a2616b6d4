"""Writes the letters that let people in: an invitation to a store, and a link for another password."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection, Engine

from vefa import locales
from vefa.locales import fold_email, mark
from vefa.staff import mail, records, session_records, team
from vefa.staff.account import Account, LinkPurpose, Role
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.turns import writing

ASKED_FOR_EMAIL = 3
ASKED_FROM_ADDRESS = 20
# Counted apart from failed attempts to sign in, which shut somebody out.
RESET = "reset:"


def invite(
    connection: Connection,
    store: Store,
    store_key: Key,
    public_url: str,
    *,
    email: str,
    role: Role,
    language: str,
    by: Account,
    now: datetime,
    real_now: datetime | None = None,
) -> Account | None:
    """Write an invitation and return whom it is for; None means that they are a member already.

    An earlier invitation to the same store ends. ``language`` is that of a new account; one that is there already
    keeps its own. ``real_now`` is the instant from which the link's life counts, where it differs from ``now``.
    """
    account = records.add(connection, email, language=language, now=now)
    if records.role_in(connection, store.id, account.id) is not None:
        return None
    team.withdraw_earlier(connection, store.id, account.id)
    secret = session_records.make_link(
        connection, account.id, store.id, purpose=LinkPurpose.INVITATION, role=role, now=real_now or now
    )
    spoken = locales.get(mail.language_of(account, store))
    say, who, where = spoken.gettext, spoken.isolate(by.name), spoken.isolate(store.name)
    mail.queue(
        connection,
        store,
        store_key,
        account,
        kind="invitation",
        key=session_records.digest(secret)[:32],
        subject=say(mark("%(name)s invites you to %(store)s"), name=who, store=where),
        paragraphs=[
            say(mark("%(name)s asks you to join the team of %(store)s in Vefa."), name=who, store=where),
            say(
                mark(
                    "The link works once, for 7 days. Whoever has it can join in your place; keep it to yourself."
                )
            ),
        ],
        link=(say(mark("Join the team")), f"{public_url}/vefa/sign-in/{secret}"),
        now=now,
    )
    return account


def send_reset(
    engine: Engine,
    master: Key,
    public_url: str,
    email: str,
    address: str,
    *,
    now: datetime,
    real_now: datetime | None = None,
) -> None:
    """Write to an account's owner how to choose another password; for others, and too often, do nothing.

    Nobody learns from the outside which it was. ``address`` is the network address that asks. ``real_now`` is the
    instant by which attempts and the link's life are counted, where it differs from ``now``.
    """
    real_now = real_now or now
    email = fold_email(email)
    asked, asker = f"{RESET}{email}", f"{RESET}{address}"[:64]
    with writing(engine) as connection:
        for_email, from_address = session_records.count_failures(connection, asked, asker, now=real_now)
        if for_email >= ASKED_FOR_EMAIL or from_address >= ASKED_FROM_ADDRESS:
            return
        session_records.note_failure(connection, asked, asker, now=real_now)
        account = records.by_email(connection, email)
        stores = records.stores_of(connection, account.id) if account else ()
        if account is None or not stores:
            return
        store, key = with_key(connection, stores[0], master)
        _write_reset(connection, store, key, public_url, account, now, real_now)


def _write_reset(
    connection: Connection,
    store: Store,
    key: Key,
    public_url: str,
    account: Account,
    now: datetime,
    real_now: datetime,
) -> None:
    secret = session_records.make_link(
        connection, account.id, store.id, purpose=LinkPurpose.RESET, now=real_now
    )
    say = locales.get(mail.language_of(account, store)).gettext
    mail.queue(
        connection,
        store,
        key,
        account,
        kind="password_reset",
        key=session_records.digest(secret)[:32],
        subject=say(mark("Choose a new password for Vefa")),
        paragraphs=[
            say(mark("Somebody, hopefully you, asked for a new password for this address.")),
            say(
                mark("The link works once, for one hour. A new password ends every session that is open now.")
            ),
            say(mark("If it was not you, do nothing: your password stays as it is.")),
        ],
        link=(say(mark("Choose a new password")), f"{public_url}/vefa/sign-in/{secret}"),
        now=now,
    )
