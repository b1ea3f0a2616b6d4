"""Every setting of a process, read from the environment once, at the edge."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from vefa.errors import ConfigurationError

MEBIBYTE = 1024 * 1024
POSTGRESQL = "postgresql+psycopg"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the operator decides for a process; what a merchant decides stands in the store's row.

    ``database``: path of the SQLite file. ``database_url``: ``postgresql+psycopg://user:password@host/name``, or None
    for SQLite; with it the folder of ``database`` holds the key alone. ``public_url``: address under which the world
    reaches Vefa, without a trailing slash. ``key``: the master key, base64 of 32 bytes, or None to use the file
    beside the database.
    ``smtp_url``: ``smtp://user:password@host:587`` (STARTTLS), ``smtps://…:465`` (TLS from the start); add
    ``?tls=none`` only for a server on this machine. ``body_limit``: bytes of a webhook body.
    ``app_secrets``: by platform, what it signs with at the one address of the operator's application; several while
    one is being changed. ``app_clients``: by platform, its own name of that application.

    Of a Flask store alone: ``outbox`` keeps its events in its own transaction, ``embed`` runs the worker in its
    process, ``sign_in_url`` is where its staff signs in, and ``stores`` names its stores (empty means all).
    """

    database: Path = Path("var/vefa.db")
    database_url: str | None = field(default=None, repr=False)
    public_url: str = "http://127.0.0.1:8000"
    key: str | None = None
    smtp_url: str | None = None
    body_limit: int = MEBIBYTE
    threads: int = 16
    app_secrets: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    app_clients: Mapping[str, str] = field(default_factory=dict)
    allow_private: frozenset[str] = frozenset()
    outbox: bool = False
    embed: bool = False
    sign_in_url: str | None = None
    stores: tuple[str, ...] = ()


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Read the settings from ``VEFA_…`` variables.

    Raises ``ConfigurationError`` that names the variable whose value cannot be used.
    """
    environ = os.environ if environ is None else environ

    def number(name: str, default: int) -> int:
        text = environ.get(name, "")
        if not text:
            return default
        if not text.isdecimal() or int(text) == 0:
            raise ConfigurationError(f"{name} is {text!r}, but must be a whole number above 0.")
        return int(text)

    def choice(name: str, meanings: Mapping[str, bool]) -> bool:
        text = environ.get(name, "")
        if text not in meanings:
            known = " or ".join(repr(one) for one in meanings if one)
            raise ConfigurationError(f"{name} is {text!r}, but must be {known}, or not set.")
        return meanings[text]

    def listed(name: str) -> tuple[str, ...]:
        return tuple(one.strip() for one in environ.get(name, "").split(",") if one.strip())

    default = Settings()
    url = environ.get("VEFA_PUBLIC_URL", default.public_url).rstrip("/")
    if not url.startswith(("http://", "https://")):
        raise ConfigurationError(f"VEFA_PUBLIC_URL is {url!r}, but must start with https:// or http://.")
    return Settings(
        database=Path(environ.get("VEFA_DATABASE", str(default.database))),
        database_url=_database_url(environ.get("VEFA_DATABASE_URL", "")),
        public_url=url,
        key=environ.get("VEFA_KEY") or None,
        smtp_url=environ.get("VEFA_SMTP_URL") or None,
        body_limit=number("VEFA_BODY_LIMIT", default.body_limit),
        threads=number("VEFA_THREADS", default.threads),
        app_secrets={"shopify": listed("VEFA_SHOPIFY_SECRET")},
        app_clients={"shopify": client} if (client := environ.get("VEFA_SHOPIFY_CLIENT_ID")) else {},
        allow_private=frozenset(one.lower() for one in listed("VEFA_HTTP_ALLOW_PRIVATE")),
        outbox=choice("VEFA_OUTBOX", {"": False, "host": True}),
        embed=choice("VEFA_EMBED", {"": False, "0": False, "1": True}),
        sign_in_url=environ.get("VEFA_SIGN_IN_URL") or None,
        stores=tuple(environ.get("VEFA_STORES", "").replace(",", " ").split()),
    )


def _database_url(text: str) -> str | None:
    """Return the address of a PostgreSQL database, or None for SQLite; an error never repeats the password."""
    if not text:
        return None
    try:
        scheme, host, name = urlsplit(text).scheme, urlsplit(text).netloc, urlsplit(text).path.strip("/")
    except ValueError as error:
        raise ConfigurationError("VEFA_DATABASE_URL is not an address.") from error
    if scheme != POSTGRESQL or not name:
        raise ConfigurationError(
            f"VEFA_DATABASE_URL must be {POSTGRESQL}://user:password@host/name; for SQLite set VEFA_DATABASE alone."
        )
    if host.count("@") > 1:
        raise ConfigurationError("VEFA_DATABASE_URL has to write an @ within the password as %40.")
    return text


def from_host(config: Mapping[str, Any]) -> Settings:
    """Read the settings of a Flask store: what its configuration says of ``VEFA_…``, else the environment.

    Raises ``ConfigurationError`` that names the variable whose value cannot be used.
    """
    given = {name: value for name, value in config.items() if name.startswith("VEFA_") and value is not None}
    return read_settings(os.environ | {name: _as_text(value) for name, value in given.items()})


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(int(value))
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
