"""Only a page of ours can have made the mark of a form, for its own link, purpose and day."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.pages.nonce import is_good, issue
from vefa.stores.sealing import Key, new_key

NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
KEY = Key(b"k" * 32)
MARK = issue(KEY, "token", "person", NOW)


@pytest.mark.parametrize("hours", [0, 0.4, 1, 12, 23])
def test_a_mark_is_good_for_a_day(hours: float) -> None:
    assert is_good(MARK, KEY, "token", "person", NOW + timedelta(hours=hours))


@pytest.mark.parametrize("hours", [24, 25, 240, -2])
def test_a_mark_is_not_good_later_or_earlier(hours: float) -> None:
    assert not is_good(MARK, KEY, "token", "person", NOW + timedelta(hours=hours))


def test_a_mark_belongs_to_one_link_one_purpose_and_one_store() -> None:
    assert not is_good(MARK, KEY, "another", "person", NOW)
    assert not is_good(MARK, KEY, "token", "return", NOW)
    assert not is_good(MARK, new_key(), "token", "person", NOW)


def test_an_hour_cannot_be_written_into_an_old_mark() -> None:
    old = issue(KEY, "token", "person", NOW - timedelta(days=3))
    forged = f"{MARK.partition('.')[0]}.{old.partition('.')[2]}"
    assert not is_good(forged, KEY, "token", "person", NOW)


@given(st.text(max_size=100))
def test_any_text_is_refused(text: str) -> None:
    assert not is_good(text, KEY, "token", "person", NOW)
