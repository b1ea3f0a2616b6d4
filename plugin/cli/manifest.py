"""``vefa manifest``: prints the plugin's description from the code, or compares a file with it.

``vefa manifest shopify`` prints the configuration of the operator's own Shopify application instead.
"""

from __future__ import annotations

import json
from pathlib import Path

import click

from vefa.errors import ConfigurationError


@click.command()
@click.argument("platform", required=False, type=click.Choice(["shopify"]))
@click.option(
    "--check",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Compare this file with the code; exit with 1 where they differ.",
)
def manifest(platform: str | None, file: Path | None) -> None:
    """Print manifest.json as the code has it: permissions, event hooks, panel, settings, data kept.

    With "shopify": print shopify.app.toml, for an application of your own.
    """
    from vefa.manifest import compare, document

    if platform:
        return click.echo(_of_shopify(), nl=False)
    built = document.build()
    if file is None:
        click.echo(document.dumps(built), nl=False)
        return None
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
    return click.echo(f"{file} agrees with the code.")


def _of_shopify() -> str:
    from vefa.platforms._shopify_app import configuration
    from vefa.settings import read_settings

    settings = read_settings()
    client = settings.app_clients.get("shopify")
    if not client:
        raise ConfigurationError("Set VEFA_SHOPIFY_CLIENT_ID to the client id of your Shopify application.")
    if not settings.public_url.startswith("https://"):
        raise ConfigurationError("Shopify asks https addresses alone: set VEFA_PUBLIC_URL.")
    return configuration(settings.public_url, client)
