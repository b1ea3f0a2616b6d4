"""A file on its way into a store, and the worker that takes it there."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from tests.support import World

from vefa.database import reading
from vefa.imports import ask, records, upload
from vefa.imports.back import Backward, asked_of, of_told
from vefa.imports.fields import Meaning
from vefa.imports.headers import guess
from vefa.imports.look import PACKAGE, Importer
from vefa.imports.parts import Part
from vefa.imports.records import Import
from vefa.imports.sheet import open_sheet
from vefa.imports.study import voice_of
from vefa.imports.terms import Terms
from vefa.imports.upload import File
from vefa.stores.records import with_key
from vefa.stores.store import Store
from vefa.subscriptions import FACTS_WAKE, looks
from vefa.turns import writing
from vefa.work import drain

HEADER = (
    "Sipariş No", "Sipariş Tarihi", "Tahmini Teslimat Tarihi", "Kargoya Veriliş Tarihi", "Teslim Tarihi",
    "Kargo Takip No", "E-posta", "Toplam Tutar",
)  # fmt: skip


def table(rows: Iterable[Sequence[Any]], header: Sequence[str] = HEADER) -> bytes:
    """Return a CSV file."""
    text = io.StringIO()
    csv.writer(text, delimiter=";").writerows([header, *rows])
    return text.getvalue().encode()


def work(world: World, now: datetime) -> None:
    """Do what the worker does with files, then everything else that is due."""
    importer = Importer(world.databases, world.master, FACTS_WAKE, looks)
    drain(world.databases.main, {PACKAGE: importer.look}, now)
    world.work(now)


def checked(world: World, store: Store, data: bytes, now: datetime, as_of: datetime | None = None) -> Import:
    """Bring a file and check it."""
    with reading(world.databases.main) as connection:
        _, key = with_key(connection, store.id, world.master)
    one = upload.take(world.databases.main, store, key, File("orders.csv", data, as_of or now), now)
    with writing(world.databases.main, store.id) as connection:
        assert ask.start(connection, one, now)
    work(world, now)
    return stands(world, one)


def stands(world: World, one: Import) -> Import:
    with reading(world.databases.main) as connection:
        return records.by_id(connection, one.store_id, one.id)


def imported(
    world: World, store: Store, data: bytes, now: datetime, as_of: datetime | None = None
) -> dict[str, Any]:
    """Import a file and return what was counted."""
    one = checked(world, store, data, now, as_of)
    with writing(world.databases.main, store.id) as connection:
        assert ask.confirm(connection, one, now), one
    work(world, now)
    return dict(stands(world, one).counts)


def counts(found: dict[str, Any]) -> tuple[int, int, int]:
    return found["new"], found["changed"], found["same"]


def looked_back(world: World, store: Store, data: bytes, as_of: datetime, days: int = 3650) -> dict[str, Any]:
    """Look back at a file."""
    with reading(world.databases.main) as connection:
        one, key = with_key(connection, store.id, world.master)
    sheet = open_sheet(data)
    terms = Terms(one, as_of, Meaning(guess(sheet.header)))
    asked = asked_of(one, as_of, days)
    history = of_told(Part(sheet.rows, terms).orders, terms, asked.since, voice_of(as_of, key))
    return Backward(world.databases, one.id, history, asked, looks, FACTS_WAKE).run()


def brought(world: World, store: Store, now: datetime) -> str:
    """Bring a file with a fault in it, check it, look back at it, and return the import's id."""
    day = now - timedelta(days=10)
    due = (day + timedelta(days=3)).date()
    rows = [
        ["9101", day.date(), due, "", (day + timedelta(days=6)).date(), "T1", "a@b.example", "10"],
        ["9102", "31.11.2026", "", "", "", "", "yok değil", "x"],
        ["9103", day.date(), due, "", "", "", "", "1.250,00 TL"],
    ]  # fmt: skip
    one = checked(world, store, table(rows), now)
    with writing(world.databases.main, store.id) as connection:
        assert ask.look_back(connection, one, 90, now)
    work(world, now)
    return one.id
