"""What changed in a WooCommerce shop, page by page, and one order with all that is known of it.

Pages are told apart by the orders' own dates and not by numbers: an order that is touched meanwhile moves to the
end, and with numbered pages another one would slip through behind it. Orders of one second that fill a page are
listed by their ids. Then follow the orders in the bin, which the others do not include.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from vefa.errors import UnreachableError
from vefa.exchange import Answer, Shop
from vefa.platforms import Fetched, Page
from vefa.platforms._asking import decoded
from vefa.platforms._woocommerce_fulfilment import LISTED
from vefa.platforms._woocommerce_order import FULFILLED_KEY, NO_FULFILMENTS
from vefa.platforms._woocommerce_rest import ask, listed, says_unknown, total_of

TOPIC = "order.fetched"
ORDER, GONE = "order", "gone"
PER_PAGE, AGAIN = 100, 10
SECOND = timedelta(seconds=1)
BETWEEN_PAGES = 0.5
STAGES = ("any", "trash")
# What is read of no order, and what nobody has to keep.
LEFT_OUT = (
    "_links",
    "payment_url",
    "order_key",
    "customer_ip_address",
    "customer_user_agent",
    "customer_note",
)
UNFILTERED = "The store gives out orders that did not change: it needs WooCommerce 5.8 or later."
WHAT = "the list of orders"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a pass stands: orders in the bin or the others, changed after an instant or at one second."""

    stage: str = STAGES[0]
    after: datetime | None = None
    within: bool = False
    offset: int = 0

    @classmethod
    def read(cls, cursor: str | None, since: datetime | None) -> Place:
        """Return the place of a cursor, or the beginning; raises ``UnreachableError`` for one that is none."""
        if cursor is None:
            return cls(after=since)
        try:
            stage, after, within, offset = cursor.split("|")
            at = datetime.fromisoformat(after) if after else None
            return cls(STAGES[STAGES.index(stage)], at, within == "1", int(offset))
        except ValueError as error:
            raise UnreachableError("The pass over the orders has to begin anew.") from error

    def __str__(self) -> str:
        after = self.after.isoformat() if self.after else ""
        return f"{self.stage}|{after}|{int(self.within)}|{self.offset}"

    @property
    def query(self) -> dict[str, str]:
        """The parameters of this page."""
        found = {"status": self.stage, "per_page": str(PER_PAGE), "order": "asc", "dates_are_gmt": "true"}
        if self.within and self.after:
            beyond = {"modified_before": _wall(self.after + SECOND), "offset": str(self.offset)}
            return found | {"orderby": "id", "modified_after": _wall(self.after - SECOND)} | beyond
        after = {"modified_after": _wall(self.after - SECOND)} if self.after else {}
        return found | {"orderby": "modified"} | after

    def next(self, stamps: Sequence[datetime], *, more: bool, since: datetime | None) -> Place | None:
        """Return where the next page is, or None at the end of the pass."""
        if not more or not stamps:
            if self.within:
                return replace(
                    self, after=self.after + SECOND if self.after else None, within=False, offset=0
                )
            later = STAGES[STAGES.index(self.stage) + 1 :]
            return Place(later[0], since) if later else None
        if self.within:
            return replace(self, offset=self.offset + max(len(stamps) - AGAIN, 1))
        last = max(stamps)
        if self.after is not None and last <= self.after:
            return replace(self, within=True, after=last)
        return replace(self, after=last)


def page_of(shop: Shop, since: datetime | None, cursor: str | None) -> Page:
    """Return one page of the orders changed since an instant; raises as ``Fetches.fetch`` does."""
    whole = since.astimezone(UTC).replace(microsecond=0) if since else None
    place = Place.read(cursor, whole)
    answer = ask(shop, "GET", "/orders", place.query)
    if answer.status == 400 and place.stage != STAGES[0]:
        return Page(())
    orders = listed(answer, WHAT)
    stamps = [stamp for one in orders if (stamp := _stamp(one))]
    if place.after and stamps and min(stamps) < place.after - SECOND:
        raise UnreachableError(UNFILTERED)
    following = place.next(stamps, more=_more(answer, place, len(orders)), since=whole)
    bodies = tuple(fetched(one) for one in orders if one.get("id") is not None)
    return Page(bodies, str(following) if following else None, BETWEEN_PAGES)


def _more(answer: Answer, place: Place, number: int) -> bool:
    """Say whether the store has more than it listed; a server may give out fewer than it was asked for."""
    total = total_of(answer, "x-wp-total")
    return number >= PER_PAGE if total is None else total > place.offset + number


def one_of(shop: Shop, number: str) -> tuple[Fetched, ...]:
    """Return an order with its fulfilments, or that it is gone for good; raises as ``Fetches.fetch_one`` does."""
    if not number.isdecimal():
        return ()
    answer = ask(shop, "GET", f"/orders/{number}")
    if answer.status != 200:
        return (gone(number, answer),) if says_unknown(answer) else ()
    order = decoded(answer, f"order {number}")
    if not isinstance(order, dict) or str(order.get("id")) != number:
        raise UnreachableError(f"The store answered something else in place of order {number}.")
    if not _has_fulfilments(order):
        return (fetched(order),)
    alone = fetched(order, alone=True)
    parcels = ask(shop, "GET", f"/orders/{number}/fulfillments")
    if parcels.status != 200:
        return (alone,)
    return (alone, fetched(order, listed(parcels, f"the fulfilments of order {number}"), alone=True))


def _has_fulfilments(order: Mapping[str, Any]) -> bool:
    meta = order.get("meta_data")
    return any(
        isinstance(one, dict) and one.get("key") == FULFILLED_KEY and one.get("value") not in NO_FULFILMENTS
        for one in (meta if isinstance(meta, list) else ())
    )


def fetched(
    order: Mapping[str, Any], fulfilments: Sequence[Mapping[str, Any]] | None = None, *, alone: bool = False
) -> Fetched:
    """Return an order as it is kept, without what is read of none; ``alone``: it was asked for by itself.

    Its fulfilments are an event of their own, with the order they belong to.
    """
    document: Any = {name: value for name, value in order.items() if name not in LEFT_OUT}
    if alone:
        document = {ORDER: document}
    if fulfilments is not None:
        document[LISTED] = list(fulfilments)
    body = json.dumps(document, ensure_ascii=False, sort_keys=True).encode("utf-8", "replace")
    digest = hashlib.sha256(body).hexdigest()[:32]
    key = (
        f"woocommerce:{TOPIC}:{str(order.get('id'))[:60]}:{str(order.get('date_modified_gmt'))[:40]}:{digest}"
    )
    return Fetched(key, TOPIC, body, _stamp(order))


def gone(number: str, answer: Answer) -> Fetched:
    """Return that there is no such order; told at another time it is another event, since it may have come back."""
    body = json.dumps({"id": number, GONE: True}).encode()
    return Fetched(f"woocommerce:{TOPIC}:{number}:{GONE}:{answer.headers.get('date', '')[:40]}", TOPIC, body)


def _stamp(order: Mapping[str, Any]) -> datetime | None:
    try:
        return datetime.fromisoformat(str(order.get("date_modified_gmt"))).replace(tzinfo=UTC)
    except ValueError:
        return None


def _wall(at: datetime) -> str:
    """Return an instant as WooCommerce compares it: in UTC and without an offset."""
    return at.strftime("%Y-%m-%dT%H:%M:%S")
