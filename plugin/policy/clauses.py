"""Rows in words, cell by cell: what has to be so, and what follows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from functools import reduce

from babel import Locale
from babel.lists import format_list

from vefa.locales import Language, mark
from vefa.policy.phrases import ALTERNATIVES, CLAUSES, EXCLUDED, REFUSALS
from vefa.policy.table import Column, Days, Kind, Outcome, Payer, Policy, Row, Span

SPANS = {
    Column.DAYS_LATE: mark("it is %(span)s days late"),
    Column.VALUE: mark("the order is worth %(span)s"),
    Column.SINCE_DELIVERY: mark("it was delivered %(span)s days ago"),
}
FROM = mark("at least %(low)s")
UP_TO = mark("at most %(high)s")
BETWEEN = mark("%(low)s to %(high)s")
EXACTLY = mark("exactly %(low)s")
APART = mark("%(first)s; %(rest)s")
LONG_LIST = 3
OUTCOMES = {
    Kind.CANCEL_REFUND_ALL: mark(
        "we cancel and give back everything that was paid, delivery included, within %(days)s"
    ),
    Kind.CANCEL_NOTHING_TO_PAY: mark("we cancel, and there is nothing to pay"),
    Kind.REFUND_SHIPPING: mark("we give back what was paid for delivery, within %(days)s"),
    Kind.REPLACE: mark("we send a replacement at our cost"),
    Kind.ASK_A_PERSON: mark("a person of our team decides"),
}
GIVE = mark("we give %(amount)s within %(days)s")
GIVE_SHARE = mark("we give %(share)s of the order's value, at most %(cap)s, within %(days)s")
BACK = {
    (Kind.ACCEPT_RETURN, Payer.STORE): mark("we take it back and pay for the way back"),
    (Kind.ACCEPT_RETURN, Payer.CUSTOMER): mark("we take it back; you pay for the way back"),
    (Kind.EXCHANGE, Payer.STORE): mark("we exchange it and pay for the way back"),
    (Kind.EXCHANGE, Payer.CUSTOMER): mark("we exchange it; you pay for the way back"),
}
REFUSE = mark("we have to refuse. %(reason)s %(alternative)s")


def row_words(row: Row, currency: str | None, language: Language) -> Iterator[str]:
    """Yield a clause for every cell of a row that is filled in."""
    for column in filter(row.asks, Column):
        yield cell_words(row, column, currency, language)


def cell_words(row: Row, column: Column, currency: str | None, language: Language) -> str:
    """Return the clause of one cell that is filled in."""
    cell = row.cell(column)
    if column is Column.EXCLUDED:
        return language.gettext(EXCLUDED[cell])
    if column is Column.COUNTRY:
        names = [country_words(code, language) for code in sorted(cell)]
        return language.gettext("it goes to %(list)s", list=either(names, language))
    if column in SPANS:
        return language.gettext(SPANS[column], span=span_words(cell, column, currency, language))
    words = CLAUSES[column]
    return either([language.gettext(words[value]) for value in words if value in cell], language)


def span_words(span: Span, column: Column, currency: str | None, language: Language) -> str:
    """Return a range in words; its numbers are days, or money in the policy's currency."""
    money: Callable[[int | Decimal], str] = lambda end: amount_words(Decimal(end), currency, language)  # noqa: E731
    write = money if column is Column.VALUE else language.number
    low, high = (None if end is None else write(end) for end in (span.at_least, span.at_most))
    if high is None:
        return language.gettext(FROM, low=low)
    if low is None:
        return language.gettext(UP_TO, high=high)
    return (
        language.gettext(EXACTLY, low=low) if low == high else language.gettext(BETWEEN, low=low, high=high)
    )


def outcome_words(outcome: Outcome, policy: Policy, language: Language) -> str:
    """Return what a row does, as a clause without a stop at its end."""
    say, windows = language.gettext, policy.windows
    days = day_count(windows.refund, language)
    if outcome.kind is Kind.GOODWILL:
        if outcome.amount is not None:
            return say(GIVE, amount=amount_words(outcome.amount, policy.currency, language), days=days)
        share = language.percent((outcome.percent or Decimal(0)) / 100)
        return say(
            GIVE_SHARE, share=share, cap=amount_words(outcome.cap, policy.currency, language), days=days
        )
    if outcome.kind in (Kind.ACCEPT_RETURN, Kind.EXCHANGE):
        return say(BACK[outcome.kind, outcome.payer or windows.payer])
    if outcome.reason is not None and outcome.alternative is not None:
        alternative = say(ALTERNATIVES[outcome.alternative]).rstrip(".")
        return say(REFUSE, reason=say(REFUSALS[outcome.reason]), alternative=alternative)
    return say(OUTCOMES[outcome.kind], days=days)


def day_count(days: Days, language: Language) -> str:
    """Return a number of days, saying where they are working days."""
    if days.working:
        return language.ngettext("%(n)s working day", "%(n)s working days", days.count)
    return language.ngettext("%(n)s day", "%(n)s days", days.count)


def amount_words(amount: Decimal | None, currency: str | None, language: Language) -> str:
    """Return an amount of money; without a currency the number alone, without an amount nothing."""
    if amount is None:
        return ""
    return language.money(amount, currency) if currency else language.number(amount)


def country_words(code: str, language: Language) -> str:
    """Return a country's name, or its code where it has none."""
    return str(Locale.parse(language.tag).territories.get(code, code))


def every(names: list[str], language: Language) -> str:
    """Return names as a list of which all apply."""
    return format_list(names, style="standard", locale=language.tag)


def together(clauses: list[str], language: Language) -> str:
    """Return clauses that all have to hold; three and more stand apart, since each may be a list of its own."""
    if len(clauses) < LONG_LIST:
        return every(clauses, language)
    return reduce(lambda first, rest: language.gettext(APART, first=first, rest=rest), clauses)


def either(names: list[str], language: Language) -> str:
    """Return names as a list of which one applies."""
    return format_list(names, style="or", locale=language.tag)
