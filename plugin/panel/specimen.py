"""Letters of the automations with made-up facts: to look at in every language, and to send to oneself as a test."""

from __future__ import annotations

import re
from datetime import timedelta

from flask import Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue
from markupsafe import Markup, escape

from vefa import clock, locales
from vefa.locales import Language, mark
from vefa.outreach.links import links_for
from vefa.outreach.message import Letter, LetterFacts, render
from vefa.outreach.purpose import Purpose
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.panel.messages import ALONE
from vefa.panel.state import state
from vefa.staff import mail
from vefa.staff import records as staff
from vefa.staff.letter import StaffLetter
from vefa.staff.permission import Act
from vefa.stores.records import with_key

DAY = timedelta(days=1)
TEST = mark("[Test] %(subject)s")
TEST_NOTE = mark("This is a test. The order and its dates are made up, and no customer received it.")


def letter(purpose: Purpose, language: str) -> Letter:
    """Return an automation's letter about an order that does not exist, as the store would write it today."""
    store, now, words = visit.store(), visit.now(), locales.get(language)
    with visit.reading() as connection:
        _, key = with_key(connection, store.id, state().master)
    today, late = visit.today(), purpose is not Purpose.FEEDBACK
    links = links_for(
        store,
        key,
        state().settings.public_url,
        holder="example",
        order_id=None,
        message_id=None,
        language=language,
        now=now,
    )
    return render(
        LetterFacts(
            purpose=purpose.value,
            language=language,
            store_name=store.name,
            brand_colour=store.brand_colour,
            signed_by=store.signed_by,
            phone=store.phone,
            reply_to=store.reply_to or "",
            customer_name=visit.member().name,
            order_number="0000",
            promised_by=today - 2 * DAY if late else today,
            delivered_on=None if purpose is Purpose.DELAY_NOTICE else today - DAY,
            shipped_on=today - 4 * DAY,
            carrier=None,
            tracking_number=None,
            tracking_url=None,
            items=(words.gettext("An article as an example"),),
            links=links,
        )
    )


def _asked(purpose: str, language: str) -> tuple[Purpose, str]:
    if purpose not in set(Purpose) or language not in locales.languages():
        abort(404)
    return Purpose(purpose), language


@panel.route("/outreach/letters/<purpose>/<language>", methods=["GET", "POST"])
def specimen(purpose: str, language: str) -> ResponseReturnValue:
    """Answer with an automation's letter in a language, about an order that does not exist."""
    shown = letter(*_asked(purpose, language))
    answer = Response(shown.html, content_type="text/html; charset=utf-8")
    answer.headers["Content-Security-Policy"] = ALONE
    return answer


@panel.post("/outreach/test")
def send_test() -> ResponseReturnValue:
    """Send a letter to the signed-in member's own address, marked as a test."""
    visit.require(Act.OUTREACH)
    form, store, who = request.form, visit.store(), visit.member()
    purpose, language = _asked(form.get("purpose", ""), form.get("language", ""))
    marked_up = marked(letter(purpose, language), locales.get(language))
    with visit.writing() as connection:
        _, key = with_key(connection, store.id, state().master)
        mail.post(
            connection,
            store,
            key,
            who,
            kind="test",
            key=f"test:{purpose.value}:{language}:{clock.time_ordered_id(visit.now())}",
            letter=marked_up,
            language=language,
            now=visit.now(),
        )
        told = {"purpose": purpose.value, "language": language}
        staff.note(connection, store.id, who.id, "test_sent", detail=told, now=visit.now())
    return redirect(url_for("panel.outreach", tested=purpose.value) + "#letters", 303)


def marked(shown: Letter, language: Language) -> StaffLetter:
    """Return a letter with the words in front that it is a test."""
    note = language.gettext(TEST_NOTE)
    banner = Markup('<p dir="{}" lang="{}" style="{}">{}</p>').format(
        language.direction,
        language.tag,
        "margin:0;padding:12px 16px;background:#fff3c4;color:#3a2c00;font:600 15px/24px sans-serif;"
        "text-align:center",
        note,
    )
    html = re.sub(r"(<body[^>]*>)", lambda found: found[1] + str(escape(banner)), shown.html, count=1)
    return StaffLetter(language.gettext(TEST, subject=shown.subject), f"{note}\n\n{shown.text}", html)
