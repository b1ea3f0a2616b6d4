"""Settings: how the store is set up, where its events go, and what could not be read or done."""

from __future__ import annotations

from datetime import timedelta

from flask import render_template
from flask.typing import ResponseReturnValue

from vefa import work
from vefa.database import reading
from vefa.inbound import listing
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.setting_words import groups
from vefa.panel.state import state

SPAN = timedelta(days=1)


@panel.get("/settings")
def settings() -> ResponseReturnValue:
    """Show the store's settings in words, its feeds, and what went wrong with events or work."""
    store, program = visit.store(), state()
    with visit.reading() as connection:
        feeds = listing.feeds(connection, store.id, visit.now() - SPAN)
        unreadable = listing.unreadable(connection, store.id)
        dead = work.dead_letters(connection, store.id)
    with reading(program.databases.intake) as connection:
        waiting = listing.waiting(connection, store.id)
    return render_template(
        "panel/settings.html",
        groups=groups(store),
        feeds=[
            (feed, f"{program.settings.public_url}/vefa/in/{store.slug}/{feed.platform}") for feed in feeds
        ],
        unreadable=unreadable,
        dead=dead,
        waiting=waiting,
        many=listing.COUNT_UP_TO,
    )
