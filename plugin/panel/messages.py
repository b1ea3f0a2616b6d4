"""One message as its reader sees it, in a page of its own that can run nothing and load nothing."""

from __future__ import annotations

from flask import Response, abort
from flask.typing import ResponseReturnValue

from vefa.outreach import listing
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.state import state
from vefa.stores.records import key_of

# Mail is written with styles inside its tags; nothing else is let through, and it is framed by the panel alone.
ALONE = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; "
    "frame-ancestors 'self'; sandbox"
)


@panel.route("/messages/<message_id>", methods=["GET", "POST"])
def message(message_id: str) -> ResponseReturnValue:
    """Answer with the message's HTML as it was or would be sent; a frame that shows no cookie asks by POST."""
    answer = Response(_content(message_id)["html"], content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


@panel.get("/messages/<message_id>/text")
def message_text(message_id: str) -> ResponseReturnValue:
    """Answer with the message's plain text."""
    return Response(_content(message_id)["text"], content_type="text/plain; charset=utf-8")


def _content(message_id: str) -> dict[str, str]:
    store = visit.store()
    with visit.reading() as connection:
        content = listing.content(
            connection, store.id, message_id, key_of(connection, store.id, state().master)
        )
    if content is None:
        abort(404)
    return content
