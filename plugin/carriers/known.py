"""Carriers that are known by name: what they are called, where a parcel can be followed, on which days they bring."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import quote

from vefa import resources
from vefa.carriers.number import fold as fold_number
from vefa.locales.text import fold

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LONGEST_ALIAS = 200
SIGNS = "-_./"


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier.

    ``names`` are by language (BCP 47). ``track`` is the address of a parcel's page, with ``{number}`` in it, None
    where no public one is known. ``countries`` are ISO 3166-1 alpha-2, empty for one that is at home in many.
    ``working_days`` are weekday numbers (Monday 0). ``number`` is a regular expression of folded tracking numbers
    that no other carrier has.
    """

    key: str
    names: Mapping[str, str]
    aliases: tuple[str, ...]
    countries: tuple[str, ...]
    working_days: frozenset[int]
    track: str | None = None
    number: str | None = None

    def name(self, language: str) -> str:
        """Return what the carrier is called in a language, in English where it has no name of its own there."""
        return self.names.get(language.partition("-")[0], self.names["en"])


@cache
def carriers() -> dict[str, Carrier]:
    """Return every carrier by its key, in the order of the file."""
    with resources.carriers().open("rb") as file:
        return {key: _carrier(key, entry) for key, entry in tomllib.load(file).items()}


def _carrier(key: str, entry: Mapping[str, Any]) -> Carrier:
    return Carrier(
        key,
        entry["names"],
        tuple(entry["aliases"]),
        tuple(entry["countries"]),
        frozenset(DAYS.index(day) for day in entry["days"]),
        entry.get("track"),
        entry.get("number"),
    )


@cache
def _by_alias() -> dict[str, Carrier]:
    return {
        plain(alias): carrier
        for carrier in carriers().values()
        for alias in (carrier.key, *carrier.names.values(), *carrier.aliases)
    }


def plain(text: str) -> str:
    """Return a carrier's name as it is compared: folded, letters and digits alone."""
    return "".join(letter for letter in fold(text) if letter.isalnum())


def find(text: str | None) -> Carrier | None:
    """Return the carrier that a shop or a service calls so, or None."""
    if not text or len(text) > LONGEST_ALIAS:
        return None
    return _by_alias().get(plain(text))


def of_number(number: str) -> Carrier | None:
    """Return the carrier whose tracking numbers alone look like this one, or None."""
    folded = fold_number(number)
    fitting = (one for one in carriers().values() if one.number and re.fullmatch(one.number, folded))
    return next(fitting, None)


def name_of(text: str | None, language: str) -> str | None:
    """Return a carrier's proper name in a language; one that is not known keeps the name it was told by."""
    carrier = find(text)
    return carrier.name(language) if carrier else text


def tracking_url(carrier: str | None, number: str | None) -> str | None:
    """Return where a parcel can be followed, or None where that is not known.

    ``carrier`` is its name as told; where none was told, a number that is plainly one carrier's says which.
    """
    known = find(carrier) if carrier else of_number(number or "")
    written = _written(number or "")
    if known is None or known.track is None or not fold_number(written):
        return None
    return known.track.replace("{number}", quote(written, safe=""))


def page_of(told: str | None, carrier: str | None, number: str | None) -> str | None:
    """Return where a parcel can be followed: the address that the store told, else the carrier's own page."""
    return told or tracking_url(carrier, number)


def _written(number: str) -> str:
    """Return a number as an address holds it: without blanks and marks, in Latin digits."""
    kept = (letter for letter in number if letter.isalnum() or letter in SIGNS)
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in kept)
