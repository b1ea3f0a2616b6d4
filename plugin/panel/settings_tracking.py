"""Connects a tracking service: with the secret that it gave, with one made here, or with none."""

from __future__ import annotations

from flask import abort, request
from flask.typing import ResponseReturnValue

from vefa.carriers import services
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import NEEDED, Form
from vefa.panel.settings_connections import TWO_STAND, shown_page
from vefa.panel.settings_keep import done, note
from vefa.panel.state import state
from vefa.staff.permission import Act
from vefa.stores import records, secrets
from vefa.stores.secrets import SecretsError, new_secret
from vefa.stores.shops import accounts_of, follow


@panel.post("/settings/connections/follow")
def follow_service() -> ResponseReturnValue:
    """Let a service write to the store, or take another secret of it beside the one that stands."""
    visit.require(Act.CONNECT)
    store, name = visit.store(), request.form.get("service", "")
    if name not in services():
        abort(404)
    form, described = Form(request.form.to_dict()), services()[name].describe()
    given = form.text("service_secret") if described.gives_secret else None
    made = None if described.gives_secret or described.keys_url else new_secret()
    if described.gives_secret and not given and not form.faults:
        form.fault(name, NEEDED)
    if form.faults:
        return shown_page(form)
    try:
        with visit.writing(everybody=True) as connection:
            key = records.key_of(connection, store.id, state().master)
            if name not in accounts_of(connection, store.id):
                follow(connection, store.id, name, [one for one in (given, made) if one], key)
            elif given:
                secrets.take(connection, store.id, name, given, key)
            else:
                abort(404)
            note(connection, "platform_connected", {"platform": name, "shop": None})
    except SecretsError:
        form.fault(name, TWO_STAND)
        return shown_page(form)
    return shown_page(Form({}), (name, made)) if made else done("connections")
