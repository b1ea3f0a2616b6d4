"""What the pages of an embedded visit do at the store's own address, where the cookie is shown: choose, and leave."""

from __future__ import annotations

from flask import Response, abort, g, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from vefa import locales
from vefa.database import db
from vefa.locales import mark
from vefa.panel import embedded, preferences, visit
from vefa.panel.blueprints import panel
from vefa.staff import embed_records
from vefa.turns import writing

LEFT = (mark("You have left Vefa"), mark("Open it from your shop's menu again."))


@panel.get("/-/session")
def embedded_session() -> ResponseReturnValue:
    """Say by 204 that the browser has shown the cookie of a session."""
    if embedded.session() is None or embedded.in_header():
        abort(404)
    return "", 204


@panel.post("/-/preferences")
def embedded_prefer() -> ResponseReturnValue:
    """Keep the language or the theme that was chosen, and go back to where it was chosen."""
    return preferences.prefer()


@panel.post("/-/sign-out")
def embedded_leave() -> ResponseReturnValue:
    """End the session; another than a platform's ends elsewhere."""
    inside = embedded.session()
    if inside is None:
        return redirect(url_for("panel.today"), 303)
    with writing(db.engine, visit.store().id) as connection:
        embed_records.end(connection, inside, visit.real_now())
    g.vefa_language = locales.get(visit.language().tag)
    title, sentence = LEFT
    answer = Response(
        render_template("panel/embed_refused.html", title=title, sentence=sentence, hint=None, again=None)
    )
    return embedded.drop_handle(answer, visit.store().slug)
