"""What must not go unnoticed in a store: silence of its feed, the stop, the ceiling, and work that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vefa.insights.parts import name_of
from vefa.locales import Language
from vefa.stores.store import Store


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched: since when the feed is silent, how many messages left in an hour, and which parts failed."""

    store: Store
    silent_since: datetime | None
    sent: int
    failing: Sequence[str]


@dataclass(frozen=True, slots=True)
class Alarm:
    """One reason to write to people; ``key`` names it, ``path`` is where in the panel it is seen."""

    kind: str
    key: str
    subject: str
    text: str
    path: str


def alarms(watched: Watched, language: Language, now: datetime) -> Iterator[Alarm]:
    """Yield what people have to be told at ``now``, in their language."""
    store, zone = language.isolate(watched.store.name), watched.store.zone
    out = watched.store.outgoing
    if watched.silent_since is not None:
        yield _silent(watched.silent_since, store, language.moment(watched.silent_since, zone), language)
    if out.stopped_at is not None:
        yield _stopped(out.stopped_at, store, language.moment(out.stopped_at, zone), language)
    if out.ceiling is not None and watched.sent >= out.ceiling:
        yield _ceiling(watched.sent, store, now, language)
    year, week, _ = now.astimezone(zone).isocalendar()
    for part in watched.failing:
        yield _failing(part, f"{year}-W{week:02}", store, language)


def _silent(since: datetime, store: str, moment: str, language: Language) -> Alarm:
    return Alarm(
        "feed_silent",
        f"feed_silent:{since.isoformat()}",
        language.gettext("%(store)s has sent nothing for unusually long", store=store),
        language.gettext(
            "The last event came on %(moment)s. Until others come, Vefa cannot know what was delivered.",
            moment=moment,
        ),
        "settings#feeds",
    )


def _stopped(at: datetime, store: str, moment: str, language: Language) -> Alarm:
    return Alarm(
        "stopped",
        f"stopped:{at.isoformat()}",
        language.gettext("%(store)s: all messages are stopped", store=store),
        language.gettext(
            "The stop button was pressed on %(moment)s. Nothing leaves until someone starts again.",
            moment=moment,
        ),
        "outreach",
    )


def _ceiling(sent: int, store: str, now: datetime, language: Language) -> Alarm:
    return Alarm(
        "ceiling",
        f"ceiling:{now.astimezone(UTC):%Y-%m-%dT%H}",
        language.gettext("%(store)s: the ceiling for messages is reached", store=store),
        language.gettext(
            "%(n)s messages left within an hour, which is as many as the store allows. The others wait.",
            n=sent,
        ),
        "outreach?outcome=leaving",
    )


def _failing(part: str, week: str, store: str, language: Language) -> Alarm:
    return Alarm(
        "failures",
        f"failures:{part}:{week}",
        language.gettext("%(store)s: something could not be done", store=store),
        language.gettext(
            "Vefa tried it several times and set it aside. It concerns the part %(part)s.",
            part=name_of(part, language),
        ),
        "settings",
    )
