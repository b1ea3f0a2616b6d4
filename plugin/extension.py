"""Vefa as one Flask application: served alone, or mounted in front of a store that is itself a Flask application."""

from __future__ import annotations

import hashlib
import hmac
import os
from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any
from weakref import ReferenceType, ref

from flask import Flask, has_app_context
from jinja2 import StrictUndefined
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from vefa import pages, panel
from vefa.cli._embedded import Embedded
from vefa.database import Databases, db, open_databases
from vefa.errors import ConfigurationError
from vefa.inbound.host import HOST, Host
from vefa.inbound.outbox import hide_from_migrations
from vefa.inbound.routes import register as register_inbound
from vefa.panel.state import Mounted, State
from vefa.resources import templates
from vefa.settings import Settings, from_host, read_settings
from vefa.stores.sealing import Key, master_key

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment


Staff = Callable[[], "str | Mapping[str, Any] | None"]


class Vefa:
    """Mounts Vefa at ``/vefa`` in front of a host's own pages.

    Vefa stays an application of its own, with its own database, session and headers; the host's pages, sessions and
    extensions are not touched. ``settings`` come from the host's configuration and the environment unless given.

    ``staff`` is called within a request of the host and returns the signed-in member of staff: None, an e-mail
    address, or a mapping with ``email`` and, as far as the host knows, ``name``, ``role`` (``owner``, ``manager``,
    ``agent``, ``viewer``) and ``stores`` (slugs). With it the panel has no sign-in of its own. ``engine`` is the
    host's database where it has no Flask-SQLAlchemy.
    """

    def __init__(
        self,
        app: Flask | None = None,
        settings: Settings | None = None,
        *,
        staff: Staff | None = None,
        engine: Engine | None = None,
    ) -> None:
        self.settings, self.staff, self.engine = settings, staff, engine
        if app is not None:
            self.init_app(app)

    def init_app(self, app: Flask) -> None:
        """Put Vefa in front of the host application; starts no thread, opens no connection, takes no lock."""
        settings = self.settings or from_host(app.config)
        around = Mounted(partial(_ask, app, self.staff) if self.staff else None)
        inner = create_app(settings, mounted=around)
        state: State = inner.extensions["vefa"]
        host = Host(
            state.databases,
            state.master,
            settings,
            session=partial(_session, app),
            engine=partial(_engine, app, self.engine),
        )
        if settings.embed:
            host.wake = Embedded(settings, host.drain).start
        hide_from_migrations()
        engines = [ref(engine) for engine in (state.databases.main, state.databases.intake)]
        os.register_at_fork(after_in_child=partial(_forget_connections, engines))
        app.extensions["vefa"] = state
        app.extensions[HOST] = host
        app.wsgi_app = _Mount(app.wsgi_app, inner, host.wake)  # type: ignore[method-assign]


class _Mount:
    """Sends what lies below ``/vefa`` to Vefa and everything else to the host."""

    def __init__(self, host: WSGIApplication, inner: WSGIApplication, wake: Callable[[], None]) -> None:
        self.host = host
        self.inner = inner
        self.wake = wake

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        self.wake()
        path = environ.get("PATH_INFO", "")
        mine = path == "/vefa" or path.startswith("/vefa/")
        return (self.inner if mine else self.host)(environ, start_response)


def _forget_connections(engines: Iterable[ReferenceType[Engine]]) -> None:
    """Leave the connections of the process that was forked to that process."""
    for engine in filter(None, (one() for one in engines)):
        engine.dispose(close=False)


def _ask(app: Flask, staff: Staff, environ: Mapping[str, Any]) -> object:
    """Call the host's function as within a request of its own, which has no body."""
    bare = {name: value for name, value in environ.items() if not name.startswith("werkzeug.")}
    with app.request_context(bare | {"wsgi.input": BytesIO(), "CONTENT_LENGTH": "0"}):
        return staff()


def _session(app: Flask) -> Session | None:
    """Return the session of the host's Flask-SQLAlchemy; there is none without it or outside of an app context."""
    found = app.extensions.get("sqlalchemy")
    return found.session() if found is not None and has_app_context() else None


def _engine(app: Flask, given: Engine | None) -> Engine:
    """Return the host's own database."""
    if given is not None:
        return given
    found = app.extensions.get("sqlalchemy")
    if found is None:
        raise ConfigurationError("The outbox needs the store's database: give Vefa(app, engine=…).")
    with app.app_context():
        engine: Engine = found.engine
        return engine


def create_app(
    settings: Settings | None = None,
    databases: Databases | None = None,
    *,
    mounted: Mounted | None = None,
) -> Flask:
    """Return Vefa's own application: the panel at ``/vefa``, the intake of events, and the health check.

    ``mounted`` tells of the host in front of which it stands.
    """
    settings = settings or read_settings()
    databases = databases or open_databases(
        settings.database, url=settings.database_url, threads=settings.threads
    )
    master = master_key(settings.key, databases.directory)
    app = Flask("vefa", static_folder=None, template_folder=str(templates()))
    app.config.update(_configuration(settings, databases, master))
    app.jinja_options = {"undefined": StrictUndefined, "trim_blocks": True, "lstrip_blocks": True}
    app.extensions["vefa"] = State(databases, settings, master, mounted)
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
