"""What is read of Medusa's orders and customers; the rest of their fields is passed over."""

from __future__ import annotations

from marshmallow import fields, validate

from vefa.fields import Amount, Instant, Text
from vefa.platforms._standard_schema import identity, many, nested, part

QUANTITY = validate.Range(0, 1_000_000)


def _when() -> Instant:
    return Instant(allow_none=True)


def _amount() -> Amount:
    return Amount(allow_none=True)


def _metadata() -> fields.Dict:
    return fields.Dict(allow_none=True, validate=validate.Length(max=200))


Address = part(
    first_name=Text(255), last_name=Text(255), phone=Text(60), city=Text(255), country_code=Text(2),
    province=Text(60),
)  # fmt: skip
PERSON = {
    "email": Text(320),
    "phone": Text(60),
    "first_name": Text(255),
    "last_name": Text(255),
}
Line = part(
    id=identity(),
    title=Text(1000),
    product_title=Text(1000),
    product_id=Text(),
    variant_sku=Text(255),
    quantity=fields.Float(allow_none=True, validate=QUANTITY),
    unit_price=_amount(),
    requires_shipping=fields.Boolean(allow_none=True),
)
Fulfillment = part(
    id=identity(),
    created_at=_when(),
    updated_at=_when(),
    shipped_at=_when(),
    delivered_at=_when(),
    canceled_at=_when(),
    metadata=_metadata(),
    data=_metadata(),
    items=many(
        part(line_item_id=Text(), quantity=fields.Float(allow_none=True, validate=QUANTITY)),
        1000,
    ),
    labels=many(part(tracking_number=Text(120), tracking_url=Text(2000)), 100),
)
Refund = part(id=identity(), amount=_amount(), created_at=_when())
Payment = part(
    id=identity(),
    provider_id=Text(),
    updated_at=_when(),
    captured_at=_when(),
    refunds=many(Refund, 200),
)
Collection = part(
    id=identity(),
    status=Text(40),
    updated_at=_when(),
    amount=_amount(),
    authorized_amount=_amount(),
    captured_amount=_amount(),
    refunded_amount=_amount(),
    payments=many(Payment, 100),
)
Return = part(
    id=identity(),
    status=Text(40),
    created_at=_when(),
    updated_at=_when(),
    requested_at=_when(),
    received_at=_when(),
    canceled_at=_when(),
    items=many(
        part(item_id=Text(), quantity=fields.Float(allow_none=True, validate=QUANTITY)),
        1000,
    ),
)
Order = part(
    id=identity(),
    display_id=Text(80),
    custom_display_id=Text(80),
    status=Text(40),
    version=fields.Integer(allow_none=True, validate=validate.Range(0, 2**31)),
    is_draft_order=fields.Boolean(allow_none=True),
    email=Text(320),
    currency_code=Text(10),
    locale=Text(35),
    customer_id=Text(),
    customer=nested(part(id=Text(), **PERSON)),
    metadata=_metadata(),
    created_at=_when(),
    updated_at=Instant(required=True),
    canceled_at=_when(),
    deleted_at=_when(),
    total=_amount(),
    credit_line_total=_amount(),
    shipping_total=_amount(),
    shipping_address=nested(Address),
    billing_address=nested(Address),
    items=many(Line, 1000),
    shipping_methods=many(part(name=Text(300), metadata=_metadata()), 50),
    payment_collections=many(Collection, 50),
    fulfillments=many(Fulfillment, 500),
    returns=many(Return, 500),
)
Envelope = part(
    event=Text(100),
    data=fields.Dict(allow_none=True),
    order=fields.Nested(Order, required=True, allow_none=True),
)()
Customer = part(customer=fields.Nested(part(id=identity(), updated_at=_when(), **PERSON), required=True))()
