"""One question after a delivery: a score from 1 to 5 and, if one likes, words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import redirect, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from vefa.cases.look import PACKAGE as CASES
from vefa.customers.link import LinkError
from vefa.feedback import answer, rules
from vefa.feedback.answer import Answer, AnswerError, LockedError
from vefa.locales import mark
from vefa.pages import owed, taking
from vefa.pages.page import Typed, render, words
from vefa.pages.visit import Visit, engine, reading
from vefa.turns import writing

SCORES = {
    5: mark("Very satisfied"),
    4: mark("Satisfied"),
    3: mark("Neither satisfied nor dissatisfied"),
    2: mark("Dissatisfied"),
    1: mark("Very dissatisfied"),
}
CHOOSE = mark("Please choose one of the five answers.")
LOCKED = mark(
    "Your answer is older than a day and can no longer be changed. Tell a person what is different."
)
TOO_LONG = mark("This is too long. Please write at most %(n)s characters.")


@dataclass(frozen=True, slots=True)
class Given:
    """The answer that stands: what it says, until when it can be changed, and whether a person reads it."""

    answer: Answer
    score: Markup
    until: datetime
    locked: bool
    read_by_person: bool
    reply_by: datetime | None


def show(visit: Visit, typed: Typed) -> str:
    """Show the question with what was answered, or with the score of the mail marked beforehand."""
    with reading() as connection:
        stands = _given(
            visit, answer.given(connection, visit.store, visit.key, visit.link.holder, _order(visit))
        )
    marked = typed.get("score") or request.args.get("score", "")
    if not marked and stands:
        marked = str(stands.answer.score)
    return render(
        "feedback.html",
        visit,
        typed=typed,
        given=stands,
        scores=SCORES,
        marked=int(marked) if marked in {"1", "2", "3", "4", "5"} else None,
        written=typed.get("words") or (stands.answer.words if stands and "words" not in typed.values else ""),
        asks=_asks(visit),
        changing="change" in request.args or bool(typed.values),
        reply_by=owed.first_reply_by(visit),
    )


def take(visit: Visit, form: Mapping[str, str]) -> ResponseReturnValue:
    """Keep the answer, or change it within a day."""
    score, said = form.get("score", ""), words(form.get("words", ""))
    errors = {}
    if score not in {"1", "2", "3", "4", "5"}:
        errors["score"] = visit.text.say(CHOOSE)
    if len(said) > rules.LONGEST_WORDS:
        errors["words"] = visit.text.say(TOO_LONG, n=rules.LONGEST_WORDS)
    if errors:
        return show(visit, Typed(form, errors)), 400
    try:
        with writing(engine(), visit.store.id) as connection:
            taking.take(connection, visit, form, once=False)
            answer.give(
                connection,
                visit.store,
                visit.key,
                wakes=(CASES,),
                holder=visit.link.holder,
                order_id=_order(visit),
                message_id=visit.link.message_id,
                score=int(score),
                words=said,
                language=visit.language.tag,
                now=visit.now,
            )
    except LockedError:
        return show(visit, Typed(notice=visit.text.say(LOCKED))), 409
    except AnswerError:
        return show(visit, Typed(form, {"score": visit.text.say(CHOOSE)})), 400
    return redirect(visit.here(), 303)


def _order(visit: Visit) -> str:
    """Return the order that is asked about; raises ``LinkError`` for a link that names none."""
    if visit.link.order_id is None:
        raise LinkError("This question is about no order.")
    return visit.link.order_id


def _asks(visit: Visit) -> Markup:
    """Return the question of the page's head: by name, about what was ordered."""
    order, text = visit.order, visit.text
    if order is not None and order.delivered_at is None:
        return text.say(mark("How is it going with your order?"))
    return text.say(mark("How did it go with your order?"))


def _given(visit: Visit, stands: Answer | None) -> Given | None:
    if stands is None:
        return None
    return Given(
        stands,
        visit.text.say(SCORES[stands.score]),
        stands.first_at + rules.EDITABLE,
        stands.is_locked(visit.now),
        rules.calls_for_case(stands.score, has_words=bool(stands.words)),
        owed.first_reply_by(visit, stands.at),
    )
