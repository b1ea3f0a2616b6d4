"""The delivery date of a WooCommerce order: what its checkout showed, as a plugin of the shop kept it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from vefa.platforms._written_date import written_date

# Kept by Vefa's companion plugin: the day itself, or working days where the checkout names days.
COMPANION_DATE, COMPANION_DAYS = "_vefa_deliver_by", "_vefa_promise_days"
MOST_DAYS = 365
# Fields that hold nothing else than a day chosen at checkout: Order Delivery Date (Pro and Lite), Delivery Slots,
# YITH Delivery Date. Others, such as ``_delivery_date``, may hold the day of the delivery itself, and so have to be
# named in the store's settings.
KNOWN_KEYS = (
    COMPANION_DATE,
    "_orddd_timestamp",
    "_orddd_lite_timestamp",
    "jckwds_date_ymd",
    "ywcdd_order_delivery_date",
)


def promise_of(
    meta: Mapping[str, Any], named: Sequence[str], offset: timedelta, country: str | None
) -> dict[str, Any]:
    """Return the promised day of the first field that holds one: those that the store names come first."""
    for key in (*named, *KNOWN_KEYS):
        if day := written_date(meta.get(key), offset, country):
            return {"deliver_by": day.isoformat(), "source": "checkout"}
    return {}


def promise_days(meta: Mapping[str, Any]) -> int | None:
    """Return for how many working days the shipping method was offered, as the companion plugin kept them."""
    text = str(meta.get(COMPANION_DAYS, ""))
    return int(text) if text.isascii() and text.isdecimal() and int(text[:6]) <= MOST_DAYS else None
