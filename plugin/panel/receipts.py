"""A decision record as people read it: the row, the facts with their sources, the article, who may carry it out."""

from __future__ import annotations

from dataclasses import dataclass

from flask import g
from markupsafe import Markup

from vefa.locales import mark
from vefa.panel import policy_words, visit
from vefa.panel.text import day, say
from vefa.policy import book, phrases
from vefa.policy.decision import Decision, Read
from vefa.policy.table import LAST_ROW, Column, Policy

# The facts that say most in a line, the most telling first.
TELLING = (Column.WINDOW, Column.EXCLUDED, Column.DAYS_LATE, Column.DELIVERY, Column.REASON)
NO_ROW = mark("No row fits, so a person decides.")


@dataclass(frozen=True, slots=True)
class Fact:
    """A fact that was read: what it is about, its value, and who says so."""

    column: Markup
    value: Markup
    source: Markup


@dataclass(frozen=True, slots=True)
class Receipt:
    """A decision in words; ``place`` is the row's number in its version, ``passed`` are rows that did not fit."""

    outcome: Markup
    row: str | None
    place: Markup
    version: int
    facts: tuple[Fact, ...]
    article: Markup
    authority: Markup
    passed: tuple[tuple[Markup, Markup], ...]


def receipt(decision: Decision) -> Receipt:
    """Return a decision record as the panel shows it."""
    return Receipt(
        outcome(decision),
        None if decision.row_id == LAST_ROW else decision.row_id,
        _place(decision, decision.row_id),
        decision.version,
        tuple(_fact(read, decision.version) for read in decision.facts),
        say(decision.source) if decision.source else Markup(),
        say(phrases.AUTHORITY[decision.authority]),
        tuple((_place(decision, one.row_id), policy_words.why_not(one)) for one in decision.passed),
    )


def outcome(decision: Decision) -> Markup:
    """Return what was decided, in a few words."""
    return say(phrases.KINDS[decision.outcome])


def because(decision: Decision) -> Markup:
    """Return why, in a line: the fact that says most, and the row."""
    if decision.row_id == LAST_ROW:
        return say(NO_ROW)
    reads = {read.column: read for read in decision.facts if read.value is not None}
    told = next((reads[column] for column in TELLING if column in reads and reads[column].value), None)
    row = _place(decision, decision.row_id)
    if told is None:
        return row
    fact = _fact(told, decision.version)
    return Markup("{}: {} · {}").format(fact.column, fact.value, row)


def _place(decision: Decision, row_id: str) -> Markup:
    """Return a row's number in the version that decided; a row that no version holds keeps its name."""
    places = _places(decision.version)
    if row_id in places:
        return say(mark("row %(n)s"), n=places[row_id])
    return Markup('<bdi dir="ltr">{}</bdi>').format(row_id)


def _places(version: int) -> dict[str, int]:
    """Return the numbers of a version's rows."""
    policy = _policy(version)
    return {row.id: number for number, row in enumerate(policy.rows if policy else (), 1)}


def _policy(version: int) -> Policy | None:
    """Return a version of the policy, if the store has it; each is read once a request."""
    known: dict[int, Policy | None] = g.setdefault("vefa_policies", {})
    if version not in known:
        with visit.reading() as connection:
            found = book.version(connection, visit.store(), version)
        known[version] = found.policy if found else None
    return known[version]


def _fact(read: Read, version: int) -> Fact:
    policy = _policy(version)
    value = policy_words.fact(read, policy.currency if policy else visit.store().usual_unit)
    if read.day is not None:
        value = say(mark("%(value)s (%(day)s)"), value=value, day=day(read.day))
    return Fact(say(policy_words.COLUMNS[read.column]), value, say(policy_words.SOURCES[read.source]))
