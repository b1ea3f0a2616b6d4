"""Answers a customer by e-mail, in their language and in the thread of what was written to them before."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from vefa import locales
from vefa.cases import acts, entries
from vefa.cases.case import CaseState, Channel, EntryKind, Outcome
from vefa.cases.promising import ANSWERS, Promising, add_sentence
from vefa.cases.step import HistoryNotSeenError, Step, step, words
from vefa.clock import time_ordered_id
from vefa.customers import vault
from vefa.errors import ConflictError
from vefa.locales import mark
from vefa.orders.order import Order
from vefa.orders.records import load
from vefa.outreach import by_hand, records
from vefa.outreach.links import links_for
from vefa.outreach.paper import Letter
from vefa.outreach.words import WordsFacts, render
from vefa.promises import given
from vefa.promises.given import GivenKind
from vefa.staff.account import Account
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.stores.zones import only_zone

__all__ = ["HistoryNotSeenError", "NoAddressError", "language_of", "reply", "zone_of"]

ABOUT_ORDER = mark("About your order %(order)s")
ABOUT_MESSAGE = mark("About your message to us")
READ_ALL = mark("Read everything and answer")
AGAIN = "Re: "


class NoAddressError(ConflictError):
    """Nobody knows an e-mail address of the customer."""


def reply(
    connection: Connection,
    store: Store,
    key: Key,
    public_url: str,
    case_id: str,
    by: Account,
    text: str,
    *,
    promise_due: datetime | None = None,
    promise_kind: GivenKind = GivenKind.REPLY,
    close: bool = False,
    form: str | None = None,
    now: datetime,
) -> str:
    """Write to the customer of a case and return the id of the message's row.

    The answer keeps the promises to answer; the case then waits for the customer, or with ``close`` is closed as
    solved. A date becomes a promise, which the letter states. Raises ``HistoryNotSeenError`` for a member who was not
    shown the customer's history in this case, ``NoAddressError`` where there is no address, and ``ConflictError`` for
    a closed case, an empty text or a promise that cannot be kept.
    """
    act = step(connection, store, key, case_id, by, form, now)
    if act.done:
        return _written(act)
    act.must_be_open()
    promised = Promising(promise_kind, promise_due) if promise_due else None
    _check(act, promised, close=close)
    order = _order(act)
    language = locales.get(language_of(store, act.case.language, order))
    body = words(text)
    if promised:
        body = add_sentence(body, promised.sentence(language, zone_of(store, order, now)))
    message_id = _post(act, public_url, body, language.tag)
    detail: dict[str, object] = {"message": message_id}
    if promised:
        detail |= {"promise": promise_kind.value, "due_at": promised.due_at.isoformat()}
    act.note(EntryKind.REPLY, "reply", text=body, channel=Channel.EMAIL, detail=detail)
    given.settle(connection, store.id, case_id, ANSWERS, kept=True, now=now)
    if promised:
        promised.give(act)
    replied = {
        "first_replied_at": act.case.first_replied_at or now,
        "last_replied_at": now,
        "legal_due_at": None,
    }
    act.change(state=CaseState.WAITING.value, **replied)
    if close:
        acts.finish(act, Outcome.SOLVED)
    return message_id


def _check(act: Step, promised: Promising | None, *, close: bool) -> None:
    if promised:
        promised.check(act.now)
        if close:
            raise ConflictError(mark("A case with a promise in it stays open until the promise is kept."))
    looked = acts.history_seen_at(act.connection, act.store.id, act.case.id, act.by.id)
    if looked is None:
        raise HistoryNotSeenError(mark("Look at the customer's history before you answer."))


def _order(act: Step) -> Order | None:
    order_id = act.case.order_id
    return load(act.connection, act.store.id, [order_id], act.now)[order_id] if order_id else None


def language_of(store: Store, said_in: str | None, order: Order | None) -> str:
    """Return the tag of the language to answer in: the customer's as far as the store speaks it, else the store's."""
    return locales.negotiate(said_in or (order.locale if order else None), store.languages)


def zone_of(store: Store, order: Order | None, now: datetime) -> ZoneInfo:
    """Return the time zone of a customer: that of the order's country where it has only one, else the store's."""
    return only_zone(order.country if order else None, now) or store.zone


def _address(act: Step) -> str:
    """Return where the answer goes; without that, or an address to answer to, nothing can be written."""
    store = act.store
    if not store.sender or not store.reply_to:
        raise ConflictError(mark("This store has no reply address yet. Set one before you answer customers."))
    person = vault.customers(act.connection, store.id, [act.case.holder], act.key)[act.case.holder]
    if person.email is None:
        raise NoAddressError(
            mark(
                "There is no e-mail address of this customer. Call them and keep a note of the call, "
                "or answer where they wrote to you."
            )
        )
    return person.email


def _post(act: Step, public_url: str, body: str, language: str) -> str:
    store, case, to = act.store, act.case, _address(act)
    thread = by_hand.thread_of(act.connection, store.id, order_id=case.order_id, case_id=case.id)
    identity = time_ordered_id(act.now)
    return by_hand.write(
        act.connection,
        store,
        act.key,
        purpose=by_hand.ByHand.CASE_REPLY,
        order_id=case.order_id,
        holder=case.holder,
        reason_key=act.name,
        to=to,
        letter=_letter(act, public_url, body, language, _subject(act, thread, language), identity),
        case_id=case.id,
        references=thread,
        language=language,
        now=act.now,
        message_id=identity,
    )


def _letter(act: Step, public_url: str, body: str, language: str, subject: str, message_id: str) -> Letter:
    store, case = act.store, act.case
    links = links_for(
        store,
        act.key,
        public_url,
        holder=case.holder,
        order_id=case.order_id,
        message_id=message_id,
        language=language,
        now=act.now,
    )
    return render(
        WordsFacts.of(
            store,
            subject=subject,
            text=body,
            language=language,
            signed_by=act.by.name,
            order_number=case.order_number,
            buttons=((locales.get(language).gettext(READ_ALL), links.case(case.id)),),
        )
    )


def _subject(act: Step, thread: Sequence[str], language: str) -> str:
    """Return the subject of the thread, by which mail programs keep it together, or one of its own."""
    spoken = locales.get(language)
    first = thread[0].strip("<>").partition("@")[0] if thread else ""
    for row in records.get(act.connection, act.store.id, [first]) if first else ():
        if not row.sealed_content:
            break
        subject = str(json.loads(act.key.open(row.sealed_content, f"message:{row.id}"))["subject"])
        return subject if subject.startswith(AGAIN) else AGAIN + subject
    if act.case.order_number:
        return spoken.gettext(ABOUT_ORDER, order=spoken.isolate(act.case.order_number))
    return spoken.gettext(ABOUT_MESSAGE)


def _written(act: Step) -> str:
    """Return the message that this form wrote when it came first."""
    for one in entries.of_case(act.connection, act.store.id, act.case.id, None):
        if one.key == act.name and "message" in one.detail:
            return str(one.detail["message"])
    raise ConflictError(mark("This form was used for something else. Load the page again."))
