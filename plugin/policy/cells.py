"""The cells of a policy's document: how each is read, and what is said where it cannot be."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any

from marshmallow import ValidationError, fields, validate

from vefa.locales import mark

LARGEST = Decimal(10) ** 12
UNKNOWN_CHOICE = mark("Choose one of the list.")
NOT_WHOLE = mark("Write a whole number, from 0 to 3650.")
NOT_AMOUNT = mark("Write an amount, such as 250 or 99.90.")
UPSIDE_DOWN = mark("The end is smaller than the beginning.")
NOT_DAYS = mark("Write a number of days, from 1 to 365.")
NOT_PERCENT = mark("Write a percentage, from 1 to 100.")
NOT_COUNTRY = mark("Write two-letter codes, such as TR or DE.")
NOT_CURRENCY = mark("Write a three-letter code, such as TRY or EUR.")
TOO_LONG = mark("This text is too long.")
TOO_MANY = mark("There are too many of these.")
NEEDS_REFUSAL = mark("A refusal says why.")
NEEDS_ALTERNATIVE = mark("A refusal offers something else.")
NEEDS_AMOUNT = mark("Write an amount or a percentage, and not both.")
NEEDS_CAP = mark("A percentage needs a most that is given.")
TWICE = mark("Two rows have the same name.")


class Amount(fields.Field[str | None]):
    """An amount of money, kept as the text of a decimal number."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> str:
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            raise ValidationError(NOT_AMOUNT) from None
        if not amount.is_finite() or not 0 <= amount < LARGEST or round(amount, 3) != amount:
            raise ValidationError(NOT_AMOUNT)
        return str(amount)


class Span(fields.Field[list[Any]]):
    """Beginning and end of a range, both in it, either None."""

    def __init__(self, of: fields.Field[Any]) -> None:
        super().__init__()
        self.of = of

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise ValidationError(UNKNOWN_CHOICE)
        low, high = (None if end is None else self.of.deserialize(end) for end in value)
        if low is not None and high is not None and Decimal(str(low)) > Decimal(str(high)):
            raise ValidationError(UPSIDE_DOWN)
        return [low, high]


class Days(fields.Field[list[Any]]):
    """A count of days, and whether they are working days."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> list[Any]:
        if not isinstance(value, list) or len(value) != 2:
            raise ValidationError(NOT_DAYS)
        count, working = value
        if type(count) is not int or not 1 <= count <= 365 or type(working) is not bool:
            raise ValidationError(NOT_DAYS)
        return [count, working]


def one_of(choices: type[StrEnum]) -> fields.String:
    """Make a cell that holds one of several values."""
    return fields.String(validate=validate.OneOf([one.value for one in choices], error=UNKNOWN_CHOICE))


def some_of(choices: Sequence[str] | type[StrEnum]) -> fields.List[str]:
    """Make a cell that holds some of several values."""
    return fields.List(
        fields.String(validate=validate.OneOf([str(one) for one in choices], error=UNKNOWN_CHOICE))
    )


def whole() -> fields.Integer:
    """Make a cell that holds a whole number."""
    return fields.Integer(
        strict=True,
        validate=validate.Range(0, 3650, error=NOT_WHOLE),
        error_messages={"invalid": NOT_WHOLE},
    )


def names() -> fields.List[str]:
    """Make a cell that holds names of the merchant's own."""
    return fields.List(
        fields.String(validate=validate.Length(1, 200, error=TOO_LONG)),
        required=True,
        validate=validate.Length(max=500, error=TOO_MANY),
    )


def limit() -> fields.List[str | None]:
    """Make a cell that holds a role's two limits."""
    return fields.List(Amount(allow_none=True), required=True, validate=validate.Length(equal=2))
