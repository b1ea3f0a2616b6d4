"""``flask seed``: products for the shelves, and somebody who may sign in."""

from __future__ import annotations

import click
import sqlalchemy as sa
from flask.cli import with_appcontext
from werkzeug.security import generate_password_hash

from flask_store.models import Product, Staff, db

PRODUCTS = (
    ("Coffee pot", "Hand-beaten, tinned inside, for four small cups.", 4800),
    ("Samovar", "Three litres, with a charcoal chimney and a brass tap.", 28900),
    ("Serving tray", "Forty centimetres, engraved along the rim.", 7600),
    ("Water jug", "Keeps a litre and a half cool through the afternoon.", 6200),
    ("Sugar bowl", "With a lid that closes by its own weight.", 3400),
    ("Frying pan", "Two millimetres of copper, a cast iron handle.", 11900),
)


@click.command()
@click.option("--email", default="ada@alma.example", show_default=True)
@click.option("--password", prompt=True, hide_input=True)
@with_appcontext
def seed(email: str, password: str) -> None:
    """Put products on the shelves and add an owner."""
    if db.session.scalar(sa.select(Product.id).limit(1)) is None:
        db.session.add_all(
            Product(name=name, about=about, price=price, stock=50) for name, about, price in PRODUCTS
        )
    owner = db.session.scalar(sa.select(Staff).where(Staff.email == email))
    if owner is None:
        owner = Staff(email=email, name="Ada Alma", role="owner")
        db.session.add(owner)
    owner.password_hash = generate_password_hash(password)
    db.session.commit()
    click.echo(f"{email} may sign in at /admin/sign-in.")
