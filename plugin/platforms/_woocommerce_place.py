"""Regions as WooCommerce writes them, as the second part of ISO 3166-2."""

from __future__ import annotations

import re

# WooCommerce's own letters for the provinces of Iran; ISO 3166-2:IR has numbers since 2020.
IRAN = {
    "MKZ": "00", "GIL": "01", "MZN": "02", "EAZ": "03", "WAZ": "04", "KRH": "05", "KHZ": "06", "FRS": "07",
    "KRN": "08", "RKH": "09", "ESF": "10", "SBN": "11", "KRD": "12", "HDN": "13", "CHB": "14", "LRS": "15",
    "ILM": "16", "KBD": "17", "BHR": "18", "ZJN": "19", "SMN": "20", "YZD": "21", "HRZ": "22", "THR": "23",
    "ADL": "24", "QHM": "25", "GZN": "26", "GLS": "27", "NKH": "28", "SKH": "29", "ABZ": "30",
}  # fmt: skip
# Countries whose regions are ISO's numbers behind the country's letters; China's and Ghana's, for one, are not.
NUMBERED = frozenset({"TR", "JP", "KE", "UA"})


def region_of(country: str | None, state: str | None) -> str | None:
    """Return a region without its country's letters: TR34 is 34, DE-BW is BW, Tehran's THR is 23."""
    if not country or not state:
        return state or None
    if country == "IR":
        return IRAN.get(state.upper(), state)
    if country in NUMBERED and (found := re.fullmatch(rf"{country}(\d\d)", state)):
        return found[1]
    return state.removeprefix(f"{country}-")
