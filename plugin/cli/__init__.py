"""The command line: one module a command, found and added by name."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from typing import Any

import click
from flask.cli import ScriptInfo
from sqlalchemy.exc import OperationalError

from vefa.cli.migrate import upgrade
from vefa.database import Databases, open_databases, reading
from vefa.engines import is_sqlite
from vefa.errors import ConfigurationError, VefaError
from vefa.inbound.host import HOST, Host
from vefa.settings import Settings, read_settings
from vefa.stores import records
from vefa.stores.sealing import KEY_FILE, Key, master_key

COMMANDS = (
    "up",
    "work",
    "replay",
    "store",
    "user",
    "order",
    "customer",
    "rebuild",
    "doctor",
    "manifest",
    "outbox",
    "companion",
    "import",
    "look-back",
)
# Modules of commands whose names are no names of modules.
MODULES = {"import": "import_file", "look-back": "look_back"}


@dataclass(frozen=True, slots=True)
class Program:
    """What a command works with."""

    databases: Databases
    settings: Settings
    master: Key


@contextmanager
def opened(settings: Settings | None = None) -> Iterator[Program]:
    """Open the databases named by the settings, brought up to date, and close them afterwards."""
    settings = settings or current_settings()
    databases = open_databases(settings.database, url=settings.database_url, threads=settings.threads)
    try:
        upgrade(databases)
        yield Program(databases, settings, fitting_key(databases, settings))
    finally:
        databases.dispose()


def fitting_key(databases: Databases, settings: Settings) -> Key:
    """Return the master key, which on PostgreSQL has to be the one that the stores there are sealed with.

    Raises ``ConfigurationError`` on a machine that has another key, or none where there are stores already.
    """
    if is_sqlite(databases.main):
        return master_key(settings.key, databases.directory)
    with reading(databases.main) as connection:
        first = records.first_id(connection)
        path = databases.directory / KEY_FILE
        if first is not None and settings.key is None and not path.is_file():
            raise ConfigurationError(
                f"The database has stores, but there is no key at {path}: copy it from the first machine."
            )
        master = master_key(settings.key, databases.directory)
        if first is not None:
            records.key_of(connection, first, master)
    return master


def hosted() -> Host | None:
    """Return the Flask store whose command line this is (``flask vefa …``), or None for ``vefa …``."""
    context = click.get_current_context(silent=True)
    script = context.find_object(ScriptInfo) if context else None
    if script is None:
        return None
    host: Host | None = script.load_app().extensions.get(HOST)
    return host


def current_settings() -> Settings:
    """Return the settings of the Flask store whose command line this is, else those of the environment."""
    host = hosted()
    return host.settings if host else read_settings()


def print_json(document: Any) -> None:
    """Print a document as JSON, two spaces deep."""
    click.echo(json.dumps(document, indent=2, ensure_ascii=False, default=str))


class Commands(click.Group):
    """A group whose commands are imported when they are called, so that ``vefa --help`` stays quick."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002
        """Return the commands in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import a command's module and return its command."""
        if cmd_name not in COMMANDS:
            return None
        name = MODULES.get(cmd_name, cmd_name)
        command: click.Command = getattr(import_module(f"vefa.cli.{name}"), name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; an error that Vefa foresaw, or a database out of reach, is a sentence and no traceback."""
        try:
            return super().invoke(ctx)
        except VefaError as error:
            raise click.ClickException(str(error)) from error
        except OperationalError as error:
            reason = str(error.orig).partition("\n")[0]
            raise click.ClickException(f"The database cannot be used: {reason}") from error


@click.group(cls=Commands)
@click.version_option(package_name="vefa")
def vefa() -> None:
    """Keep an online store's word."""
