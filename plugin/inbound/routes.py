"""The addresses that platforms write to, and the one that says whether this process can keep what they write."""

from __future__ import annotations

from flask import Blueprint, Flask, Response, current_app, jsonify, request
from sqlalchemy.exc import SQLAlchemyError

from vefa import clock
from vefa.errors import RefusedError, TooLargeError, UnprovedShopError
from vefa.inbound import saleor_app, schemas
from vefa.inbound.keep import Inbound, Request
from vefa.inbound.refusing import Refusals

REFUSALS = "vefa_refusals"
blueprint = Blueprint("inbound", __name__)


def register(app: Flask) -> Blueprint:
    """Add the inbound addresses to an application and return their blueprint."""
    app.register_blueprint(blueprint)
    app.register_blueprint(saleor_app.blueprint)
    app.register_blueprint(schemas.blueprint)
    app.extensions[REFUSALS] = Refusals(app.extensions["vefa"].databases)
    return blueprint


def _inbound() -> Inbound:
    state = current_app.extensions["vefa"]
    settings = state.settings
    return Inbound(
        state.databases, state.master, settings.body_limit, settings.app_secrets, settings.allow_private
    )


@blueprint.post("/vefa/in/<platform>")
def receive_for_shop(platform: str) -> tuple[Response, int]:
    """Keep a webhook of one of an application's shops; of a shop that is no store here, nothing is kept."""
    return _receive(None, platform)


@blueprint.post("/vefa/in/<store>/<platform>")
def receive(store: str, platform: str) -> tuple[Response, int]:
    """Keep a webhook and answer 200 once it is durable; 401, 404 and 413 keep nothing."""
    return _receive(store, platform)


def _receive(store: str | None, platform: str) -> tuple[Response, int]:
    inbound = _inbound()
    # One byte more than allowed tells a body that is too large from one that just fits, also without a length.
    request.max_content_length = inbound.body_limit + 1
    try:
        if request.content_length is not None and request.content_length > inbound.body_limit:
            raise TooLargeError(f"The body has more than {inbound.body_limit} bytes.")
        body = request.stream.read()
        key = inbound.keep(Request(store, platform, dict(request.headers), body), clock.now())
    except UnprovedShopError as error:
        # The sender does nothing wrong, and asked to stop it would stop for the shop's rightful store, too.
        current_app.extensions[REFUSALS].count(error.slug, platform, error, clock.now())
        return jsonify(kept=False), error.status
    except RefusedError as error:
        # At an application's own address no shop is believed before the signature, so none is counted.
        if store is not None:
            current_app.extensions[REFUSALS].count(store, platform, error, clock.now())
        return jsonify(error=str(error)), error.status
    return jsonify(kept=key is not None or store is not None), 200


@blueprint.get("/healthz")
@blueprint.get("/vefa/-/healthz")
def healthz() -> tuple[Response, int]:
    """Answer 200 when this process can write what it would have to keep, else 503."""
    try:
        with current_app.extensions["vefa"].databases.intake.begin() as connection:
            connection.exec_driver_sql("UPDATE intake SET topic = topic WHERE store_id = -1")
    except SQLAlchemyError:
        return jsonify(status="cannot write"), 503
    return jsonify(status="ok"), 200
