"""What a page says when it cannot be shown: why, what is safe, and how a person is reached all the same."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import Blueprint, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.exceptions import HTTPException

from vefa import clock, locales
from vefa.customers.link import ExpiredLinkError
from vefa.errors import NotFoundError, UnknownAddressError
from vefa.locales import mark
from vefa.pages.page import frame
from vefa.pages.text import Text
from vefa.pages.visit import language_of, reading, store_of

UTC = ZoneInfo("UTC")
EXPIRED = (
    mark("The time of this link is over"),
    mark("Links in our mails work for 60 days. Nothing is lost; a person still helps you with your order."),
)
MISSING = (
    mark("This link does not work"),
    mark("Perhaps a part of it was cut off. Open it from our mail once more, or copy it as a whole."),
)
TOO_LARGE = (
    mark("This is too long for us"),
    mark("Nothing was sent. Please go back and write less at once."),
)
UNREADABLE = (mark("This cannot be read"), mark("Nothing was changed. Please go back and try again."))
OURS = (
    mark("Something went wrong on our side"),
    mark("Nothing was changed. Please try again in a few minutes, or write to us."),
)


def page(status: int, words: tuple[str, str]) -> ResponseReturnValue:
    """Return a page that says what went wrong, with the store's own way to a person where the store is known."""
    try:
        with reading() as connection:
            store, _ = store_of(connection, (request.view_args or {}).get("slug", ""))
    except (UnknownAddressError, SQLAlchemyError):
        return _without_store(status, words)
    wanted = request.headers.get("Accept-Language")
    text = Text(language_of(store, wanted), store.zone, clock.now())
    return render_template(
        "pages/fault.html", title=words[0], sentence=words[1], **frame(store, text)
    ), status


def _without_store(status: int, words: tuple[str, str]) -> ResponseReturnValue:
    tag = locales.negotiate(request.headers.get("Accept-Language"), locales.languages())
    language = locales.get(tag)
    functions = Text(language, UTC, clock.now()).functions()
    return (
        render_template(
            "pages/nowhere.html", title=words[0], sentence=words[1], language=language, **functions
        ),
        status,
    )


def _by_status(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400:
        return error
    known = {404: MISSING, 413: TOO_LARGE}
    return page(status, known.get(status) or (UNREADABLE if status < 500 else OURS))


def register(blueprint: Blueprint) -> None:
    """Answer every error on a customer's page with a page."""
    blueprint.register_error_handler(ExpiredLinkError, lambda _error: page(410, EXPIRED))
    blueprint.register_error_handler(NotFoundError, lambda _error: page(404, MISSING))
    blueprint.register_error_handler(UnknownAddressError, lambda _error: page(404, MISSING))
    blueprint.register_error_handler(HTTPException, _by_status)
