"""Adds a store: a few words, sensible defaults of its country, then the address and the secret to paste."""

from __future__ import annotations

from typing import Any
from zoneinfo import available_timezones

from babel.core import Locale
from flask import request
from flask.typing import ResponseReturnValue

from vefa import locales
from vefa.database import db
from vefa.locales import mark
from vefa.panel import connect_words, visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import UNUSABLE, Form
from vefa.panel.frame import offered_languages
from vefa.panel.settings_calendar import countries
from vefa.panel.settings_connections import address_of
from vefa.panel.settings_keep import page
from vefa.panel.state import state
from vefa.platforms import platforms
from vefa.staff import records as staff
from vefa.staff.permission import Act
from vefa.stores import defaults, records, secrets
from vefa.stores.schema import RESERVED, SLUG, SettingsError
from vefa.stores.store import Store
from vefa.turns import writing

NO_COUNTRY = ("EU", "EZ", "QO", "UN", "XA", "XB", "ZZ")
NOT_A_SLUG = mark("Use small Latin letters, digits and hyphens; begin and end with a letter or a digit.")
TAKEN = mark("This short name is taken.")
WHICH_ZONE = mark("This country has several time zones. Choose the store's.")


@panel.get("/settings/new-store")
def new_store() -> ResponseReturnValue:
    """Ask for what cannot be guessed about a store."""
    visit.require(Act.CONNECT)
    return _page(Form({"country": visit.store().country, "platform": visit.store().platform}))


def _page(form: Form) -> ResponseReturnValue:
    return page(
        "settings_new_store",
        "connections",
        form,
        countries=countries(_countries()),
        platforms={name: connect_words.name_of(name) for name in sorted(platforms())},
        languages=offered_languages(),
        zones=sorted(name for name in available_timezones() if "/" in name and not name.startswith("Etc")),
    )


def _countries() -> list[str]:
    codes = map(str, Locale.parse("en").territories)
    return [code for code in codes if len(code) == 2 and code.isalpha() and code not in NO_COUNTRY]


@panel.post("/settings/new-store")
def add_store() -> ResponseReturnValue:
    """Add the store with its first secret, its owner being whoever added it."""
    visit.require(Act.CONNECT)
    form = Form(request.form.to_dict())
    document = _document(form)
    if form.faults:
        return _page(form)
    described = platforms()[document["platform"]].describe()
    made = None if described.gives_secret else secrets.new_secret()
    try:
        with writing(db.engine) as connection:
            added = records.add(
                connection, document, [made] if made else [], master=state().master, now=visit.now()
            )
            staff.join(connection, added.id, visit.member().id, now=visit.now())
            _note(connection, added)
    except SettingsError as error:
        for name in error.names:
            form.fault(name, UNUSABLE)
        return _page(form)
    except records.TakenError:
        form.fault("slug", TAKEN)
        return _page(form)
    return page(
        "settings_store_added",
        "connections",
        None,
        added=added,
        address=address_of(added.slug, added.platform),
        secret=made,
        steps=connect_words.steps(added.platform),
        platform=connect_words.name_of(added.platform),
    )


def _note(connection: Any, added: Store) -> None:
    detail = {"slug": added.slug, "platform": added.platform}
    staff.note(connection, added.id, visit.member().id, "store_added", detail=detail, now=visit.now())


def _document(form: Form) -> dict[str, Any]:
    name, slug = form.text("name", needed=True), form.text("slug", longest=64, needed=True)
    if slug and (not SLUG.fullmatch(slug) or slug in RESERVED):
        form.fault("slug", NOT_A_SLUG)
    country = form.choice("country", _countries())
    usual = defaults.of_country(country, locales.languages(), visit.now()) if country else {}
    zone = form.choice("timezone", available_timezones(), needed=False) or usual.get("timezone")
    language = form.choice("language", locales.languages(), needed=False)
    if country and zone is None:
        form.fault("timezone", WHICH_ZONE)
    spoken = usual.get("languages") or [visit.language().tag]
    return usual | {
        "name": name,
        "slug": slug,
        "platform": form.choice("platform", list(platforms())),
        "country": country,
        "timezone": zone,
        "languages": [language, *(tag for tag in spoken if tag != language)] if language else spoken,
        "reply_to": form.email("reply_to"),
    }
