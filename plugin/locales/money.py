"""Units of one currency: Iranian shops count in toman, thousands of rial or thousands of toman, ISO 4217 in rial."""

from __future__ import annotations

from decimal import Context, Decimal

RIAL, TOMAN = "IRR", "IRT"
# How many zeros a unit stands for. Source: the currencies that the WooCommerce of Iranian shops offers.
ZEROS = {RIAL: 0, TOMAN: 1, "IRHR": 3, "IRHT": 4}
EXACT = Context(prec=120)


def as_unit(amount: Decimal, currency: str, unit: str | None) -> tuple[Decimal, str]:
    """Return an amount in another unit of the same currency, exactly; where it is none, the amount as it is."""
    if unit is None or unit == currency or unit not in ZEROS or currency not in ZEROS:
        return amount, currency
    return EXACT.scaleb(amount, ZEROS[currency] - ZEROS[unit]), unit
