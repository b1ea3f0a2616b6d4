"""Sends written messages, each at most once: written, claimed, sending, then sent, unknown or dropped.

``sending`` is committed before the first byte of the content leaves. A message found in that state after a crash may
have arrived; it becomes ``outcome_unknown``, is counted, and is never tried again by itself.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Engine

from vefa.channels import Envelope
from vefa.channels.email import compose
from vefa.channels.line import Connect, Line
from vefa.database import reading
from vefa.errors import ChannelError
from vefa.lateness.look import assess_orders
from vefa.outreach import records
from vefa.outreach.by_hand import BY_HAND, SEND
from vefa.outreach.decide import Decision, Verdict, applies, decide
from vefa.outreach.known import read
from vefa.outreach.purpose import Purpose
from vefa.stores.records import by_id, with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Sending, Store
from vefa.turns import alone, writing
from vefa.work import Result, make_due

log = logging.getLogger("vefa.worker")
HOUR = timedelta(hours=1)
FIRST_RETRY = timedelta(minutes=1)
LATEST_RETRY = timedelta(hours=1)
STOPPED_RETRY = timedelta(minutes=15)


class Sender:
    """Sends one store's batch over one connection, opened when the first message needs it."""

    def __init__(self, engine: Engine, master: Key, connect: Connect, claim: str) -> None:
        self.engine, self.master, self.connect, self.claim = engine, master, connect, claim

    def look(self, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
        """Send what is written and still true; say when to try the others again.

        The sweep sees to it that nobody else sends for the store meanwhile.
        """
        unknown = settle_left(self.engine, store_id, self.claim, now)
        if unknown:
            log.warning("%d messages may or may not have left when another worker ended", unknown)
        with reading(self.engine) as connection:
            store, key = with_key(connection, store_id, self.master)
            rows = records.get(connection, store_id, subjects)
        again: dict[str, datetime] = {}
        line = Line(self.connect)
        try:
            for row in rows:
                if line.dead:
                    again[row.id] = now + FIRST_RETRY
                    continue
                later = self._claim(store, key, row, now)
                if isinstance(later, datetime):
                    again[row.id] = later
                if later is not None:
                    continue
                try:
                    self._transmit(line, store, key, row, now)
                except ChannelError as error:
                    self._failed(store, row, error, now, again)
                    line.close()
                except Exception:
                    # Free for the next try if nothing left; a dead letter shows what was wrong.
                    self._move(store, row, records.CLAIMED, state=records.WRITTEN, claim=None)
                    raise
        finally:
            line.close()
        return Result(again=again)

    def _claim(self, store: Store, key: Key, row: Any, now: datetime) -> datetime | bool | None:
        """Claim a written message after reading its order once more.

        Returns None if it may leave, an instant to look again, or True if there is nothing to send.
        """
        if row.state == records.SENDING:
            # This process began and could not write down the end; nobody knows whether it arrived.
            self._move(store, row, records.SENDING, state=records.UNKNOWN, settled_at=now)
        if row.state != records.WRITTEN:
            return True
        if not row.sealed_content:
            self._move(store, row, records.WRITTEN, state=records.DROPPED, reason="erased", settled_at=now)
            return True
        # The store is read again too: the stop button holds from the next message on, not from the next batch.
        store, decision = self._judge_again(store.id, key, row, now)
        if decision.verdict is Verdict.WAIT:
            return decision.until or now + HOUR
        if decision.verdict is Verdict.SKIP:
            self._move(
                store, row, records.WRITTEN, state=records.DROPPED, reason=decision.reason, settled_at=now
            )
            return True
        # The ceiling is there for a rule that goes wrong; a person's own answer does not wait for it.
        ceiling = None if row.purpose in BY_HAND else store.outgoing.ceiling
        if ceiling is not None:
            with reading(self.engine) as connection:
                if records.sent_since(connection, store.id, now - HOUR) >= ceiling:
                    return now + timedelta(minutes=5)
        return (
            None if self._move(store, row, records.WRITTEN, state=records.CLAIMED, claim=self.claim) else True
        )

    def _judge_again(self, store_id: int, key: Key, row: Any, now: datetime) -> tuple[Store, Decision]:
        """Return what stands in the way of a message now; what a person wrote is not judged by rules."""
        if row.purpose in BY_HAND:
            with reading(self.engine) as connection:
                store = by_id(connection, store_id)
            stopped = Decision(Verdict.WAIT, "stopped", now + STOPPED_RETRY)
            return store, stopped if store.outgoing.stopped_at else Decision(Verdict.WRITE, "by_hand")
        purpose = Purpose(row.purpose)
        with reading(self.engine) as connection:
            store = by_id(connection, store_id)
            assessed = assess_orders(connection, store_id, [row.order_id], now)
            messages = records.messages_of(connection, store_id, [row.order_id])
            known = read(connection, store, key, assessed, messages, now, counting=False)
        if store.outgoing.mode is not Sending.ON:
            return store, Decision(Verdict.SKIP, "shadow")
        found = assessed[row.order_id]
        promise = found.judgement.promise
        about = row.promise if purpose is Purpose.FEEDBACK or promise is None else promise.key
        if applies(purpose, found) is None and (promise is None or about != row.promise):
            return store, Decision(Verdict.SKIP, "promise_changed")
        return store, decide(purpose, found, known.situation(purpose, found, now), now)

    def _transmit(self, line: Line, store: Store, key: Key, row: Any, now: datetime) -> None:
        content = json.loads(key.open(row.sealed_content, f"message:{row.id}"))
        assert store.sender is not None and store.reply_to is not None  # noqa: S101, PT018 - switch() saw to it
        data = compose(
            Envelope(
                sender_name=store.name,
                sender=store.sender,
                recipient=content["to"],
                reply_to=store.reply_to,
                subject=content["subject"],
                text=content["text"],
                html=content["html"],
                language=row.language,
                message_id=row.message_id,
                date=now,
                references=tuple((row.references or "").split()),
                unsubscribe=content.get("unsubscribe"),
                automatic=row.purpose not in BY_HAND,
            )
        )
        session = line.session()
        session.offer(store.sender, content["to"])
        if not self._move(store, row, records.CLAIMED, state=records.SENDING):
            session.reset()
            return
        session.transmit(data)
        self._move(store, row, records.SENDING, state=records.SENT, settled_at=now, error=None)

    def _failed(
        self, store: Store, row: Any, error: ChannelError, now: datetime, again: dict[str, datetime]
    ) -> None:
        with reading(self.engine) as connection:
            state = records.get(connection, store.id, [row.id])[0].state
        if error.unknown:
            self._move(store, row, state, state=records.UNKNOWN, settled_at=now, error=str(error))
        elif error.permanent:
            self._move(
                store, row, state, state=records.DROPPED, reason="refused", settled_at=now, error=str(error)
            )
        else:
            self._move(
                store, row, state, state=records.WRITTEN, claim=None, tries=row.tries + 1, error=str(error)
            )
            again[row.id] = now + min(FIRST_RETRY * 2 ** min(row.tries, 10), LATEST_RETRY)

    def _move(self, store: Store, row: Any, before: str, **values: Any) -> bool:
        claim = None if before == records.WRITTEN else self.claim
        with writing(self.engine, store.id) as connection:
            return records.move(connection, store.id, row.id, before, claim, **values)


def recover(engine: Engine, now: datetime) -> int:
    """Settle what dead processes left: claimed messages are free again, sending ones have an unknown outcome.

    Where another process is sending for a store, its messages are left to it. Returns how many outcomes are unknown.
    """
    with reading(engine) as connection:
        stores = records.unfinished(connection)
    unknown = 0
    for store_id in stores:
        with alone(engine, store_id, SEND) as mine:
            if mine:
                unknown += settle_left(engine, store_id, None, now)
    return unknown


def settle_left(engine: Engine, store_id: int, claim: str | None, now: datetime) -> int:
    """Settle the messages of one store that anybody but ``claim`` left, and return how many outcomes are unknown.

    Call it only where nobody else sends for the store. A process that was thought dead and was not finds its claim
    gone: it sends nothing that it had not begun, and what it had begun stays unknown.
    """
    with reading(engine) as connection:
        if not records.left(connection, store_id, claim):
            return 0
    unknown = 0
    with writing(engine, store_id) as connection:
        for row in records.left(connection, store_id, claim):
            sent = row.state == records.SENDING
            unknown += sent
            values = (
                {"state": records.UNKNOWN, "settled_at": now}
                if sent
                else {"state": records.WRITTEN, "claim": None}
            )
            records.move(connection, store_id, row.id, row.state, row.claim, **values)
            if not sent:
                make_due(connection, store_id, SEND, {row.id: now})
    return unknown
