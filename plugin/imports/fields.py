"""What a column may mean, what each meaning is called, and how a person wants values to be read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from vefa.locales import mark


class Field(StrEnum):
    """The meaning of a column."""

    NUMBER = "number"
    PLACED_AT = "placed_at"
    PAID_AT = "paid_at"
    STATUS = "status"
    DELIVER_BY = "deliver_by"
    DELIVER_FROM = "deliver_from"
    SHIP_BY = "ship_by"
    SHIPPED_AT = "shipped_at"
    DELIVERED_AT = "delivered_at"
    CANCELLED_AT = "cancelled_at"
    CONTACTED_AT = "contacted_at"
    SERVICE = "service"
    CARRIER = "carrier"
    TRACKING = "tracking"
    NAME = "name"
    FIRST_NAME = "first_name"
    LAST_NAME = "last_name"
    EMAIL = "email"
    PHONE = "phone"
    COUNTRY = "country"
    REGION = "region"
    CITY = "city"
    POSTAL_CODE = "postal_code"
    TOTAL = "total"
    CURRENCY = "currency"
    PAYMENT = "payment"
    MARKETPLACE = "marketplace"
    TITLE = "title"
    SKU = "sku"
    QUANTITY = "quantity"
    PRICE = "price"


LABELS: Mapping[Field, str] = {
    Field.NUMBER: mark("Order number"),
    Field.PLACED_AT: mark("Ordered on"),
    Field.PAID_AT: mark("Paid on"),
    Field.STATUS: mark("Order status"),
    Field.DELIVER_BY: mark("Promised delivery, latest day"),
    Field.DELIVER_FROM: mark("Promised delivery, earliest day"),
    Field.SHIP_BY: mark("Promised dispatch"),
    Field.SHIPPED_AT: mark("Dispatched on"),
    Field.DELIVERED_AT: mark("Delivered on"),
    Field.CANCELLED_AT: mark("Cancelled on"),
    Field.CONTACTED_AT: mark("Customer wrote on (for looking back)"),
    Field.SERVICE: mark("Shipping method"),
    Field.CARRIER: mark("Carrier"),
    Field.TRACKING: mark("Tracking number"),
    Field.NAME: mark("Customer’s name"),
    Field.FIRST_NAME: mark("Customer’s first name"),
    Field.LAST_NAME: mark("Customer’s last name"),
    Field.EMAIL: mark("Customer’s e-mail"),
    Field.PHONE: mark("Customer’s phone"),
    Field.COUNTRY: mark("Country of delivery"),
    Field.REGION: mark("Province of delivery"),
    Field.CITY: mark("City of delivery"),
    Field.POSTAL_CODE: mark("Postal code of delivery"),
    Field.TOTAL: mark("Order total"),
    Field.CURRENCY: mark("Currency of the order"),
    Field.PAYMENT: mark("Payment method"),
    Field.MARKETPLACE: mark("Marketplace"),
    Field.TITLE: mark("Product"),
    Field.SKU: mark("Stock code of the product"),
    Field.QUANTITY: mark("Quantity of the product"),
    Field.PRICE: mark("Price of one piece"),
}
MOMENTS = (
    Field.PLACED_AT, Field.PAID_AT, Field.SHIPPED_AT, Field.DELIVERED_AT, Field.CANCELLED_AT, Field.CONTACTED_AT,
)  # fmt: skip
DUES = (Field.DELIVER_BY, Field.DELIVER_FROM, Field.SHIP_BY)
AMOUNTS = (Field.TOTAL, Field.PRICE)
# Whose personal data these are; they never leave the vault.
PERSONAL = (Field.NAME, Field.FIRST_NAME, Field.LAST_NAME, Field.EMAIL, Field.PHONE, Field.POSTAL_CODE)

Columns = Mapping[Field, int]


@dataclass(frozen=True, slots=True)
class Options:
    """How values are to be read.

    ``day_first``: whether 03/04 is the third of April. ``toman``: whether amounts without a currency are in toman.
    """

    day_first: bool = True
    toman: bool = False


@dataclass(frozen=True, slots=True)
class Meaning:
    """The columns by their meaning, how their values are read, and what words for the order's status mean."""

    columns: Columns
    options: Options = Options()
    words: Mapping[str, str] = field(default_factory=dict)

    def document(self) -> dict[str, Any]:
        """Return the mapping as plain JSON values."""
        columns = {field.value: place for field, place in sorted(self.columns.items())}
        options = {"day_first": self.options.day_first, "toman": self.options.toman}
        return {"columns": columns, "words": dict(self.words), **options}


def from_document(document: Mapping[str, Any], width: int) -> Meaning:
    """Read a mapping of a table with so many columns; what it does not know or have is passed over."""
    told = document.get("columns")
    columns = {
        Field(name): place
        for name, place in (told.items() if isinstance(told, Mapping) else ())
        if name in set(Field) and type(place) is int and 0 <= place < width
    }
    words = document.get("words")
    told_words = words.items() if isinstance(words, Mapping) else ()
    options = Options(document.get("day_first") is not False, document.get("toman") is True)
    return Meaning(columns, options, {str(word)[:60]: str(state) for word, state in told_words})


def cells_of(columns: Columns, row: Sequence[str]) -> dict[Field, str]:
    """Return what a row says, by meaning; empty cells say nothing."""
    return {field: row[place] for field, place in columns.items() if place < len(row) and row[place]}
