"""Asks a store's platform what changed, so that what its events did not tell is known all the same.

A work row for each platform asks for one page a look and keeps where it stands; a row for one order asks for that
order. What is answered is entered into the journal as every event is. The pass after a gap closes it; until then
nobody is written to about the store's orders.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from vefa import clock
from vefa.database import Databases, reading, upsert
from vefa.errors import BusyError, VefaError
from vefa.inbound.fetched import enter_fetched
from vefa.inbound.move import FETCH, Wakes
from vefa.inbound.reach import hopeless
from vefa.inbound.renewing import Renewing
from vefa.inbound.shop import StoreShop
from vefa.outreach.gap import close
from vefa.platforms import Fetched, Fetches, Installed, Installs, platforms
from vefa.settings import Settings
from vefa.stores import access, feeds
from vefa.stores import records as stores
from vefa.stores.access import Access
from vefa.stores.feed_state import FeedState
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.work import Result, make_due, work

log = logging.getLogger("vefa.inbound")
PACKAGE = FETCH
# What was changed within the overlap is asked for again: clocks differ, and a platform's index lags behind.
OVERLAP = timedelta(minutes=10)
FIRST_LOOK_BACK = timedelta(days=90)
PULLED_EVERY = timedelta(minutes=5)
CHECKED_EVERY = timedelta(minutes=15)
INSTALLED_EVERY = timedelta(hours=1)
FIRST_RETRY = timedelta(minutes=1)
LONGEST_RETRY = timedelta(minutes=30)
# A pass that came so much later than it should have leaves a hole behind it that has to be filled first.
LATE_PASS = timedelta(minutes=30)
TRIES_OF_A_PASS = 5
NEXT_PAGE = timedelta(seconds=0.2)


@dataclass(slots=True)
class _Told:
    """What a look wants written, and when it wants to look again."""

    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    again: dict[str, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Asked:
    """One platform of one store, as a look finds it."""

    store: Store
    platform: Fetches
    name: str
    access: Access
    state: FeedState
    secrets: Sequence[str]


class Reconciler:
    """Asks the platforms of stores; ``settings`` say what may be asked, and Vefa's own address.

    The packages in ``wakes`` look at what the answers tell.
    """

    def __init__(self, databases: Databases, master: Key, settings: Settings, wakes: Wakes) -> None:
        self.databases, self.master, self.settings, self.wakes = databases, master, settings, wakes

    def look(self, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
        """Ask for a page of each platform and for each order among ``subjects``."""
        told = _Told()
        for subject in subjects:
            name, _, number = subject.partition(":")
            asked = self._read(store_id, name)
            if asked is None:
                continue
            if number:
                self._one(asked, subject, number, now, told)
            else:
                self._page(asked, now, told)

        def write(connection: Connection) -> None:
            for name, values in told.notes.items():
                feeds.note(connection, store_id, name, **values)
                if "checked_at" in values:
                    close(connection, store_id, name, now)

        return Result(write, told.again)

    def _read(self, store_id: int, name: str) -> _Asked | None:
        platform: object = platforms().get(name)
        if not isinstance(platform, Fetches):
            return None
        with reading(self.databases.main) as connection:
            store, key = stores.with_key(connection, store_id, self.master)
            found = access.of(connection, store_id, name, key)
            if found is None:
                return None
            state = feeds.state(connection, store_id, name)
            secrets = stores.secrets_of(connection, store_id, name, key)
        return _Asked(store, platform, name, found, state, secrets)

    def _page(self, asked: _Asked, now: datetime, told: _Told) -> None:
        state = asked.state
        began = state.pass_began or now
        since = state.pass_since if state.pass_began else _since(state, now)
        try:
            shop = self._shop(asked)
            page = asked.platform.fetch(shop, since, state.cursor)
        except VefaError as error:
            told.notes[asked.name], told.again[asked.name] = failed(
                state, error, now, only_asked=asked.access.pull
            )
            return
        found = state.pass_found + self._keep(asked, page.bodies, now)
        notes: dict[str, Any] = {"failing_since": None, "error": None, "tries": 0}
        if page.cursor is None:
            notes |= finished(began, found, now)
            notes |= self._install(asked, now)
            told.again[asked.name] = now + (PULLED_EVERY if asked.access.pull else CHECKED_EVERY)
        else:
            notes |= {"pass_since": since, "pass_began": began, "cursor": page.cursor, "pass_found": found}
            notes |= gap_at_start(state, began)
            told.again[asked.name] = now + max(NEXT_PAGE, timedelta(seconds=page.wait))
        told.notes[asked.name] = notes

    def _one(self, asked: _Asked, subject: str, number: str, now: datetime, told: _Told) -> None:
        try:
            shop = self._shop(asked)
            self._keep(asked, asked.platform.fetch_one(shop, number), now)
        except BusyError as error:
            told.again[subject] = now + timedelta(seconds=error.wait)
        except VefaError as error:
            # The pass over everything that changed asks for it again; this row only makes it sooner.
            log.warning("an order of %s could not be asked for: %s", asked.store.slug, error)

    def _shop(self, asked: _Asked) -> StoreShop:
        renewing = Renewing(self.databases, self.master, self.settings)
        # When a key ends is a question of real time.
        return renewing.shop(asked.platform, asked.store.id, asked.name, asked.access, clock.real_now())

    def _keep(self, asked: _Asked, bodies: Iterable[Fetched], now: datetime) -> int:
        return enter_fetched(
            self.databases, self.master, self.wakes, asked.store.id, asked.name, list(bodies), now
        )

    def _install(self, asked: _Asked, now: datetime) -> dict[str, Any]:
        """See to the platform's webhooks once an hour, and say which of them had been switched off.

        Where no shop could reach Vefa's address, none is set up: a platform would only find that they fail.
        """
        platform, state = asked.platform, asked.state
        recently = state.installed_at is not None and now - state.installed_at < INSTALLED_EVERY
        if asked.access.pull or recently or not isinstance(platform, Installs) or not asked.secrets:
            return {}
        if hopeless(self.settings):
            return {}
        address = f"{self.settings.public_url}/vefa/in/{asked.store.slug}/{asked.name}"
        try:
            shop = self._shop(asked)
            installed = platform.install(shop, address, asked.secrets[-1])
        except VefaError as error:
            log.warning("the webhooks of %s could not be seen to: %s", asked.store.slug, error)
            return {"error": str(error)[:500]}
        if installed == Installed():
            return {}
        mended = {"mended_at": now, "mended": ", ".join(installed.mended)[:500]} if installed.mended else {}
        return {"installed_at": now, **mended}


def _since(state: FeedState, now: datetime) -> datetime:
    """Return since when a pass asks for changes: a little before the last one began, or 90 days at first."""
    return state.asked_until - OVERLAP if state.asked_until else now - FIRST_LOOK_BACK


def gap_at_start(state: FeedState, began: datetime) -> dict[str, Any]:
    """Return the hole that a pass finds when it begins: nobody has asked for long, whatever the reason."""
    if state.gap_open or state.asked_until is None or began - state.asked_until < LATE_PASS:
        return {}
    return {"gap_from": state.asked_until, "gap_until": None, "gap_reason": "not_asked"}


def finished(began: datetime, found: int, now: datetime) -> dict[str, Any]:
    """Return what a pass that came to its end leaves: all is known up to its beginning."""
    return {
        "asked_until": began,
        "checked_at": now,
        "found": found,
        "pass_since": None,
        "pass_began": None,
        "cursor": None,
        "pass_found": 0,
    }


def failed(
    state: FeedState, error: VefaError, now: datetime, *, only_asked: bool
) -> tuple[dict[str, Any], datetime]:
    """Return what a failure leaves, and when to try again: a pass goes on where it stood.

    ``only_asked`` says that the platform sends nothing by itself; there a failure that lasts is a hole.
    """
    if isinstance(error, BusyError):
        return {"tries": 0}, now + timedelta(seconds=error.wait)
    tries = state.tries + 1
    again = now + min(FIRST_RETRY * 2 ** min(tries - 1, 10), LONGEST_RETRY)
    notes: dict[str, Any] = {
        "failing_since": state.failing_since or now,
        "error": str(error)[:500],
        "tries": tries,
    }
    lasting = state.failing_since is not None and now - state.failing_since > LATE_PASS
    if lasting and only_asked and not state.gap_open:
        since = state.asked_until or state.failing_since
        notes |= {"gap_from": since, "gap_until": None, "gap_reason": "unreachable"}
    # A page that is gone cannot be asked for again, so after some tries the pass begins anew.
    if tries % TRIES_OF_A_PASS == 0:
        notes |= {"cursor": None, "pass_began": None, "pass_since": None, "pass_found": 0}
    return notes, again


def arm(connection: Connection, store_id: int, now: datetime) -> None:
    """Let a row of work be there for every platform that can be asked, and say where nobody has asked for long.

    Rows that are there stay as they are.
    """
    for name in sorted(access.askable(connection, store_id)):
        if isinstance(platforms().get(name), Fetches):
            row = {"store_id": store_id, "package": PACKAGE, "subject": name, "due_at": now}
            upsert(connection, work, [row], update=())
            if gap := gap_at_start(feeds.state(connection, store_id, name), now):
                feeds.note(connection, store_id, name, **gap)


def begin(connection: Connection, store_id: int, name: str, now: datetime) -> None:
    """Let a platform be asked at once, as after its key was given or its events came to a stop."""
    make_due(connection, store_id, PACKAGE, {name: now})
