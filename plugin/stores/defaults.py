"""What a store's settings are taken to be where only its country is known."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies
from holidays import list_supported_countries

from vefa.stores.zones import only_zone


def of_country(country: str, offered: Sequence[str], now: datetime) -> dict[str, Any]:
    """Return time zone, currency, languages and holidays of a country, as far as there is one answer.

    ``country`` is ISO 3166-1 alpha-2; ``offered`` are the languages that Vefa speaks. The weekend is left to the
    country's calendar.
    """
    zone = only_zone(country, now)
    currencies = get_territory_currencies(country)
    spoken = [tag for tag in get_official_languages(country) if tag in offered]
    known = country in list_supported_countries(include_aliases=False)
    found = {
        "timezone": zone.key if zone else None,
        "currency": currencies[-1] if currencies else None,
        "languages": spoken or None,
        "holidays": country if known else None,
    }
    return {name: value for name, value in found.items() if value}
