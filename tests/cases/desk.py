"""A desk at which a case lies: two stores, members, a customer who waits for a late order."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from tests.build import SECRET, on, placed, request
from tests.support import PUBLIC_URL, World, make_world

from vefa import clock
from vefa.cases import acts, entries, listing
from vefa.cases.case import Channel
from vefa.cases.listed import Listed
from vefa.cases.open import Said, open_or_continue
from vefa.cases.records import cases
from vefa.cases.reply import reply
from vefa.customers import vault
from vefa.database import Databases, reading
from vefa.outreach import permission
from vefa.promises import given
from vefa.staff import records as staff
from vefa.staff.account import Account, Role
from vefa.stores import records as stores
from vefa.stores.sealing import Key
from vefa.stores.store import Store

HOLDER, ORDER = "standard:C1", "standard:1"
WHO = {
    "id": "C1",
    "email": "elif@buyer.example",
    "name": "Elif Kaya",
    "phone": "+905551112233",
    "locale": "tr",
}
DUE = "2026-03-09"
NOW = on(9, hours=-1)  # Wednesday, two days late


@dataclass
class Desk:
    """One store's desk, with members by name."""

    world: World
    store: Store
    members: dict[str, Account] = field(default_factory=dict)

    @contextmanager
    def writing(self) -> Iterator[tuple[Connection, Store, Key]]:
        with self.world.databases.main.begin() as connection:
            yield connection, *stores.with_key(connection, self.store.id, self.world.master)

    def hire(self, name: str, role: Role, at: datetime = NOW) -> Account:
        with self.world.databases.main.begin() as connection:
            account = staff.add(connection, f"{name}@team.example", name=name.title(), now=at)
            staff.join(connection, self.store.id, account.id, role=role, now=at)
        self.members[name] = account
        return account

    @property
    def agent(self) -> Account:
        return self.members["ada"]

    def tell(self, *events: dict[str, Any]) -> None:
        for document in events:
            at = datetime.fromisoformat(document["timestamp"])
            self.world.inbound.keep(request(document, self.store.slug, clock.now()), at)

    def say(self, text: str = "Where is my order?", at: datetime = NOW, key: str = "k1", **more: Any) -> str:
        """Let the customer say something, and return the case's id."""
        values: dict[str, Any] = {"holder": HOLDER, "order_id": ORDER, "channel": Channel.PAGE} | more
        said = Said(key, at=at, text=text, **values)
        with self.writing() as (connection, store, key_of_store):
            return open_or_continue(connection, store, key_of_store, [said], at)[key]

    def do(
        self, act: Any, case_id: str, *given: Any, by: str = "ada", now: datetime = NOW, **more: Any
    ) -> Any:
        """Let a member act on a case."""
        with self.writing() as (connection, store, key):
            return act(connection, store, key, case_id, self.members[by], *given, now=now, **more)

    def look(self, case_id: str, by: str = "ada", now: datetime = NOW) -> None:
        with self.writing() as (connection, store, _):
            acts.see_history(connection, store.id, case_id, self.members[by], now)

    def answer(self, case_id: str, text: str = "We looked.", *, by: str = "ada", **more: Any) -> str:
        """Let a member reply who has seen the history."""
        now = more.pop("now", NOW)
        self.look(case_id, by, now)
        with self.writing() as (connection, store, key):
            return reply(connection, store, key, PUBLIC_URL, case_id, self.members[by], text, now=now, **more)

    def case(self, case_id: str) -> Listed:
        with reading(self.world.databases.main) as connection:
            return listing.of_cases(connection, self.store.id, [case_id])[0]

    @property
    def cases(self) -> list[Any]:
        with reading(self.world.databases.main) as connection:
            statement = sa.select(cases).where(cases.c.store_id == self.store.id).order_by(cases.c.number)
            return list(connection.execute(statement))

    def said(self, case_id: str) -> list[entries.Entry]:
        with reading(self.world.databases.main) as connection:
            _, key = stores.with_key(connection, self.store.id, self.world.master)
            (holder,) = {row.holder for row in self.cases if row.id == case_id}
            person = vault.keys(connection, self.store.id, [holder], key).get(holder)
            return entries.of_case(connection, self.store.id, case_id, person)

    def promises(self, case_id: str, now: datetime = NOW) -> list[tuple[str, str]]:
        """Return kind and state of what was promised in a case."""
        with reading(self.world.databases.main) as connection:
            rows = given.of_cases(connection, self.store.id, [case_id])[case_id]
        return [(row.kind, given.state_of(row, now).value) for row in rows]

    @property
    def held(self) -> str | None:
        with reading(self.world.databases.main) as connection:
            return permission.held(connection, self.store.id, [HOLDER]).get(HOLDER)

    @property
    def audit(self) -> list[str]:
        with reading(self.world.databases.main) as connection:
            statement = sa.select(staff.audit.c.action).where(staff.audit.c.store_id == self.store.id)
            return [*connection.scalars(statement.order_by(staff.audit.c.id))]

    @property
    def mails(self) -> list[EmailMessage]:
        parsed = (message_from_bytes(data, policy=policy.default) for _, _, data in self.world.sink.messages)
        return [one for one in parsed if isinstance(one, EmailMessage)]


def make_desk(
    databases: Databases, world: World | None = None, slug: str = "mercan", **settings: Any
) -> Desk:
    """Return a Turkish store with an agent and a customer whose order is late; nothing is sent automatically."""
    world = world or make_world(databases)
    document = {"country": "TR", "timezone": "Europe/Istanbul", "languages": ["tr", "en", "fa"]} | settings
    desk = Desk(world, world.add_store(slug, on(-9), [SECRET], **document))
    desk.hire("ada", Role.AGENT, on(-9))
    desk.hire("omer", Role.OWNER, on(-8))
    desk.tell(placed(deliver_by=DUE, number="#1", customer=WHO))
    world.work(NOW)
    return desk
