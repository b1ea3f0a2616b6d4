"""An order's story, newest first: what happened, what was promised, how it was judged, what was written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from flask import url_for
from markupsafe import Markup

from vefa.facts import Fact, digest
from vefa.lateness.judgement import Lateness
from vefa.locales import mark
from vefa.outreach.decide import Verdict
from vefa.panel import fact_words, outreach_words, return_words, rows, visit, words
from vefa.panel.text import day, moment, return_title, say
from vefa.promises.promise import PromiseKind, State
from vefa.returns.told import TYPES as RETURN_TYPES

HEARD_LATER = timedelta(hours=1)
LONGEST = 300


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the story; ``ahead`` is foreseen rather than past, ``message`` can be read from here."""

    at: datetime
    icon: str
    kind: str
    title: Markup
    detail: Markup = fact_words.NOTHING
    ahead: bool = False
    message: Any = None


@dataclass(frozen=True, slots=True)
class Sources:
    """Everything that a story is told from, as the database gives it."""

    facts: Sequence[Fact]
    promises: Sequence[Mapping[str, Any]]
    changes: Sequence[Mapping[str, Any]]
    messages: Sequence[Any]
    decisions: Sequence[Any]
    currency: str | None = None
    returns: Sequence[Any] = ()


def story(sources: Sources) -> list[Entry]:
    """Return the lines of an order's story, the newest first; of a very long one the newest lines."""
    entries = [
        *_returns(sources.returns),
        *_messages(sources.messages),
        *_decisions(sources.decisions),
        *_changes(sources.changes),
        *_promises(sources.promises),
        *_facts(sources),
    ]
    # Of one instant, what follows from the other stands above it: the sort keeps this order.
    return sorted(entries, key=lambda entry: entry.at, reverse=True)[:LONGEST]


def _facts(sources: Sources) -> Iterator[Entry]:
    status: object = None
    said: set[tuple[str, datetime, str]] = set()
    for fact in sorted(sources.facts, key=lambda fact: fact.stamp):
        if sources.returns and fact.type in RETURN_TYPES:
            continue
        # A platform that sends an order whole says of its parcels again and again what was said before.
        if (again := (fact.type, fact.at, digest(fact.values))) in said:
            continue
        said.add(again)
        told = fact_words.tell(fact, status, sources.currency)
        status = fact.values.get("platform_status", status)
        if told is None:
            continue
        detail = told.detail
        if fact.implausible:
            detail = _also(detail, say(mark("Its time cannot be right, so it moves nothing.")))
        elif fact.learned_at - fact.at > HEARD_LATER:
            detail = _also(detail, say(mark("Heard on %(moment)s."), moment=moment(fact.learned_at)))
        at = fact.learned_at if fact.implausible else fact.at
        yield Entry(at, told.icon, told.kind, told.title, detail)


def _returns(returned: Sequence[Any]) -> Iterator[Entry]:
    """Tell what became of each return; what the store said of it stands in its row already."""
    for row in returned:
        number = return_title(row.number)
        page = url_for("panel.one_return", return_number=row.number)
        link = Markup('<a href="{}">{}</a>').format(page, number)
        for _, at, icon, kind, title in return_words.moments(row):
            yield Entry(at, icon, kind, say(title), link)


def _also(detail: Markup, more: Markup) -> Markup:
    return Markup(" · ").join(part for part in (detail, more) if part)


def _promises(promises: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
    for promise in promises:
        title = promise_title(promise)
        source = say(words.SOURCES.get(promise["source"], words.NOT_KNOWN))
        yield Entry(
            promise["made_at"], "bookmark", "is-note", say(mark("Promised: %(what)s"), what=title), source
        )
        shape, _ = words.PROMISE_STATES[State(promise["state"])]
        if promise["settled_at"] is not None and promise["settled_at"] <= visit.now():
            settled = say(words.SETTLED[State(promise["state"])])
            yield Entry(promise["settled_at"], "bookmark", f"is-{shape}", settled, title)
        elif promise["due_at"] > visit.now() and promise["superseded_at"] is None:
            yield Entry(promise["due_at"], "clock", f"is-{shape}", title, ahead=True)


def promise_title(promise: Mapping[str, Any]) -> Markup:
    """Return what was promised, and by which day."""
    title = words.PROMISES[PromiseKind(promise["kind"])]
    return say(title, due=day(words.local_day(promise["due"])))


def _changes(changes: Sequence[Mapping[str, Any]]) -> Iterator[Entry]:
    for change in changes:
        state = Lateness(change["after"])
        if change["before"] is None and state in (Lateness.ON_TRACK, Lateness.NOT_WATCHED):
            continue
        shape, word = words.LATENESS[state]
        why = words.reason(change["reason"], change["evidence"], day)
        yield Entry(change["at"], "alert-triangle", f"is-{shape}", say(word), why)


def _messages(messages: Sequence[Any]) -> Iterator[Entry]:
    for message in messages:
        shape, word = rows.message_state(message)
        title = say(outreach_words.PURPOSES[message.purpose])
        yield Entry(message.written_at, "mail", f"is-{shape}", title, word, message=message)
        if message.contradicted_at is not None:
            wrong = say(outreach_words.CONTRADICTIONS.get(message.contradicted_by, words.NOT_KNOWN))
            owned = say(mark("The message proved wrong"))
            yield Entry(message.contradicted_at, "alert-triangle", "is-broken", owned, wrong)


def _decisions(decisions: Sequence[Any]) -> Iterator[Entry]:
    for one in decisions:
        if one.verdict == Verdict.WRITE:
            continue
        purpose = say(outreach_words.PURPOSES[one.purpose])
        title = mark("%(purpose)s waits") if one.verdict == Verdict.WAIT else mark("%(purpose)s not written")
        yield Entry(one.at, "mail-off", "is-held", say(title, purpose=purpose), why_not(one))


def why_not(decision: Any) -> Markup:
    """Return the sentence of a decision not to write, or not yet."""
    until = moment(decision.until) if decision.until else ""
    return words.decision(decision.reason, until=until, days=visit.store().notice_age)
