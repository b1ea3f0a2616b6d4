"""A policy and its decisions in words for customers, made from the very data that decide.

What is read here is what is done: no sentence is written beside the table, every one is made from it.
"""

from __future__ import annotations

from dataclasses import dataclass

from vefa import locales
from vefa.locales import Language, mark
from vefa.policy.clauses import amount_words, day_count, every, outcome_words, row_words, together
from vefa.policy.decision import Decision
from vefa.policy.phrases import ALTERNATIVES, REFUSALS
from vefa.policy.table import Column, Kind, Paid, Payer, Policy, Refusal, Windows
from vefa.stores.store import Store

PERSON = mark("If you see it differently, tell us: a person reads every answer.")
MAIN = {
    Kind.CANCEL_REFUND_ALL: mark(
        "We cancel your order and give you back everything you paid, delivery included, by %(date)s at the latest."
    ),
    Kind.CANCEL_NOTHING_TO_PAY: mark(
        "We cancel your order. There is nothing to pay; should the parcel still reach you, you need not accept it."
    ),
    Kind.REFUND_SHIPPING: mark("We give you back what you paid for delivery, by %(date)s at the latest."),
    Kind.GOODWILL: mark("As an apology we give you %(amount)s, by %(date)s at the latest."),
    Kind.REPLACE: mark("We send you a replacement at our cost."),
    Kind.ACCEPT_RETURN: mark("We take it back. Please send it by %(date)s."),
    Kind.EXCHANGE: mark("We exchange it. Please send it back by %(date)s."),
    Kind.ASK_A_PERSON: mark("A person of our team looks into this and answers you."),
}
OFF_THE_PRICE = mark("As an apology we take %(amount)s off what you pay on delivery.")
RAN_UNTIL = mark("The withdrawal period is over: it ran until %(date)s.")
WAY_BACK = {
    Payer.STORE: mark("We pay for the way back."),
    Payer.CUSTOMER: mark("You pay for the way back."),
}


@dataclass(frozen=True, slots=True)
class Rule:
    """One row in words: the conditions that all have to be met, what follows, and the article that asks for it."""

    conditions: tuple[str, ...]
    outcome: str
    source: str | None = None

    def line(self, language: Language) -> str:
        """Return the rule as one line."""
        if not self.conditions:
            return language.gettext("In every other case %(outcome)s.", outcome=self.outcome)
        return language.gettext(
            "When %(conditions)s: %(outcome)s.",
            conditions=together(list(self.conditions), language),
            outcome=self.outcome,
        )


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the public page: a title, paragraphs, and rules in the order in which they are read."""

    title: str
    paragraphs: tuple[str, ...] = ()
    rules: tuple[Rule, ...] = ()


def sentence(decision: Decision, language: Language | str) -> str:
    """Return what a decision means to the customer; the merchant's own words stand before it, never in its place."""
    spoken = locales.get(language) if isinstance(language, str) else language
    own = decision.words.get(spoken.tag, "")
    return " ".join(part for part in (own, *_sentences(decision, spoken)) if part)


def _sentences(decision: Decision, language: Language) -> list[str]:
    say = language.gettext
    if decision.refused is not None:
        refused = decision.refused
        return [
            _refusal(decision, refused.reason, language),
            say(ALTERNATIVES[refused.alternative]),
            say(PERSON),
        ]
    date = decision.refund_by or decision.send_by
    paid = decision.fact(Column.PAID)
    text = MAIN[decision.outcome]
    if decision.outcome is Kind.GOODWILL and paid and paid.value == Paid.ON_DELIVERY.value:
        text = OFF_THE_PRICE
    values = {
        "date": language.date(date) if date else "",
        "amount": amount_words(decision.amount, decision.currency, language),
    }
    found = [say(text, **values)]
    if decision.payer is not None:
        found.append(say(WAY_BACK[decision.payer]))
    if decision.refund is not None:
        found.append(
            say(
                "Your money follows within %(days)s of its arrival.",
                days=day_count(decision.refund, language),
            )
        )
    return found


def _refusal(decision: Decision, reason: Refusal, language: Language) -> str:
    window = decision.fact(Column.WINDOW)
    if reason is Refusal.WINDOW_OVER and window and window.day:
        return language.gettext(RAN_UNTIL, date=language.date(window.day))
    return language.gettext(REFUSALS[reason])


def in_plain_words(policy: Policy, language: Language | str, store: Store) -> list[Section]:
    """Return the public page of a policy: what it says of times, every row in its order, and the way to a person."""
    spoken = locales.get(language) if isinstance(language, str) else language
    say = spoken.gettext
    rules = tuple(
        Rule(
            tuple(row_words(row, policy.currency, spoken)),
            outcome_words(row.outcome, policy, spoken),
            say(row.source) if row.source else None,
        )
        for row in policy.rows
    )
    reach = [say("If you see it differently or your case is not here, tell us: a person reads every answer.")]
    if store.phone:
        reach.append(
            say("You can also call us: %(phone)s.", phone=spoken.isolate(store.phone.replace(" ", "\u00a0")))
        )
    if store.reply_to:
        reach.append(say("You can also write to us: %(address)s.", address=spoken.isolate(store.reply_to)))
    return [
        Section(say("Sending things back"), tuple(_windows(policy.windows, spoken))),
        Section(
            say("What we do, case by case"),
            (say("We read these from the top; the first that fits your order is the one that counts."),),
            rules,
        ),
        Section(say("Reaching a person"), tuple(reach)),
    ]


def _windows(windows: Windows, language: Language) -> list[str]:
    say = language.gettext
    found = [
        say(
            "You can change your mind and send goods back within %(days)s of their delivery.",
            days=day_count(windows.withdrawal, language),
        ),
        say(
            "After we have agreed to it, please send them within %(days)s.",
            days=day_count(windows.send_back, language),
        ),
    ]
    if not (windows.withdrawal.working and windows.send_back.working):
        found.append(say("Where the last of these days is a day off, the next working day counts."))
    found.append(
        say("Unless a rule below says otherwise, we pay for the way back.")
        if windows.payer is Payer.STORE
        else say("Unless a rule below says otherwise, you pay for the way back.")
    )
    found.append(
        say(
            "Money that we owe you is on its way within %(days)s of the cancellation, or of the arrival of what you "
            "sent back.",
            days=day_count(windows.refund, language),
        )
    )
    excluded = (
        (windows.excluded_categories, mark("Goods of these kinds cannot be sent back: %(names)s.")),
        (windows.excluded_skus, mark("Items with these numbers cannot be sent back: %(names)s.")),
        (windows.excluded_tags, mark("Orders marked like this cannot be sent back: %(names)s.")),
    )
    for names, text in excluded:
        if names:
            found.append(say(text, names=every([language.isolate(name) for name in names], language)))
    return found
