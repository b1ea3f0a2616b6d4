"""One row of what needs attention: how it stands, what is owed and why, to whom, and the next step."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup, escape

from vefa.insights.attention import Group, Owed, What
from vefa.locales import mark
from vefa.panel import case_words, rows, visit, words
from vefa.panel.frame import free
from vefa.panel.text import case_name, clock, day, moment, return_name, say
from vefa.promises.given import GivenKind
from vefa.promises.promise import PromiseKind

GROUPS = {
    Group.BROKEN: mark("Broken"),
    Group.TODAY: mark("Due today"),
    Group.NEXT: mark("Next"),
}
STATES = {
    Group.BROKEN: ("broken", mark("Broken")),
    Group.TODAY: ("at-risk", mark("Due today")),
    Group.NEXT: ("on-time", mark("Open")),
}
LAW = mark("required by law")
STEPS = {
    GivenKind.FIRST_REPLY: mark("Write the reply"),
    GivenKind.REPLY: mark("Write the reply"),
    GivenKind.CALLBACK: mark("Call"),
    GivenKind.REFUND: mark("Open the case"),
    GivenKind.OTHER: mark("Open the case"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A thing to do as the list shows it; ``title`` leads to ``address``, as does the ``step``."""

    group: Group
    shape: str
    word: Markup
    when: Markup
    title: Markup
    detail: Markup
    address: str
    step: Markup
    holder: str
    name: str | None


def row(thing: Owed, names: Mapping[str, str | None]) -> Row:
    """Return a thing to do as a row."""
    build = {What.GIVEN: _given, What.DELIVERY: _delivery, What.REFUND: _refund, What.DECISION: _decision}
    shape, word, title, detail, address, step = build[thing.what](thing)
    return Row(
        thing.group,
        shape,
        word,
        _when(thing),
        title,
        _joined(detail, owned_by(thing.row, names)) if thing.what is What.GIVEN else detail,
        address,
        step,
        thing.holder,
        names[thing.holder],
    )


Parts = tuple[str, Markup, Markup, Markup, str, Markup]


def order_mark(number: str | None) -> Markup:
    """Return an order's number as it is written everywhere, or nothing."""
    if not number:
        return Markup()
    return Markup('<bdi dir="ltr" class="v-num">{}{}</bdi>').format(
        "" if number.startswith("#") else "#", number
    )


def owned_by(promise: Any, names: Mapping[str, str | None]) -> Markup:
    """Return who keeps a promise that a person gave, or nothing while nobody owns it."""
    name = names.get(promise.owner_id)
    return say(mark("Owner: %(name)s"), name=free(name)) if name else Markup()


def _joined(*parts: Markup) -> Markup:
    return Markup(" · ").join(part for part in parts if part)


def due_moment(at: datetime) -> Markup:
    """Return when something is due: the day alone where it is over with the day, the time alone where it is today."""
    local = at.astimezone(visit.store().zone)
    if local.time() == time():
        last = (local - timedelta(days=1)).date()
        return say(mark("end of today")) if last == visit.today() else escape(day(last))
    return escape(clock(local.time()) if local.date() == visit.today() else moment(at))


def _when(thing: Owed) -> Markup:
    if thing.due_at is None:
        return Markup()
    if thing.what is What.DELIVERY:
        return rows.due(thing.row)
    at = due_moment(thing.due_at)
    return _joined(at, say(LAW)) if thing.law else at


def _given(thing: Owed) -> Parts:
    shape, word = STATES[thing.group]
    kind = GivenKind(thing.row.kind)
    number = thing.row.number
    case = case_name(number) if number else Markup()
    window = Markup()
    if kind is GivenKind.CALLBACK and thing.row.not_before:
        window = say(mark("not before %(moment)s"), moment=moment(thing.row.not_before))
    address = f"{url_for('panel.today')}complaints/{number}"
    detail = _joined(case, order_mark(thing.row.order_number), window)
    return shape, say(word), say(case_words.GIVEN[kind]), detail, address, say(STEPS[kind])


def _delivery(thing: Owed) -> Parts:
    listed = thing.row
    due = rows.due_day(listed)
    shape, word = rows.state_of(listed)
    title = say(words.PROMISES[PromiseKind.DELIVERY], due=day(due)) if due else say(mark("Delivery"))
    detail = _joined(order_mark(listed.number), words.short_reason(listed.reason, listed.evidence))
    address = url_for("panel.one", order_id=listed.order_id)
    return shape, word, title, detail, address, say(mark("Open the order"))


def _refund(thing: Owed) -> Parts:
    shape, word = STATES[thing.group]
    return shape, say(word), say(mark("Refund")), *_return(thing, mark("Open the return"))


def _decision(thing: Owed) -> Parts:
    return "note", say(mark("To decide")), say(mark("Return request")), *_return(thing, mark("Decide"))


def _return(thing: Owed, step: str) -> tuple[Markup, str, Markup]:
    number = thing.row.number
    named = return_name(number)
    address = f"{url_for('panel.today')}returns/{number}"
    return _joined(named, order_mark(thing.row.order_number)), address, say(step)
