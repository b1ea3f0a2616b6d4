"""``vefa up``: starts and watches the two processes that a store needs, web and worker."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from dataclasses import dataclass
from types import FrameType

import click

from vefa import clock, http
from vefa.cli import hosted, opened
from vefa.errors import ConfigurationError, VefaError
from vefa.settings import read_settings

POLL_SECONDS = 0.2
LONGEST_PAUSE = 4.0
GRACE_SECONDS = 10.0
STEADY_SECONDS = 30.0


@dataclass(slots=True)
class _Child:
    """A process that is started again when it ends, after a pause that doubles while it ends at once."""

    name: str
    command: list[str]
    environ: dict[str, str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = 0.5
    again: float = 0.0

    def start(self) -> None:
        self.process = subprocess.Popen(self.command, env=self.environ)  # noqa: S603 - our own command
        self.started = clock.monotonic()

    def watch(self) -> None:
        """Start the process again if it has ended and the pause is over."""
        if self.process is None:
            if clock.monotonic() >= self.again:
                self.start()
        elif self.process.poll() is not None:
            steady = clock.monotonic() - self.started > STEADY_SECONDS
            self.pause = 0.5 if steady else min(self.pause * 2, LONGEST_PAUSE)
            self.again = clock.monotonic() + self.pause
            click.echo(f"{self.name} ended ({self.process.returncode}) and is started again.", err=True)
            self.process = None

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def wait(self) -> None:
        if self.process is None:
            return
        try:
            self.process.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
def up(host: str, port: int) -> None:
    """Bring the database up to date, then run web and worker until told to stop."""
    environ = dict(os.environ)
    local = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}"  # noqa: S104 - compared, not bound
    environ.setdefault("VEFA_PUBLIC_URL", local)
    if hosted() is not None:
        raise ConfigurationError(
            "A Flask store serves Vefa itself: run `flask vefa work` beside it, or set VEFA_EMBED=1."
        )
    settings = read_settings(environ)
    with opened(settings):
        pass
    children = [
        _Child("web", _web(host, port), environ),
        _Child("worker", [sys.executable, "-m", "vefa.cli", "work", "--parent", str(os.getpid())], environ),
    ]
    stopping = False

    def stop(_number: int, _frame: FrameType | None) -> None:
        nonlocal stopping
        stopping = True

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, stop)
    for child in children:
        child.start()
    announced = False
    try:
        while not stopping:
            for child in children:
                child.watch()
            if not announced and _answers(local):
                announced = True
                click.echo(f"Vefa is up at {settings.public_url}/vefa")
            clock.sleep(POLL_SECONDS)
    finally:
        for child in children:
            child.stop()
        for child in children:
            child.wait()


def _web(host: str, port: int) -> list[str]:
    return [sys.executable, "-m", "vefa.cli._web", host, str(port), str(os.getpid())]


def _answers(address: str) -> bool:
    try:
        return http.get(f"{address}/healthz", timeout=2, allow_private=True).status == 200
    except VefaError:
        return False
