"""Connecting a platform in three steps, each with a check that Vefa makes while the merchant looks on."""

from __future__ import annotations

from dataclasses import replace

from flask import abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from vefa.imports import ask
from vefa.imports.back import DAYS
from vefa.inbound import reconcile
from vefa.inbound.probe import Found, Probe, patient, try_installing, try_reading
from vefa.inbound.reach import reach
from vefa.locales import mark
from vefa.panel import check_words, connect_access, connect_words, shopify_app, visit
from vefa.panel.blueprints import panel
from vefa.panel.connected import Standing, first, read, standing
from vefa.panel.forms import Form
from vefa.panel.settings_connections import TWO_STAND, address_of, pasted_of
from vefa.panel.settings_keep import note, page
from vefa.panel.state import state
from vefa.platforms import Fetches, Installed, Installs, Platform
from vefa.staff.permission import Act
from vefa.stores import access, feeds, secrets
from vefa.stores.access import Access
from vefa.stores.secrets import SecretsError

# A page asks for what is new every three seconds, for ten minutes; then a person asks.
MOST_LOOKS = 200
NOTHING_SIGNS = mark(
    "Enter the client secret in step 1 as well: the platform signs with it, and Vefa believes nothing unsigned."
)


@panel.get("/settings/connect/<platform>")
def connect(platform: str) -> ResponseReturnValue:
    """Show the steps, each with how it stands; ``check`` asks the shop or Vefa's own address first."""
    one = read(platform)
    checking = request.args.get("check") if visit.allowed(Act.CONNECT) else None
    probe = _ask(one.platform, one.given) if checking == "shop" and one.given else None
    return _page(one, connect_access.shown(one.platform, one.given), probe, reached=checking == "address")


def _ask(platform: Platform, given: Access) -> Probe | None:
    if not connect_access.may_ask(platform, given):
        return None
    return try_reading(platform, patient(given, state().settings.allow_private), visit.real_now())


def _page(
    one: Standing, form: Form, probe: Probe | None = None, *, reached: bool = False
) -> ResponseReturnValue:
    store, settings = visit.store(), state().settings
    with visit.reading() as connection:
        feed = feeds.state(connection, store.id, one.name)
        came = first(connection, one.name)
    return page(
        "connect",
        "connections",
        form,
        platform=one.name,
        title=connect_words.name_of(one.name),
        given=one.given,
        askable=bool(one.given and connect_access.may_ask(one.platform, one.given)),
        fetches=isinstance(one.platform, Fetches),
        installs=isinstance(one.platform, Installs),
        fields=connect_access.fields_of(one.platform, one.given),
        asks_address=connect_access.asks_address(one.platform, one.account),
        allow=shopify_app.address() if one.name == shopify_app.NAME and one.account else None,
        how=connect_words.access_steps(one.name),
        example=connect_access.EXAMPLE,
        by_hand=connect_words.steps(one.name),
        address=pasted_of(store.slug, one.name),
        probe=check_words.of_probe(probe) if probe and not form.faults else None,
        installed=probe.installed if probe else None,
        reached=check_words.of_reach(reach(settings), settings.public_url) if reached else None,
        feed=feed,
        first=came,
        look=min(request.args.get("look", 0, type=int), MOST_LOOKS),
        most_looks=MOST_LOOKS,
    )


@panel.post("/settings/connect/<platform>/access")
def give_access(platform: str) -> ResponseReturnValue:
    """Ask the shop with what was entered, and keep it if the shop answers."""
    visit.require(Act.CONNECT)
    one, form = read(platform), Form(request.form.to_dict())
    if not isinstance(one.platform, Fetches):
        abort(404)
    given = connect_access.read(form, one.platform, one.account, one.given)
    if given is None:
        return _page(one, form)
    probe = _ask(one.platform, given)
    if probe is not None and not probe.found.is_good:
        form.faults[_at_fault(one, probe)] = check_words.whole(check_words.of_probe(probe))
        return _page(one, form)
    try:
        _keep_access(one, form, given)
    except SecretsError:
        form.fault(_at_fault(one, Probe(Found.REFUSED)), TWO_STAND)
        return _page(one, form)
    return _back(platform, check="shop")


def _keep_access(one: Standing, form: Form, given: Access) -> None:
    store_id = visit.store().id
    with visit.writing() as connection:
        # Read again within the turn: what the platform brought meanwhile is not to be lost.
        before = standing(connection, one.name).given
        if before is not None and before.url == given.url:
            keys = connect_access.joined(one.platform, before.keys, given.keys)
            given = replace(given, keys=keys, pull=before.pull)
        access.give(connection, store_id, one.name, _without_cleared(form, one, given), one.key)
        for name in (each.name for each in one.platform.describe().access if each.signs):
            old = before.keys.get(name) if before else None
            secrets.take_signing(connection, store_id, one.name, given.keys.get(name), old, one.key)
        reconcile.begin(connection, store_id, one.name, visit.now())
        note(connection, "access_given", {"platform": one.name, "address": given.url})


def _without_cleared(form: Form, one: Standing, given: Access) -> Access:
    """Return what is to be kept, without what is no secret and was emptied in the form."""
    cleared = {
        key.name
        for key in one.platform.describe().access
        if not key.secret and not form.values.get(connect_access.field_of(key.name), "kept").strip()
    }
    return replace(given, keys={name: value for name, value in given.keys.items() if name not in cleared})


def _at_fault(one: Standing, probe: Probe) -> str:
    """Return the field at which a fault is shown: the address, or the first key."""
    if probe.found in check_words.OF_ADDRESS and connect_access.asks_address(one.platform, one.account):
        return "url"
    fields = connect_access.fields_of(one.platform, None)
    return next((field.name for field in fields if field.secret), "url")


@panel.post("/settings/connect/<platform>/access/remove")
def remove_access(platform: str) -> ResponseReturnValue:
    """Forget the keys; the shop is not asked from now on."""
    visit.require(Act.CONNECT)
    with visit.writing() as connection:
        one = standing(connection, platform)
        access.give(connection, visit.store().id, platform, None, one.key)
        note(connection, "access_removed", {"platform": platform})
    return _back(platform)


@panel.post("/settings/connect/<platform>/events")
def choose_events(platform: str) -> ResponseReturnValue:
    """Let the shop send its events, for which Vefa sets up the webhooks, or let Vefa ask every 5 minutes."""
    visit.require(Act.CONNECT)
    one, form = read(platform), Form(request.form.to_dict())
    if one.given is None or not connect_access.may_ask(one.platform, one.given):
        abort(404)
    way = form.choice("way", ("webhooks", "asking"))
    if way is None:
        return _page(one, form)
    if way == "asking" or not isinstance(one.platform, Installs):
        _keep_way(one, pull=way == "asking")
        return _back(platform)
    reached = reach(state().settings)
    if reached.is_hopeless:
        said = check_words.of_reach(reached, state().settings.public_url)
        form.faults["way"] = check_words.whole(said)
        return _page(one, form, reached=True)
    return _install(one, form)


def _install(one: Standing, form: Form) -> ResponseReturnValue:
    """Set up the webhooks and show which there are now."""
    assert one.given is not None  # noqa: S101 - choose_events lets nothing else through
    brings = one.platform.describe().gives_secret
    secret = one.secrets[-1] if one.secrets else "" if brings else _made(one)
    shop = patient(one.given, state().settings.allow_private)
    probe = try_installing(one.platform, shop, address_of(visit.store().slug, one.name), secret)
    if probe.installed is None:
        form.faults["way"] = check_words.whole(check_words.of_probe(probe))
        return _page(one, form)
    if probe.installed == Installed():
        form.fault("way", NOTHING_SIGNS)
        return _page(one, form)
    _keep_way(one, pull=False)
    return _page(read(one.name), connect_access.shown(one.platform, one.given), probe)


def _made(one: Standing) -> str:
    with visit.writing() as connection:
        return secrets.add(connection, visit.store().id, one.name, one.key)


def _keep_way(one: Standing, *, pull: bool) -> None:
    store_id = visit.store().id
    with visit.writing() as connection:
        given = standing(connection, one.name).given
        if given is None:
            abort(404)
        access.give(connection, store_id, one.name, replace(given, pull=pull), one.key)
        if not pull and isinstance(one.platform, Installs):
            feeds.note(connection, store_id, one.name, installed_at=visit.now())
        reconcile.begin(connection, store_id, one.name, visit.now())
        note(connection, "events_chosen", {"platform": one.name, "pull": pull})


@panel.post("/settings/connect/<platform>/look-back")
def look_back_at_shop(platform: str) -> ResponseReturnValue:
    """Let the worker read the shop's history without keeping it, and lead to where the result will stand."""
    visit.require(Act.SETTINGS)
    one = read(platform)
    if one.given is None or not connect_access.may_ask(one.platform, one.given):
        abort(404)
    with visit.writing() as connection:
        made = ask.look_back_at_known(
            connection, visit.store().id, DAYS, visit.member().id, visit.now(), platform
        )
        note(connection, "looked_back", {"platform": platform})
    return redirect(url_for("panel.back", import_id=made), 303)


def _back(platform: str, check: str | None = None) -> ResponseReturnValue:
    return redirect(url_for("panel.connect", platform=platform, kept=1, check=check), 303)
