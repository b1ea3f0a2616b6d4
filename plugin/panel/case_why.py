"""Why a case is what it is and stands where it does, in a few words."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from markupsafe import Markup

from vefa.cases.case import CaseState, Reason, Severity
from vefa.cases.listed import Listed
from vefa.cases.priority import is_urgent
from vefa.lateness.judgement import Lateness
from vefa.locales import mark
from vefa.panel import case_words
from vefa.panel.text import moment, ngettext, say
from vefa.panel.words import LATENESS

# What was read, by its code; ``words:<reason>``, ``score:<n>`` and ``order:<lateness>`` have sentences of their own.
READ = {
    "words:safety": mark("words of danger"),
    "words:angry": mark("angry words"),
    "stated": mark("the customer said what it is about"),
    "by_hand": mark("sorted by hand"),
}
SEVERE = {
    Severity.SAFETY: mark("somebody may be in danger"),
    Severity.MONEY: mark("money is at stake"),
    Severity.TIME: mark("time is at stake"),
}


def read_from(case: Listed) -> list[Markup]:
    """Return what a case was read from, each in a few words."""
    return [words for code in case.because if (words := _code(code)) is not None]


def _code(code: str) -> Markup | None:
    if code in READ:
        return say(READ[code])
    name, _, value = code.partition(":")
    if name == "words":
        return say(mark("words about: %(reason)s"), reason=say(case_words.REASONS[Reason(value)]))
    if name == "score":
        return say(mark("score %(score)s of 5"), score=int(value))
    if name == "order":
        return say(mark("order: %(state)s"), state=say(LATENESS[Lateness(value)][1]))
    return None


def why(case: Listed, now: datetime) -> Markup:
    """Return why a case stands where it does in the list."""
    return Markup(" · ").join(_reasons(case, now))


def _reasons(case: Listed, now: datetime) -> Iterator[Markup]:
    if case.state is CaseState.CLOSED:
        if case.outcome is not None:
            yield say(case_words.OUTCOMES[case.outcome])
        yield from read_from(case)
        return
    if case.legal_due_at is not None and is_urgent(case.legal_due_at, now):
        yield say(mark("the law wants an answer by %(moment)s"), moment=moment(case.legal_due_at))
    if case.severity in SEVERE:
        yield say(SEVERE[case.severity])
    if case.state is CaseState.OPEN:
        yield _waits(now, case)
    yield from read_from(case)


def _waits(now: datetime, case: Listed) -> Markup:
    days = (now - case.last_customer_at).days
    if days < 1:
        return say(mark("waits since %(moment)s"), moment=moment(case.last_customer_at))
    return ngettext("waits %(n)s day", "waits %(n)s days", days)
