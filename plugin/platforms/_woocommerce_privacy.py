"""What the companion plugin asks for in a WordPress shop: a customer's erasure, or a copy of their data."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from vefa.errors import UnreadableError
from vefa.fields import Instant, Text, first_fault
from vefa.platforms import Asked, Reading, Wish
from vefa.platforms._standard_schema import part

ERASURE, COPY = "vefa.erasure_requested", "vefa.data_requested"
WISHES = {ERASURE: Wish.ERASE, COPY: Wish.COPY}
USES = {
    ERASURE: "The customer is erased; sent by Vefa's companion plugin.",
    COPY: "The customer wants a copy of their data; sent by Vefa's companion plugin.",
}
LARGEST_ID = 2**63 - 1
MOST_ORDERS = 10_000
# Nobody signs the header that names the topic, so the body has to name it too.
REQUEST = part(
    id=Text(60, required=True),
    topic=fields.String(required=True),
    requested_at=Instant(required=True),
    customer_id=fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, LARGEST_ID)),
    email=Text(320),
    order_ids=fields.List(
        fields.Integer(strict=True, validate=validate.Range(1, LARGEST_ID)),
        allow_none=True,
        validate=validate.Length(max=MOST_ORDERS),
    ),
)()


def asked_of(document: Mapping[str, Any], topic: str) -> Reading:
    """Read what is asked about one customer; a guest is known by the newest order.

    Raises ``UnreadableError`` where the body was signed for another topic, or names nobody.
    """
    try:
        request = _checked(document, topic)
    except ValidationError as error:
        fault = first_fault(error.messages)
        raise UnreadableError(f"The request about a customer's data cannot be read: {fault}") from error
    subjects = tuple(f"order:woocommerce:{number}" for number in sorted(set(request.get("order_ids") or ())))
    customer, guest = request.get("customer_id"), subjects[-1] if subjects else None
    at = datetime.fromisoformat(request["requested_at"])
    holder = f"woocommerce:{customer}" if customer else guest
    return Reading(asked=(Asked(WISHES[topic], at, holder, subjects, request.get("email") or None),))


def _checked(document: Mapping[str, Any], topic: str) -> dict[str, Any]:
    request: dict[str, Any] = REQUEST.load(document)
    if request["topic"] != topic:
        raise ValidationError({"topic": ["This was signed for another topic."]})
    if not any(request.get(name) for name in ("customer_id", "order_ids", "email")):
        raise ValidationError({"customer_id": ["Which customer?"]})
    return request
