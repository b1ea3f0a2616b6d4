"""What Vefa keeps and how long: the declaration that every table makes."""

from __future__ import annotations

import pkgutil
from importlib import import_module
from typing import Any

import vefa
from vefa.database import Declaration, intake_metadata, metadata

# Alembic alone can run its own, and the last two start a program.
NOT_TO_IMPORT = ("vefa.migrations", "vefa.cli.__main__", "vefa.cli._web")


def know_every_table() -> None:
    """Import every module, so that whoever goes through all tables, as an erasure does, misses none."""
    for module in pkgutil.walk_packages(vefa.__path__, "vefa."):
        if not module.name.startswith(NOT_TO_IMPORT):
            import_module(module.name)


def tables() -> list[dict[str, Any]]:
    """Return what each table holds, for whom, how long, and which columns are personal; sorted by name."""
    know_every_table()
    found = []
    for database, known in (("main", metadata), ("intake", intake_metadata)):
        for table in known.tables.values():
            declared: Declaration = table.info["vefa"]
            found.append(
                {
                    "table": str(table.name),
                    "database": database,
                    "kind": declared.kind.value,
                    "about": declared.subject,
                    "kept": declared.retention,
                    "personal": sorted(declared.personal),
                    "belongs_to_a_store": declared.scoped,
                }
            )
    return sorted(found, key=lambda one: str(one["table"]))
