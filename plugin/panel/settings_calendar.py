"""The calendar: the weekend, the country's holidays with the next of them, and the store's own days."""

from __future__ import annotations

from datetime import date

from babel.core import Locale, get_global
from babel.dates import get_day_names
from flask import request
from flask.typing import ResponseReturnValue

from vefa.locales import fold, mark
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.forms import Form
from vefa.panel.settings_keep import done, keep, page
from vefa.panel.text import figures
from vefa.promises import calendar as days
from vefa.staff.permission import Act
from vefa.stores.schema import WEEKDAYS
from vefa.stores.store import Store

NO_WORKING_DAY = mark("A week needs a working day.")
MOST_DAYS, AHEAD = 200, 6


def countries(codes: list[str]) -> list[tuple[str, str]]:
    """Return country codes with their names in the reader's language, by name."""
    names = Locale.parse(visit.language().tag).territories
    return sorted(((code, names.get(code, code)) for code in codes), key=lambda one: fold(one[1]))


def example() -> str:
    """Return a day as the reader writes one, in their calendar."""
    return figures(visit.today())


@panel.get("/settings/calendar")
def calendar() -> ResponseReturnValue:
    """Show which days are no working days, and the next holidays."""
    store = visit.store()
    form = Form({"week": "own" if store.weekend is not None else "country", "holidays": store.holidays})
    return _page(form, days.calendar_of(store).weekend, list(store.extra_holidays))


def _page(form: Form, weekend: frozenset[int], extra: list[str]) -> ResponseReturnValue:
    store, names = visit.store(), get_day_names("wide", locale=visit.language().tag)
    tag = visit.language().tag
    # A language alone does not say on which day its readers' week begins; the country it is at home in does.
    first = Locale.parse(get_global("likely_subtags").get(tag, tag)).first_week_day
    order = [(first + number) % 7 for number in range(7)]
    return page(
        "settings_calendar",
        "calendar",
        form,
        week=[(WEEKDAYS[number], names[number], number in weekend) for number in order],
        countries=countries(days.known_countries()),
        ahead=days.next_holidays(store, visit.today(), visit.language().tag, AHEAD),
        extra=[(one, date.fromisoformat(one)) for one in sorted(extra)],
        example=example(),
    )


@panel.post("/settings/calendar")
def keep_calendar() -> ResponseReturnValue:
    """Keep the calendar for orders placed from now on."""
    visit.require(Act.SETTINGS)
    store = visit.store()
    form = Form(request.form.to_dict())
    chosen = [day for day in request.form.getlist("weekend") if day in WEEKDAYS]
    own = form.choice("week", ("own", "country")) == "own"
    if own and len(set(chosen)) == 7:
        form.fault("week", NO_WORKING_DAY)
    extra = _extra(form, store)
    changes = {
        "weekend": sorted(set(chosen), key=WEEKDAYS.index) if own else None,
        "holidays": form.choice("holidays", days.known_countries(), needed=False),
        "extra_holidays": extra,
    }
    if keep(form, changes):
        return done("calendar")
    return _page(form, frozenset(WEEKDAYS.index(day) for day in chosen), list(store.extra_holidays))


def _extra(form: Form, store: Store) -> list[str]:
    """Return the store's own days: those that stand and were not struck out, and the one that was added."""
    gone = set(request.form.getlist("strike"))
    kept = {one for one in store.extra_holidays if one not in gone}
    added = form.day("add_day", example())
    return sorted(kept | ({added.isoformat()} if added else set()))[:MOST_DAYS]
