"""A webhook's secret as it may have been signed with, where WordPress took or made HTML of it on the way.

WooCommerce turns entities back into characters before it signs (class-wc-webhook.php); what the merchant copied may
be either form.
"""

from __future__ import annotations

import re

ENTITIES = {
    "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#039;": "'", "&#39;": "'", "&#x27;": "'", "&apos;": "'",
}  # fmt: skip
ENTITY = re.compile("|".join(map(re.escape, ENTITIES)), re.IGNORECASE)
SPECIAL = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#039;"})


def as_signed(secret: str) -> tuple[str, ...]:
    """Return the secret as it was given, with its entities as characters, and with its characters as entities."""
    plain = ENTITY.sub(lambda found: ENTITIES[found[0].lower()], secret)
    return tuple(dict.fromkeys((secret, plain, plain.translate(SPECIAL))))
