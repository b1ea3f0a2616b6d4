"""What the panel's application carries from start to end."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app

from vefa.database import Databases
from vefa.settings import Settings
from vefa.stores.sealing import Key


@dataclass(frozen=True, slots=True)
class State:
    """The databases, settings and master key of the process."""

    databases: Databases
    settings: Settings
    master: Key


def state() -> State:
    """Return the running application's state."""
    return cast(State, current_app.extensions["vefa"])
