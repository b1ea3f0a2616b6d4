"""What is wrong with the feed of one of a store's platforms, the worst first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from vefa.stores.feed_state import FeedState

# One request may be anybody's; several, and nothing that fits, are the store's.
FEWEST_REFUSED = 3
FEWEST_UNTOLD = 3
LASTING = timedelta(minutes=30)


class Trouble(StrEnum):
    """What may be wrong, the worst first.

    ``unreachable``: events may be missing, and the store does not answer. ``silent``: nothing comes, and there is
    nobody to ask. ``refused``: requests come, and none fits. ``untold``: orders change, and only asking tells so.
    ``failing``: events come, but the store does not answer when it is asked. ``catching_up``: it is being asked.
    """

    UNREACHABLE = "unreachable"
    SILENT = "silent"
    REFUSED = "refused"
    UNTOLD = "untold"
    FAILING = "failing"
    CATCHING_UP = "catching_up"


ORDER = list(Trouble)


@dataclass(frozen=True, slots=True)
class Health:
    """The feed of one platform.

    ``last_at`` is when it last sent something by itself, ``recent`` how many events came in 24 hours, ``usual`` how
    many do at this time of the week (None with too little history), ``untold`` how many changes of these 24 hours
    only asking told of. ``askable`` says that its interface can be asked, ``pull`` that it is only asked.
    """

    state: FeedState
    last_at: datetime | None = None
    recent: int = 0
    usual: int | None = None
    untold: int = 0
    askable: bool = False
    pull: bool = False

    @property
    def platform(self) -> str:
        """The platform's name in the program."""
        return self.state.platform


def troubles(health: Health, now: datetime) -> Iterator[Trouble]:
    """Yield what is wrong with a feed at ``now``, the worst first."""
    state = health.state
    if state.gap_open and state.failing_since:
        yield Trouble.UNREACHABLE
    elif state.gap_open and not health.askable:
        yield Trouble.SILENT
    if state.refused >= FEWEST_REFUSED:
        yield Trouble.REFUSED
    if health.untold >= FEWEST_UNTOLD and not health.pull:
        yield Trouble.UNTOLD
    if state.failing_since and not state.gap_open and now - state.failing_since > LASTING:
        yield Trouble.FAILING
    if state.gap_open and health.askable and not state.failing_since:
        yield Trouble.CATCHING_UP


def worst(feeds: Sequence[Health], now: datetime) -> tuple[Health, Trouble] | None:
    """Return the worst of all that is wrong with the feeds of a store, or None."""
    found = [(one, trouble) for one in feeds for trouble in troubles(one, now)]
    return min(found, key=lambda pair: ORDER.index(pair[1])) if found else None
