"""Connections: where the store's platform sends its events, with which secrets, and how it goes."""

from __future__ import annotations

from datetime import timedelta

from flask import abort, request
from flask.typing import ResponseReturnValue

from vefa.database import db, reading
from vefa.inbound import listing
from vefa.locales import mark
from vefa.panel import connect_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form
from vefa.panel.settings_keep import done, note, page
from vefa.panel.state import state
from vefa.staff.permission import Act
from vefa.stores import records, secrets
from vefa.stores.secrets import SecretsError

SPAN = timedelta(days=1)
TWO_STAND = mark("Two secrets stand already. Revoke the older one first.")
LAST_ONE = mark("Without a secret nothing is received. Make a new one first.")


def address_of(slug: str, platform: str) -> str:
    """Return the address that a platform writes to."""
    return f"{state().settings.public_url}/vefa/in/{slug}/{platform}"


@panel.get("/settings/connections")
def connections() -> ResponseReturnValue:
    """Show each platform's address, secrets and feed."""
    return _page(Form({}))


def _page(form: Form, shown: tuple[str, str] | None = None) -> ResponseReturnValue:
    """``shown`` is a platform and its new secret, which stands on this one page alone."""
    store = visit.store()
    with visit.reading() as connection:
        key = records.key_of(connection, store.id, state().master)
        feeds = [
            (
                feed,
                address_of(store.slug, feed.platform),
                secrets.prints(connection, store.id, feed.platform, key),
            )
            for feed in listing.feeds(connection, store.id, visit.now() - SPAN)
        ]
    with reading(state().databases.intake) as connection:
        waiting = listing.waiting(connection, store.id)
    return page(
        "settings_connections",
        "connections",
        form,
        feeds=feeds,
        shown=shown,
        waiting=waiting,
        many=listing.COUNT_UP_TO,
        silent_after=visit.now() - SPAN,
        steps=connect_words.steps,
        platform_name=connect_words.name_of,
    )


@panel.post("/settings/connections/secret")
def make_secret() -> ResponseReturnValue:
    """Make another secret and show it, this once."""
    visit.require(Act.CONNECT)
    store, platform = visit.store(), _platform()
    try:
        with db.engine.begin() as connection:
            key = records.key_of(connection, store.id, state().master)
            made = secrets.add(connection, store.id, platform, key)
            note(connection, "secret_made", {"platform": platform, "secret": secrets.print_of(made)})
    except SecretsError:
        form = Form({})
        form.fault(platform, TWO_STAND)
        return _page(form)
    return _page(Form({}), (platform, made))


@panel.post("/settings/connections/revoke")
def revoke_secret() -> ResponseReturnValue:
    """Take a secret away; what is signed with it is refused from now on."""
    visit.require(Act.CONNECT)
    store, platform, name = visit.store(), _platform(), request.form.get("secret", "")
    try:
        with db.engine.begin() as connection:
            key = records.key_of(connection, store.id, state().master)
            secrets.revoke(connection, store.id, platform, name, key)
            note(connection, "secret_revoked", {"platform": platform, "secret": name})
    except SecretsError:
        form = Form({})
        form.fault(platform, LAST_ONE)
        return _page(form)
    return done("connections")


def _platform() -> str:
    """Return the platform that the form is about; another than the store's own is not there."""
    with visit.reading() as connection:
        known = [feed.platform for feed in listing.feeds(connection, visit.store().id, visit.now())]
    platform = request.form.get("platform", "")
    if platform not in known:
        abort(404)
    return platform
