"""Planted faults in the watch over feeds turn its checks red."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from tests.build import on
from tests.inbound import test_feed_watch, test_refusing
from tests.inbound.feeds import Feeds, make_feeds
from tests.journeys import test_lost_days

from vefa.database import Databases
from vefa.inbound import feed_watch, heard, refusing
from vefa.insights.silence import Pattern
from vefa.outreach import decide
from vefa.stores import feeds

Patch = pytest.MonkeyPatch
RED = (AssertionError, pytest.fail.Exception)


@pytest.fixture
def shop(databases: Databases, monkeypatch: Patch) -> Iterator[Feeds]:
    yield from make_feeds(databases, monkeypatch)


def nobody_waits_for_what_is_missing(patch: Patch) -> None:
    patch.setattr(feeds, "with_gap", lambda *_: set())


def no_reason_is_too_old(patch: Patch) -> None:
    forbidden = decide._forbidden
    patch.setattr(
        decide,
        "_forbidden",
        lambda *given: None if (found := forbidden(*given)) == "too_old" else found,
    )


def every_silence_is_usual(patch: Patch) -> None:
    patch.setattr(Pattern, "improbable", lambda *_: False)


def a_member_s_word_counts_for_nothing(patch: Patch) -> None:
    patch.setattr(feed_watch, "_known_until", lambda _, last: last)


def whatever_is_found_was_told(patch: Patch) -> None:
    patch.setattr(heard, "_newest", lambda *given: dict.fromkeys(given[2], on(99)))


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (
            nobody_waits_for_what_is_missing,
            test_lost_days.check_nobody_is_written_to_while_events_are_missing,
        ),
        (no_reason_is_too_old, test_lost_days.test_who_still_waits_is_told_once_and_nobody_else),
        (every_silence_is_usual, test_feed_watch.test_a_shop_that_can_be_asked_explains_its_silence),
        (every_silence_is_usual, test_feed_watch.test_a_shop_that_cannot_be_asked_must_send_again),
        (
            a_member_s_word_counts_for_nothing,
            test_feed_watch.test_what_a_member_closed_opens_again_only_after_another_long_silence,
        ),
        (
            whatever_is_found_was_told,
            test_feed_watch.test_what_only_asking_brings_to_light_is_counted_and_told,
        ),
    ],
)
def test_a_planted_fault_is_seen(
    shop: Feeds, monkeypatch: Patch, plant: Callable[[Patch], None], check: Callable[[Feeds], None]
) -> None:
    plant(monkeypatch)
    with pytest.raises(RED):
        check(shop)


def test_refusals_that_are_not_counted_are_seen(databases: Databases, monkeypatch: Patch) -> None:
    def forget(*_: Any) -> None:
        return None

    world = test_refusing.make_refused(databases, monkeypatch)
    monkeypatch.setattr(refusing.Refusals, "count", forget)
    with pytest.raises(RED):
        test_refusing.test_each_reason_is_counted_and_nothing_else_is_kept(world, test_refusing.served(world))
