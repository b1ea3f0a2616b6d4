"""Looks back: takes a history through the whole program on a virtual clock, and says what would have been.

It reads the store's settings and policy and what it is given, and writes to a database of its own, which it forgets.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from vefa.database import Databases, reading
from vefa.imports import parts, pieces
from vefa.imports.fields import Field
from vefa.imports.findings import Asked, findings
from vefa.imports.grid import ceiling
from vefa.imports.kept import kept_bodies
from vefa.imports.records import Import
from vefa.imports.rehearsal import Heard, MakeLooks, Rehearsal
from vefa.imports.speak import Voice, speak
from vefa.imports.statuses import ENDED, State
from vefa.imports.study import voice_of
from vefa.imports.terms import Terms
from vefa.imports.told import Told
from vefa.inbound.move import Wakes
from vefa.platforms._import import NAME, TOPIC, body_of, key_of
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Evidence, Store

STEPS_A_LOOK = 100
MOST_ORDERS = 50_000
DAYS = 90
MOST_DAYS = 3650


@dataclass(slots=True)
class History:
    """What is looked back at.

    ``contacted`` are the orders whose customers are known to have said something, besides what the bodies tell;
    ``not_judged`` counts orders that were left out, by reason. ``arrivals``: whether it tells the days of arrival.
    """

    bodies: list[Heard] = field(default_factory=list)
    contacted: set[str] = field(default_factory=set)
    not_judged: Counter[str] = field(default_factory=Counter)
    arrivals: bool = True


class Backward:
    """A look back under way; ``report`` is what it found, once it has ended."""

    def __init__(
        self,
        original: Databases,
        store_id: int,
        history: History,
        asked: Asked,
        make_looks: MakeLooks,
        wakes: Wakes,
    ) -> None:
        self.report: dict[str, Any] | None = None
        self._history, self._asked = history, asked
        evidence = Evidence.CARRIER if history.arrivals else None
        self._stage = Rehearsal(original, store_id, make_looks, wakes, evidence=evidence)
        self._steps: dict[datetime, list[Heard]] = {}
        for one in history.bodies:
            if one.at <= asked.as_of:
                self._steps.setdefault(ceiling(one.at), []).append(one)
        self._times = sorted(self._steps, reverse=True)
        self._all = len(self._times)
        self._due: datetime | None = None

    def go_on(self, steps: int = STEPS_A_LOOK) -> dict[str, Any]:
        """Go on for some steps of the clock, and return how much is done, in per cent."""
        for _ in range(steps):
            waiting = [at for at in (self._times[-1] if self._times else None, self._due) if at]
            now = min(waiting, default=None)
            if now is None or now > ceiling(self._asked.as_of):
                self._end()
                break
            if self._times and self._times[-1] <= now:
                self._stage.hear(self._steps.pop(self._times.pop()), now)
            self._due = self._stage.work(now)
        return {"back_done": 99 - 99 * len(self._times) // max(self._all, 1)}

    def _end(self) -> None:
        try:
            self.report = findings(
                self._stage, self._asked, self._history.contacted, self._history.not_judged
            )
        finally:
            self._stage.close()

    def close(self) -> None:
        """Forget everything before the end."""
        self._stage.close()

    def run(self) -> dict[str, Any]:
        """Go on until the end, and return what was found."""
        while self.report is None:
            self.go_on()
        return self.report


def of_told(told: Iterable[Told], terms: Terms, since: datetime, voice: Voice) -> History:
    """Return the history that a file tells: of orders placed since an instant, the newest first if they are many."""
    history = History(arrivals=Field.DELIVERED_AT in terms.meaning.columns)
    orders = [one for one in told if one.placed_at is not None and since <= one.placed_at <= terms.as_of]
    orders.sort(key=lambda one: (one.placed_at, one.number), reverse=True)
    for one in orders[:MOST_ORDERS]:
        reason = _why_not(one, terms)
        if reason is not None:
            history.not_judged[reason] += 1
            continue
        order_id = f"{NAME}:{one.number}"
        if one.contacted_at is not None:
            history.contacted.add(order_id)
        history.bodies += _bodies(one, order_id, voice)
    history.not_judged["too_many"] += len(orders[MOST_ORDERS:])
    return history


def _why_not(one: Told, terms: Terms) -> str | None:
    """Return why nobody can say what happened to an order in between, or None where the file tells it."""
    if one.state in ENDED and one.cancelled_at is None:
        return "ended_some_day"
    if one.state is State.DELIVERED and one.delivered_at is None:
        return "delivered_some_day"
    return None if terms.tells_arrival else "arrival_not_told"


def _bodies(one: Told, order_id: str, voice: Voice) -> Iterable[Heard]:
    """Return what an order says as it would have been heard: each fact at its own moment."""
    speech = speak(one, order_id, None, voice)
    personal: Sequence[Any] = speech.personal
    for kind, at, values in speech.facts:
        body = body_of(order_id, [(kind, at, values)], personal)
        personal = ()
        yield Heard(at, NAME, TOPIC, key_of(body), body)


def of_import(original: Databases, master: Key, one: Import, make_looks: MakeLooks, wakes: Wakes) -> Backward:
    """Begin to look back at what a file that was checked tells."""
    with reading(original.main) as connection:
        store, key = with_key(connection, one.store_id, master)
        terms = Terms(store, one.as_of, one.meaning, one.from_1904)
        told: list[Told] = []
        for number in range(one.total):
            mine = (one.store_id, one.id)
            kept = pieces.read_pieces(connection, mine, pieces.Part.ROWS, key, parts.span_of(number))
            told += parts.Part(parts.rows_of(kept), terms).orders
    asked = asked_of(store, one.as_of, one.back_days or DAYS)
    history = of_told(told, terms, asked.since, voice_of(one.as_of, key))
    return Backward(original, one.store_id, history, asked, make_looks, wakes)


def of_journal(
    original: Databases, master: Key, one: Import, make_looks: MakeLooks, wakes: Wakes
) -> Backward:
    """Begin to look back at what a store's platforms told: at every body that is still kept, when it happened."""
    with reading(original.main) as connection:
        store, key = with_key(connection, one.store_id, master)
        asked = asked_of(store, one.as_of, one.back_days or DAYS)
        history = History(bodies=list(kept_bodies(connection, store.id, key, asked)), arrivals=False)
    return Backward(original, store.id, history, asked, make_looks, wakes)


def asked_of(store: Store, as_of: datetime, days: int) -> Asked:
    """Return what is asked: orders of the last days, counted back from the instant that the history tells of."""
    return Asked(store.id, as_of, as_of - timedelta(days=days), days)
