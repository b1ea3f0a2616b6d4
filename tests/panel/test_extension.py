"""Vefa alone, and in front of a host's own pages."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from flask import Flask, session
from flask_sqlalchemy import SQLAlchemy

import vefa
from vefa.cli.migrate import upgrade
from vefa.database import open_databases
from vefa.extension import create_app
from vefa.settings import Settings


@pytest.fixture
def host(tmp_path: Path) -> Flask:
    """Return a host with a database, a session and a page of its own, and Vefa in front."""
    app = Flask("host")
    app.config.update(SECRET_KEY="the host's own", SQLALCHEMY_DATABASE_URI="sqlite://")
    SQLAlchemy(app)

    @app.get("/")
    def home() -> str:
        session["seen"] = True
        return "the host's page"

    @app.get("/vefafe")
    def close_by() -> str:
        return "also the host's"

    vefa.Vefa(app, Settings(database=tmp_path / "own" / "vefa.db"))
    databases = open_databases(tmp_path / "own" / "vefa.db")
    upgrade(databases)
    databases.dispose()
    yield app
    app.extensions["vefa"].databases.dispose()


def test_the_host_keeps_its_pages_cookies_and_headers(host: Flask) -> None:
    client = host.test_client()
    for address, text in (("/", "the host's page"), ("/vefafe", "also the host's")):
        answer = client.get(address)
        assert answer.text == text
        assert "Content-Security-Policy" not in answer.headers
    assert client.get_cookie("session") is not None


def test_vefa_answers_below_its_own_address(host: Flask) -> None:
    client = host.test_client()
    answer = client.get("/vefa/sign-in")
    assert answer.status_code == 200
    assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]
    assert "vefa_session=" in answer.headers["Set-Cookie"]
    assert "Secure" not in answer.headers["Set-Cookie"]
    assert client.get("/vefa").status_code == 308
    assert client.post("/vefa/in/nowhere/standard", data=b"{}").status_code == 404


def test_starting_opens_no_connection_and_starts_no_thread(tmp_path: Path) -> None:
    before = threading.active_count()
    databases = open_databases(tmp_path / "vefa.db")
    app = create_app(Settings(), databases)
    vefa.Vefa(Flask("host"), Settings(database=tmp_path / "vefa.db"))
    assert threading.active_count() == before
    assert databases.main.pool.checkedout() == 0
    assert not (tmp_path / "vefa.db").exists()
    assert app.extensions["vefa"].databases is databases


def test_two_processes_sign_sessions_alike(tmp_path: Path) -> None:
    settings = Settings(database=tmp_path / "vefa.db")
    first, second = create_app(settings), create_app(settings)
    assert first.secret_key == second.secret_key
    assert first.secret_key not in first.extensions["vefa"].master.secret


def test_an_unknown_name_of_the_package_is_an_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = vefa.Nothing
