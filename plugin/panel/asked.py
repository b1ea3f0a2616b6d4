"""What the deliveries list is asked to show: read from the address, and written back into links."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any

from flask import abort
from sqlalchemy import Connection
from werkzeug.datastructures import MultiDict

from vefa.customers.vault import holders_by_email
from vefa.lateness import listing
from vefa.lateness.judgement import Lateness
from vefa.lateness.listing import Listed, Place
from vefa.locales import fold, mark
from vefa.panel import visit
from vefa.panel.forms import read_day
from vefa.panel.rows import due_day
from vefa.panel.state import state
from vefa.promises.calendar import end_of_day
from vefa.stores.records import key_of

DAY = timedelta(days=1)
PAGE = 50
NEEDS_A_LOOK = (Lateness.AT_RISK, Lateness.LATE, Lateness.LOST_SUSPECTED, Lateness.UNCONFIRMED)


@dataclass(frozen=True, slots=True)
class View:
    """A saved view; what is owed is shown soonest first, what is over newest first."""

    name: str
    title: str
    states: tuple[Lateness, ...]
    newest_first: bool = False


VIEWS = {
    view.name: view
    for view in (
        View("look", mark("Needs a look"), NEEDS_A_LOOK),
        View("late", mark("Late"), (Lateness.LATE, Lateness.LOST_SUSPECTED)),
        View("at_risk", mark("At risk"), (Lateness.AT_RISK,)),
        View("unconfirmed", mark("Unconfirmed"), (Lateness.UNCONFIRMED,)),
        View("delivered_late", mark("Delivered late"), (Lateness.DELIVERED_LATE,), newest_first=True),
        View("not_watched", mark("Not watched"), (Lateness.NOT_WATCHED,), newest_first=True),
        View("all", mark("All"), tuple(Lateness), newest_first=True),
    )
}


@dataclass(frozen=True, slots=True)
class Asked:
    """What the list shall show: a view, words to search, bounds of the due day (both included), and from where on."""

    view: View
    search: str = ""
    since: date | None = None
    until: date | None = None
    after: Place | None = None

    @property
    def dated(self) -> bool:
        """Say whether the due day is bounded."""
        return self.since is not None or self.until is not None

    def address(self, **changed: Any) -> dict[str, str]:
        """Return the parts of an address that show this list, some of them changed; None leaves a part out."""
        parts = {"view": self.view.name, "q": self.search, "from": self.since, "to": self.until} | changed
        return {name: str(value) for name, value in parts.items() if value}


def read(args: MultiDict[str, str]) -> Asked:
    """Read what is asked for; what cannot be read is refused."""
    try:
        since, until = (read_day(args[name]) if args.get(name) else None for name in ("from", "to"))
        after = _place(args["after"]) if args.get("after") else None
    except ValueError:
        abort(400)
    search = args.get("q", "").strip()[:200]
    view = VIEWS.get(args.get("view", ""), VIEWS["all" if search else "look"])
    return Asked(view, search, since, until, after)


def _place(text: str) -> Place:
    due_at, _, order_id = text.partition("~")
    if not due_at:
        return Place(None, order_id)
    instant = datetime.fromisoformat(due_at)
    if instant.tzinfo is None:
        raise ValueError(text)
    return Place(instant, order_id)


def place_after(listed: Listed) -> str:
    """Return the part of an address that goes on behind a row."""
    due_at = listed.due_at.isoformat() if listed.due_at else ""
    return f"{due_at}~{listed.order_id}"


def find(connection: Connection, asked: Asked) -> tuple[list[Listed], str | None]:
    """Return one page of orders, and where the next page begins if there is one."""
    if asked.search:
        return _search(connection, asked), None
    zone = visit.store().zone
    found = listing.page(
        connection,
        visit.store().id,
        asked.view.states,
        since=end_of_day(asked.since - DAY, zone) if asked.since else None,
        until=end_of_day(asked.until, zone) if asked.until else None,
        after=asked.after,
        newest_first=asked.view.newest_first,
        limit=PAGE + 1,
    )
    return found[:PAGE], place_after(found[PAGE - 1]) if len(found) > PAGE else None


def _search(connection: Connection, asked: Asked) -> list[Listed]:
    store = visit.store()
    folded = fold(asked.search)
    spellings = {text.lstrip("#") for text in (asked.search, folded, folded.upper())}
    holders: list[str] = []
    if "@" in folded:
        holders = holders_by_email(
            connection, store.id, asked.search, key_of(connection, store.id, state().master)
        )
    ids = listing.search(
        connection, store.id, sorted(spellings | {f"#{text}" for text in spellings}), holders
    )
    return [one for one in listing.of_orders(connection, store.id, ids) if _fits(one, asked)]


def _fits(listed: Listed, asked: Asked) -> bool:
    day = due_day(listed)
    if listed.state not in asked.view.states or (day is None and asked.dated):
        return False
    return day is None or ((asked.since or day) <= day <= (asked.until or day))


def counts(connection: Connection) -> dict[str, int]:
    """Count the orders of every view, each up to one more than the listing counts to."""
    store = visit.store()
    by_state = {one: listing.count(connection, store.id, [one]) for one in Lateness}
    return {
        name: min(sum(by_state[one] for one in view.states), listing.COUNT_UP_TO + 1)
        for name, view in VIEWS.items()
    }


def presets(asked: Asked) -> list[tuple[str, Asked]]:
    """Return the spans of due days that are one press away, each with what it asks for."""
    today = visit.today()
    spans = (
        (mark("today"), today, today),
        (mark("next 3 days"), today, today + 3 * DAY),
        (mark("last 7 days"), today - 7 * DAY, today - DAY),
    )
    return [(title, replace(asked, since=since, until=until, after=None)) for title, since, until in spans]
