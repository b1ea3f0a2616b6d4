"""A conversation as its customer may read it: their own words and our answers, never our notes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup
from sqlalchemy import Connection

from vefa.cases import entries, listed, shown
from vefa.cases.case import Channel, EntryKind
from vefa.cases.entries import Entry
from vefa.cases.listed import Listed
from vefa.customers import vault
from vefa.customers.link import LinkError
from vefa.locales import mark
from vefa.pages import owed, taking
from vefa.pages.page import LONGEST_WORDS, Typed, render, words
from vefa.pages.visit import Visit, engine, reading
from vefa.turns import writing

EVENTS = {
    EntryKind.CALL: mark("We talked on the telephone."),
    EntryKind.CALLBACK: mark("You asked to be called."),
    EntryKind.CLOSED: mark("We took this as settled."),
    EntryKind.REOPENED: mark("This was taken up again."),
}
TOLD_BY_PHONE = mark("You called us.")
SAY = mark("Please write something.")
TOO_LONG = mark("This is too long. Please write at most %(n)s characters.")


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a conversation: words of the customer or of the store, or something that happened."""

    at: datetime
    mine: bool
    words: str | None = None
    event: Markup | None = None
    score: int | None = None


def show(visit: Visit, typed: Typed) -> str:
    """Show the conversation, what we owe, and a box to write more."""
    with reading() as connection:
        case = _case(connection, visit)
        person = vault.keys(connection, visit.store.id, [case.holder], visit.key).get(case.holder)
        said = entries.of_case(connection, visit.store.id, case.id, person)
        asked = owed.asked(connection, visit, case)
    return render(
        "case.html", visit, typed=typed, asked=asked, parts=parts(visit, said), done="done" in request.args
    )


def parts(visit: Visit, said: Sequence[Entry]) -> list[Part]:
    """Return what of a conversation is the customer's to read, oldest first."""
    return [part for part in (_part(visit, one) for one in shown.shown(said)) if part is not None]


def _part(visit: Visit, one: shown.Part) -> Part | None:
    mine = one.kind is EntryKind.CUSTOMER
    if one.text or one.score:
        return Part(one.at, mine, words=one.text, score=one.score)
    event = TOLD_BY_PHONE if mine and one.channel is Channel.PHONE else EVENTS.get(one.kind)
    return Part(one.at, mine, event=visit.text.say(event)) if event else None


def take(visit: Visit, form: Mapping[str, str]) -> ResponseReturnValue:
    """Add what the customer writes to the conversation."""
    said = words(form.get("words", ""))
    if not said or len(said) > LONGEST_WORDS:
        wrong = visit.text.say(TOO_LONG, n=LONGEST_WORDS) if said else visit.text.say(SAY)
        return show(visit, Typed(form, {"words": wrong})), 400
    with writing(engine(), visit.store.id) as connection:
        case = _case(connection, visit)
        if taking.take(connection, visit, form):
            form_id = taking.digest(visit, form)
            language = visit.language.tag
            shown.say_more(
                connection, visit.store, visit.key, case.id, said, visit.now, language=language, form=form_id
            )
    return redirect(visit.here(done="1"), 303)


def _case(connection: Connection, visit: Visit) -> Listed:
    """Return the case of the link; raises ``LinkError`` if it is not one of this customer."""
    found = listed.of_cases(connection, visit.store.id, [visit.link.case_id or ""])
    if not found:
        raise LinkError("There is no such conversation.")
    about = visit.link.order_id is not None and found[0].order_id == visit.link.order_id
    if found[0].holder != visit.link.holder and not about:
        raise LinkError("This conversation is another customer's.")
    return found[0]
