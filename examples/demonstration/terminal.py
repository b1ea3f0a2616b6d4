"""The keys of the terminal: other speeds, and pause."""

from __future__ import annotations

import select
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from demonstration.clockwork import SPEEDS, Clock

KEYS = dict(zip("1234", SPEEDS, strict=True))
WAIT_SECONDS = 0.2


@contextmanager
def keys() -> Iterator[Callable[[], str | None]]:
    """Give a function that returns the key that was pressed, or None; only a terminal has keys."""
    if not sys.stdin.isatty():
        yield lambda: time.sleep(WAIT_SECONDS)
        return
    import termios
    import tty

    before = termios.tcgetattr(sys.stdin)
    tty.setcbreak(sys.stdin)
    try:
        yield lambda: sys.stdin.read(1) if select.select([sys.stdin], [], [], WAIT_SECONDS)[0] else None
    finally:
        termios.tcsetattr(sys.stdin, termios.TCSADRAIN, before)


def act(key: str | None, clock: Clock) -> None:
    """Do what a key stands for: another speed, or pause."""
    if key in KEYS:
        clock.change(speed=KEYS[key], paused=False)
    elif key in ("p", "P", " "):
        clock.change(paused=not clock.is_paused())
    else:
        return
    print(
        f"  clock: {'paused' if clock.is_paused() else f'{clock.speed():g} times as fast as real time'}",
        flush=True,
    )
