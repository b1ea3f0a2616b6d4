"""The policy's forms: from what was typed to a document, and back to what the fields show."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

from babel.numbers import NumberFormatError, format_decimal, parse_decimal
from werkzeug.datastructures import MultiDict

from vefa.locales import Language
from vefa.policy.document import EXCLUSIONS
from vefa.policy.schema import RELEVANT
from vefa.policy.table import RANGES, Column, Kind

Form = MultiDict[str, str]
CHOSEN = (Column.REASON, Column.DELIVERY, Column.PAID, Column.WANTED, Column.TIER)
YES_NO = {"yes": True, "no": False}


def typed(text: str, language: Language) -> str:
    """Return a number as a plain decimal, written in any digits and by the language's marks; else the text itself."""
    plain = "".join(str(unicodedata.decimal(sign, sign)) for sign in text if not sign.isspace())
    plain = plain.replace("٫", ".").replace("٬", "")
    try:
        return str(parse_decimal(plain, "en" if language.numerals != "latn" else language.tag, strict=True))
    except (NumberFormatError, ValueError):
        pass
    try:
        return str(Decimal(plain))
    except InvalidOperation:
        return text.strip()


def written(value: Any, language: Language) -> str:
    """Return a kept number as a field shows it: without grouping, in the language's digits."""
    if value is None or value == "":
        return ""
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return str(value)
    return language.digits(format_decimal(number, "0.###", language.tag, numbering_system="default"))


def row_document(form: Form, row_id: str, language: Language, languages: tuple[str, ...]) -> dict[str, Any]:
    """Return a row's document from its form; what cannot be read stays as it was typed, for the check to refuse."""
    document: dict[str, Any] = {"id": row_id, "source": None}
    for column in CHOSEN:
        if chosen := form.getlist(column.value):
            document[column.value] = chosen
    for column in RANGES:
        ends = [form.get(f"{column.value}_{end}", "").strip() for end in ("from", "to")]
        if any(ends):
            whole = column is not Column.VALUE
            document[column.value] = [_number(end, language, whole=whole) for end in ends]
    if window := form.get("window"):
        document["window"] = [window]
    if form.get("excluded") in YES_NO:
        document["excluded"] = YES_NO[form["excluded"]]
    if countries := form.get("country", "").replace(",", " ").replace("،", " ").split():
        document["country"] = [code.upper() for code in countries]
    document["outcome"] = _outcome(form, language)
    words = {tag: text for tag in languages if (text := " ".join(form.get(f"words_{tag}", "").split()))}
    return document | {"words": words}


def _outcome(form: Form, language: Language) -> dict[str, Any]:
    kind = form.get("outcome", "")
    names = RELEVANT.get(Kind(kind), ()) if kind in set(Kind) else ()
    found: dict[str, Any] = {"kind": kind}
    for name in names:
        value = form.get("refusal" if name == "reason" else name, "").strip()
        if value:
            found[name] = typed(value, language) if name in ("amount", "percent", "cap") else value
    return found


def _number(text: str, language: Language, *, whole: bool) -> int | str | None:
    if not text:
        return None
    number = typed(text, language)
    return int(number) if whole and number.isdecimal() else number


def windows_document(form: Form, language: Language) -> tuple[dict[str, Any], str | None]:
    """Return the windows' document from their form, and the currency."""
    found: dict[str, Any] = {}
    for name in ("withdrawal", "send_back", "refund"):
        count = _number(form.get(name, "").strip(), language, whole=True)
        found[name] = [count, form.get(f"{name}_unit") == "working"]
    found["payer"] = form.get("payer", "")
    found["return_address"] = form.get("return_address", "").replace("\r\n", "\n").strip()
    for name in EXCLUSIONS:
        lines = (" ".join(line.split()) for line in form.get(name, "").splitlines())
        found[name] = list(dict.fromkeys(line for line in lines if line))
    for role in ("agent", "manager"):
        found[role] = [
            _number(form.get(f"{role}_{part}", "").strip(), language, whole=False)
            for part in ("per_case", "per_customer")
        ]
    return found, form.get("currency", "").strip().upper() or None


def row_fields(document: Mapping[str, Any], language: Language) -> Form:
    """Return a row's document as its form shows it."""
    form: Form = MultiDict()
    for column in CHOSEN:
        form.setlist(column.value, list(document.get(column.value, ())))
    for column in RANGES:
        for end, value in zip(("from", "to"), document.get(column.value, (None, None)), strict=True):
            form[f"{column.value}_{end}"] = written(value, language)
    form["window"] = next(iter(document.get("window", ())), "")
    form["excluded"] = {True: "yes", False: "no", None: ""}[document.get("excluded")]
    form["country"] = " ".join(document.get("country", ()))
    outcome = document["outcome"]
    form["outcome"] = outcome["kind"]
    for name in ("amount", "percent", "cap"):
        form[name] = written(outcome.get(name), language)
    form["payer"], form["refusal"] = outcome.get("payer", ""), outcome.get("reason", "")
    form["alternative"] = outcome.get("alternative", "")
    for tag, text in (document.get("words") or {}).items():
        form[f"words_{tag}"] = text
    return form


def window_fields(document: Mapping[str, Any], currency: str | None, language: Language) -> Form:
    """Return the windows' document as its form shows it."""
    form: Form = MultiDict({"currency": currency or "", "payer": document["payer"]})
    for name in ("withdrawal", "send_back", "refund"):
        count, working = document[name]
        form[name], form[f"{name}_unit"] = written(count, language), "working" if working else "calendar"
    form["return_address"] = document["return_address"]
    for name in EXCLUSIONS:
        form[name] = "\n".join(document[name])
    for role in ("agent", "manager"):
        for part, value in zip(("per_case", "per_customer"), document[role], strict=True):
            form[f"{role}_{part}"] = written(value, language)
    return form
