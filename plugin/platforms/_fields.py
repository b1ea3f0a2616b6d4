"""The fields that platforms check what was written with: those of the ground floor, by the name platforms know."""

from vefa.fields import (
    DATE,
    LONGEST_NUMBER,
    Amount,
    Due,
    Instant,
    Text,
    first_fault,
    parse_instant,
    parse_json,
    parse_object,
)

__all__ = [
    "DATE",
    "LONGEST_NUMBER",
    "Amount",
    "Due",
    "Instant",
    "Text",
    "first_fault",
    "parse_instant",
    "parse_json",
    "parse_object",
]
