"""What is read of Saleor's orders; the rest of their fields is passed over."""

from __future__ import annotations

import base64
import binascii
import re
from datetime import datetime
from typing import Any

from marshmallow import ValidationError, fields, validate

from vefa.fields import Amount, Instant, Text
from vefa.platforms._standard_schema import many, nested, part

OWN = re.compile(r"[0-9A-Za-z-]{1,40}")
LONGEST_ID = 200
QUANTITY = validate.Range(0, 1_000_000)


class Gid(fields.Field[str]):
    """A global id, the base64 of ``Order:7``, given back as the part behind the colon."""

    def __init__(self, kind: str, **options: Any) -> None:
        self.kind = kind
        super().__init__(**options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        kind, _, own = decoded(value).partition(":")
        if kind != self.kind or not OWN.fullmatch(own):
            raise ValidationError(f"Not the id of {self.kind}.")
        return own


def gid(kind: str, own: str) -> str:
    """Return the global id of an object."""
    return base64.b64encode(f"{kind}:{own}".encode()).decode()


def decoded(value: object) -> str:
    """Return what a global id says, or nothing where the text is none."""
    if not isinstance(value, str) or len(value) > LONGEST_ID or not value.isascii():
        return ""
    try:
        return base64.b64decode(value, validate=True).decode()
    except (binascii.Error, ValueError):
        return ""


class Created(Instant):
    """An instant cut to the millisecond, as the older payload has it, so that both forms say the same."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        at = datetime.fromisoformat(super()._deserialize(value, attr, data, **kwargs))
        return at.replace(microsecond=at.microsecond // 1000 * 1000).isoformat()


def _date(**options: Any) -> Instant:
    return Instant(allow_none=True, **options)


Money = part(amount=Amount(required=True), currency=Text(10))
Taxed = part(gross=nested(Money))
Meta = part(key=fields.Raw(allow_none=True), value=fields.Raw(allow_none=True))
Place = part(
    firstName=Text(300), lastName=Text(300), phone=Text(60), city=Text(300), countryArea=Text(150),
    country=nested(part(code=Text(2))),
)  # fmt: skip
Line = part(
    id=Gid("OrderLine", required=True),
    productName=Text(1000),
    variantName=Text(1000),
    productSku=Text(255),
    productVariantId=Text(),
    quantity=fields.Integer(allow_none=True, validate=QUANTITY),
    isShippingRequired=fields.Boolean(allow_none=True),
    unitPrice=nested(Taxed),
)
Fulfillment = part(
    id=Gid("Fulfillment", required=True),
    status=Text(60),
    created=Created(allow_none=True),
    trackingNumber=Text(2000),
    metadata=many(Meta, 2000),
    refunded=Amount(allow_none=True),
    lines=many(
        part(
            quantity=fields.Integer(allow_none=True, validate=QUANTITY),
            orderLine=nested(part(id=Gid("OrderLine", required=True))),
        ),
        1000,
    ),
)
Event = part(id=Text(required=True), type=Text(60), createdAt=_date(), amount=nested(Money))
Transaction = part(name=Text(255), events=many(Event, 1000))
Booking = part(
    id=Text(required=True),
    kind=Text(60),
    isSuccess=fields.Boolean(allow_none=True),
    created=_date(),
    amount=nested(Money),
)
Payment = part(gateway=Text(255), transactions=many(Booking, 1000))
ORDER_ID = {"id": Gid("Order", required=True)}
Order = part(
    **ORDER_ID,
    number=Text(80),
    created=Created(allow_none=True),
    updatedAt=_date(),
    status=Text(60),
    isPaid=fields.Boolean(allow_none=True),
    paymentStatus=Text(60),
    chargeStatus=Text(60),
    authorizeStatus=Text(60),
    languageCodeEnum=Text(35),
    userEmail=Text(320),
    user=nested(part(id=Gid("User"), email=Text(320))),
    channel=nested(part(slug=Text(255), currencyCode=Text(10))),
    total=nested(Taxed),
    shippingPrice=nested(Taxed),
    totalCharged=nested(Money),
    totalRefunded=nested(Money),
    shippingMethodName=Text(255),
    deliveryMethod=nested(
        part(
            name=Text(255),
            maximumDeliveryDays=fields.Integer(allow_none=True, validate=validate.Range(0, 1000)),
            metadata=many(Meta, 2000),
        )
    ),
    shippingAddress=nested(Place),
    billingAddress=nested(Place),
    metadata=many(Meta, 2000),
    lines=many(Line, 1000),
    fulfillments=many(Fulfillment, 500),
    transactions=many(Transaction, 200),
    payments=many(Payment, 200),
)
EventOfOne = part(issuedAt=_date(), order=fields.Nested(Order, required=True))()
EventOfMany = part(
    issuedAt=_date(),
    orders=fields.List(fields.Nested(Order), required=True, validate=validate.Length(1, 1000)),
)()
UnderWay = part(order=fields.Nested(Order, required=True))()
