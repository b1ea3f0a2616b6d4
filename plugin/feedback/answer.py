"""Takes the answer to the one question, and reads it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from vefa.customers import vault
from vefa.feedback import records, rules
from vefa.feedback.rules import AnswerError, LockedError
from vefa.outreach import permission
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.work import make_due

__all__ = ["Answer", "AnswerError", "LockedError", "give", "given", "words_of"]


@dataclass(frozen=True, slots=True)
class Answer:
    """A customer's answer on a page: the score, the words or "", and when it was given and last changed."""

    id: str
    score: int
    words: str
    at: datetime
    first_at: datetime
    message_id: str | None = None

    def is_locked(self, now: datetime) -> bool:
        """Say whether the answer can no longer be changed."""
        return rules.is_locked(self.first_at, now)


def answer_id(order_id: str, holder: str) -> str:
    """Return the identity of a page's answer: one an order and customer."""
    return f"page:{order_id}:{holder}"


def _purpose(store_id: int, identity: str) -> str:
    return f"answer:{store_id}:{identity}"


def give(
    connection: Connection,
    store: Store,
    key: Key,
    *,
    wakes: Sequence[str],
    holder: str,
    order_id: str,
    message_id: str | None,
    score: int,
    words: str,
    language: str | None,
    now: datetime,
) -> None:
    """Keep an answer, or change the one that stands, and let the packages in ``wakes`` look at the order.

    Giving the same answer again changes nothing. ``language`` is the one in which the page was read. Raises
    ``LockedError`` a day after the first answer, ``AnswerError`` for what is no answer. Call it while writing.
    """
    kept = rules.checked(score, words)
    before = given(connection, store, key, holder, order_id)
    if before is not None and (before.score, before.words) == (score, kept):
        return
    if before is not None and before.is_locked(now):
        raise LockedError("The answer stands for longer than a day and is not changed any more.")
    identity = answer_id(order_id, holder)
    person = vault.ensure_key(connection, store.id, holder, key)
    row = {
        "store_id": store.id,
        "id": identity,
        "order_id": order_id,
        "holder": holder,
        "source": records.PAGE,
        "score": score,
        "sealed_words": person.seal(kept.encode(), _purpose(store.id, identity)) if kept else None,
        "has_words": bool(kept),
        "language": language,
        "message_id": message_id,
        "at": now,
        "first_at": before.first_at if before else now,
    }
    records.write(connection, [row])
    permission.note_answer(connection, store.id, order_id, now)
    for package in wakes:
        make_due(connection, store.id, package, {order_id: now})


def given(connection: Connection, store: Store, key: Key, holder: str, order_id: str) -> Answer | None:
    """Return what this customer answered on a page about this order, or None."""
    row = records.by_id(connection, store.id, answer_id(order_id, holder))
    if row is None:
        return None
    person = vault.keys(connection, store.id, [holder], key).get(holder)
    words = words_of(row, person)
    return Answer(row.id, row.score, words, row.at, row.first_at, row.message_id)


def words_of(row: Any, person: Key | None) -> str:
    """Return the words of a page's answer, opened with the customer's key; without the key they are gone."""
    if row.sealed_words is None or person is None:
        return ""
    return person.open(row.sealed_words, _purpose(row.store_id, row.id)).decode()
