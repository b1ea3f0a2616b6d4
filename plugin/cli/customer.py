"""``vefa customer``: erases a customer who asked for it."""

from __future__ import annotations

import click

from vefa import clock
from vefa.cli import opened, print_json
from vefa.customers import seek
from vefa.customers.erase import carry_out
from vefa.customers.vault import holders_by_email
from vefa.database import reading
from vefa.errors import NotFoundError
from vefa.manifest.data import know_every_table
from vefa.stores.records import by_slug, key_of
from vefa.turns import writing


@click.group()
def customer() -> None:
    """Erase customers."""


@customer.command()
@click.argument("email")
@click.option("--store", "slug", required=True, help="The store's slug.")
def erase(email: str, slug: str) -> None:
    """Erase the customer of a store who has the address EMAIL, for good.

    Their orders stay as numbers under a pseudonym; backups made before hold what they held.
    """
    now = clock.now()
    know_every_table()
    with opened() as program:
        with reading(program.databases.main) as connection:
            store = by_slug(connection, slug)
            key = key_of(connection, store.id, program.master)
            holders = holders_by_email(connection, store.id, email, key)
            if not holders:
                raise NotFoundError(f"No customer of {slug!r} has the address {email!r}.")
            person = seek.find(connection, store.id, key, holders, email=email)
            planned = seek.plan(connection, store.id, key, person)
        with writing(program.databases.main, store.id) as connection:
            carry_out(connection, store.id, key, planned, now)
    print_json({"store": slug, "orders": len(person.subjects), "bodies": len(planned.bodies)})
