"""``vefa user``: the people who may open the panel."""

from __future__ import annotations

import click

from vefa import cli, clock, locales
from vefa.staff import records, session_records, team
from vefa.staff.account import Role
from vefa.stores.records import by_slug
from vefa.turns import take_turns, writing


@click.group()
def user() -> None:
    """Add the people who work with a store."""


@user.command()
@click.argument("email")
@click.option("--store", "slug", required=True, help="The store's slug.")
@click.option(
    "--language",
    type=click.Choice(locales.languages()),
    help="Of the panel; without it the panel follows the browser.",
)
@click.option(
    "--role",
    type=click.Choice([role.value for role in Role]),
    help="What they may do; owner unless said. A member who is there already gets this role.",
)
@click.option("--name", help="How the panel calls this person; without it the part before the @.")
def add(email: str, slug: str, language: str | None, role: str | None, name: str | None) -> None:
    """Make EMAIL a member of a store and print a sign-in link.

    The link works once, within 24 hours, and asks for a password. Run the command again for a new link.
    """
    if "@" not in email:
        raise click.BadParameter(f"{email!r} is not an e-mail address.", param_hint="EMAIL")
    now = clock.real_now()
    with cli.opened() as program:
        with writing(program.databases.main) as connection:
            store = by_slug(connection, slug)
            take_turns(connection, store.id)
            account = records.add(connection, email, name=name, language=language, now=now)
            records.join(connection, store.id, account.id, role=Role(role or Role.OWNER), now=now)
            if role:
                team.change_role(connection, store.id, account.id, Role(role))
            secret = session_records.make_link(connection, account.id, store.id, now=now)
            held = records.role_in(connection, store.id, account.id)
        answer = {
            "email": account.email,
            "store": store.slug,
            "role": held,
            "sign_in": f"{program.settings.public_url}/vefa/sign-in/{secret}",
            "expires_at": (now + session_records.LINK_LIFE).isoformat(timespec="seconds"),
        }
    cli.print_json(answer)
