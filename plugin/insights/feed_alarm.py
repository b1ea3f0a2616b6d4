"""What a store's people are told of its feeds, once for each reason."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from vefa.insights.parts import platform_name
from vefa.insights.trouble import Health, Trouble, troubles
from vefa.locales import Language, mark

PLACE = "settings/connections"
# Events come all the same, so the store's own people need not be told of an hour without an answer.
ASKED_IN_VAIN = timedelta(hours=24)
NEWS = timedelta(days=1)

FEED_TEXTS = {
    "feed_silent": (
        mark("%(store)s has sent nothing for unusually long"),
        mark(
            "The last event of %(platform)s came on %(moment)s. Until others come, Vefa cannot know what was "
            "delivered, and its messages wait."
        ),
        PLACE,
    ),
    "feed_unreachable": (
        mark("%(store)s does not answer Vefa"),
        mark(
            "Events of %(platform)s may be missing since %(moment)s, and the shop does not answer when Vefa asks. "
            "Messages wait until it does; the panel says what the shop answered."
        ),
        PLACE,
    ),
    "feed_refused": (
        mark("%(store)s: every request of the shop is refused"),
        mark(
            "%(n)s requests of %(platform)s were refused since %(moment)s, and none was taken. Probably the secret "
            "in the shop is not the one that Vefa shows."
        ),
        PLACE,
    ),
    "feed_untold": (
        mark("%(store)s changes orders without telling Vefa"),
        mark(
            "Vefa found %(n)s changes of orders in 24 hours by asking %(platform)s; no event told of them. Are the "
            "shop's webhooks switched on?"
        ),
        PLACE,
    ),
    "feed_failing": (
        mark("%(store)s does not answer Vefa"),
        mark(
            "Events of %(platform)s come, but since %(moment)s the shop does not answer when Vefa asks. What an "
            "event does not tell stays unknown."
        ),
        PLACE,
    ),
    "feed_mended": (
        mark("%(store)s had switched its webhooks off"),
        mark(
            "%(platform)s had switched some of its webhooks off. Vefa switched them on again on %(moment)s."
        ),
        PLACE,
    ),
}
# One line for each trouble, as Today and the digest say it.
SHORT = {
    Trouble.UNREACHABLE: mark("%(platform)s does not answer, and events may be missing. Messages wait."),
    Trouble.SILENT: mark("%(platform)s has sent nothing for unusually long. Messages wait."),
    Trouble.REFUSED: mark("Every request of %(platform)s is refused."),
    Trouble.UNTOLD: mark("Orders change in %(platform)s, and only asking tells Vefa."),
    Trouble.FAILING: mark("%(platform)s sends events but does not answer when Vefa asks."),
    Trouble.CATCHING_UP: mark("Vefa asks %(platform)s what it missed. Messages wait until that is done."),
}


@dataclass(frozen=True, slots=True)
class FeedAlarm:
    """One reason: what it is, the key that is told of once, about which platform, since when, and how many."""

    kind: str
    key: str
    platform: str
    moment: datetime
    n: int = 0

    def values(self, language: Language, zone: ZoneInfo) -> dict[str, object]:
        """Return what stands in the places of the text."""
        name = platform_name(self.platform, language)
        return {"platform": name, "moment": language.moment(self.moment, zone), "n": self.n}


def feed_alarms(feeds: Sequence[Health], zone: ZoneInfo, now: datetime) -> Iterator[FeedAlarm]:
    """Yield what people have to be told of the feeds of a store at ``now``; weeks and days are the zone's."""
    year, week, _ = now.astimezone(zone).isocalendar()
    for one in feeds:
        state, name = one.state, one.platform
        for trouble in troubles(one, now):
            since = _since(one, trouble, now)
            if trouble is Trouble.CATCHING_UP or (trouble is Trouble.FAILING and now - since < ASKED_IN_VAIN):
                continue
            about = f"{year}-W{week:02}" if trouble is Trouble.UNTOLD else since.isoformat()
            number = one.untold if trouble is Trouble.UNTOLD else state.refused
            yield FeedAlarm(f"feed_{trouble.value}", f"{name}:{about}", name, since, number)
        if state.mended_at is not None and now - state.mended_at < NEWS:
            day = state.mended_at.astimezone(zone).date().isoformat()
            yield FeedAlarm("feed_mended", f"{name}:{day}", name, state.mended_at)


def _since(health: Health, trouble: Trouble, now: datetime) -> datetime:
    """Return since when there is trouble."""
    state = health.state
    found = {
        Trouble.REFUSED: state.refused_since,
        Trouble.FAILING: state.failing_since,
        Trouble.UNREACHABLE: state.gap_from,
        Trouble.SILENT: state.gap_from,
    }
    return found.get(trouble) or now
