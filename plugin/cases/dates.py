"""Finds the days that a text names, so that none is given to a customer without becoming a promise.

Nothing is guessed in silence: what may mean several days says so, and why.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date

from vefa.cases import date_words as say
from vefa.cases.date_forms import PATTERNS, READERS
from vefa.promises.calendar import Calendar

_GAP = re.compile(r"[\s,،()]*(?:gunu\s+)?[\s,،()]*")


@dataclass(frozen=True, slots=True)
class Found:
    """A place in a text that names a day.

    ``days`` are the days that may be meant, the likeliest first; none where that cannot be told. ``doubt`` is a code:
    ``order`` (day or month first), ``year``, ``weekday`` (today or in a week), ``next`` (this or the one after),
    ``mismatch`` (weekday and date disagree), ``no_such_day``, ``working_days``, ``hours``, ``week``.
    """

    start: int
    end: int
    text: str
    days: tuple[date, ...]
    doubt: str | None = None
    weekday: int | None = None


def unpromised(
    text: str, today: date, language: str, promised: date | None = None, calendar: Calendar | None = None
) -> list[Found]:
    """Return the days to come that a text names and that are not the one promised; what is over is no promise."""
    return [
        one
        for one in find(text, today, language, calendar)
        if not one.days or (max(one.days) >= today and promised not in one.days)
    ]


def find(text: str, today: date, language: str, calendar: Calendar | None = None) -> list[Found]:
    """Return every place in a text that names a day, in their order.

    ``language`` is the text's tag, by which 3/4 is read; ``calendar`` counts working days.
    """
    folded = say.plain(text)
    found: list[Found] = []
    for name, pattern in PATTERNS.items():
        for match in pattern.finditer(folded):
            days, doubt = READERS[name](match, today, language, calendar)
            weekday = say.known(say.WEEKDAYS, match["weekday"]) if name == "weekday" else None
            if name == "weekday" and _is_market(text, match, folded):
                continue
            found.append(Found(match.start(), match.end(), match[0], days, doubt, weekday))
    kept = _joined(_apart(found), folded)
    return [replace(one, text=text[one.start : one.end]) for one in kept]


def _apart(found: list[Found]) -> list[Found]:
    """Keep of places that lie over each other the longest."""
    kept: list[Found] = []
    for one in sorted(found, key=lambda one: (one.start - one.end, one.start)):
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _joined(found: list[Found], folded: str) -> list[Found]:
    """Join a weekday with the date beside it."""
    kept: list[Found] = []
    for one in found:
        before = kept[-1] if kept else None
        beside = before is not None and _GAP.fullmatch(folded, before.end, one.start)
        if before is not None and beside and (before.weekday is None) != (one.weekday is None):
            kept[-1] = _pair(before, one)
        else:
            kept.append(one)
    return kept


def _pair(first: Found, second: Found) -> Found:
    named, dated = (first, second) if first.weekday is not None else (second, first)
    fitting = tuple(day for day in dated.days if day.weekday() == named.weekday)
    doubt = dated.doubt if not dated.days else None if len(fitting) == 1 else "mismatch"
    return Found(first.start, second.end, "", fitting or dated.days, doubt)


def _is_market(text: str, match: re.Match[str], folded: str) -> bool:
    """Say whether Turkish "pazar" is a market and not a Sunday."""
    return (
        match["weekday"] == "pazar"
        and text[match.start()] != "P"
        and not folded.startswith(" gun", match.end())
    )
