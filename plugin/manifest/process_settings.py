"""The settings of a process, which stand in the environment: ``VEFA_…``."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any

from vefa.settings import Settings

VARIABLES: dict[str, dict[str, Any]] = {
    "VEFA_DATABASE": {"type": "string", "description": "Path of the SQLite file; it is made on first use."},
    "VEFA_DATABASE_URL": {
        "type": "string",
        "format": "uri",
        "pattern": "^postgresql\\+psycopg://",
        "description": "The PostgreSQL database; with it the folder of VEFA_DATABASE holds the key alone.",
    },
    "VEFA_PUBLIC_URL": {
        "type": "string",
        "format": "uri",
        "pattern": "^https?://",
        "description": "The address under which the world reaches Vefa.",
    },
    "VEFA_KEY": {
        "type": "string",
        "description": "The master key, base64 of 32 bytes; without it the file beside the database holds it.",
    },
    "VEFA_SMTP_URL": {
        "type": "string",
        "format": "uri",
        "pattern": "^smtps?://",
        "description": "The mail server; without it messages are written and none is sent.",
    },
    "VEFA_BODY_LIMIT": {"type": "integer", "minimum": 1, "description": "The largest webhook, in bytes."},
    "VEFA_THREADS": {"type": "integer", "minimum": 1, "description": "Threads that serve requests."},
    "VEFA_SHOPIFY_SECRET": {
        "type": "string",
        "description": "The secret of your own Shopify application, whose one address serves all its shops.",
    },
    "VEFA_SHOPIFY_CLIENT_ID": {
        "type": "string",
        "description": "The client id of that application, for which Shopify makes the tokens that open the panel.",
    },
    "VEFA_HTTP_ALLOW_PRIVATE": {
        "type": "string",
        "description": "Hosts, separated by commas, that may be asked although they are private or unencrypted.",
    },
    "VEFA_OUTBOX": {
        "enum": ["host"],
        "description": "In a Flask store: keep its events in its own transaction and its own database.",
    },
    "VEFA_EMBED": {
        "enum": ["0", "1"],
        "description": "In a Flask store: 1 runs the worker inside the store's process.",
    },
    "VEFA_SIGN_IN_URL": {
        "type": "string",
        "description": "In a Flask store: where its own staff signs in.",
    },
    "VEFA_STORES": {
        "type": "string",
        "description": "In a Flask store: the short names of its stores, separated by spaces; all if empty.",
    },
    "VEFA_CLOCK": {
        "type": "string",
        "description": "In a demonstration or rehearsal alone: the JSON file that tells the program's time.",
    },
}


def schema() -> dict[str, Any]:
    """Return the JSON Schema (draft 2020-12) of the environment variables that Vefa reads."""
    defaults = _defaults()
    return {
        "type": "object",
        "properties": {
            name: described | ({"default": defaults[name]} if name in defaults else {})
            for name, described in sorted(VARIABLES.items())
        },
    }


def _defaults() -> dict[str, Any]:
    found = {}
    for one in fields(Settings):
        value = getattr(Settings(), one.name)
        if isinstance(value, int | str | Path) and not isinstance(value, bool):
            found[f"VEFA_{one.name.upper()}"] = str(value) if isinstance(value, Path) else value
    return found
