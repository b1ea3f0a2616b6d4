"""What somebody reads in a frame who is not signed in any more: that it is over, and where to open it again."""

from __future__ import annotations

from flask import g, render_template, request
from flask.typing import ResponseReturnValue

from vefa import locales
from vefa.database import db, reading
from vefa.locales import mark
from vefa.panel import embedded
from vefa.staff import embed_records

OVER = (
    mark("Your visit is over"),
    mark("For your safety it lasts an hour. Open Vefa from your shop's menu again."),
)
CLOSED = (
    mark("Open Vefa from your shop's menu"),
    mark("This page was opened without signing in to your shop first."),
)


def page() -> ResponseReturnValue | None:
    """Return the page for the frame, or None where the visitor is in none that is known."""
    found = embedded.known()
    if found is not None:
        g.vefa_framed_by = found.framed_by
        if found.account.language:
            g.vefa_language = locales.get(found.account.language)
        return _page(OVER)
    if request.headers.get("Sec-Fetch-Dest") != "iframe" and embedded.shown_handle() is None:
        return None
    with reading(db.engine) as connection:
        g.vefa_framed_by = embed_records.framed_by_name(connection, g.slug)
    return _page(CLOSED) if g.vefa_framed_by else None


def _page(words: tuple[str, str]) -> ResponseReturnValue:
    title, sentence = words
    return render_template(
        "panel/embed_refused.html", title=title, sentence=sentence, hint=None, again=None
    ), 401
