"""One row of the outreach list: a message, or a decision not to write one, with its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from vefa.outreach import records
from vefa.outreach.decide import Verdict
from vefa.outreach.purpose import Purpose
from vefa.panel import outreach_words, rows, visit, words
from vefa.panel.story import why_not
from vefa.panel.text import day, say


@dataclass(frozen=True, slots=True)
class Row:
    """A line: when, about which order if any, for whom, what for, how it stands, and why.

    ``message_id`` is there if a message was written.
    """

    at: datetime
    order_id: str
    number: str
    name: str | None
    customer: str
    purpose: str
    shape: str
    word: Markup
    why: Markup
    message_id: str | None = None


def message_row(message: Any, names: Mapping[str, str | None]) -> Row:
    """Return the row of a message."""
    return _row(
        message,
        message.written_at,
        names,
        rows.message_state(message),
        _reason(message) + _besides(message),
        message.id,
    )


def _reason(message: Any) -> Markup:
    """Return why a message was written; the two about a broken promise name its day."""
    if message.purpose in (Purpose.DELAY_NOTICE, Purpose.APOLOGY):
        due = message.promise.rpartition("|")[2]
        return say(outreach_words.WRITTEN[Purpose(message.purpose)], due=day(words.local_day(due)))
    return say(outreach_words.WRITTEN.get(message.purpose, outreach_words.BY_HAND))


def customer_of(found: Any) -> str:
    """Return whose name belongs to a row: the order's customer, else the message's, else the order's own."""
    return found.customer or getattr(found, "holder", None) or f"order:{found.order_id}"


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
    purpose = outreach_words.PURPOSES[found.purpose]
    number = found.number or found.order_id.partition(":")[2]
    customer = customer_of(found)
    return Row(at, found.order_id, number, names[customer], customer, purpose, *stands, why, message_id)


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
