"""One row of the deliveries list: whose order, how it stands, why, and what the customer was told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from vefa.customers.customer import Customer
from vefa.customers.vault import customers
from vefa.lateness.judgement import Lateness
from vefa.lateness.listing import Listed
from vefa.locales import mark
from vefa.outreach import listing as outreach
from vefa.outreach.decide import Verdict
from vefa.panel import outreach_words, visit, words
from vefa.panel.state import state
from vefa.panel.text import day, ngettext, say
from vefa.stores.records import key_of

OPEN = (Lateness.ON_TRACK, Lateness.AT_RISK)


@dataclass(frozen=True, slots=True)
class Row:
    """An order as the list shows it; ``shape`` and ``word`` are its state, ``told`` what the customer heard."""

    listed: Listed
    name: str | None
    shape: str
    word: Markup
    due: Markup
    why: Markup
    told: Markup


def rows(connection: Connection, found: Sequence[Listed]) -> list[Row]:
    """Return orders as rows, with their customers' names and what was told to them."""
    store = visit.store()
    ids = [one.order_id for one in found]
    names = people(connection, found)
    messages = outreach.messages_of(connection, store.id, ids)
    decisions = outreach.decisions_of(connection, store.id, ids)
    return [
        Row(
            one,
            names[holder(one)].name,
            *state_of(one),
            due(one),
            words.short_reason(one.reason, one.evidence),
            told(messages[one.order_id], decisions[one.order_id]),
        )
        for one in found
    ]


def holder(listed: Listed) -> str:
    """Return whose vault row an order's customer stands in."""
    return listed.holder or f"order:{listed.order_id}"


def people(connection: Connection, found: Sequence[Listed]) -> dict[str, Customer]:
    """Return the customers of these orders by their holders."""
    store = visit.store()
    key = key_of(connection, store.id, state().master)
    return customers(connection, store.id, sorted({holder(one) for one in found}), key)


def due_day(listed: Listed) -> date | None:
    """Return the local day on which an order is due, or None without a promise."""
    return words.local_day(listed.due) if listed.due else None


def state_of(listed: Listed) -> tuple[str, Markup]:
    """Return the shape and the words of an order's state, with the days that it is late."""
    shape, word = words.LATENESS[listed.state]
    days = _days_late(listed)
    if not days:
        return shape, say(word)
    if listed.state is Lateness.DELIVERED_LATE:
        return shape, ngettext("%(n)s day too late", "%(n)s days too late", days)
    return shape, ngettext("Late %(n)s day", "Late %(n)s days", days)


def _days_late(listed: Listed) -> int:
    if listed.state is Lateness.DELIVERED_LATE:
        return int(listed.evidence.get("days") or 0)
    promised = due_day(listed)
    if listed.state is not Lateness.LATE or promised is None:
        return 0
    return (visit.today() - promised).days


def due(listed: Listed) -> Markup:
    """Return when an order is due, in words that fit under its state."""
    promised = due_day(listed)
    if promised is None:
        return Markup()
    over = listed.state not in OPEN or promised < visit.today()
    if not over and promised == visit.today():
        return say(mark("due today"))
    if not over and promised == visit.today() + timedelta(days=1):
        return say(mark("due tomorrow"))
    return say(mark("was due %(day)s") if over else mark("due %(day)s"), day=day(promised))


def told(messages: Sequence[Any], decisions: Sequence[Any]) -> Markup:
    """Return what the customer of an order heard last, or why they heard nothing."""
    if messages:
        last = messages[-1]
        purpose = say(outreach_words.PURPOSES[last.purpose])
        on = day(last.written_at.astimezone(visit.store().zone).date())
        # The list's column says what kind of thing it holds; where rows stand without columns each has to.
        spelled = Markup('<span class="v-only-phone">{} · </span>{} · <span class="v-nowrap">{}</span>')
        return spelled.format(purpose, message_state(last)[1], on)
    silent = [one for one in decisions if one.verdict != Verdict.WRITE]
    return words.short_decision(silent[-1].reason) if silent else Markup()


def message_state(message: Any) -> tuple[str, Markup]:
    """Return the shape and the words of how a message stands."""
    if message.contradicted_at is not None:
        shape, word = outreach_words.PROVED_WRONG
    elif message.shadow:
        shape, word = outreach_words.IN_SHADOW
    else:
        shape, word = outreach_words.MESSAGES[message.state]
    return shape, say(word)
