"""Connections: where the store's platform sends its events, with which secrets, and how it goes."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa.carriers import services
from vefa.database import reading
from vefa.inbound import listing
from vefa.key_sets import is_key_set
from vefa.locales import mark
from vefa.panel import connect_words, feed_words, tracking_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form
from vefa.panel.frame import ltr
from vefa.panel.settings_keep import done, note, page
from vefa.panel.state import state
from vefa.platforms import platforms
from vefa.staff.permission import Act
from vefa.stores import access, records, secrets
from vefa.stores.sealing import Key
from vefa.stores.secrets import SecretsError, new_secret
from vefa.stores.shops import accounts_of, closed_at, connect, set_account

SPAN = timedelta(days=1)
NOT_A_SHOP = mark("Enter the shop's name as its platform writes it, such as %(example)s.")
EXAMPLES = {"shopify": "my-shop.myshopify.com", "saleor": "store.example.com"}
SCHEME = re.compile(r"^https?://")
OTHER_STORE = mark("Another store is connected to this shop already.")
TWO_STAND = mark("Two secrets stand already. Revoke the older one first.")
LAST_ONE = mark("Without a secret nothing is received. Make a new one first.")


def address_of(slug: str, platform: str) -> str:
    """Return the address that a platform writes to."""
    return f"{state().settings.public_url}/vefa/in/{slug}/{platform}"


def pasted_of(slug: str, platform: str) -> str:
    """Return the address that a merchant pastes: Saleor is told all the others by its app's manifest."""
    if platform == "saleor":
        return f"{state().settings.public_url}/vefa/in/saleor/manifest"
    return address_of(slug, platform)


@panel.get("/settings/connections")
def connections() -> ResponseReturnValue:
    """Show each platform's address, secrets and feed."""
    return shown_page(Form({}))


def shown_page(form: Form, shown: tuple[str, str] | None = None) -> ResponseReturnValue:
    """Return the page; ``shown`` is a sender and its new secret, which stands on this one page alone."""
    store = visit.store()
    with visit.reading() as connection:
        shops = accounts_of(connection, store.id)
        closed = closed_at(connection, store.id)
        key = records.key_of(connection, store.id, state().master)
        feeds = [
            (
                feed,
                pasted_of(store.slug, feed.platform),
                secrets.prints(connection, store.id, feed.platform, key),
            )
            for feed in listing.feeds(connection, store.id, visit.now() - SPAN)
        ]
        health = feed_words.shown(connection, visit.now())
    with reading(state().databases.intake) as connection:
        waiting = listing.waiting(connection, store.id)
    return page(
        "settings_connections",
        "connections",
        form,
        feeds=[one for one in feeds if one[0].platform not in services()],
        services=tracking_words.shown(feeds, f"{state().settings.public_url}/vefa/in/{store.slug}"),
        shown=shown,
        waiting=waiting,
        many=listing.COUNT_UP_TO,
        feeds_health=health,
        steps=connect_words.steps,
        accounts=shops,
        closed=closed,
        brings=[name for name, one in platforms().items() if one.describe().gives_secret],
        others=[name for name in sorted(platforms()) if name not in shops],
        platform_name=connect_words.name_of,
        examples=EXAMPLES,
        address_of=lambda platform: pasted_of(store.slug, platform),
    )


@panel.post("/settings/connections/secret")
def make_secret() -> ResponseReturnValue:
    """Make another secret and show it, this once."""
    visit.require(Act.CONNECT)
    store, platform = visit.store(), _platform()
    try:
        with visit.writing() as connection:
            key = records.key_of(connection, store.id, state().master)
            made = secrets.add(connection, store.id, platform, key)
            note(connection, "secret_made", {"platform": platform, "secret": secrets.print_of(made)})
    except SecretsError:
        form = Form({})
        form.fault(platform, TWO_STAND)
        return shown_page(form)
    return shown_page(Form({}), (platform, made))


@panel.post("/settings/connections/connect")
def connect_platform() -> ResponseReturnValue:
    """Connect another platform, or say which of its shops the store is and what it signs with."""
    visit.require(Act.CONNECT)
    store, form, platform = visit.store(), Form(request.form.to_dict()), request.form.get("platform", "")
    if platform not in platforms():
        abort(404)
    described = platforms()[platform].describe()
    shop, secret = _shop(form, platform) if described.gives_secret else (None, new_secret())
    if form.faults:
        return shown_page(form)
    try:
        with visit.writing(everybody=True) as connection:
            key = records.key_of(connection, store.id, state().master)
            accounts = accounts_of(connection, store.id)
            if platform not in accounts:
                connect(connection, store.id, platform, [secret] if secret else [], key, shop)
            elif described.gives_secret:
                set_account(connection, store.id, platform, shop)
                _forget(connection, store.id, platform, key) if accounts[platform] != shop else None
                secrets.take(connection, store.id, platform, secret, key) if secret else None
            else:
                abort(404)
            note(connection, "platform_connected", {"platform": platform, "shop": shop})
    except SecretsError:
        form.fault(platform, TWO_STAND)
        return shown_page(form)
    except records.TakenError:
        form.fault("shop", OTHER_STORE)
        return shown_page(form)
    if described.gives_secret:
        return redirect(url_for("panel.connect", platform=platform, kept=1), 303)
    return shown_page(Form({}), (platform, secret or ""))


def _forget(connection: Connection, store_id: int, platform: str, key: Key) -> None:
    """Forget what opened the shop that the store was before, and the keys that it had published."""
    access.give(connection, store_id, platform, None, key)
    standing = records.secrets_of(connection, store_id, platform, key)
    kept = [one for one in standing if not is_key_set(one)]
    records.set_secrets(connection, store_id, platform, kept, key)


def _shop(form: Form, platform: str) -> tuple[str | None, str | None]:
    """Return the shop's name, also from its whole address, and the secret, or None to keep those that stand."""
    typed = (form.text("shop", longest=300, needed=True) or "").lower()
    shop = SCHEME.sub("", typed).partition("/")[0]
    if typed and not re.fullmatch(platforms()[platform].describe().account_pattern or "", shop):
        form.fault("shop", NOT_A_SHOP, example=ltr(EXAMPLES.get(platform, "")))
    return shop, form.text("shop_secret", longest=200)


@panel.post("/settings/connections/revoke")
def revoke_secret() -> ResponseReturnValue:
    """Take a secret away; what is signed with it is refused from now on."""
    visit.require(Act.CONNECT)
    store, platform, name = visit.store(), _platform(), request.form.get("secret", "")
    try:
        with visit.writing() as connection:
            key = records.key_of(connection, store.id, state().master)
            secrets.revoke(connection, store.id, platform, name, key)
            note(connection, "secret_revoked", {"platform": platform, "secret": name})
    except SecretsError:
        form = Form({})
        form.fault(platform, LAST_ONE)
        return shown_page(form)
    return done("connections")


def _platform() -> str:
    """Return the platform that the form is about; another than the store's own is not there."""
    with visit.reading() as connection:
        known = [feed.platform for feed in listing.feeds(connection, visit.store().id, visit.now())]
    platform = request.form.get("platform", "")
    if platform not in known:
        abort(404)
    return platform
