"""Whether a member gets the store's daily digest."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.settings_keep import done
from vefa.staff import wishes


def wants_digest() -> bool:
    """Say whether the reader gets the digest of this store."""
    with visit.reading() as connection:
        return wishes.wants_digest(connection, visit.store().id, visit.member().id)


@panel.post("/settings/account/digest")
def keep_digest() -> ResponseReturnValue:
    """Keep whether the reader gets the digest of this store."""
    wanted = request.form.get("digest") == "yes"
    with visit.writing() as connection:
        wishes.choose_digest(connection, visit.store().id, visit.member().id, wanted=wanted)
    return done("account")
