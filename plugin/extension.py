"""Vefa as one Flask application: served alone, or mounted in front of a store that is itself a Flask application."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterable
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from flask import Flask
from jinja2 import StrictUndefined

from vefa import pages, panel
from vefa.database import Databases, db, open_databases
from vefa.inbound.routes import register as register_inbound
from vefa.panel.state import State
from vefa.resources import templates
from vefa.settings import Settings, read_settings
from vefa.stores.sealing import Key, master_key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


class Vefa:
    """Mounts Vefa at ``/vefa`` in front of a host's own pages.

    Vefa stays an application of its own, with its own database, session and headers; the host's pages, sessions and
    extensions are not touched.
    """

    def __init__(self, app: Flask | None = None, settings: Settings | None = None) -> None:
        self.settings = settings
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Put Vefa in front of the host application; starts no thread, opens no connection, takes no lock."""
        inner = create_app(self.settings)
        app.extensions["vefa"] = inner.extensions["vefa"]
        app.wsgi_app = _Mount(app.wsgi_app, inner)  # type: ignore[method-assign]


class _Mount:
    """Sends what lies below ``/vefa`` to Vefa and everything else to the host."""

    def __init__(self, host: WSGIApplication, inner: WSGIApplication) -> None:
        self.host = host
        self.inner = inner

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        mine = path == "/vefa" or path.startswith("/vefa/")
        return (self.inner if mine else self.host)(environ, start_response)


def create_app(settings: Settings | None = None, databases: Databases | None = None) -> Flask:
    """Return Vefa's own application: the panel at ``/vefa``, the intake of events, and the health check."""
    settings = settings or read_settings()
    databases = databases or open_databases(settings.database)
    master = master_key(settings.key, databases.directory)
    app = Flask("vefa", static_folder=None, template_folder=str(templates()))
    app.config.update(_configuration(settings, databases, master))
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.extensions["vefa"] = State(databases, settings, master)
    db.init_app(app)
    panel.register(app)
    pages.register(app)
    register_inbound(app)
    return app


def _configuration(settings: Settings, databases: Databases, master: Key) -> dict[str, Any]:
    return {
        "SECRET_KEY": hmac.new(master.secret, b"panel session", hashlib.sha256).digest(),
        "SESSION_COOKIE_NAME": "vefa_session",
        "SESSION_COOKIE_PATH": "/vefa",
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": settings.public_url.startswith("https://"),
        "SESSION_REFRESH_EACH_REQUEST": False,
        "PERMANENT_SESSION_LIFETIME": timedelta(days=7),
        "SQLALCHEMY_DATABASE_URI": databases.main.url,
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        # Vefa's pages send no Referer; the token alone tells whose form it is.
        "WTF_CSRF_SSL_STRICT": False,
    }
