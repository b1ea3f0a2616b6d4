"""A recorded stream of events, bucketed by the steps of a virtual clock."""

from __future__ import annotations

import gzip
import json
import random  # noqa: TID251 - a replay is seeded
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from vefa.errors import ConfigurationError
from vefa.fields import parse_instant
from vefa.imports.grid import EPOCH, STEP, ceiling

__all__ = ["EPOCH", "STEP", "Disturbance", "Stream", "ceiling", "read_stream"]
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Disturbance:
    """How a stream is disturbed on purpose.

    ``shuffle_days`` moves an event up to so many days back in the file; ``duplicate`` is the chance that an event
    comes twice; ``delay_days`` lets Vefa learn of an event up to so many days late. All are drawn from ``seed`` and
    the position of the event in the file.
    """

    shuffle_days: float = 0
    duplicate: float = 0
    delay_days: float = 0
    seed: int = 0


@dataclass(slots=True)
class Stream:
    """The bodies of a stream by step, with the instant at which each is learned."""

    steps: dict[datetime, list[tuple[datetime, bytes]]] = field(default_factory=dict)
    received: int = 0

    def add(self, learned_at: datetime, body: bytes) -> None:
        """Put a body into the first step at or after its instant."""
        self.steps.setdefault(ceiling(learned_at), []).append((learned_at, body))
        self.received += 1


def _lines(path: Path) -> Iterator[bytes]:
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rb") as file:
            for line in file:
                if stripped := line.strip():
                    yield stripped
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error}") from error


def _stamp(line: bytes) -> datetime | None:
    try:
        return parse_instant(json.loads(line)["timestamp"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def read_stream(path: Path, disturbance: Disturbance) -> Stream:
    """Read JSON Lines, plain or gzipped, into steps.

    A line without a readable timestamp is learned together with the line before it. Raises
    ``ConfigurationError`` if the file cannot be read.
    """
    draw = random.Random(disturbance.seed)  # noqa: S311 - not for secrets
    last = EPOCH
    entries: list[tuple[float, int, datetime, bytes]] = []
    for position, line in enumerate(_lines(path)):
        last = _stamp(line) or last
        learned_at = last + timedelta(days=draw.uniform(0, disturbance.delay_days))
        for _ in range(2 if draw.random() < disturbance.duplicate else 1):
            place = last.timestamp() + draw.uniform(0, disturbance.shuffle_days) * DAY_SECONDS
            entries.append((place if disturbance.shuffle_days else position, position, learned_at, line))
    entries.sort(key=lambda entry: entry[:2])
    stream = Stream()
    for _, _, learned_at, line in entries:
        stream.add(learned_at, line)
    return stream
