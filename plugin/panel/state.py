"""What the panel's application carries from start to end."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from flask import current_app

from vefa.database import Databases
from vefa.settings import Settings
from vefa.stores.sealing import Key


@dataclass(frozen=True, slots=True)
class Mounted:
    """The Flask store in front of which Vefa stands.

    ``name_staff`` is asked, with the WSGI environment of a request, for the signed-in member of the store's staff;
    without it the panel has a sign-in of its own.
    """

    name_staff: Callable[[Mapping[str, Any]], object] | None = None


@dataclass(frozen=True, slots=True)
class State:
    """The databases, settings and master key of the process, and the Flask store around it if there is one."""

    databases: Databases
    settings: Settings
    master: Key
    mounted: Mounted | None = None


def state() -> State:
    """Return the running application's state."""
    return cast(State, current_app.extensions["vefa"])


def name_staff() -> Callable[[Mapping[str, Any]], object] | None:
    """Return what names the signed-in member of a Flask store's staff, or None where Vefa signs people in itself."""
    mounted = state().mounted
    return mounted.name_staff if mounted else None
