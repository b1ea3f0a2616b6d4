"""``vefa companion``: hands out what a shop installs on its side."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from vefa import companion as archive


@click.group()
def companion() -> None:
    """Hand out what a shop installs on its own side."""


OUTPUT = click.option(
    "--output",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it there instead of to the output.",
)


@companion.command()
@OUTPUT
def wordpress(output: Path | None) -> None:
    """Write the plugin for WordPress as the zip that its Plugins screen takes."""
    _hand_out(archive.wordpress(), output)


@companion.command()
@OUTPUT
def medusa(output: Path | None) -> None:
    """Write the package for Medusa as a zip, to be unpacked beside the store's application."""
    _hand_out(archive.medusa(), output)


def _hand_out(made: bytes, output: Path | None) -> None:
    if output is not None:
        output.write_bytes(made)
    elif sys.stdout.isatty():
        raise click.UsageError("This is a zip: name a file by --output, or send it into one.")
    else:
        click.echo(made, nl=False)
