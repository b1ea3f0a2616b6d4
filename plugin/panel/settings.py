"""Settings: how the store is set up, where its events go, and what could not be read or done."""

from __future__ import annotations

from datetime import timedelta

from flask.typing import ResponseReturnValue

from vefa import work
from vefa.database import reading
from vefa.inbound import listing
from vefa.insights.parts import name_of
from vefa.panel import connect_words, event_faults, visit
from vefa.panel.blueprints import panel
from vefa.panel.setting_words import groups
from vefa.panel.settings_connections import address_of
from vefa.panel.settings_keep import page
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
    return page(
        "settings",
        "settings",
        None,
        groups=groups(store),
        feeds=[(feed, address_of(store.slug, feed.platform)) for feed in feeds],
        platform_name=connect_words.name_of,
        unreadable=unreadable,
        fault=event_faults.fault,
        dead=[(name_of(package, visit.language()), subject, error) for package, subject, error in dead],
        waiting=waiting,
        many=listing.COUNT_UP_TO,
    )
