"""``vefa replay``: takes a recorded stream through the whole program on a virtual clock."""

from __future__ import annotations

import gc
import json
import resource
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import click
import sqlalchemy as sa

from vefa import clock, journal
from vefa.channels.sink import Sink
from vefa.cli import _report, print_json
from vefa.cli._acts import Act, perform, read_acts
from vefa.cli._stream import Disturbance, Stream, ceiling, read_stream
from vefa.cli.migrate import upgrade
from vefa.cli.store import read_secrets
from vefa.database import Databases, open_databases, reading
from vefa.errors import ConfigurationError
from vefa.inbound.keep import raw_purpose
from vefa.inbound.move import BATCH, Counts, enter
from vefa.platforms import Incoming, platforms
from vefa.promises.calendar import end_of_day
from vefa.promises.records import promises
from vefa.settings import MEBIBYTE, read_settings
from vefa.stores import records as stores
from vefa.stores.sealing import Key, master_key, new_key
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE, looks
from vefa.work import Look, drain

AFTER = timedelta(days=2)
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
WITHOUT_FILE: dict[str, Any] = {
    "slug": "replay",
    "name": "Replay",
    "timezone": "UTC",
    "weekend": ["saturday", "sunday"],
    "languages": ["en"],
}


@dataclass(frozen=True, slots=True)
class _Stage:
    """A fresh database with one store in it, and the looks that work on it."""

    databases: Databases
    master: Key
    key: Key
    store: Store
    looks: dict[str, Look]
    public_url: str


@dataclass(frozen=True, slots=True)
class _Wishes:
    """What a replay is asked to do; ``until`` is a local day, or with a time other than midnight a local moment."""

    document: dict[str, Any]
    until: datetime | None
    secrets: list[str]
    acts: list[Act]
    details: bool
    shadow: bool
    keep_sending: bool

    def end(self, zone: ZoneInfo) -> datetime | None:
        """Return the last instant that is replayed, or None for all."""
        if self.until is None:
            return None
        if self.until.time() == time():
            return end_of_day(self.until.date(), zone)
        return self.until.replace(tzinfo=zone).astimezone(UTC)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--store", "store_file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the report as JSON.")
@click.option("--details", is_flag=True, help="Add one entry an order to the report.")
@click.option("--shuffle-days", type=click.FloatRange(0), default=0.0, help="Move events so many days back.")
@click.option(
    "--duplicate", type=click.FloatRange(0, 1), default=0.0, help="Chance that an event comes twice."
)
@click.option(
    "--delay-days", type=click.FloatRange(0), default=0.0, help="Learn of events so many days late."
)
@click.option("--seed", type=int, default=0, help="Seed of what is drawn by chance.")
@click.option(
    "--until",
    type=click.DateTime(["%Y-%m-%d", "%Y-%m-%dT%H:%M"]),
    help="Stop at the end of this local day, or at this local time.",
)
@click.option("--database", type=click.Path(path_type=Path), help="Keep the database at this new path.")
@click.option("--add", is_flag=True, help="Add the store to the database, which may be there already.")
@click.option(
    "--secret-file", type=click.Path(path_type=Path, exists=True, dir_okay=False), help="What it signs with."
)
@click.option(
    "--acts",
    "acts_file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="What staff did meanwhile: replies and closed cases, one JSON object a line.",
)
@click.option("--shadow", is_flag=True, help="Write messages as a new store does, and send none.")
@click.option("--keep-sending", is_flag=True, help="Leave sending on afterwards; in a demonstration only.")
def replay(
    file: Path,
    store_file: Path | None,
    as_json: bool,
    details: bool,
    shuffle_days: float,
    duplicate: float,
    delay_days: float,
    seed: int,
    until: datetime | None,
    database: Path | None,
    add: bool,
    secret_file: Path | None,
    acts_file: Path | None,
    shadow: bool,
    keep_sending: bool,
) -> None:
    """Replay FILE, a recorded stream of canonical events, into a fresh database; no mail leaves."""
    document = json.loads(store_file.read_text(encoding="utf-8")) if store_file else WITHOUT_FILE
    stream = read_stream(file, Disturbance(shuffle_days, duplicate, delay_days, seed))
    # The stream lives until the end; without this the collector walks through all of it again and again.
    gc.freeze()
    if keep_sending and clock.shown() is None:
        # A database that is kept must not begin to write to real customers when a worker opens it.
        raise ConfigurationError(f"Sending stays on only where {clock.VARIABLE} is set: in a demonstration.")
    secrets = read_secrets(secret_file) if secret_file else []
    acts = read_acts(acts_file) if acts_file else []
    wishes = _Wishes(
        document, until, secrets, acts, details=details, shadow=shadow, keep_sending=keep_sending
    )
    if database is not None:
        if database.exists() and not add:
            raise ConfigurationError(f"{database} exists already; a replay needs a database of its own.")
        report = _replay(stream, database, wishes)
    else:
        with tempfile.TemporaryDirectory(prefix="vefa-replay-") as folder:
            report = _replay(stream, Path(folder) / "replay.db", wishes)
    if as_json:
        print_json(report)
    else:
        click.echo(_report.in_words(report))


def _replay(stream: Stream, path: Path, wishes: _Wishes) -> dict[str, Any]:
    started = clock.monotonic()
    databases = open_databases(path, durable=False)
    try:
        stage = _set_up(databases, wishes, path)
        counts = _run(stage, stream, wishes.acts, wishes.end(stage.store.zone))
        if not wishes.keep_sending:
            with databases.main.begin() as connection:
                stores.switch(connection, stage.store, sending=False, now=BEGINNING)
        elapsed = clock.monotonic() - started
        with reading(databases.main) as connection:
            report = _report.report(connection, stage.store, counts, details=wishes.details)
    finally:
        databases.dispose()
    report["elapsed_s"] = round(elapsed, 2)
    report["events_per_s"] = round(counts.received / elapsed, 1) if elapsed else None
    report["peak_rss_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1)
    return report


def _set_up(databases: Databases, wishes: _Wishes, path: Path) -> _Stage:
    document = wishes.document
    upgrade(databases)
    # A database that stays is opened later by the program, with the key that lies beside it.
    stays, settings = path.name != "replay.db", read_settings()
    master = master_key(settings.key, path.parent) if stays else new_key()
    slug = document.get("slug", "replay")
    public_url = settings.public_url if stays else f"https://{slug}.example"
    document = {"reply_to": f"care@{slug}.example"} | {k: v for k, v in document.items() if v is not None}
    with databases.main.begin() as connection:
        store = stores.add(connection, document, wishes.secrets, master=master, now=BEGINNING)
        stores.switch(connection, store, sending=not wishes.shadow, now=BEGINNING)
        connection.execute(stores.stores.update().where(stores.stores.c.id == store.id).values(ceiling=None))
        store = stores.by_id(connection, store.id)
        key = stores.key_of(connection, store.id, master)
    sink = Sink()
    chores = looks(databases.main, master, lambda: sink, "replay", public_url)
    return _Stage(databases, master, key, store, chores, public_url)


def _run(stage: _Stage, stream: Stream, acts: Sequence[Act], until: datetime | None) -> Counts:
    """Step through the stream until everything is fed and the last due moment and event are two days past."""
    counts = Counts()
    desk: dict[datetime, list[Act]] = {}
    for act in acts:
        desk.setdefault(ceiling(act.at), []).append(act)
    times = sorted(stream.steps.keys() | desk.keys(), reverse=True)
    last_event = times[0] if times else BEGINNING
    due: datetime | None = None
    while True:
        waiting = [at for at in (times[-1] if times else None, ceiling(due) if due else None) if at]
        if not waiting:
            return counts
        now = min(waiting)
        if until is not None and now > until:
            return counts
        if not times and now > max(_last_due(stage), last_event) + AFTER:
            return counts
        while times and times[-1] <= now:
            at = times.pop()
            _feed(stage, stream.steps.pop(at, ()), now, counts)
            if at in desk:
                drain(stage.databases.main, stage.looks, now)
                with stage.databases.main.begin() as connection:
                    perform(connection, stage.store, stage.key, stage.public_url, desk[at], now)
        due = drain(stage.databases.main, stage.looks, now)


def _last_due(stage: _Stage) -> datetime:
    with reading(stage.databases.main) as connection:
        last: datetime | None = connection.execute(sa.select(sa.func.max(promises.c.due_at))).scalar()
    return last or BEGINNING


def _feed(stage: _Stage, bodies: Sequence[tuple[datetime, bytes]], now: datetime, counts: Counts) -> None:
    platform = platforms()["standard"]
    kept = []
    for learned_at, body in bodies:
        counts.received += 1
        if len(body) > MEBIBYTE:
            counts.refused += 1
            continue
        identity = platform.identify(Incoming({}, body), learned_at)
        sealed = stage.key.seal(body, raw_purpose(stage.store.id, identity.key))
        kept.append(
            journal.Kept(stage.store.id, identity.key, "standard", identity.topic, learned_at, sealed)
        )
    for start in range(0, len(kept), BATCH):
        batch = enter(
            stage.databases, stage.master, FACTS_WAKE, stage.store.id, kept[start : start + BATCH], now
        )
        counts.duplicates += batch.duplicates
        counts.unreadable += batch.unreadable
