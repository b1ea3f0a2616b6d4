"""Rial, toman and thousands of them: one currency in several units."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.locales import get
from vefa.locales.money import ZEROS, as_unit
from vefa.stores.store import Store

UNITS = st.sampled_from(sorted(ZEROS))


@given(st.decimals(allow_nan=False, allow_infinity=False, places=6, max_value=10**30), UNITS, UNITS, UNITS)
def test_an_amount_stays_what_it_is_in_every_unit(amount: Decimal, one: str, two: str, three: str) -> None:
    there, unit = as_unit(amount, one, two)
    assert unit == two
    assert as_unit(there, two, one) == (amount, one)
    assert as_unit(there, two, three) == as_unit(amount, one, three)


@pytest.mark.parametrize(
    ("currency", "unit"), [("TRY", "IRT"), ("IRR", "TRY"), ("IRR", None), ("IRR", "IRR")]
)
def test_another_currency_is_no_unit(currency: str, unit: str | None) -> None:
    assert as_unit(Decimal("10.50"), currency, unit) == (Decimal("10.50"), currency)


@pytest.mark.parametrize(
    ("country", "currency", "chosen", "shown"),
    [
        ("IR", "IRR", None, "IRT"),
        ("IR", None, None, "IRT"),
        ("IR", "IRR", "IRR", "IRR"),
        ("IR", "EUR", None, "EUR"),
        ("TR", "TRY", None, "TRY"),
        (None, "IRR", None, "IRR"),
        (None, "IRR", "IRT", "IRT"),
        (None, "IRT", None, "IRT"),
        ("TR", None, "IRT", None),
    ],
)
def test_what_a_store_counts_in(
    country: str | None, currency: str | None, chosen: str | None, shown: str | None
) -> None:
    store = Store(1, "s", "S", country=country, currency=currency, money_unit=chosen)
    assert store.counts_in == shown
    assert store.usual_unit == Store(1, "s", "S", country=country, currency=currency).counts_in


def test_an_amount_is_written_in_the_unit_that_is_asked_for() -> None:
    persian = get("fa")
    assert persian.money(Decimal("12450000"), "IRR", "IRT") == "۱٬۲۴۵٬۰۰۰\u00a0تومان"
    assert persian.money(Decimal("12450000"), "IRR") == "۱۲٬۴۵۰٬۰۰۰\u00a0ریال"
