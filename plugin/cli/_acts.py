"""What staff did in a recorded past: replies to customers, and cases that were closed, one act a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from marshmallow import RAISE, Schema, ValidationError, fields, validate
from sqlalchemy import Connection

from vefa.cases import acts, reply
from vefa.cases.case import CaseState, Outcome
from vefa.cases.records import cases
from vefa.errors import ConfigurationError, ConflictError
from vefa.staff import records as staff
from vefa.staff.account import Account, Role
from vefa.stores.sealing import Key
from vefa.stores.store import Store

LONGEST_TEXT = 4000


class _ActSchema(Schema):
    """One act: a reply with ``text``, which closes the case with ``close``; without a text the case is closed."""

    class Meta:
        """Refuse what is not known."""

        unknown = RAISE

    at = fields.AwareDateTime(required=True)
    order_id = fields.String(required=True, validate=validate.Length(1, 200))
    text = fields.String(load_default="", validate=validate.Length(max=LONGEST_TEXT))
    close = fields.Boolean(load_default=False)
    email = fields.Email(required=True)
    name = fields.String(required=True, validate=validate.Length(1, 120))


@dataclass(frozen=True, slots=True)
class Act:
    """A member of staff answers about an order at an instant, or closes its case."""

    at: datetime
    order_id: str
    email: str
    name: str
    text: str
    close: bool


def read_acts(path: Path) -> list[Act]:
    """Read recorded acts, the earliest first; raises ``ConfigurationError`` that names the line at fault."""
    found = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            found.append(Act(**_ActSchema().load(json.loads(line))))
        except (ValueError, ValidationError) as error:
            raise ConfigurationError(f"{path}, line {number}: the act cannot be read: {error}") from error
    return sorted(found, key=lambda act: act.at)


def perform(
    connection: Connection, store: Store, key: Key, public_url: str, done: Sequence[Act], now: datetime
) -> None:
    """Do what staff did up to ``now``; where no case of the order is open, nothing is done."""
    for act in done:
        row = _case(connection, store, f"standard:{act.order_id}")
        if row is None:
            continue
        by = _member(connection, store, act, now)
        acts.see_history(connection, store.id, row.id, by, now)
        try:
            if act.text:
                reply.reply(
                    connection, store, key, public_url, row.id, by, act.text, close=act.close, now=now
                )
            else:
                acts.close(connection, store, key, row.id, by, Outcome.SOLVED, now=now)
        except ConflictError:
            # As at a desk: what does not fit how things stand by now is left.
            continue


def _case(connection: Connection, store: Store, order_id: str) -> Any:
    return connection.execute(
        sa.select(cases.c.id)
        .where(
            cases.c.store_id == store.id,
            cases.c.order_id == order_id,
            cases.c.state != CaseState.CLOSED.value,
        )
        .order_by(cases.c.opened_at.desc())
        .limit(1)
    ).first()


def _member(connection: Connection, store: Store, act: Act, now: datetime) -> Account:
    account = staff.add(connection, act.email, name=act.name, language=None, now=now)
    if staff.role_in(connection, store.id, account.id) is None:
        staff.join(connection, store.id, account.id, role=Role.AGENT, now=now)
    return account
