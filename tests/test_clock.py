"""Identifiers are ordered as they were made; the program's time follows a file in demonstrations, and only there."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import RFC_4122, UUID

import pytest

from vefa import clock
from vefa.channels.smtp import read_url
from vefa.clock import Shown, time_ordered_id
from vefa.errors import ConfigurationError

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


MINUTE = timedelta(minutes=1)
TUESDAY = datetime(2026, 2, 24, 7, tzinfo=UTC)


class Wall:
    """The time on the wall, which a test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def wall(monkeypatch: pytest.MonkeyPatch) -> Wall:
    wall = Wall()
    monkeypatch.setattr(clock, "real_now", wall)
    return wall


@pytest.fixture
def file(tmp_path: Path, wall: Wall, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "clock.json"
    clock.write(path, Shown(wall.now, TUESDAY, 10.0, paused=False))
    monkeypatch.setenv("VEFA_CLOCK", str(path))
    return path


def test_without_a_file_the_programs_time_is_the_time_on_the_wall(wall: Wall) -> None:
    assert clock.now() == wall.now == clock.real_now() and clock.shown() is None
    with pytest.raises(ConfigurationError, match="VEFA_CLOCK is not set"):
        clock.change(paused=True)


@pytest.mark.usefixtures("file")
def test_the_programs_time_starts_where_the_file_says_and_goes_at_its_speed(wall: Wall) -> None:
    assert clock.now() == TUESDAY
    wall.now += MINUTE
    assert clock.now() == TUESDAY + 10 * MINUTE and clock.real_now() == NOW + MINUTE


@pytest.mark.usefixtures("file")
def test_a_change_goes_on_from_what_is_shown(wall: Wall) -> None:
    wall.now += MINUTE
    assert clock.change(speed=60.0).shown == TUESDAY + 10 * MINUTE
    wall.now += MINUTE
    assert clock.now() == TUESDAY + 70 * MINUTE
    clock.change(paused=True)
    wall.now += MINUTE
    assert clock.now() == TUESDAY + 70 * MINUTE
    clock.change(paused=False)
    wall.now += MINUTE
    assert clock.now() == TUESDAY + 130 * MINUTE


def test_it_never_goes_back(wall: Wall, file: Path) -> None:
    wall.now += MINUTE
    latest = clock.now()
    clock.write(file, Shown(wall.now, TUESDAY, 1.0, paused=False))
    assert clock.now() == latest
    wall.now += 11 * MINUTE
    assert clock.now() == TUESDAY + 11 * MINUTE


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "not well formed"),
        ("[]", "not well formed"),
        ('{"real": "2026-03-01T12:00:00+00:00"}', "not well formed"),
        ({"speed": 0}, "above 0"),
        ({"speed": 1e9}, "at most 3600"),
        ({"shown": "2026-02-24T07:00:00"}, "offsets"),
    ],
)
def test_a_file_that_cannot_be_followed_is_named(
    file: Path, content: str | dict[str, object], told: str
) -> None:
    if isinstance(content, dict):
        content = json.dumps(json.loads(file.read_text()) | content)
    file.write_text(content)
    with pytest.raises(ConfigurationError, match=told):
        clock.now()


def test_a_file_that_is_not_there_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VEFA_CLOCK", str(tmp_path / "none.json"))
    with pytest.raises(ConfigurationError, match=r"none\.json, which cannot be read"):
        clock.now()


@pytest.mark.usefixtures("file")
def test_a_demonstration_writes_to_no_server_outside() -> None:
    assert read_url("smtp://127.0.0.1:2525?tls=none").port == 2525
    with pytest.raises(ConfigurationError, match="a server on this machine only"):
        read_url("smtp://mail.example:587")
