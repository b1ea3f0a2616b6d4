"""What must not go unnoticed in a store: trouble of its feeds, the stop, the ceiling, and work that failed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from vefa.facts import digest
from vefa.insights.feed_alarm import FEED_TEXTS, feed_alarms
from vefa.insights.parts import name_of
from vefa.insights.trouble import Health
from vefa.locales import Language, mark
from vefa.stores.store import Store


@dataclass(frozen=True, slots=True)
class Copy:
    """That a customer asked for a copy of their data: which request, when, until when it has to be answered.

    Who it is stands in the panel alone, since letters are not searched through when somebody is erased.
    """

    request: str
    asked_at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Watched:
    """What is watched: how the feeds are, how many messages left in an hour, and which parts failed.

    ``copies`` are the requests for a copy of somebody's data that nobody has answered.
    """

    store: Store
    feeds: Sequence[Health]
    sent: int
    failing: Sequence[str]
    copies: Sequence[Copy] = ()


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
    **FEED_TEXTS,
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
    "copy": (
        mark("%(store)s: a customer asked for their data"),
        mark(
            "The request came on %(moment)s. Download the copy on the customer's page and send it to them by "
            "%(due)s; the law gives 30 days."
        ),
        "customers",
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

    for feed in feed_alarms(watched.feeds, zone, now):
        yield alarm(feed.kind, feed.key, **feed.values(language, zone))
    if out.stopped_at is not None:
        yield alarm("stopped", out.stopped_at.isoformat(), moment=language.moment(out.stopped_at, zone))
    if out.ceiling is not None and watched.sent >= out.ceiling:
        yield alarm("ceiling", f"{now.astimezone(UTC):%Y-%m-%dT%H}", n=watched.sent)
    year, week, _ = now.astimezone(zone).isocalendar()
    for one in watched.copies:
        asked = {"moment": language.moment(one.asked_at, zone), "due": language.moment(one.due_at, zone)}
        # A letter's key is short, and a request's name may be long.
        yield alarm("copy", digest(one.request)[:40], **asked)
    for part in watched.failing:
        yield alarm("failures", f"{part}:{year}-W{week:02}", part=name_of(part, language))
