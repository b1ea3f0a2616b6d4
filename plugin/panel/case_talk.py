"""A case's conversation as the panel shows it: words of people, and what happened between them, oldest first."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from markupsafe import Markup
from sqlalchemy import Connection

from vefa.cases.case import EntryKind, Outcome
from vefa.cases.entries import Entry
from vefa.cases.listed import Listed
from vefa.locales import mark
from vefa.outreach import listing as outreach
from vefa.panel import case_words, outreach_words, visit
from vefa.panel.fact_words import NOTHING
from vefa.panel.frame import free, ltr
from vefa.panel.text import day, moment, say
from vefa.policy import phrases
from vefa.policy.table import Kind

WORDS_OF = (EntryKind.CUSTOMER, EntryKind.REPLY, EntryKind.NOTE, EntryKind.CALL)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation.

    ``spoken`` says whether people's words stand here; ``internal`` that the customer never reads them. ``message`` is
    the message that carried a reply or that Vefa wrote by itself, ``sent`` its state as shape and word.
    """

    at: datetime
    icon: str
    title: Markup
    text: str | None = None
    detail: Markup = NOTHING
    spoken: bool = False
    internal: bool = False
    message: Any = None
    sent: tuple[str, str] | None = None


def talk(
    connection: Connection, case: Listed, entries: Sequence[Entry], names: Mapping[str, str]
) -> list[Line]:
    """Return the lines of a case, the messages about its order among them."""
    store_id = visit.store().id
    written = (
        outreach.messages_of(connection, store_id, [case.order_id])[case.order_id] if case.order_id else []
    )
    replies = {row.id: row for row in outreach.of_case(connection, store_id, case.id)}
    lines = [_line(entry, names, replies) for entry in entries]
    lines += [_automatic(row) for row in written if row.id not in replies and not row.case_id]
    return sorted(lines, key=lambda line: line.at)


def _line(entry: Entry, names: Mapping[str, str], replies: Mapping[str, Any]) -> Line:
    icon, title = case_words.ENTRIES[entry.kind]
    message = replies.get(entry.detail.get("message") or "")
    return Line(
        entry.at,
        icon,
        _title(entry, say(title), names),
        entry.text,
        _detail(entry, names),
        spoken=entry.kind in WORDS_OF,
        internal=entry.kind in (EntryKind.NOTE, EntryKind.CALL),
        message=message,
        sent=outreach_words.MESSAGES[message.state] if message else None,
    )


def _title(entry: Entry, title: Markup, names: Mapping[str, str]) -> Markup:
    author = names.get(entry.author_id or "")
    by = say(mark("%(what)s by %(name)s"), what=title, name=free(author)) if author else title
    if entry.channel is None or entry.kind not in (EntryKind.CUSTOMER, EntryKind.OPENED):
        return by
    return say(mark("%(what)s, %(channel)s"), what=by, channel=say(case_words.CHANNELS[entry.channel]))


def _detail(entry: Entry, names: Mapping[str, str]) -> Markup:
    found = [part for name in entry.detail if (part := _part(name, entry.detail[name], names)) is not None]
    return Markup(" · ").join(found)


def _part(name: str, value: Any, names: Mapping[str, str]) -> Markup | None:
    """Return what a noted detail means, or None for one that people need not read."""
    if value in (None, "", False):
        return None
    if name == "score":
        return say(mark("score %(score)s of 5"), score=int(value))
    if name == "phone":
        return ltr(str(value))
    if name == "deliver_by":
        return say(mark("new date: %(day)s"), day=day(date.fromisoformat(value)))
    if name == "delivered_at":
        return say(mark("delivered on %(day)s"), day=moment(datetime.fromisoformat(value)))
    if name == "agreed":
        return say(mark("the customer agreed"))
    if name == "assignee":
        return free(names.get(value, str(value)))
    if name == "due_at":
        return say(mark("by %(moment)s"), moment=moment(datetime.fromisoformat(value)))
    if name == "outcome":
        known = {one.value: case_words.OUTCOMES[one] for one in Outcome}
        known |= {one.value: phrases.KINDS[one] for one in Kind}
        return say(known[value]) if value in known else None
    return None


def _automatic(row: Any) -> Line:
    shape = outreach_words.MESSAGES[row.state]
    purpose = say(outreach_words.PURPOSES[row.purpose])
    title = say(mark("Vefa wrote: %(purpose)s"), purpose=purpose)
    return Line(row.written_at, "send", title, message=row, sent=shape)
