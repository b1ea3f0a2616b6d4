"""How the feed of each platform of a store is: what came, what usually comes, and how its asking goes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import Connection

from vefa.insights.silence import LONGEST_PAST, Pattern, learn
from vefa.insights.trouble import Health
from vefa.promises.calendar import calendar_of
from vefa.stores import access, feed_gaps, feed_hours, feeds
from vefa.stores.feed_hours import HOUR, Hour
from vefa.stores.feed_state import FeedState
from vefa.stores.sealing import Key
from vefa.stores.shops import accounts_of
from vefa.stores.store import Store

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)
FEWEST_WEEKS, MOST_WEEKS = 2, 8
Hours = Mapping[str, Sequence[Hour]]


def health(connection: Connection, store: Store, key: Key | None, now: datetime) -> list[Health]:
    """Return the feed of every platform or tracking service that the store is connected to.

    ``key`` is the store's own; without it every platform that can be asked counts as one that also sends.
    """
    states = feeds.states(connection, store.id)
    last = feed_hours.last_sent(connection, store.id)
    heard = feed_hours.hours(connection, store.id, now - LONGEST_PAST - WEEK)
    askable = access.askable(connection, store.id)
    pull = {name for name in askable if key and _pull(connection, store.id, name, key)}
    return [
        Health(
            states.get(name, FeedState(name)),
            last.get(name),
            sum(one.events for one in _window(heard.get(name, ()), now)),
            usual(heard.get(name, ()), now),
            sum(one.untold for one in _window(heard.get(name, ()), now)),
            name in askable,
            name in pull,
        )
        for name in accounts_of(connection, store.id)
    ]


def _pull(connection: Connection, store_id: int, name: str, key: Key) -> bool:
    found = access.of(connection, store_id, name, key)
    return found is not None and found.pull


def _window(hours: Sequence[Hour], until: datetime) -> list[Hour]:
    return [one for one in hours if until - DAY < one.hour + HOUR and one.hour <= until]


def usual(hours: Sequence[Hour], now: datetime) -> int | None:
    """Return how many events came in the same 24 hours of a usual week: the median of up to 8 weeks before."""
    if not hours:
        return None
    weeks = [now - number * WEEK for number in range(1, MOST_WEEKS + 1)]
    counts = [sum(h.events for h in _window(hours, at)) for at in weeks if at - DAY >= hours[0].hour]
    return round(median(counts)) if len(counts) >= FEWEST_WEEKS else None


def patterns(
    connection: Connection, store: Store, names: Mapping[str, datetime], now: datetime
) -> dict[str, Pattern]:
    """Return what each of these platforms usually sends, learned until the instant that is given with its name.

    What lies in a hole of the feed teaches nothing, unless asking explained it.
    """
    heard = feed_hours.hours(connection, store.id, min(names.values(), default=now) - LONGEST_PAST)
    holes = feed_gaps.since(connection, store.id, now - LONGEST_PAST)
    calendar = calendar_of(store)
    return {
        name: learn(
            {one.hour: one.slots.bit_count() for one in heard.get(name, ()) if one.slots},
            until,
            store.zone,
            lambda day: day in calendar.extra or day in calendar.holidays,
            _within([one for one in holes if one.platform == name]),
        )
        for name, until in names.items()
    }


def _within(holes: Sequence[Any]) -> Callable[[datetime], bool]:
    """Return what says of an hour that it lies, in part, in a hole that was not explained by asking."""
    spans = [(one.began, one.ended) for one in holes if one.untold or one.outcome == feed_gaps.CAME_AGAIN]
    return lambda hour: any(began <= hour + HOUR and hour < ended for began, ended in spans)
