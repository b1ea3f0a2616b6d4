"""``vefa manifest``: prints the plugin's description from the code, or compares a file with it."""

from __future__ import annotations

import json
from pathlib import Path

import click

from vefa.errors import ConfigurationError


@click.command()
@click.option(
    "--check",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Compare this file with the code; exit with 1 where they differ.",
)
def manifest(file: Path | None) -> None:
    """Print manifest.json as the code has it: permissions, event hooks, panel, settings, data kept."""
    from vefa.manifest import compare, document

    built = document.build()
    if file is None:
        click.echo(document.dumps(built), nl=False)
        return
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ConfigurationError(f"{file} is not JSON: {error}") from error
    differences = list(compare.differences(built, found))
    for line in differences:
        click.echo(line)
    if differences:
        click.echo(compare.RENEW, err=True)
        raise SystemExit(1)
    click.echo(f"{file} agrees with the code.")
