"""Pages that say what went wrong, in the reader's language, and one way on."""

from __future__ import annotations

from flask import Flask, g, render_template, request
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from vefa import locales
from vefa.errors import NotFoundError, UnknownAddressError
from vefa.locales import mark
from vefa.panel import visit

WORDS = {
    400: (mark("This request cannot be read"), mark("Nothing was changed. Go back and try again.")),
    403: (mark("You may not do this"), mark("Nothing was changed. Ask an owner of the store.")),
    404: (
        mark("There is nothing here"),
        mark("The address is wrong, or what stood here belongs to a store that you are not a member of."),
    ),
    413: (mark("This is too large"), mark("Nothing was changed. Send less at once.")),
    500: (
        mark("Vefa could not do this"),
        mark("The fault is ours and stands in the log. No event is lost; try again in a moment."),
    ),
}
STALE = (
    mark("This page was open for too long"),
    mark("Nothing was changed. Go back, load the page again and repeat what you did."),
)


def page(status: int, words: tuple[str, str]) -> ResponseReturnValue:
    """Return the page that says what went wrong."""
    title, sentence = words
    return render_template("panel/fault.html", title=title, sentence=sentence), status


def _by_status(error: HTTPException) -> ResponseReturnValue:
    status = error.code or 500
    if status < 400 or request.path.startswith("/vefa/in/"):
        return error
    if status >= 500:
        # The database may be what fails, so the account is not asked for its language.
        g.vefa_account, g.vefa_language = None, locales.get(visit.browser_language())
    return page(status, WORDS.get(status) or WORDS[400 if status < 500 else 500])


def _stale(_error: CSRFError) -> ResponseReturnValue:
    return page(400, STALE)


def _missing(_error: Exception) -> ResponseReturnValue:
    return page(404, WORDS[404])


def register(app: Flask) -> None:
    """Answer every error of the application with a page."""
    app.register_error_handler(HTTPException, _by_status)
    app.register_error_handler(CSRFError, _stale)
    app.register_error_handler(NotFoundError, _missing)
    app.register_error_handler(UnknownAddressError, _missing)
