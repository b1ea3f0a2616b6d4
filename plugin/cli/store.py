"""``vefa store``: adds a store, and changes the secrets that its platform signs with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from vefa import clock
from vefa.cli import hosted, opened, print_json
from vefa.errors import ConfigurationError
from vefa.lateness.change import change_settings
from vefa.platforms import platforms
from vefa.settings import Settings
from vefa.stores import records
from vefa.stores.store import Store
from vefa.turns import take_turns, writing

FILE = click.Path(path_type=Path, exists=True, dir_okay=False)


@click.group()
def store() -> None:
    """Add stores and change their secrets."""


def read_secrets(path: Path) -> list[str]:
    """Read secrets from a file, one a line; raises ``ConfigurationError`` if there is none."""
    secrets = [line.strip() for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    if not secrets:
        raise ConfigurationError(f"{path} holds no secret.")
    return secrets


def described(one: Store, settings: Settings) -> dict[str, Any]:
    """Return what a person needs in order to connect a store."""
    return {
        "store": one.slug,
        "platform": one.platform,
        "intake": f"{settings.public_url}/vefa/in/{one.slug}/{one.platform}",
        "panel": f"{settings.public_url}/vefa/{one.slug}/deliveries",
        "sending": one.outgoing.mode.value,
    }


@store.command()
@click.argument("slug")
@click.option("--from", "settings_file", type=FILE, help="JSON with any of the store's settings.")
@click.option("--platform", help="Where the store runs: " + ", ".join(platforms()) + ".")
@click.option("--country", help="ISO 3166-1 alpha-2, such as TR.")
@click.option("--timezone", help="Such as Europe/Istanbul.")
@click.option("--language", help="The store's own language: tr, fa or en.")
@click.option("--reply-to", help="The address that your staff reads; sending needs it.")
@click.option(
    "--secret-file",
    type=FILE,
    help="What the platform signs with, one secret a line; a Flask store that sends the signal needs none.",
)
def add(
    slug: str, settings_file: Path | None, secret_file: Path | None, language: str | None, **given: str | None
) -> None:
    """Add the store SLUG, in shadow mode, and print the address its platform shall write to."""
    if secret_file is None and hosted() is None:
        raise click.UsageError("Missing option '--secret-file'.")
    document: dict[str, Any] = json.loads(settings_file.read_text(encoding="utf-8")) if settings_file else {}
    document |= {name: value for name, value in given.items() if value is not None} | {"slug": slug}
    if language:
        document["languages"] = [language, *(tag for tag in document.get("languages", ()) if tag != language)]
    if document.get("platform", "standard") not in platforms():
        raise ConfigurationError(
            f"There is no platform {document['platform']!r}; there are {', '.join(platforms())}."
        )
    with opened() as program, writing(program.databases.main) as connection:
        # A secret that nobody knows signs nothing; `store secrets` replaces it.
        known = read_secrets(secret_file) if secret_file else [clock.token()]
        added = records.add(connection, document, known, master=program.master, now=clock.now())
        print_json(described(added, program.settings))


@store.command()
@click.argument("slug")
@click.option("--from", "settings_file", type=FILE, required=True, help="JSON with the settings to change.")
def change(slug: str, settings_file: Path) -> None:
    """Change settings of the store SLUG from now on.

    What promises are derived from (calendar, delivery days, cut-off) holds for orders placed from now on; orders
    placed before keep what was promised to them.
    """
    changes = json.loads(settings_file.read_text(encoding="utf-8"))
    with opened() as program, writing(program.databases.main) as connection:
        take_turns(connection, records.by_slug(connection, slug).id)
        changed = change_settings(connection, slug, changes, now=clock.now())
        print_json(described(changed, program.settings))


@store.command()
@click.argument("slug")
@click.option("--secret-file", type=FILE, required=True, help="All secrets that shall be valid, one a line.")
def secrets(slug: str, secret_file: Path) -> None:
    """Replace the secrets of the store SLUG; while one is being changed, give the old and the new."""
    with opened() as program, writing(program.databases.main) as connection:
        one = records.by_slug(connection, slug)
        take_turns(connection, one.id)
        key = records.key_of(connection, one.id, program.master)
        given = read_secrets(secret_file)
        records.set_secrets(connection, one.id, one.platform, given, key)
        print_json(described(one, program.settings) | {"secrets": len(given)})
