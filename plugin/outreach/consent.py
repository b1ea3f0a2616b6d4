"""Whether the law lets a kind of message go to somebody: by country, by what they said, by their own no."""

from __future__ import annotations

from vefa.outreach.purpose import Purpose

# The European Union, Iceland, Liechtenstein and Norway.
EEA = frozenset({
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IS", "IT", "LI", "LT",
    "LU", "LV", "MT", "NL", "NO", "PL", "PT", "RO", "SE", "SI", "SK",
})  # fmt: skip


def denied(
    purpose: Purpose, country: str | None, *, consent: bool | None, soft_opt_in: bool, suppressed: bool
) -> str | None:
    """Return None where a message may be written, else the code of what forbids it.

    What somebody needs to know about an order is always allowed. A question how it was is none of that: in the EEA
    it needs the person's consent, or a checkout that says so and lets them refuse (``soft_opt_in``); elsewhere the
    way to refuse that it carries is enough. An unknown country counts as the strictest.
    """
    if purpose is not Purpose.FEEDBACK:
        return None
    if suppressed:
        return "unsubscribed"
    strict = country is None or country in EEA
    return "no_consent" if strict and not (consent or soft_opt_in) else None
