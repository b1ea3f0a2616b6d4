"""A way to a person: words that are answered by mail, or a number to be called at and when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from flask import redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from vefa.cases import callback
from vefa.cases.case import Channel, Reason
from vefa.cases.listed import Listed
from vefa.cases.open import Said, open_or_continue
from vefa.customers.phone import examples, to_e164
from vefa.locales import mark
from vefa.pages import owed, taking
from vefa.pages.page import LONGEST_WORDS, Typed, render, words
from vefa.pages.slots import Slot, by_day, named, slots
from vefa.pages.text import ltr
from vefa.pages.visit import Visit, engine, reading
from vefa.promises.calendar import calendar_of
from vefa.turns import writing

EMAIL, CALL = "email", "call"
CANCEL = "cancel"

SAY = mark("Please tell us in a few words what it is about.")
TOO_LONG = mark("This is too long. Please write at most %(n)s characters.")
NO_NUMBER = mark("We cannot call this number. Write it like %(home)s, or with the country code: %(abroad)s.")
NO_NUMBER_ABROAD = mark("We cannot call this number. Write it with the country code: %(abroad)s.")
NO_SLOT = mark("This time is no longer free. Please choose another.")


def show(visit: Visit, typed: Typed) -> str:
    """Show the form, and above it what is already being looked after."""
    with reading() as connection:
        asked = owed.open_cases(connection, visit)
    offered = slots(calendar_of(visit.store), visit.store.zone, visit.now)
    done = request.args.get("done", "")
    return render(
        "person.html",
        visit,
        typed=typed,
        asked=asked,
        done=next((one for one in asked if str(one.number) == done), None),
        days=_days(visit, offered),
        how=typed.get("how") or (EMAIL if visit.person.email else CALL),
        cancel=request.args.get("about") == CANCEL,
        own_zone=visit.zone.key != visit.store.timezone,
        reply_by=owed.first_reply_by(visit),
        example=_example(visit),
    )


def take(visit: Visit, form: Mapping[str, str]) -> ResponseReturnValue:
    """Make it a case, or a call that somebody has to make."""
    said = words(form.get("words", ""))
    calling = form.get("how") == CALL
    phone = to_e164(form.get("phone", ""), visit.region) if calling else None
    offered = slots(calendar_of(visit.store), visit.store.zone, visit.now)
    slot = named(offered, form.get("slot", "")) if calling else None
    errors = _errors(visit, said, calling=calling, phone=phone, slot=slot)
    if errors:
        return show(visit, Typed(form, errors)), 400
    with writing(engine(), visit.store.id) as connection:
        if taking.take(connection, visit, form):
            if phone and slot:
                _call(connection, visit, phone, slot, said, taking.digest(visit, form))
            else:
                _write(connection, visit, said, taking.digest(visit, form))
    with reading() as connection:
        newest = _newest(owed.cases_of(connection, visit))
    return redirect(visit.here(done=str(newest.number) if newest else ""), 303)


def _errors(
    visit: Visit, said: str, *, calling: bool, phone: str | None, slot: Slot | None
) -> dict[str, Markup]:
    text = visit.text
    errors = {}
    if not said and not calling:
        errors["words"] = text.say(SAY)
    if len(said) > LONGEST_WORDS:
        errors["words"] = text.say(TOO_LONG, n=LONGEST_WORDS)
    if calling and phone is None:
        errors["phone"] = _no_number(visit)
    if calling and slot is None:
        errors["slot"] = text.say(NO_SLOT)
    return errors


def _no_number(visit: Visit) -> Markup:
    *home, abroad = _example(visit)
    if home:
        return visit.text.say(NO_NUMBER, home=ltr(home[0]), abroad=ltr(abroad))
    return visit.text.say(NO_NUMBER_ABROAD, abroad=ltr(abroad))


def _example(visit: Visit) -> list[str]:
    return [visit.language.digits(one) for one in examples(visit.region)]


def _days(visit: Visit, offered: Sequence[Slot]) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the windows for the form: by day, each with its name and its times where the customer is."""

    def clock(at: datetime) -> str:
        return visit.language.time_of_day(at.astimezone(visit.zone).time())

    def window(day: date, slot: Slot) -> str:
        times = f"{clock(slot.start)}–{clock(slot.end)}"
        return visit.language.gettext("%(day)s, %(time)s", day=visit.language.short_date(day), time=times)

    return [
        (visit.language.date(day), [(slot.name, window(day, slot)) for slot in found])
        for day, found in by_day(offered, visit.zone).items()
    ]


def _call(connection: Connection, visit: Visit, phone: str, slot: Slot, said: str, identity: str) -> None:
    callback.ask(
        connection,
        visit.store,
        visit.key,
        holder=visit.link.holder,
        order_id=visit.link.order_id,
        phone_e164=phone,
        not_before=slot.start,
        due_at=slot.end,
        words=said,
        language=visit.language.tag,
        now=visit.now,
        form=identity,
    )


def _write(connection: Connection, visit: Visit, said: str, identity: str) -> None:
    one = Said(
        key=f"page:{identity}",
        holder=visit.link.holder,
        at=visit.now,
        channel=Channel.PAGE,
        order_id=visit.link.order_id,
        text=said,
        score=None,
        kind=None,
        reason=Reason.CANCEL if request.args.get("about") == CANCEL else None,
        language=visit.language.tag,
        author_id=None,
        detail={},
    )
    open_or_continue(connection, visit.store, visit.key, [one], visit.now)


def _newest(found: Sequence[Listed]) -> Listed | None:
    return max(found, key=lambda row: row.last_customer_at, default=None)
