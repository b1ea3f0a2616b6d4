"""Members of staff whom a Flask store signs in: what the store says of them, and what that makes them here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from marshmallow import EXCLUDE, Schema, ValidationError, fields, validate
from sqlalchemy import Connection, Engine

from vefa.database import reading
from vefa.errors import ConfigurationError
from vefa.staff import records, team
from vefa.staff.account import Account, Role
from vefa.staff.session_records import SEEN_EVERY
from vefa.staff.team import LastOwnerError
from vefa.turns import writing


class _Named(Schema):
    class Meta:
        unknown = EXCLUDE

    email = fields.Email(required=True, validate=validate.Length(max=320))
    name = fields.String(allow_none=True, validate=validate.Length(max=200))
    role = fields.Enum(Role, by_value=True, allow_none=True)
    stores = fields.List(
        fields.String(validate=validate.Length(max=64)),
        allow_none=True,
        validate=validate.Length(max=1000),
    )


NAMED = _Named()


@dataclass(frozen=True, slots=True)
class Named:
    """A person as their store names them; without a ``role`` they need a membership of their own.

    ``stores`` holds the slugs for which the store speaks, or None for every store here.
    """

    email: str
    name: str | None = None
    role: Role | None = None
    stores: frozenset[str] | None = None

    def role_in(self, slug: str) -> Role | None:
        """Return the role that the store gives this person in one of its stores."""
        return self.role if self.stores is None or slug in self.stores else None


def read(answer: object) -> Named | None:
    """Read what a store's function answered: nobody, an e-mail address, or a mapping.

    Raises ``ConfigurationError`` that names what is wrong with the answer.
    """
    if answer is None:
        return None
    document = {"email": answer} if isinstance(answer, str) else answer
    if not isinstance(document, Mapping):
        raise ConfigurationError("The store's staff function answers neither None, an e-mail nor a mapping.")
    try:
        said: dict[str, Any] = NAMED.load(dict(document))
    except ValidationError as error:
        raise ConfigurationError(f"The store's staff function answers wrongly: {error.messages}") from error
    slugs = said.get("stores")
    return Named(
        said["email"], said.get("name"), said.get("role"), None if slugs is None else frozenset(slugs)
    )


def account(engine: Engine, named: Named, *, now: datetime) -> Account | None:
    """Return the account of a named person; one is made where their store gives them a role."""
    with reading(engine) as connection:
        found = records.by_email(connection, named.email)
        seen = _last_seen(connection, found.id) if found else None
    if found is None and named.role is None:
        return None
    if found is None or seen is None or seen <= now - SEEN_EVERY:
        with writing(engine) as connection:
            found = records.add(connection, named.email, name=named.name, now=now)
            mine = records.accounts.c.id == found.id
            connection.execute(records.accounts.update().where(mine).values(last_seen=now))
    return found


def _last_seen(connection: Connection, account_id: str) -> datetime | None:
    statement = sa.select(records.accounts.c.last_seen).where(records.accounts.c.id == account_id)
    seen: datetime | None = connection.scalar(statement)
    return seen


def role(
    engine: Engine, store_id: int, slug: str, who: Account, named: Named, *, now: datetime
) -> Role | None:
    """Return what a named person is in a store, or None for a stranger.

    The role that their store gives counts, and becomes their membership with an entry in the audit trail.
    """
    given = named.role_in(slug)
    with reading(engine) as connection:
        held = records.role_in(connection, store_id, who.id)
    if given is None or given is held:
        return held
    with writing(engine, store_id) as connection:
        _become(connection, store_id, who, given, now)
    return given


def _become(connection: Connection, store_id: int, who: Account, given: Role, now: datetime) -> None:
    held = records.role_in(connection, store_id, who.id)
    if held is None:
        records.join(connection, store_id, who.id, role=given, now=now)
        records.note(
            connection, store_id, who.id, "joined", detail={"role": given, "named_by": "host"}, now=now
        )
        return
    try:
        team.change_role(connection, store_id, who.id, given)
    except LastOwnerError:
        # The membership stays, so that an owner is left where the store's own sign-in is ever taken away.
        return
    detail = {"account": who.id, "before": held, "after": given, "named_by": "host"}
    records.note(connection, store_id, who.id, "role_changed", detail=detail, now=now)
