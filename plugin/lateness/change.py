"""Changes a store's settings, and looks again at what the change concerns at once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from vefa.lateness import records
from vefa.lateness.judgement import UNDELIVERED
from vefa.lateness.look import PACKAGE
from vefa.stores import change
from vefa.stores.records import by_slug
from vefa.stores.store import Store
from vefa.work import make_due


def change_settings(connection: Connection, slug: str, changes: Mapping[str, Any], *, now: datetime) -> Store:
    """Change a store's settings from ``now`` on; raises ``SettingsError`` for what cannot be used.

    Where ``lost_after`` changes, the late orders are looked at again: how long a silence may last is no promise.
    Everything else is judged by what stood at its own time.
    """
    before = by_slug(connection, slug)
    after = change.change(connection, slug, changes, now=now)
    if before.lost_after != after.lost_after:
        late = records.in_states(connection, before.id, [state.value for state in UNDELIVERED])
        make_due(connection, before.id, PACKAGE, dict.fromkeys(late, now))
    return after
