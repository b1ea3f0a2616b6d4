"""The addresses at which senders read how canonical events are written."""

from __future__ import annotations

from functools import cache

from flask import Blueprint, Response, url_for

from vefa.database import dump_json
from vefa.platforms._standard_json import NAME, VERSION, event_schema

blueprint = Blueprint("schemas", __name__)
FILE = f"{NAME}-{VERSION}.json"
HOUR = 3600


@cache
def _document() -> str:
    return dump_json(event_schema())


@blueprint.get("/vefa/schemas/")
def index() -> Response:
    """List the schemas, each with its version and address."""
    found = [{"name": NAME, "version": VERSION, "url": url_for("schemas.events")}]
    return _answer(dump_json({"schemas": found}), "application/json")


@blueprint.get(f"/vefa/schemas/{FILE}")
def events() -> Response:
    """Return the JSON Schema of every canonical event."""
    return _answer(_document(), "application/schema+json")


def _answer(text: str, kind: str) -> Response:
    response = Response(text, mimetype=kind)
    response.cache_control.public = True
    response.cache_control.max_age = HOUR
    return response
