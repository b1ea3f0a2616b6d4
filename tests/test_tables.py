"""Every table says what it is, and keeps each store's rows together."""

from __future__ import annotations

from types import ModuleType

import pytest
import sqlalchemy as sa

from vefa.database import Declaration, Kind, intake_metadata, metadata


def faults(tables: sa.MetaData) -> list[str]:
    """Return what is wrong with the tables, one sentence each."""
    found = []
    for table in tables.tables.values():
        declared = table.info.get("vefa")
        if not isinstance(declared, Declaration):
            found.append(f"{table.name} declares nothing.")
            continue
        key = [column.name for column in table.primary_key.columns]
        if declared.scoped and key[:1] != ["store_id"]:
            found.append(f"{table.name} has the key {key}, which does not begin with store_id.")
        found += [f"{table.name} has no column {name}." for name in declared.personal if name not in table.c]
        if not declared.subject or not declared.retention:
            found.append(f"{table.name} does not say what it is about or how long it stays.")
        for foreign in table.foreign_keys:
            target = foreign.column.table.info["vefa"]
            if target.scoped and "store_id" not in foreign.constraint.column_keys:
                found.append(f"{table.name} points to {foreign.target_fullname} without its store.")
    return found


@pytest.mark.parametrize("tables", [metadata, intake_metadata], ids=["main", "intake"])
def test_every_table_is_declared_and_keyed_by_store(modules: list[ModuleType], tables: sa.MetaData) -> None:
    assert modules
    assert tables.tables
    assert faults(tables) == []


def planted(name: str, *columns: sa.Column[int], declaration: Declaration | None = None) -> sa.MetaData:
    tables = sa.MetaData()
    sa.Table(name, tables, *columns, info=declaration.info() if declaration else {})
    return tables


def integer(name: str, *, key: bool = True) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, primary_key=key)


def test_a_table_without_declaration_is_found() -> None:
    assert faults(planted("plain", integer("store_id"))) == ["plain declares nothing."]


def test_a_key_that_does_not_begin_with_the_store_is_found() -> None:
    declared = Declaration(Kind.DERIVED, "order", "as long as the order")
    mixed = planted("mixed", integer("id"), integer("store_id"), declaration=declared)
    assert faults(mixed) == ["mixed has the key ['id', 'store_id'], which does not begin with store_id."]
    assert faults(planted("right", integer("store_id"), integer("id"), declaration=declared)) == []


def test_a_personal_column_that_is_not_there_is_found() -> None:
    declared = Declaration(Kind.PRIMARY, "customer", "until erased", personal=("email",))
    assert faults(planted("people", integer("store_id"), declaration=declared)) == [
        "people has no column email."
    ]
