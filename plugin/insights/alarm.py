"""What must not go unnoticed in a store: silence of its feed, the stop, the ceiling, and work that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vefa.insights.parts import name_of
from vefa.locales import Language, mark
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


# What each kind of alarm says: its subject, its text, and where in the panel it is seen.
TEXTS = {
    "feed_silent": (
        mark("%(store)s has sent nothing for unusually long"),
        mark("The last event came on %(moment)s. Until others come, Vefa cannot know what was delivered."),
        "settings#feeds",
    ),
    "stopped": (
        mark("%(store)s: all messages are stopped"),
        mark("The stop button was pressed on %(moment)s. Nothing leaves until someone starts again."),
        "outreach",
    ),
    "ceiling": (
        mark("%(store)s: the ceiling for messages is reached"),
        mark("%(n)s messages left within an hour, which is as many as the store allows. The others wait."),
        "outreach?outcome=leaving",
    ),
    "failures": (
        mark("%(store)s: something could not be done"),
        mark("Vefa tried it several times and set it aside. It concerns the part %(part)s."),
        "settings",
    ),
}


def alarms(watched: Watched, language: Language, now: datetime) -> Iterator[Alarm]:
    """Yield what people have to be told at ``now``, in their language."""
    store, zone = language.isolate(watched.store.name), watched.store.zone
    out = watched.store.outgoing

    def alarm(kind: str, name: str, **values: object) -> Alarm:
        subject, text, path = TEXTS[kind]
        said = {"store": store, **values}
        return Alarm(
            kind, f"{kind}:{name}", language.gettext(subject, **said), language.gettext(text, **said), path
        )

    if (since := watched.silent_since) is not None:
        yield alarm("feed_silent", since.isoformat(), moment=language.moment(since, zone))
    if out.stopped_at is not None:
        yield alarm("stopped", out.stopped_at.isoformat(), moment=language.moment(out.stopped_at, zone))
    if out.ceiling is not None and watched.sent >= out.ceiling:
        yield alarm("ceiling", f"{now.astimezone(UTC):%Y-%m-%dT%H}", n=watched.sent)
    year, week, _ = now.astimezone(zone).isocalendar()
    for part in watched.failing:
        yield alarm("failures", f"{part}:{year}-W{week:02}", part=name_of(part, language))
