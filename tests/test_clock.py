"""Identifiers are ordered as they were made, also within one instant."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import RFC_4122, UUID

from vefa.clock import time_ordered_id

NOW = datetime(2026, 3, 1, 12, 0, 0, 250_000, tzinfo=UTC)


def test_identifiers_of_one_instant_keep_their_order() -> None:
    made = [time_ordered_id(NOW) for _ in range(20_000)]
    assert made == sorted(made) and len(set(made)) == len(made)


def test_an_instant_that_comes_again_goes_on_counting() -> None:
    first = time_ordered_id(NOW)
    time_ordered_id(NOW - timedelta(days=1))
    assert time_ordered_id(NOW) > first


def test_a_later_instant_comes_later() -> None:
    first = [time_ordered_id(NOW) for _ in range(3)]
    assert time_ordered_id(NOW + timedelta(milliseconds=1)) > max(first)


def test_an_identifier_is_a_uuid_of_version_7() -> None:
    made = UUID(time_ordered_id(NOW))
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(NOW.timestamp() * 1000)
