"""What customers read is what is done: every outcome and every number of the table stands in the text."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal

import pytest
from tests.policy.cases import TODAY, situation

from vefa import locales
from vefa.policy import phrases
from vefa.policy.clauses import amount_words, day_count
from vefa.policy.decide import decide
from vefa.policy.default import default
from vefa.policy.table import (
    CHOICES,
    REASONS,
    Alternative,
    Authority,
    Column,
    Kind,
    Outcome,
    Payer,
    Policy,
    Refusal,
    Row,
    Span,
    Windows,
)
from vefa.policy.words import MAIN, Rule, in_plain_words, sentence
from vefa.stores.store import Store

STORE = Store(1, "s", "S", phone="+90 212 000", reply_to="care@s.example")
LANGUAGES = [locales.get(tag) for tag in locales.languages()]
EVERYTHING = Policy(
    1,
    "TR",
    "TRY",
    (
        Row(
            "a",
            Outcome(Kind.GOODWILL, amount=Decimal("33.5")),
            reason=frozenset(REASONS),
            days_late=Span(2, 11),
        ),
        Row(
            "b",
            Outcome(Kind.GOODWILL, percent=Decimal("7.5"), cap=Decimal(444)),
            value=Span(Decimal(1717), None),
        ),
        Row("c", Outcome(Kind.ACCEPT_RETURN, payer=Payer.CUSTOMER), since_delivery=Span(None, 23)),
        Row("d", Outcome(Kind.EXCHANGE), value=Span(None, Decimal(991)), country=frozenset({"DE", "IR"})),
        Row(
            "e", Outcome(Kind.REFUSE, reason=Refusal.NOT_OFFERED, alternative=Alternative.WAIT), excluded=True
        ),
        *(
            Row(column.value, Outcome(Kind.REPLACE), **{column.value: frozenset(map(str, choices))})
            for column, choices in CHOICES.items()
        ),
        Row("last", Outcome(Kind.ASK_A_PERSON)),
    ),
    Windows(excluded_skus=("SKU-9",), excluded_categories=("Gıda",), excluded_tags=("özel",)),
)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
@pytest.mark.parametrize(
    "policy", [EVERYTHING, *(default(code, None) for code in ("TR", "IR", "US", "DE", "GB"))]
)
def test_every_row_stands_in_the_text(language: locales.Language, policy: Policy) -> None:
    times, rules, reach = in_plain_words(policy, language, STORE)
    lines = [rule.line(language) for rule in rules.rules]
    assert len(lines) == len(policy.rows)
    for row, line in zip(policy.rows, lines, strict=True):
        for wanted in expected(row, policy, language):
            assert wanted in line, (row.id, wanted, line)
    said = " ".join(times.paragraphs)
    for days in (policy.windows.withdrawal, policy.windows.send_back, policy.windows.refund):
        assert day_count(days, language) in said
    for name in (
        *policy.windows.excluded_skus,
        *policy.windows.excluded_categories,
        *policy.windows.excluded_tags,
    ):
        assert name in said
    assert "care@s.example" in " ".join(reach.paragraphs) and "+90\u00a0212\u00a0000" in " ".join(
        reach.paragraphs
    )


def expected(row: Row, policy: Policy, language: locales.Language) -> list[str]:
    """Return what a row's line has to say: every value and number in it, and its outcome."""
    found: list[str] = []
    for column in filter(row.asks, Column):
        cell = row.cell(column)
        if isinstance(cell, Span):
            money = column is Column.VALUE
            found += [
                amount_words(Decimal(end), policy.currency, language) if money else language.number(end)
                for end in (cell.at_least, cell.at_most)
                if end is not None
            ]
        elif column in phrases.CLAUSES:
            found += [language.gettext(phrases.CLAUSES[column][value]) for value in cell]
    outcome = row.outcome
    found += [amount_words(sum_, policy.currency, language) for sum_ in (outcome.amount, outcome.cap) if sum_]
    found += [language.percent(outcome.percent / 100)] if outcome.percent else []
    if outcome.reason and outcome.alternative:
        found += [language.gettext(phrases.REFUSALS[outcome.reason])]
        found += [language.gettext(phrases.ALTERNATIVES[outcome.alternative]).rstrip(".")]
    return found


def test_every_kind_of_outcome_reads_differently() -> None:
    for language in LANGUAGES:
        kinds = [Outcome(kind, reason=Refusal.EXCLUDED, alternative=Alternative.WAIT) if kind is Kind.REFUSE
                 else Outcome(kind, amount=Decimal(5)) for kind in Kind]  # fmt: skip
        policy = dataclasses.replace(EVERYTHING, rows=tuple(Row(str(i), one) for i, one in enumerate(kinds)))
        rules = in_plain_words(policy, language, STORE)[1].rules
        assert len({rule.outcome for rule in rules}) == len(Kind)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_a_sentence_says_the_day_and_the_sum(language: locales.Language) -> None:
    policy = default("TR", "TRY")
    found = decide(policy, situation(days_late=4), TODAY)
    text = sentence(found, language)
    assert language.money(Decimal(250), "TRY") in text and language.date(date(2026, 3, 26)) in text
    back = decide(policy, situation(reason="return", delivered_on=date(2026, 3, 10)), TODAY)
    assert language.date(date(2026, 3, 26)) in sentence(back, language)
    assert day_count(policy.windows.refund, language) in sentence(back, language.tag)


@pytest.mark.parametrize("language", LANGUAGES, ids=lambda one: one.tag)
def test_a_refusal_says_why_what_else_and_that_a_person_reads(language: locales.Language) -> None:
    found = decide(default("TR", "TRY"), situation(reason="return", delivered_on=date(2026, 2, 2)), TODAY)
    text = sentence(found, language)
    assert language.date(date(2026, 2, 16)) in text
    assert language.gettext(phrases.ALTERNATIVES[Alternative.EXCHANGE]) in text
    assert language.gettext("If you see it differently, tell us: a person reads every answer.") in text


def test_own_words_stand_before_and_never_in_place_of_what_is_done() -> None:
    rows = tuple(dataclasses.replace(row, words={"tr": "Çok üzgünüz."}) for row in default("TR", "TRY").rows)
    policy = dataclasses.replace(default("TR", "TRY"), rows=rows)
    asked = situation(days_late=4)
    plain = sentence(decide(default("TR", "TRY"), asked, TODAY), "tr")
    assert sentence(decide(policy, asked, TODAY), "tr") == f"Çok üzgünüz. {plain}"
    assert "üzgünüz" not in sentence(decide(policy, asked, TODAY), "en")


def test_goodwill_before_payment_comes_off_the_price() -> None:
    found = decide(default("TR", "TRY"), situation(days_late=4, paid="on_delivery"), TODAY)
    assert "off what you pay on delivery" in sentence(found, "en")


def test_everything_that_can_be_chosen_has_words() -> None:
    assert set(phrases.REASONS) == set(REASONS) == set(phrases.CLAUSES[Column.REASON])
    for column, choices in CHOICES.items():
        assert set(phrases.CLAUSES[column]) == {one.value for one in choices}
    assert set(phrases.KINDS) == set(Kind) and set(phrases.REFUSALS) == set(Refusal)
    assert set(phrases.ALTERNATIVES) == set(Alternative) and set(phrases.PAYER) == set(Payer)
    assert set(phrases.AUTHORITY) == set(Authority) and {*MAIN, Kind.REFUSE} == set(Kind)


def test_a_rule_without_conditions_is_every_other_case() -> None:
    assert Rule((), "we wait").line(locales.get("en")) == "In every other case we wait."
