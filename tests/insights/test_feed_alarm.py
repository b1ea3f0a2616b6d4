"""Each trouble of a feed is told once, and what heals by itself is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from vefa import locales
from vefa.insights.feed_alarm import FEED_TEXTS, SHORT, feed_alarms
from vefa.insights.trouble import Health, Trouble, worst
from vefa.stores.feed_state import FeedState

NOW = datetime(2026, 3, 2, 10, 3, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZONE = ZoneInfo("Asia/Tehran")


def health(untold: int = 0, *, askable: bool = False, **state: Any) -> Health:
    return Health(FeedState("woocommerce", **state), untold=untold, askable=askable)


@pytest.mark.parametrize(
    ("one", "told"),
    [
        (health(), []),
        (health(gap_from=NOW - HOUR), ["feed_silent"]),
        (health(gap_from=NOW - HOUR, askable=True), []),
        (health(gap_from=NOW - HOUR, failing_since=NOW - HOUR, askable=True), ["feed_unreachable"]),
        (health(refused=4, refused_since=NOW - HOUR), ["feed_refused"]),
        (health(failing_since=NOW - 2 * HOUR), []),
        (health(failing_since=NOW - 25 * HOUR), ["feed_failing"]),
        (health(untold=3), ["feed_untold"]),
        (health(mended_at=NOW - 2 * HOUR), ["feed_mended"]),
        (health(mended_at=NOW - 48 * HOUR), []),
    ],
)
@pytest.mark.parametrize("tag", ["en", "tr", "fa"])
def test_what_people_are_told(one: Health, told: list[str], tag: str) -> None:
    found = list(feed_alarms([one], ZONE, NOW))
    assert [alarm.kind for alarm in found] == told
    language = locales.get(tag)
    for alarm in found:
        subject, text, _ = FEED_TEXTS[alarm.kind]
        assert "WooCommerce" in language.gettext(text, **alarm.values(language, ZONE))
        assert (language.gettext(subject, store="x") == subject % {"store": "x"}) is (tag == "en")
        later = [again.key for again in feed_alarms([one], ZONE, NOW + timedelta(minutes=20))]
        assert later == [alarm.key], "a reason that goes on is the same reason"


def test_the_worst_stands_first_and_each_has_a_line() -> None:
    feeds = [health(untold=5), health(refused=9), health()]
    assert worst(feeds, NOW) == (feeds[1], Trouble.REFUSED)
    assert worst([health()], NOW) is None
    assert set(SHORT) == set(Trouble)
