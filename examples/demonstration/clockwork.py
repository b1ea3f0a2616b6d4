"""The demonstration's clock: a file that says what is shown, how fast it goes, and whether it is paused."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SPEEDS = (1.0, 10.0, 60.0, 600.0)
USUAL = 60.0
TUESDAY = 1


def beginning(real: datetime, zone: ZoneInfo) -> datetime:
    """Return the last Tuesday at 10:00 in a zone, at least an hour ago: so promised dates look like those of now."""
    local = real.astimezone(zone) - timedelta(hours=1)
    day = local.date() - timedelta(days=(local.weekday() - TUESDAY) % 7)
    start = datetime.combine(day, time(10), zone)
    return (start if start <= local else start - timedelta(days=7)).astimezone(UTC)


@dataclass(frozen=True)
class Clock:
    """A clock file. It is replaced in one step, so that Vefa never reads half of it."""

    path: Path

    def start(self, shown: datetime, speed: float = USUAL, *, paused: bool = False) -> None:
        """Let the clock show an instant from now on."""
        document = {
            "real": datetime.now(UTC).isoformat(),
            "shown": shown.isoformat(),
            "speed": speed,
            "paused": paused,
        }
        fresh = self.path.with_suffix(".new")
        fresh.write_text(json.dumps(document), encoding="utf-8")
        os.replace(fresh, self.path)

    def _read(self) -> dict[str, object]:
        document: dict[str, object] = json.loads(self.path.read_text(encoding="utf-8"))
        return document

    def now(self) -> datetime:
        """Return what the clock shows."""
        said = self._read()
        shown = datetime.fromisoformat(str(said["shown"]))
        if said["paused"]:
            return shown
        gone = datetime.now(UTC) - datetime.fromisoformat(str(said["real"]))
        return shown + max(gone, timedelta()) * float(str(said["speed"]))

    def speed(self) -> float:
        """Return how many times as fast as real time the clock goes."""
        return float(str(self._read()["speed"]))

    def is_paused(self) -> bool:
        """Say whether the clock stands still."""
        return bool(self._read()["paused"])

    def change(self, *, speed: float | None = None, paused: bool | None = None) -> None:
        """Go on from what is shown, at another speed, or pause."""
        self.start(
            self.now(),
            self.speed() if speed is None else speed,
            paused=self.is_paused() if paused is None else paused,
        )
