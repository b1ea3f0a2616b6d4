"""``vefa work``: the worker. It moves intake to the journal, looks at what is due, and sends."""

from __future__ import annotations

import fcntl
import logging
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from threading import Event
from weakref import ReferenceType, ref

import click

from vefa import clock, journal
from vefa.channels import Session
from vefa.channels.email import connect
from vefa.channels.smtp import read_url
from vefa.cli import Program, hosted, opened
from vefa.cli._errands import Errands
from vefa.cli._parent import end_with
from vefa.database import reading
from vefa.engines import is_sqlite
from vefa.errors import ChannelError, ConfigurationError
from vefa.inbound import feed_watch, reconcile
from vefa.inbound.move import move
from vefa.insights import notices
from vefa.manifest.data import know_every_table
from vefa.orders import tracked
from vefa.outreach.send import recover
from vefa.staff import mail
from vefa.stores import feed_hours, refusals
from vefa.stores.records import all_stores
from vefa.subscriptions import FACTS_WAKE, errands, looks
from vefa.turns import writing
from vefa.work import Look, sweep

log = logging.getLogger("vefa.worker")
LOCK_FILE = "vefa.worker.lock"
IDLE_SECONDS = 0.5
AFTER_ERROR_SECONDS = 5.0
HOUSEKEEPING = timedelta(hours=1)


class LockedError(ConfigurationError):
    """Another worker holds the lock of this database."""


@click.command()
@click.option("--once", is_flag=True, help="Do what is due now and end.")
@click.option("--parent", type=int, hidden=True, help="End when this process is not the parent any more.")
def work(once: bool, parent: int | None) -> None:
    """Work until told to stop; on SQLite one worker a database, on PostgreSQL as many as one likes."""
    if parent is not None:
        end_with(parent)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    logging.getLogger("alembic").setLevel(logging.WARNING)
    stopping = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopping.set())
    around = hosted()
    with opened() as program, _place(program):
        if program.settings.smtp_url:
            read_url(program.settings.smtp_url)
        if program.settings.outbox and around is None:
            raise ConfigurationError(
                "VEFA_OUTBOX=host needs the store's database: run `flask vefa work` there."
            )
        run(program, stopping, once=once, drain=around.drain if around else _nothing)


def _place(program: Program) -> AbstractContextManager[None]:
    """Return what makes room for a worker: on PostgreSQL each takes what no other is at, package by package."""
    directory = program.databases.directory
    return only_worker(directory) if is_sqlite(program.databases.main) else nullcontext()


@contextmanager
def only_worker(directory: Path) -> Iterator[None]:
    """Hold the lock that makes this the only worker of a database, also after a crash of another.

    Raises ``LockedError`` if another worker is running.
    """
    with (directory / LOCK_FILE).open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise LockedError("Another worker is at work on this database.") from error
        # A copy of the file in a forked process would hold the lock after this process has ended.
        os.register_at_fork(after_in_child=partial(_close, ref(file)))
        yield


def _close(kept: ReferenceType[TextIOWrapper]) -> None:
    file = kept()
    if file is not None:
        file.close()


def _nothing() -> int:
    return 0


def run(
    program: Program, stopping: Event, *, once: bool = False, drain: Callable[[], int] = _nothing
) -> None:
    """Work through what is due; wait where nothing is; go on after an error of the database.

    ``drain`` brings in what waits elsewhere, a batch at a time, and returns how much that was.
    """
    engine = program.databases.main
    know_every_table()
    unknown = recover(engine, clock.now())
    if unknown:
        log.warning("%d messages may or may not have left when the last worker ended", unknown)
    claim = clock.token(9)
    settings = program.settings
    chores = looks(engine, program.master, lambda: _connect(settings.smtp_url), claim, settings.public_url)
    asking = errands(program.databases, program.master, settings)
    if once:
        chores |= asking
    else:
        Errands(engine, asking, stopping).start()
    cleaned: datetime | None = None
    while not stopping.is_set():
        try:
            now = clock.now()
            if cleaned is None or now - cleaned > HOUSEKEEPING:
                clean(program, now)
                watch(program, now)
                cleaned = now
            drained = drain()
            busy = step(program, chores, now) or drained > 0
        except Exception:
            log.exception("a sweep failed; trying again")
            stopping.wait(AFTER_ERROR_SECONDS)
            continue
        if not busy:
            if once:
                return
            stopping.wait(IDLE_SECONDS)


def step(program: Program, chores: dict[str, Look], now: datetime) -> bool:
    """Move a batch from intake, do one sweep, and say whether there was anything to do."""
    moved = move(program.databases, program.master, FACTS_WAKE, now)
    done, _ = sweep(program.databases.main, chores, now)
    return done + moved > 0


def watch(program: Program, now: datetime) -> None:
    """See to it that every store is watched over and its members get their digest."""
    with reading(program.databases.main) as connection:
        stores = all_stores(connection)
    for store in stores.values():
        with writing(program.databases.main, store.id) as connection:
            notices.arm(connection, [store], now)
            reconcile.arm(connection, store.id, now)
            feed_watch.arm(connection, store.id, now)


def clean(program: Program, now: datetime) -> None:
    """Delete raw bodies, letters to staff, counts and words of carriers that are older than they are kept."""
    with program.databases.intake.begin() as connection:
        refusals.drop_old(connection, now)
    with reading(program.databases.main) as connection:
        stores = all_stores(connection)
    for store in stores.values():
        before = now - timedelta(days=store.raw_days)
        with writing(program.databases.main, store.id) as connection:
            tracked.drop_nobodys(connection, store.id, before)
            mail.drop_old(connection, store.id, now)
            feed_hours.drop_old(connection, store.id, now)
        while True:
            with writing(program.databases.main, store.id) as connection:
                if not journal.drop_raw(connection, store.id, before):
                    break


def _connect(smtp_url: str | None) -> Session:
    if smtp_url is None:
        raise ChannelError("VEFA_SMTP_URL is not set, so nothing can be sent.")
    return connect(smtp_url)
