"""The customer's pages: signed, without script, each for one purpose; looking at one changes nothing."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Give an application the customer's pages."""
    from vefa.pages import routes

    app.register_blueprint(routes.blueprint)
