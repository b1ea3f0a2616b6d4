"""``vefa doctor``: looks at everything that has to be right, and changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import click
import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from vefa import clock, http
from vefa.channels import smtp as mail
from vefa.cli import current_settings, hosted, print_json
from vefa.cli._feeds import feeds_of
from vefa.cli._finding import Finding
from vefa.cli.migrate import current, head, other_collations
from vefa.database import Databases, open_databases, reading
from vefa.engines import is_sqlite
from vefa.errors import ConfigurationError, VefaError
from vefa.inbound import outbox
from vefa.inbound.host import Host
from vefa.journal import intake, raw_bodies
from vefa.settings import Settings
from vefa.stores import records as stores
from vefa.stores.sealing import KEY_FILE, Key, master_key
from vefa.stores.store import Sending, Store

# Two machines that keep their clocks by the network differ by less.
TOLERANCE = timedelta(minutes=2)
NEVER_BEFORE = 2026
OLDEST_SERVER = (14,)


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
@click.option("--smtp", "with_smtp", is_flag=True, help="Also connect to the mail server and sign in.")
def doctor(as_json: bool, with_smtp: bool) -> None:
    """Check settings, key, database, clock, address, mail and stores; exit with 1 if something is wrong."""
    findings = list(examine(with_smtp=with_smtp))
    well = all(finding.ok for finding in findings)
    if as_json:
        print_json({"ok": well, "checks": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            click.echo(f"{'ok   ' if finding.ok else 'wrong'}  {finding.check:<8}  {finding.said}")
    if not well:
        raise SystemExit(1)


def examine(*, with_smtp: bool = False) -> Iterator[Finding]:
    """Return one finding after the other; a check whose ground is missing is left out."""
    try:
        settings = current_settings()
    except ConfigurationError as error:
        yield Finding("settings", False, str(error))
        return
    yield Finding("settings", True, "Every setting can be read.")
    yield _address(settings)
    yield _mail(settings, connect=with_smtp)
    around = hosted()
    if around is not None and settings.outbox:
        yield _outbox(around)
    if settings.database_url is None and not settings.database.is_file():
        text = f"There is no database at {settings.database} yet; `vefa store add` makes one."
        yield Finding("database", False, text)
        return
    try:
        databases = open_databases(settings.database, url=settings.database_url)
    except ConfigurationError as error:
        yield Finding("database", False, str(error))
        return
    try:
        yield from _inside(databases, settings)
    finally:
        databases.dispose()


def _inside(databases: Databases, settings: Settings) -> Iterator[Finding]:
    master, finding = _key(databases, settings)
    yield finding
    try:
        with reading(databases.main) as connection:
            for fault in () if is_sqlite(connection) else _server(connection):
                yield Finding("database", False, fault)
            stands_at = current(connection)
            if stands_at != head():
                text = f"The database stands at migration {stands_at}, not at {head()}; `vefa up` brings it there."
                yield Finding("database", False, text)
                return
            known = list(stores.all_stores(connection).values())
            newest = [_newest(connection, raw_bodies, store.id) for store in known]
            with reading(databases.intake) as waiting:
                newest += [_newest(waiting, intake, store.id) for store in known]
            yield Finding("database", True, f"The database can be read and stands at migration {stands_at}.")
            yield _clock([at for at in newest if at], clock.now())
            for store in known:
                yield _store(connection, store, settings, master)
                yield from feeds_of(connection, store, master, clock.now())
    except SQLAlchemyError as error:
        yield Finding("database", False, f"The database cannot be read: {error}")


def _server(connection: Connection) -> Iterator[str]:
    """Return what a PostgreSQL server lacks, as sentences."""
    version = connection.dialect.server_version_info or ()
    if version < OLDEST_SERVER:
        text = ".".join(map(str, version))
        yield f"The PostgreSQL server has version {text}; Vefa needs {OLDEST_SERVER[0]} or newer."
    encoding = connection.scalar(sa.text("SHOW server_encoding"))
    if encoding != "UTF8":
        yield f"The database keeps text as {encoding}, but must keep it as UTF8."
    if columns := other_collations(connection):
        names = ", ".join(sorted(columns))
        yield f"Text is compared by a language's rules in {names}; `vefa up` puts it right."


def _key(databases: Databases, settings: Settings) -> tuple[Key | None, Finding]:
    path = databases.directory / KEY_FILE
    if settings.key is None and not path.is_file():
        text = f"There is no key at {path} and none in VEFA_KEY; what is sealed cannot be opened without it."
        return None, Finding("key", False, text)
    try:
        master = master_key(settings.key, databases.directory)
    except (VefaError, OSError, ValueError) as error:
        return None, Finding("key", False, f"The master key cannot be used: {error}")
    place = "VEFA_KEY holds the master key." if settings.key else f"The master key is at {path}, mode 600."
    return master, Finding("key", True, place)


def _newest(connection: Connection, table: sa.Table, store_id: int) -> datetime | None:
    statement = sa.select(sa.func.max(table.c.received_at)).where(table.c.store_id == store_id)
    newest: datetime | None = connection.execute(statement).scalar()
    return newest


def _clock(newest: list[datetime], now: datetime) -> Finding:
    try:
        ZoneInfo("Europe/Istanbul")
    except ZoneInfoNotFoundError:
        return Finding("clock", False, "The time zone data is missing; install the package tzdata.")
    if clock.shown() is not None:
        text = f"{clock.VARIABLE} is set, so the time is not real; that is for demonstrations and rehearsals alone."
        return Finding("clock", False, text)
    if now.year < NEVER_BEFORE:
        return Finding("clock", False, f"The clock says {now:%Y-%m-%d}, which cannot be.")
    if newest and now < max(newest) - TOLERANCE:
        text = f"The clock says {now:%Y-%m-%d %H:%M} UTC, but an event was received at {max(newest):%Y-%m-%d %H:%M}."
        return Finding("clock", False, text)
    return Finding("clock", True, f"The clock says {now:%Y-%m-%d %H:%M} UTC, and time zones are known.")


def _address(settings: Settings) -> Finding:
    # A Flask store sends Vefa what lies below /vefa alone.
    url = f"{settings.public_url}{'/vefa/-' if hosted() else ''}/healthz"
    here = mail.is_loopback(urlsplit(url).hostname or "")
    try:
        status = http.get(url, allow_private=here).status
    except http.HttpError as error:
        return Finding("address", False, str(error))
    if status != 200:
        return Finding("address", False, f"{url} answers {status} instead of 200.")
    if not here and not url.startswith("https://"):
        return Finding(
            "address", False, f"{url} answers, but without https everybody on the way can read along."
        )
    return Finding("address", True, f"{url} answers.")


def _outbox(around: Host) -> Finding:
    try:
        waiting, aside = outbox.counts(around.engine())
    except (SQLAlchemyError, ConfigurationError):
        return Finding("outbox", False, "The outbox cannot be read; `flask vefa outbox create` makes it.")
    if aside:
        text = f"{len(aside)} events of the outbox are set aside; `flask vefa outbox show` says why."
        return Finding("outbox", False, text)
    return Finding("outbox", True, f"{waiting} events wait in the outbox, and none is set aside.")


def _mail(settings: Settings, *, connect: bool) -> Finding:
    if settings.smtp_url is None:
        return Finding(
            "mail", not connect, "VEFA_SMTP_URL is not set: messages are written but cannot be sent."
        )
    try:
        server = mail.read_url(settings.smtp_url)
        if connect:
            mail.connect(settings.smtp_url).close()
    except VefaError as error:
        return Finding("mail", False, str(error))
    done = "accepts the sign-in" if connect else "is set; --smtp tries it"
    return Finding("mail", True, f"The mail server {server.host}:{server.port} {done}.")


def _store(connection: Connection, store: Store, settings: Settings, master: Key | None) -> Finding:
    check = "store"
    if master is not None:
        try:
            stores.secrets_of(
                connection, store.id, store.platform, stores.key_of(connection, store.id, master)
            )
        except VefaError as error:
            return Finding(check, False, f"{store.slug}: {error}")
    if store.outgoing.mode is not Sending.ON:
        return Finding(check, True, f"{store.slug}: messages are written and kept, none is sent.")
    if not store.reply_to:
        return Finding(
            check, False, f"{store.slug}: sending is on without a reply address that a person reads."
        )
    if settings.smtp_url is None:
        return Finding(check, False, f"{store.slug}: sending is on, but VEFA_SMTP_URL is not set.")
    return Finding(check, True, f"{store.slug}: messages are sent, and answers reach {store.reply_to}.")
