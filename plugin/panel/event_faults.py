"""Why an event could not be read, in the reader's language; the names of its fields stay as the store writes them."""

from __future__ import annotations

import re

from markupsafe import Markup

from vefa.locales import mark
from vefa.panel.frame import ltr
from vefa.panel.text import say

WHOLE = {
    "The body is not JSON.": mark("What came is not JSON."),
    "The body is not a JSON object.": mark("What came is not a JSON object."),
    "The body holds half of a character.": mark("What came holds half of a character."),
}
TYPE = re.compile(r"The type '(?P<kind>[^']*)' is not known\.")
UNKNOWN_TYPE = mark("The type %(kind)s is not known.")
FIELD = re.compile(r"The \w+ cannot be read: (?P<field>\S+): (?P<fault>.+)", re.DOTALL)
FIELDS = {
    "Missing data for required field.": mark("The field %(field)s is missing."),
    "Field may not be null.": mark("The field %(field)s is empty."),
    "Shorter than minimum length 1.": mark("The field %(field)s is empty."),
    "Unknown field.": mark("The field %(field)s is not known."),
    "Which shipment?": mark("The field %(field)s is missing."),
    "Not an amount.": mark("The field %(field)s is no amount."),
    "Not an RFC 3339 instant with offset.": mark(
        "The field %(field)s is no time with its offset (RFC 3339)."
    ),
    "Neither a date nor an instant with offset.": mark(
        "The field %(field)s is neither a day nor a time with its offset."
    ),
}
OTHER = mark("The field %(field)s cannot be used: %(fault)s")


def fault(error: str | None) -> Markup:
    """Return why an event could not be read; what has no words of its own is shown as it was noted."""
    noted = error or ""
    if noted in WHOLE:
        return say(WHOLE[noted])
    if found := TYPE.fullmatch(noted):
        return say(UNKNOWN_TYPE, kind=ltr(found["kind"]))
    if found := FIELD.fullmatch(noted):
        return say(
            FIELDS.get(found["fault"], OTHER), field=ltr(found["field"]), fault=_as_noted(found["fault"])
        )
    return _as_noted(noted)


def _as_noted(text: str) -> Markup:
    return Markup('<bdi dir="ltr" lang="en">{}</bdi>').format(text)
