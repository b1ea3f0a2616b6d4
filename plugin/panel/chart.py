"""Small charts as numbers for the template to draw: bars above and below one line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

WIDTH, ABOVE, BELOW = 252, 34, 12


@dataclass(frozen=True, slots=True)
class Bar:
    """One day's bars: where they begin, how wide they are, and how far they rise and hang."""

    x: float
    width: float
    up: float
    down: float


def bars(days: Sequence[tuple[datetime, int, int]], *, mirrored: bool) -> list[Bar]:
    """Return a bar a day for what was kept (above) and broken (below); time runs to the left if ``mirrored``."""
    if not days:
        return []
    step = WIDTH / len(days)
    most = max(1, *(max(kept, broken * ABOVE / BELOW) for _, kept, broken in days))
    found = [
        Bar(place * step + step * 0.15, step * 0.7, kept / most * ABOVE, broken / most * ABOVE)
        for place, (_, kept, broken) in enumerate(days)
    ]
    return (
        [Bar(WIDTH - bar.x - bar.width, *(bar.width, bar.up, bar.down)) for bar in found]
        if mirrored
        else found
    )
