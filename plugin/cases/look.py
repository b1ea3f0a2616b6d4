"""Looks at what customers said about an order, or to the store: makes of it what a person has to settle."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine

from vefa.cases import entries
from vefa.cases.case import Channel
from vefa.cases.open import open_or_continue
from vefa.cases.said import Said, background
from vefa.customers import vault
from vefa.database import reading
from vefa.facts import Fact, escape
from vefa.feedback import records as answers
from vefa.feedback.answer import words_of
from vefa.feedback.look import POSTED, of_review, review_id
from vefa.feedback.rules import calls_for_case
from vefa.orders.fold import fold
from vefa.orders.records import facts_of
from vefa.orders.records import subject as of_order
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.work import Result

PACKAGE = "cases"
# How many orders and customers are written in one transaction; the others follow at once in the next.
AT_ONCE = 10
CONTACTED = "customer.contacted_us"
CUSTOMER = "customer:"
CHANNELS = {
    "email": Channel.EMAIL,
    "mail": Channel.EMAIL,
    "e-mail": Channel.EMAIL,
    "phone": Channel.PHONE,
    "call": Channel.PHONE,
    "telephone": Channel.PHONE,
    "chat": Channel.CHAT,
    "whatsapp": Channel.CHAT,
    "telegram": Channel.CHAT,
}


@dataclass(frozen=True, slots=True)
class _Spoken:
    """What was said about one subject, in facts and in answers, and whose it is."""

    subject: str
    order_id: str | None
    holder: str
    language: str | None
    contacts: Sequence[Fact]
    reviews: Mapping[str, Fact]
    answers: Sequence[Any]

    @property
    def source(self) -> str:
        """The vault row in which the words of the facts stand."""
        return self.subject.removeprefix(CUSTOMER) if self.order_id is None else f"order:{self.order_id}"


def look(engine: Engine, master: Key, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
    """Open or continue a case for whatever calls for one: a bad score, words, any contact.

    A subject is an order's id, or ``customer:<holder>`` for what was said about no order.
    """
    with reading(engine) as connection:
        store, key = with_key(connection, store_id, master)
        spoken, again = _spoken(connection, store_id, subjects, now)
        if not spoken:
            return Result(again=again)
        again |= {one.subject: now for one in spoken[AT_ONCE:]}
        spoken = spoken[:AT_ONCE]
        said = _said(connection, store_id, key, spoken)
        known = background(connection, store, said, now)

    def write(connection: Connection) -> None:
        open_or_continue(connection, store, key, said, now, known)

    return Result(write if said else None, again)


def _spoken(
    connection: Connection, store_id: int, subjects: Sequence[str], now: datetime
) -> tuple[list[_Spoken], dict[str, datetime]]:
    names = {one: one if one.startswith(CUSTOMER) else of_order(one) for one in subjects}
    facts = facts_of(connection, store_id, list(names.values()))
    given = answers.of_orders(connection, store_id, subjects)
    found, again = [], {}
    for one, name in names.items():
        known = [fact for fact in facts[name] if not fact.implausible]
        contacts = [fact for fact in known if fact.type == CONTACTED]
        if ahead := [fact.at for fact in contacts if fact.at > now]:
            again[one] = min(ahead)
        contacts = [fact for fact in contacts if fact.at <= now]
        calling = [row for row in given.get(one, ()) if _calls(connection, row)]
        if not contacts and not calling:
            continue
        if one.startswith(CUSTOMER):
            found.append(_Spoken(one, None, one.removeprefix(CUSTOMER), None, contacts, {}, ()))
            continue
        order = fold(one, known, now)
        told = min(contacts, key=lambda fact: fact.stamp).values if contacts else {}
        holder = order.holder or _leaf(told, "holder") or f"order:{one}"
        reviews = {review_id(one, fact.key): fact for fact in known if fact.type == POSTED}
        found.append(_Spoken(one, one, holder, order.locale, contacts, reviews, calling))
    return found, again


def _calls(connection: Connection, row: Any) -> bool:
    """Say whether an answer belongs into a case: it calls for one, or changes what stands in one."""
    if calls_for_case(row.score, has_words=row.has_words):
        return True
    return row.at != row.first_at and entries.has_edition(connection, row.store_id, row.id)


def _said(connection: Connection, store_id: int, key: Key, spoken: Sequence[_Spoken]) -> list[Said]:
    words = vault.values_of(connection, store_id, sorted({one.source for one in spoken}), key)
    people = vault.keys(
        connection,
        store_id,
        sorted({row.holder for one in spoken for row in one.answers if row.source == answers.PAGE}),
        key,
    )
    found: list[Said] = []
    for one in spoken:
        found += [_contact(one, fact, words[one.source]) for fact in one.contacts]
        for row in one.answers:
            if row.source == answers.PAGE:
                found.append(_answer(row, words_of(row, people.get(row.holder))))
            else:
                found.append(_review(one, row, words[one.source]))
    return found


def _leaf(values: Mapping[str, Any], name: str) -> Any:
    return next((value for path, value in values.items() if path.rpartition("/")[2] == name), None)


def _contact(one: _Spoken, fact: Fact, words: Mapping[str, Any]) -> Said:
    channel = fact.values.get(f"contacts/{escape(fact.key)}/channel")
    return Said(
        key=f"contact:{fact.key}",
        holder=one.holder,
        at=fact.at,
        channel=CHANNELS.get(str(channel).casefold(), Channel.PLATFORM),
        order_id=one.order_id,
        text=words.get(f"contacts/{fact.key}/text") or "",
        language=fact.values.get(f"contacts/{escape(fact.key)}/language") or one.language,
        detail={"said_by": channel} if channel else {},
    )


def _review(one: _Spoken, row: Any, words: Mapping[str, Any]) -> Said:
    fact = one.reviews[row.id]
    parts = (words.get(f"reviews/{fact.key}/{name}") for name in ("title", "text"))
    return Said(
        key=row.id,
        holder=one.holder,
        at=row.at,
        channel=Channel.REVIEW,
        order_id=row.order_id,
        text="\n\n".join(part for part in parts if part),
        score=row.score,
        language=one.language,
        detail={"public": bool(of_review(fact, "public"))},
    )


def _answer(row: Any, text: str) -> Said:
    """Say what an answer on a page said; every edition of it is said anew."""
    return Said(
        key=entries.edition(row.id, row.at),
        holder=row.holder,
        at=row.at,
        channel=Channel.FEEDBACK,
        order_id=row.order_id,
        text=text,
        score=row.score,
        language=row.language,
        detail={"message": row.message_id} if row.message_id else {},
    )
