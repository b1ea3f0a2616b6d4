"""The store and its brand: name, languages, who signs, colour, and how long received events are kept."""

from __future__ import annotations

import re

from flask import request
from flask.typing import ResponseReturnValue

from vefa import locales
from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form
from vefa.panel.frame import offered_languages
from vefa.panel.setting_words import UNITS
from vefa.panel.settings_keep import done, keep, page
from vefa.panel.text import say
from vefa.staff.permission import Act

COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
NOT_A_COLOUR = mark("Choose a colour, or write it as # and six hexadecimal digits.")
TOO_SHORT = mark("Write the whole number, with its area code.")


@panel.get("/settings/brand")
def brand() -> ResponseReturnValue:
    """Show the store's name, languages and brand."""
    store = visit.store()
    form = Form(
        {
            "name": store.name,
            "language": store.languages[0],
            "money_unit": store.counts_in,
            "signed_by": store.signed_by,
            "phone": store.phone,
            "brand_colour": store.brand_colour,
            "raw_days": str(store.raw_days),
        }
    )
    return _page(form, store.languages[1:])


def _page(form: Form, also: tuple[str, ...]) -> ResponseReturnValue:
    offered = offered_languages()
    known = dict(offered)
    offered += [(tag, tag) for tag in visit.store().languages if tag not in known]
    return page("settings_brand", "brand", form, languages=offered, also=also, units=_units())


def _units() -> list[tuple[str, str]]:
    """Return the units among which a store chooses: those of Iran's currency, or none."""
    return [(unit, str(say(name))) for unit, name in UNITS.items() if visit.store().counts_in in UNITS]


@panel.post("/settings/brand")
def keep_brand() -> ResponseReturnValue:
    """Keep the store's name, languages and brand."""
    visit.require(Act.SETTINGS)
    store, form = visit.store(), Form(request.form.to_dict())
    offered = {*locales.languages(), *store.languages}
    also = tuple(tag for tag in dict.fromkeys(request.form.getlist("also")) if tag in offered)
    own = form.choice("language", offered)
    changes = {
        "name": form.text("name", needed=True),
        "languages": [own, *(tag for tag in also if tag != own)],
        "signed_by": form.text("signed_by", longest=120),
        "phone": form.text("phone", longest=40),
        "brand_colour": form.text("brand_colour"),
        "raw_days": form.number("raw_days", 1, 3650),
    }
    if units := _units():
        changes["money_unit"] = form.choice("money_unit", dict(units))
    if changes["phone"] and len(str(changes["phone"])) < 3:
        form.fault("phone", TOO_SHORT)
    if not COLOUR.fullmatch(str(changes["brand_colour"])):
        form.fault("brand_colour", NOT_A_COLOUR)
    return done("brand") if keep(form, changes) else _page(form, also)
