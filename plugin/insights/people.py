"""Customers as the panel lists them: by their latest order, in views whose counts are the counts of their rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from vefa.cases.case import CaseState
from vefa.cases.records import cases
from vefa.customers.vault import vault
from vefa.database import Instant
from vefa.feedback.records import answers
from vefa.insights.figure import COUNT_UP_TO, Figure
from vefa.lateness import listing
from vefa.lateness.judgement import Lateness
from vefa.lateness.records import judgements
from vefa.locales import fold, fold_email, fold_phone
from vefa.orders.records import orders
from vefa.outreach.records import SENT, UNKNOWN, messages
from vefa.stores.sealing import Key

SCREEN = "customers"
LATE = (Lateness.LATE.value, Lateness.LOST_SUSPECTED.value)
GUEST = "order:"
SHORTEST_PHONE = 7
MOST_FOUND = 200


class View(StrEnum):
    """Which customers are listed.

    ``quiet`` are those with a late order who have said nothing; ``silent`` are those of them who were not written to
    either.
    """

    ALL = "all"
    CASE = "case"
    LATE = "late"
    SILENT = "silent"
    QUIET = "quiet"
    SEVERAL = "several"


@dataclass(frozen=True, slots=True)
class Place:
    """A place in the list: behind the customer whose latest order has this instant and id."""

    at: datetime
    order_id: str


@dataclass(frozen=True, slots=True)
class Person:
    """A customer as one row: their latest order."""

    holder: str
    order_id: str
    number: str
    placed_at: datetime


def _is_latest(newer: Any, latest: Any = orders) -> sa.ColumnElement[bool]:
    """Say that a customer has no order newer than this; a guest has only the one."""
    same = (newer.c.store_id == latest.c.store_id, newer.c.holder == latest.c.holder)
    later = sa.tuple_(newer.c.placed_at, newer.c.order_id) > sa.tuple_(latest.c.placed_at, latest.c.order_id)
    return ~sa.exists().where(*same, later)


def _columns(latest: Any) -> tuple[Any, ...]:
    return latest.c.order_id, latest.c.number, latest.c.placed_at, latest.c.holder


def _walk(store_id: int, *more: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Read customers along the index of orders by date; for views that hold many of them."""
    newer = orders.alias("newer")
    here = (orders.c.store_id == store_id, orders.c.placed_at.is_not(None))
    return sa.select(*_columns(orders)).where(*here, _is_latest(newer), *more)


def _several() -> sa.ColumnElement[bool]:
    """Say that a customer has an order besides the latest."""
    other = orders.alias("other")
    same = (other.c.store_id == orders.c.store_id, other.c.holder == orders.c.holder)
    earlier = sa.tuple_(other.c.placed_at, other.c.order_id) < sa.tuple_(
        orders.c.placed_at, orders.c.order_id
    )
    return sa.exists().where(*same, earlier)


def _of(store_id: int, holders: sa.Select[Any]) -> sa.Select[Any]:
    """Read the customers behind some holders; for views that hold few of the store's customers."""
    found = holders.distinct().cte("found")
    own = orders.alias("own")
    # The id alone, which the index by customer holds; asked for whole rows, SQLite walks through the store.
    last = (
        sa.select(own.c.order_id)
        .where(own.c.store_id == store_id, own.c.holder == found.c.holder, own.c.placed_at.is_not(None))
        .order_by(own.c.placed_at.desc(), own.c.order_id.desc())
        .limit(1)
        .correlate(found)
        .scalar_subquery()
    )
    guest = found.c.holder.startswith(GUEST)
    latest = sa.case((guest, sa.func.substr(found.c.holder, len(GUEST) + 1)), else_=last)
    wanted = sa.select(guest.label("guest"), latest.label("order_id")).cte("wanted")
    mine = sa.and_(orders.c.store_id == store_id, orders.c.order_id == wanted.c.order_id)
    return (
        sa.select(*_columns(orders))
        .select_from(wanted.join(orders, mine))
        .where(orders.c.placed_at.is_not(None), wanted.c.guest == orders.c.holder.is_(None))
    )


def _with_case(store_id: int) -> sa.Select[Any]:
    states = (CaseState.OPEN.value, CaseState.WAITING.value)
    # An expression, so that SQLite goes along the states and not through all cases in the order of customers.
    holder = sa.func.coalesce(cases.c.holder, "")
    return sa.select(holder.label("holder")).where(cases.c.store_id == store_id, cases.c.state.in_(states))


def _holder() -> sa.ColumnElement[str]:
    return sa.func.coalesce(orders.c.holder, sa.literal(GUEST) + orders.c.order_id)


def _late(store_id: int) -> sa.Select[Any]:
    joined = sa.and_(orders.c.store_id == judgements.c.store_id, orders.c.order_id == judgements.c.order_id)
    return (
        sa.select(_holder().label("holder"))
        .select_from(judgements.join(orders, joined))
        .where(judgements.c.store_id == store_id, judgements.c.state.in_(LATE))
    )


def _quiet(store_id: int) -> sa.Select[Any]:
    spoke = [
        sa.exists().where(table.c.store_id == store_id, table.c.holder == _holder(), at >= orders.c.placed_at)
        for table, at in ((cases, cases.c.last_customer_at), (answers, answers.c.at))
    ]
    return _late(store_id).where(*(~one for one in spoke))


def _silent(store_id: int) -> sa.Select[Any]:
    written = sa.exists().where(
        messages.c.store_id == store_id,
        messages.c.order_id == orders.c.order_id,
        messages.c.state.in_((SENT, UNKNOWN)),
    )
    return _quiet(store_id).where(~written)


WHOLE = (View.ALL, View.SEVERAL)
_VIEWS: dict[View, Callable[[int], sa.Select[Any]]] = {
    View.ALL: _walk,
    View.SEVERAL: lambda store_id: _walk(store_id, _several()),
    View.CASE: lambda store_id: _of(store_id, _with_case(store_id)),
    View.LATE: lambda store_id: _of(store_id, _late(store_id)),
    View.SILENT: lambda store_id: _of(store_id, _silent(store_id)),
    View.QUIET: lambda store_id: _of(store_id, _quiet(store_id)),
}


def count(connection: Connection, store_id: int, view: View) -> Figure:
    """Count the customers of a view, up to one more than ``COUNT_UP_TO``."""
    some = _VIEWS[view](store_id).limit(COUNT_UP_TO + 1)
    number = connection.scalar(sa.select(sa.func.count()).select_from(some.subquery())) or 0
    return Figure(number, SCREEN, {"view": view.value})


def page(
    connection: Connection, store_id: int, view: View, *, after: Place | None = None, limit: int = 50
) -> list[Person]:
    """Return customers, the one with the most recent order first."""
    statement = _VIEWS[view](store_id)
    at, identity = statement.selected_columns.placed_at, statement.selected_columns.order_id
    if after is not None:
        place = sa.tuple_(sa.literal(after.at, Instant), sa.literal(after.order_id))
        # Where few are listed the bound is an expression, or SQLite would look at every older order of the store.
        bound = at if view in WHOLE else sa.func.coalesce(at, at)
        statement = statement.where(sa.tuple_(bound, identity) < place)
    return _people(connection, statement.order_by(at.desc(), identity.desc()).limit(limit))


def of_orders(connection: Connection, store_id: int, order_ids: Sequence[str]) -> list[Person]:
    """Return the customers of these orders, each with their latest order, most recent first."""
    found = sa.select(_holder().label("holder")).where(
        orders.c.store_id == store_id, orders.c.order_id.in_(order_ids)
    )
    statement = _of(store_id, found)
    at, identity = statement.selected_columns.placed_at, statement.selected_columns.order_id
    return _people(connection, statement.order_by(at.desc().nulls_last(), identity.desc()))


def search(connection: Connection, store_id: int, text: str, key: Key) -> list[Person]:
    """Return the customers with this e-mail address or phone number, or with an order of this number.

    ``key`` is the store's, under which addresses and phone numbers are looked up.
    """
    plain = fold(text)
    bare = {spelled.lstrip("#") for spelled in (text.strip(), plain, plain.upper())}
    ids = listing.search(connection, store_id, sorted(bare | {f"#{one}" for one in bare}), [])
    found = of_orders(connection, store_id, ids)
    index = None
    if "@" in text:
        index = vault.c.email_index == key.index(fold_email(text))
    elif len(fold_phone(text)) >= SHORTEST_PHONE:
        index = vault.c.phone_index == key.index(fold_phone(text))
    if index is not None:
        holders = sa.select(vault.c.holder).where(vault.c.store_id == store_id, index).limit(MOST_FOUND)
        found += _people(connection, _of(store_id, holders))
    once = {one.holder: one for one in found}
    return sorted(once.values(), key=lambda one: (one.placed_at, one.order_id), reverse=True)


def known(connection: Connection, store_id: int, holder: str) -> bool:
    """Say whether a store has such a customer."""
    row = sa.select(sa.literal(1)).where(vault.c.store_id == store_id, vault.c.holder == holder)
    if connection.scalar(row):
        return True
    column = orders.c.order_id if holder.startswith(GUEST) else orders.c.holder
    name = holder.removeprefix(GUEST)
    return bool(
        connection.scalar(
            sa.select(sa.literal(1)).where(orders.c.store_id == store_id, column == name).limit(1)
        )
    )


def owner_of(connection: Connection, store_id: int, holder: str) -> str:
    """Return the customer that an order's own row of the vault belongs to; any other is returned as it is."""
    if not holder.startswith(GUEST):
        return holder
    found: str | None = connection.scalar(
        sa.select(orders.c.holder).where(
            orders.c.store_id == store_id, orders.c.order_id == holder.removeprefix(GUEST)
        )
    )
    return found or holder


def _people(connection: Connection, statement: sa.Select[Any]) -> list[Person]:
    return [
        Person(row.holder or f"{GUEST}{row.order_id}", row.order_id, row.number, row.placed_at)
        for row in connection.execute(statement)
    ]
