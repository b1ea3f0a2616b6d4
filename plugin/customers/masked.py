"""Addresses that a marketplace lends: it forwards what is written to them, and forbids what it did not ask for.

A customer of a marketplace is that marketplace's. Its own messages tell them of delays, and a seller who writes
beside it breaks its rules; so such an address is known by its domain and never written to by itself.
"""

from __future__ import annotations

import re

# By marketplace: the domains beneath which it lends addresses, as its sellers' orders show them. A domain that ends
# in a dot stands for one in every country.
RELAYS = {
    "Amazon": ("marketplace.amazon.",),
    "eBay": ("members.ebay.",),
    "Walmart": ("relay.walmart.com",),
    "Etsy": ("etsy.com",),
    "TikTok Shop": ("scs.tiktokw.us", "scs.tiktok.com"),
    "Trendyol": ("trendyolmail.com", "trendyol.com"),
    "Hepsiburada": ("hepsiburada.com", "hepsiburada.com.tr"),
    "N11": ("n11.com", "n11.com.tr"),
    "Çiçeksepeti": ("ciceksepeti.com",),
    "Pazarama": ("pazarama.com",),
    "PttAVM": ("pttavm.com", "epttavm.com"),
    "Digikala": ("digikala.com",),
    "Allegro": ("allegromail.pl", "allegromail.com", "user.allegrogroup.pl"),
    "bol": ("verkopen.bol.com",),
    "Mirakl": ("notification.mirakl.net",),
}
COUNTRY = re.compile(r"(com?\.)?[a-z]{2,3}")


def marketplace_of(email: str | None) -> str | None:
    """Return the marketplace that lends an address, or None for an address of the customer's own."""
    _name, at, rest = (email or "").rpartition("@")
    domain = at and rest.strip().rstrip(".").casefold()
    for name, relays in RELAYS.items():
        if any(_is_under(domain, relay) for relay in relays):
            return name
    return None


def _is_under(domain: str, relay: str) -> bool:
    """Say whether a domain is a relay or lies beneath it."""
    if not relay.endswith("."):
        return domain == relay or domain.endswith(f".{relay}")
    _head, found, country = f".{domain}".rpartition(f".{relay}")
    return bool(found) and COUNTRY.fullmatch(country) is not None
