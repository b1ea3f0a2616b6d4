"""The policy's words in the panel: columns, cells in a few words, and differences in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.frame import free
from vefa.panel.text import say
from vefa.policy import phrases
from vefa.policy.check import Fault
from vefa.policy.clauses import (
    amount_words,
    country_words,
    day_count,
    either,
    every,
    outcome_words,
    row_words,
    span_words,
)
from vefa.policy.compare import Comparison
from vefa.policy.decide import NOT_DELIVERED
from vefa.policy.decision import Passed, Read
from vefa.policy.situation import Source
from vefa.policy.table import Column, Days, Limit, Outcome, Policy, Row, Span
from vefa.policy.words import Rule

COLUMNS = {
    Column.REASON: mark("Reason"),
    Column.DELIVERY: mark("Delivery"),
    Column.DAYS_LATE: mark("Days late"),
    Column.VALUE: mark("Order value"),
    Column.PAID: mark("Payment"),
    Column.SINCE_DELIVERY: mark("Days since delivery"),
    Column.WINDOW: mark("Withdrawal period"),
    Column.EXCLUDED: mark("Item"),
    Column.WANTED: mark("Wanted"),
    Column.TIER: mark("Customer's orders"),
    Column.COUNTRY: mark("Country"),
}
NAMES: Mapping[Column, Mapping[Any, str]] = {
    Column.REASON: phrases.REASONS,
    Column.DELIVERY: phrases.DELIVERY,
    Column.PAID: phrases.PAID,
    Column.WINDOW: {"open": mark("still runs"), "over": mark("is over")},
    Column.EXCLUDED: {True: mark("cannot be sent back"), False: mark("can be sent back")},
    Column.WANTED: phrases.WANTED,
    Column.TIER: phrases.TIER,
}
SOURCES = {
    Source.ORDER: mark("from the order"),
    Source.PROMISE: mark("from the promise"),
    Source.CARRIER: mark("from the carrier"),
    Source.CUSTOMER: mark("said by the customer"),
    Source.STORE: mark("from the store"),
    Source.POLICY: mark("from this policy"),
}
WINDOWS = {
    "withdrawal": mark("Withdrawal period"),
    "send_back": mark("Days to send goods back"),
    "refund": mark("Days to give money back"),
    "payer": mark("Who pays for the way back"),
    "return_address": mark("Return address"),
    "excluded_categories": mark("Categories that cannot be sent back"),
    "excluded_skus": mark("Item numbers that cannot be sent back"),
    "excluded_tags": mark("Order tags that exclude a return"),
    "agent": mark("Goodwill by an agent"),
    "manager": mark("Goodwill by a manager"),
    "currency": mark("Currency of the amounts"),
}
NONE = mark("None")


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as the table shows it: a few words for each column in use, and the whole rule as a sentence."""

    row: Row
    position: int
    cells: tuple[str | None, ...]
    outcome: str
    detail: str
    line: str
    source: str | None
    decided: int


def used(policy: Policy) -> tuple[Column, ...]:
    """Return the columns that some row asks about."""
    return tuple(column for column in Column if any(row.asks(column) for row in policy.rows))


def shown(policy: Policy, counts: Mapping[str, int]) -> list[Shown]:
    """Return every row as the table shows it."""
    columns = used(policy)
    return [
        Shown(
            row,
            position,
            tuple(cell(row, column, policy) if row.asks(column) else None for column in columns),
            str(say(phrases.KINDS[row.outcome.kind])),
            detail(row.outcome, policy),
            rule_line(row, policy),
            str(say(row.source)) if row.source else None,
            counts.get(row.id, 0),
        )
        for position, row in enumerate(policy.rows, 1)
    ]


def rule_line(row: Row, policy: Policy) -> str:
    """Return a row as the sentence that customers read."""
    language = visit.language()
    return Rule(
        tuple(row_words(row, policy.currency, language)), outcome_words(row.outcome, policy, language)
    ).line(language)


def cell(row: Row, column: Column, policy: Policy) -> str:
    """Return a filled-in cell in a few words."""
    language = visit.language()
    value: Any = row.cell(column)
    if isinstance(value, Span):
        return span_words(value, column, policy.currency, language)
    if column is Column.COUNTRY:
        return either([country_words(code, language) for code in sorted(value)], language)
    if column is Column.EXCLUDED:
        return str(say(NAMES[column][value]))
    words = [str(say(text)) for name, text in NAMES[column].items() if name in value]
    return either(words, language)


def detail(outcome: Outcome, policy: Policy) -> str:
    """Return what an outcome needs besides its kind, in a few words."""
    language = visit.language()
    if outcome.reason and outcome.alternative:
        return str(say(phrases.REFUSALS[outcome.reason]))
    if outcome.payer:
        return str(say(mark("%(who)s pays for the way back"), who=say(phrases.PAYER[outcome.payer])))
    if outcome.percent is not None:
        share, cap = (
            language.percent(outcome.percent / 100),
            amount_words(outcome.cap, policy.currency, language),
        )
        return str(say(mark("%(share)s, at most %(cap)s"), share=share, cap=cap))
    return amount_words(outcome.amount, policy.currency, language)


def setting(policy: Policy, name: str) -> str:
    """Return a setting around the table in words."""
    language = visit.language()
    if name == "currency":
        return language.currency(policy.currency) if policy.currency else str(say(NONE))
    value: Any = getattr(policy.windows, name)
    if isinstance(value, Days):
        return day_count(value, language)
    if isinstance(value, Limit):
        return _limit(value, policy.currency)
    if name == "payer":
        return str(say(phrases.PAYER[value]))
    if isinstance(value, tuple):
        value = every(list(value), language) if value else ""
    return value or str(say(NONE))


def _limit(limit: Limit, currency: str | None) -> str:
    parts = (
        (limit.per_case, mark("%(amount)s in one case")),
        (limit.per_customer, mark("%(amount)s to one customer in 12 months")),
    )
    said = [
        str(say(text, amount=amount_words(amount, currency, visit.language())))
        for amount, text in parts
        if amount is not None
    ]
    return every(said, visit.language()) if said else str(say(mark("without a limit")))


def differences(comparison: Comparison, old: Policy, new: Policy) -> Iterator[Markup]:
    """Yield a sentence for everything in which two versions differ."""
    for row in comparison.added:
        yield say(mark("New: %(rule)s"), rule=rule_line(row, new))
    for row in comparison.removed:
        yield say(mark("Taken out: %(rule)s"), rule=rule_line(row, old))
    for one in comparison.changed:
        before, after = rule_line(one.old, old), rule_line(one.new, new)
        if before == after:
            yield say(mark("Own words changed: %(rule)s"), rule=after)
        else:
            yield say(mark("Changed: %(rule)s It was: %(before)s"), rule=after, before=before)
    for row in comparison.moved:
        yield say(mark("Moved to another place: %(rule)s"), rule=rule_line(row, new))
    for name in comparison.windows:
        yield say(
            mark("%(what)s: %(now)s. It was: %(before)s"),
            what=say(WINDOWS[name]),
            now=setting(new, name),
            before=setting(old, name),
        )


def fault(one: Fault) -> Markup:
    """Return what is wrong at a cell, with the article that says so."""
    article = {"article": say(one.article)} if one.article else {}
    return say(one.message, **one.values, **article)


def fact(read: Read, currency: str | None) -> Markup:
    """Return a fact's value in words; what is not known is said to be."""
    if read.value is None:
        return say(mark("not known"))
    if read.value == NOT_DELIVERED:
        return say(mark("not delivered yet"))
    names = NAMES.get(read.column, {})
    if read.value in names:
        return say(names[read.value])
    language = visit.language()
    if read.column is Column.VALUE:
        return free(amount_words(read.value, currency, language))
    if read.column is Column.COUNTRY:
        return escape(country_words(read.value, language))
    return escape(language.number(read.value))


def why_not(passed: Passed) -> Markup:
    """Return why a row did not fit."""
    text = mark("%(column)s is not known") if passed.unknown else mark("%(column)s differs")
    return say(text, column=say(COLUMNS[passed.column]))
