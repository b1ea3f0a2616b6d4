"""Parcels that were there before an upgrade are found by what carriers say after it."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import command
from tests.build import on

from vefa.cli.migrate import config, upgrade
from vefa.database import Databases, reading
from vefa.orders import records

OLD = {"store_id": 1, "order_id": "x:1", "cancelled": False, "shipped_at": on(1)}


def test_numbers_are_folded_by_the_upgrade(databases: Databases) -> None:
    with databases.main.begin() as connection:
        command.downgrade(config(connection), "0003")
        columns = [column for column in records.shipments.c if column.name != "tracking_key"]
        before = sa.table("shipments", *(sa.column(one.name, one.type) for one in columns))
        for number, written in enumerate(["yk 1", "۱۲۳", "-", None]):
            row = OLD | {"shipment_id": str(number), "tracking_number": written}
            connection.execute(before.insert().values(**row))
    upgrade(databases)
    with reading(databases.main) as connection:
        assert records.numbers_of(connection, 1, ["x:1"]) == {("x:1", "YK1"), ("x:1", "123"), ("x:1", None)}
        assert records.with_number(connection, 1, ["tracking:123"]) == ["x:1"]
