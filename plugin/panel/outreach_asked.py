"""What the outreach list is asked to show: read from the address, and written back into links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from flask import abort, request
from sqlalchemy import Connection

from vefa.outreach import listing
from vefa.outreach.listing import Outcome, Place
from vefa.panel import outreach_words, visit

SPAN = timedelta(days=7)
PAGE = 50


class Show(StrEnum):
    """Messages that were written, decisions not to write or not yet, or those that wait at this moment."""

    MESSAGES = "messages"
    SILENT = "silent"
    HELD = "held"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list shall show since an instant, narrowed to a purpose, an outcome or a reason."""

    show: Show
    since: datetime
    since_given: bool = False
    purpose: str | None = None
    outcome: Outcome | None = None
    reason: str | None = None
    after: Place | None = None

    @property
    def silent(self) -> bool:
        """Say whether decisions are shown and not messages."""
        return self.show is not Show.MESSAGES

    def address(self, **changed: str | None) -> dict[str, str]:
        """Return the parts of an address that show this list, some of them changed; None leaves a part out."""
        parts = {
            "show": self.show.value if self.silent else None,
            "since": self.since.isoformat() if self.since_given else None,
            "purpose": self.purpose,
            "outcome": self.outcome.value if self.outcome else None,
            "reason": self.reason,
        }
        return {name: part for name, part in (parts | changed).items() if part}


def read() -> Asked:
    """Read what is asked for; what cannot be read is refused."""
    names = ("show", "since", "purpose", "outcome", "reason", "after")
    show, since, purpose, outcome, reason, after = (request.args.get(name) for name in names)
    if purpose and purpose not in outreach_words.PURPOSES:
        abort(400)
    try:
        at, _, identity = (after or "").partition("~")
        return Asked(
            Show(show or Show.MESSAGES),
            _instant(since) if since else visit.now() - SPAN,
            bool(since),
            purpose or None,
            Outcome(outcome) if outcome else None,
            (reason or "")[:40] or None,
            Place(_instant(at), identity) if after else None,
        )
    except ValueError:
        abort(400)


def _instant(text: str) -> datetime:
    # A plus sign that nobody escaped arrives as a space.
    found = datetime.fromisoformat(text.replace(" ", "+"))
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def find(connection: Connection, wanted: Asked) -> tuple[list[Any], dict[str, str] | None]:
    """Return one page of rows, and the parts of the address of the next page if there is one."""
    rows = list(_rows(connection, wanted))
    if len(rows) <= PAGE:
        return rows, None
    last = rows[PAGE - 1]
    at = last.at if wanted.silent else last.written_at
    return rows[:PAGE], wanted.address(after=f"{at.isoformat()}~{last.id}")


def _rows(connection: Connection, wanted: Asked) -> Sequence[Any]:
    store_id, after, limit = visit.store().id, wanted.after, PAGE + 1
    if wanted.show is Show.HELD:
        return listing.held_page(connection, store_id, wanted.since, after=after, limit=limit)
    if wanted.show is Show.SILENT:
        return listing.silent_page(
            connection, store_id, wanted.since, reason=wanted.reason, after=after, limit=limit
        )
    return listing.page(
        connection,
        store_id,
        wanted.since,
        purpose=wanted.purpose,
        outcome=wanted.outcome,
        after=after,
        limit=limit,
    )
