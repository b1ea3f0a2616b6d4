"""A fresh database with one store's settings in it, in which a history happens again; nothing leaves it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, Table

from vefa import journal
from vefa.channels.line import Connect
from vefa.channels.sink import Sink
from vefa.database import Databases, dump_json, metadata, open_databases, reading
from vefa.imports.grid import ceiling
from vefa.inbound.move import BATCH, Wakes, enter
from vefa.policy.records import policies
from vefa.stores.records import earlier_settings, stores
from vefa.stores.sealing import Key, new_key
from vefa.stores.store import Evidence, Sending
from vefa.work import Look, drain, next_due

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)
NOBODY = "nobody@rehearsal.invalid"
TERMS = ("delivery_days", "handling_days", "cut_off")
PUBLIC_URL = "https://rehearsal.invalid"

MakeLooks = Callable[[Engine, Key, Connect, str, str], Mapping[str, Look]]


@dataclass(frozen=True, slots=True)
class Heard:
    """A body as it was, or would have been, received at ``at``: of which platform, and named by ``key``."""

    at: datetime
    platform: str
    topic: str
    key: str
    body: bytes


class Rehearsal:
    """One store in a database of its own, sending switched on and nobody at the other end."""

    def __init__(
        self,
        original: Databases,
        store_id: int,
        make_looks: MakeLooks,
        wakes: Wakes,
        *,
        evidence: Evidence | None,
    ) -> None:
        self.store_id, self.wakes = store_id, wakes
        self._folder = tempfile.TemporaryDirectory(prefix="vefa-look-back-")
        self.databases = open_databases(Path(self._folder.name) / "rehearsal.db", durable=False)
        self.master, self.key = new_key(), new_key()
        metadata.create_all(self.databases.main)
        with reading(original.main) as connection:
            rows = {
                table: _rows(connection, table, store_id) for table in (stores, earlier_settings, policies)
            }
        terms = _terms(rows[stores])
        with self.databases.main.begin() as connection:
            for table, found in rows.items():
                changed = [self._as_rehearsed(table, row, evidence, terms) for row in found]
                if changed:
                    connection.execute(table.insert(), changed)
        sink = Sink()
        self.looks = make_looks(self.databases.main, self.master, lambda: sink, "rehearsal", PUBLIC_URL)

    def _as_rehearsed(
        self, table: Table, row: dict[str, Any], evidence: Evidence | None, terms: Mapping[str, Any]
    ) -> dict[str, Any]:
        """Return a row as it stands here: another key, sending on, ``evidence`` as the history has it.

        For a time in which the store had said no delivery days, ``terms`` hold: those that it says now.
        """
        if table is policies:
            return row
        settings = json.loads(row["settings"])
        if table is earlier_settings and not settings.get("delivery_days"):
            settings |= terms
        if evidence is not None:
            settings["delivery_evidence"] = evidence.value
        row = row | {"settings": dump_json(settings)}
        if table is earlier_settings:
            return row
        settings.setdefault("reply_to", NOBODY)
        return row | {
            "settings": dump_json(settings | {"reply_to": settings["reply_to"] or NOBODY}),
            "sealed_key": self.master.seal(self.key.secret, f"store key:{self.store_id}"),
            "sending": Sending.ON.value,
            "sending_since": BEGINNING,
            "stopped_at": None,
            "closed_at": None,
            "ceiling": None,
        }

    def hear(self, bodies: Sequence[Heard], now: datetime) -> None:
        """Let bodies be received at ``now``."""
        kept = [
            journal.Kept(
                self.store_id,
                one.key,
                one.platform,
                one.topic,
                one.at,
                self.key.seal(one.body, journal.raw_purpose(self.store_id, one.key)),
            )
            for one in bodies
        ]
        for start in range(0, len(kept), BATCH):
            enter(self.databases, self.master, self.wakes, self.store_id, kept[start : start + BATCH], now)

    def work(self, now: datetime) -> datetime | None:
        """Do what is due at ``now`` and return the step at which something is due next, or None."""
        drain(self.databases.main, self.looks, now)
        with reading(self.databases.main) as connection:
            due = next_due(connection)
        return ceiling(due) if due else None

    def close(self) -> None:
        """Forget everything."""
        self.databases.dispose()
        self._folder.cleanup()


def _terms(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return what a store says now of how long delivery takes."""
    settings = json.loads(rows[0]["settings"]) if rows else {}
    return {name: settings[name] for name in TERMS if settings.get(name) is not None}


def _rows(connection: Connection, table: Table, store_id: int) -> list[dict[str, Any]]:
    column = table.c.id if table is stores else table.c.store_id
    return [dict(row) for row in connection.execute(sa.select(table).where(column == store_id)).mappings()]
