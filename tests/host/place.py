"""A Flask store of one table with Vefa in front of it, as its own developer writes it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask, session
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import Mapped, mapped_column

import vefa
from vefa import journal
from vefa.cli.migrate import upgrade
from vefa.database import Databases, reading
from vefa.inbound import outbox
from vefa.inbound.host import HOST, Host
from vefa.inbound.keep import raw_purpose
from vefa.stores import records as stores
from vefa.stores.sealing import Key

AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
PEOPLE: dict[str, Any] = {}


@dataclass
class Place:
    """A Flask store, its database, and what Vefa keeps of it."""

    app: Flask
    db: SQLAlchemy
    order: Any

    @property
    def host(self) -> Host:
        return self.app.extensions[HOST]

    @property
    def databases(self) -> Databases:
        return self.host.databases

    @property
    def master(self) -> Key:
        return self.host.master

    def add_store(self, slug: str) -> None:
        with self.databases.main.begin() as connection:
            stores.add(connection, {"slug": slug}, ["secret"], master=self.master, now=AT)

    def tell(self, number: int, store: str = "copper", **more: Any) -> None:
        vefa.order_event.send(self.app, store=store, event=placed(number), **more)

    def kept(self, store: str = "copper") -> list[str]:
        """Return the keys in intake, each of whose bodies opens."""
        with reading(self.databases.main) as connection:
            found = stores.by_slug(connection, store)
            key = stores.key_of(connection, found.id, self.master)
        with reading(self.databases.intake) as connection:
            rows = connection.execute(
                sa.select(journal.intake).where(journal.intake.c.store_id == found.id)
            ).all()
        for row in rows:
            assert b"order.placed" in key.open(row.sealed_body, raw_purpose(found.id, row.key))
        return sorted(row.key for row in rows)

    def in_outbox(self) -> int:
        with self.db.engine.connect() as connection:
            count = sa.select(sa.func.count()).select_from(outbox.outbox)
            return connection.scalar(count) or 0


def placed(number: int) -> dict[str, Any]:
    """Return the event of an order, with a store's own values in it."""
    return {
        "id": f"placed-{number}",
        "type": "order.placed",
        "timestamp": AT,
        "data": {
            "order": {
                "id": number,
                "placed_at": AT,
                "currency": "EUR",
                "customer": {"id": "c1", "email": "c1@example.com"},
                "promise": {"deliver_by": AT.date() + timedelta(days=2)},
            }
        },
    }


def make_app(folder: Path, database: str | None = None, **config: Any) -> tuple[Flask, SQLAlchemy, Any]:
    """Return a store's application, its Flask-SQLAlchemy and its model of an order, without Vefa."""
    app = Flask("copper")
    app.config.update(SECRET_KEY="the store's own", VEFA_DATABASE=folder / "care" / "vefa.db")
    app.config["SQLALCHEMY_DATABASE_URI"] = database or f"sqlite:///{folder}/shop.db"
    app.config.update(config)
    db = SQLAlchemy(app)

    class Order(db.Model):  # type: ignore[name-defined,misc]
        id: Mapped[int] = mapped_column(primary_key=True)
        total: Mapped[int] = mapped_column(default=1)

    @app.get("/")
    def home() -> str:
        return "the shop"

    @app.get("/in/<name>")
    def come_in(name: str) -> str:
        session["who"] = name
        return "welcome"

    @app.get("/out")
    def go_out() -> str:
        session.clear()
        return "goodbye"

    return app, db, Order


def who_is_in() -> Any:
    """Name the signed-in member of staff, as a store's own function does."""
    return PEOPLE.get(session.get("who", ""))


def make_place(
    folder: Path, database: str | None = None, *, fresh: bool = True, **config: Any
) -> Iterator[Place]:
    """Yield a store with Vefa in front of it and a store ``copper`` in Vefa, or open the one there is."""
    app, db, order = make_app(folder, database, **config)
    vefa.Vefa(app, staff=who_is_in)
    place = Place(app, db, order)
    with app.app_context():
        if fresh:
            set_up(place)
        yield place
        db.session.remove()
        db.engine.dispose()
    place.databases.dispose()


def set_up(place: Place) -> None:
    """Make every table, and Vefa's store."""
    upgrade(place.databases)
    place.add_store("copper")
    place.db.drop_all()
    place.db.create_all()
    if place.host.settings.outbox:
        outbox.outbox_metadata.drop_all(place.db.engine)
        assert outbox.create(place.db.engine)
        assert not outbox.create(place.db.engine)
