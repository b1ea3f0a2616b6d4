"""``flask vefa outbox``: the table of a Flask store in which its events wait to be moved."""

from __future__ import annotations

import click
from sqlalchemy import Engine

from vefa.cli import hosted, print_json
from vefa.errors import ConfigurationError
from vefa.inbound import outbox as table


@click.group()
def outbox() -> None:
    """Make and look at the outbox of a Flask store; only as `flask vefa outbox`."""


def _engine() -> Engine:
    host = hosted()
    if host is None:
        raise ConfigurationError("The outbox lies in a Flask store: run `flask --app … vefa outbox` there.")
    return host.engine()


@outbox.command()
def create() -> None:
    """Make the table vefa_outbox in the store's database, unless it is there."""
    made = table.create(_engine())
    click.echo("The table vefa_outbox was made." if made else "The table vefa_outbox is there already.")


@outbox.command()
def show() -> None:
    """Say how many events wait, and which were set aside and why."""
    waiting, aside = table.counts(_engine())
    print_json(
        {
            "waiting": waiting,
            "set_aside": [
                {"number": number, "store": store, "error": error} for number, store, error in aside
            ],
        }
    )


@outbox.command()
def retry() -> None:
    """Let the events that were set aside wait again."""
    print_json({"waiting_again": table.retry(_engine())})
