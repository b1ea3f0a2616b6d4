"""One row of the outreach list: a message, or a decision not to write one, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from vefa.outreach import records
from vefa.outreach.decide import Purpose, Verdict
from vefa.panel import outreach_words, rows, visit, words
from vefa.panel.story import why_not
from vefa.panel.text import day, say


@dataclass(frozen=True, slots=True)
class Row:
    """A line about one order: when, for whom, what for, how it stands, and why; ``message_id`` if one was written."""

    at: datetime
    order_id: str
    number: str
    name: str | None
    purpose: str
    shape: str
    word: Markup
    why: Markup
    message_id: str | None = None


def message_row(message: Any, names: Mapping[str, str | None]) -> Row:
    """Return the row of a message."""
    due = message.promise.rpartition("|")[2]
    written = outreach_words.WRITTEN[Purpose(message.purpose)]
    return _row(
        message,
        message.written_at,
        names,
        rows.message_state(message),
        say(written, due=day(words.local_day(due))) + _besides(message),
        message.id,
    )


def silent_row(decision: Any, names: Mapping[str, str | None]) -> Row:
    """Return the row of a decision not to write, or not yet."""
    waits = decision.verdict == Verdict.WAIT
    stands = outreach_words.WAITS if waits else outreach_words.SILENT
    return _row(decision, decision.at, names, (stands[0], say(stands[1])), why_not(decision))


def _row(
    found: Any,
    at: datetime,
    names: Mapping[str, str | None],
    stands: tuple[str, Markup],
    why: Markup,
    message_id: str | None = None,
) -> Row:
    purpose = outreach_words.PURPOSES[Purpose(found.purpose)]
    number = found.number or found.order_id.partition(":")[2]
    return Row(at, found.order_id, number, names[found.order_id], purpose, *stands, why, message_id)


def _besides(message: Any) -> Markup:
    """Return what else has to be said of a message that did not simply leave."""
    space = Markup(" ")
    if message.contradicted_at is not None:
        return space + say(outreach_words.CONTRADICTIONS.get(message.contradicted_by, words.NOT_KNOWN))
    if message.state == records.UNKNOWN:
        return space + say(outreach_words.OUTCOME_UNKNOWN)
    if message.reason and not message.shadow:
        return space + words.decision(message.reason, until="", days=visit.store().notice_age)
    return Markup()
