"""Tells the templates whether the store's parcels are watched at all."""

from __future__ import annotations

from flask import Flask, g

from vefa.insights.watched import is_watched
from vefa.panel import visit


def watched() -> bool:
    """Say whether any parcel of the store can be late; asked once a request."""
    if "vefa_is_watched" not in g:
        with visit.reading() as connection:
            g.vefa_is_watched = is_watched(connection, visit.store(), visit.now())
    return bool(g.vefa_is_watched)


def register(app: Flask) -> None:
    """Give the templates the question."""
    app.jinja_env.globals.update(watched=watched)
