"""Watches the feeds of a store every ten minutes: an improbable silence opens a hole, and what is known closes it.

A platform that can be asked is asked at once, and the finished pass closes the hole; of one that cannot, its events
must come again, or a member says that nothing happened. Until then nobody is written to about the store's orders.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from vefa.database import Databases, reading, upsert
from vefa.inbound import reconcile
from vefa.insights import feeds as insight
from vefa.insights import notices
from vefa.insights.silence import Pattern
from vefa.insights.trouble import Health, troubles
from vefa.outreach.gap import close
from vefa.platforms import platforms
from vefa.stores import feed_gaps, feed_hours, feeds, refusals
from vefa.stores import records as stores
from vefa.stores.refusals import Refused
from vefa.stores.sealing import Key
from vefa.work import Result, make_due, work

PACKAGE, SUBJECT = "feeds", "watch"
EVERY = timedelta(minutes=10)
DAY = timedelta(days=1)
SILENT = "silent"
# What a pass brought to light has been read by then.
SETTLING = timedelta(hours=1)
NEWS = timedelta(days=1)


@dataclass(slots=True)
class Step:
    """What a look does about one feed; ``open_since`` begins a hole, ``ask`` asks the platform at once."""

    notes: dict[str, Any] = field(default_factory=dict)
    open_since: datetime | None = None
    ask: bool = False
    close: bool = False


def arm(connection: Connection, store_id: int, now: datetime) -> None:
    """Let the row of work of a store be there; one that is there stays as it is."""
    row = {"store_id": store_id, "package": PACKAGE, "subject": SUBJECT, "due_at": now}
    upsert(connection, work, [row], update=())


def look(databases: Databases, master: Key, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
    """Judge every feed of a store, and say when to look again."""
    with reading(databases.main) as connection:
        store, key = stores.with_key(connection, store_id, master)
        found = insight.health(connection, store, key, now)
        # What a tracking service says follows parcels, not hours of the week.
        last = {one.platform: one.last_at for one in found if one.last_at and one.platform in platforms()}
        patterns = insight.patterns(connection, store, last, now)
    with reading(databases.intake) as connection:
        refused = refusals.since(connection, store_id, now - DAY)
    steps = {}
    for one in found:
        step = step_of(one, patterns.get(one.platform), now)
        step.notes |= alone([line for line in refused if line.platform == one.platform], one.last_at)
        step.notes = {name: value for name, value in step.notes.items() if getattr(one.state, name) != value}
        steps[one.platform] = step
    told = [one for one in found if _is_news(one, steps[one.platform], now)]

    def write(connection: Connection) -> None:
        for name, step in steps.items():
            _take(connection, store_id, name, step, now)
        _settle(connection, store_id, now)
        if told:
            make_due(connection, store_id, notices.PACKAGE, {notices.WATCH: now})

    return Result(write, dict.fromkeys(subjects, now + EVERY))


def step_of(health: Health, pattern: Pattern | None, now: datetime) -> Step:
    """Return what to do about a feed at ``now``; ``pattern`` is what it usually sends, None if it never did."""
    state, last = health.state, health.last_at
    step = Step() if state.watched_since else Step({"watched_since": now})
    if health.pull or last is None or pattern is None:
        step.notes |= {"silent_since": None}
        return step
    silent = pattern.improbable(last, now)
    step.notes |= {"silent_since": last if silent else None}
    if state.gap_open:
        again = state.gap_from is not None and last > state.gap_from
        step.close = again and not health.askable
        step.ask = again and health.askable and state.gap_reason == SILENT
    elif silent:
        known = _known_until(health, last)
        if known == last or pattern.improbable(known, now):
            step.open_since, step.ask = known, health.askable
    return step


def _is_news(health: Health, step: Step, now: datetime) -> bool:
    """Say whether there is something to tell the store's people, who are told of each reason once."""
    state = replace(health.state, **step.notes)
    if step.open_since is not None:
        state = replace(state, gap_from=step.open_since, gap_until=None)
    mended = state.mended_at is not None and now - state.mended_at < NEWS
    return mended or any(troubles(replace(health, state=state), now))


def _known_until(health: Health, last: datetime) -> datetime:
    """Return up to when everything is known: to the last event, or to when this silence was last explained."""
    state = health.state
    if state.gap_from is None or state.gap_until is None or state.gap_until <= last:
        return last
    asked = state.asked_until if health.askable and state.asked_until else state.gap_until
    return max(state.gap_until, asked)


def alone(refused: Sequence[Refused], last: datetime | None) -> dict[str, Any]:
    """Return how many requests were refused since the last one that was taken, since when, and why most of them."""
    lines = refusals.together([one for one in refused if last is None or one.last_at > last])
    if not lines:
        return {"refused": 0, "refused_since": None, "refused_reason": None}
    return {
        "refused": sum(one.number for one in lines),
        "refused_since": min(max(one.first_at, last or one.first_at) for one in lines),
        "refused_reason": max(lines, key=lambda one: one.number).reason,
    }


def _take(connection: Connection, store_id: int, name: str, step: Step, now: datetime) -> None:
    if step.notes:
        feeds.note(connection, store_id, name, **step.notes)
    if step.open_since is not None:
        feeds.open_gap(connection, store_id, name, step.open_since, SILENT)
    if step.ask:
        reconcile.begin(connection, store_id, name, now)
    if step.close:
        close(connection, store_id, name, now, feed_gaps.CAME_AGAIN)


def _settle(connection: Connection, store_id: int, now: datetime) -> None:
    """Write of the holes that were closed lately what asking brought to light about them."""
    for one in feed_gaps.since(connection, store_id, now - SETTLING):
        untold = feed_hours.untold(connection, store_id, one.platform, one.began, one.ended + EVERY)
        feed_gaps.settle(connection, store_id, one.platform, one.began, untold)
