"""What is read of WooCommerce's orders and customers; the rest of their fields is passed over."""

from __future__ import annotations

from marshmallow import fields, validate

from vefa.fields import Amount, Text
from vefa.platforms._standard_schema import identity, many, nested, part

Address = part(
    first_name=Text(150), last_name=Text(150), email=Text(320), phone=Text(60), country=Text(3), state=Text(60),
    city=Text(150), postcode=Text(30),
)  # fmt: skip
Item = part(
    id=identity(),
    name=Text(1000),
    product_id=Text(),
    sku=Text(),
    quantity=fields.Float(allow_none=True, validate=validate.Range(0, 1_000_000)),
    price=Amount(allow_none=True),
)
Order = part(
    id=identity(),
    status=Text(60, required=True),
    number=Text(80),
    currency=Text(10),
    total=Amount(allow_none=True),
    shipping_total=Amount(allow_none=True),
    customer_id=fields.Integer(allow_none=True),
    billing=nested(Address),
    shipping=nested(Address),
    payment_method=Text(80),
    date_created=fields.NaiveDateTime(allow_none=True),
    date_created_gmt=fields.NaiveDateTime(allow_none=True),
    date_modified_gmt=fields.NaiveDateTime(required=True),
    date_paid_gmt=fields.NaiveDateTime(allow_none=True),
    date_completed_gmt=fields.NaiveDateTime(allow_none=True),
    meta_data=fields.List(fields.Dict(), allow_none=True, validate=validate.Length(max=2000)),
    line_items=many(Item, 1000),
    shipping_lines=many(part(method_title=Text(300), method_id=Text(100), instance_id=Text(40)), 50),
    refunds=many(part(id=identity(), total=Amount(allow_none=True), reason=Text(1000)), 500),
)()
Customer = part(
    id=identity(), email=Text(320), first_name=Text(150), last_name=Text(150), billing=nested(Address),
    date_modified_gmt=fields.NaiveDateTime(allow_none=True),
)()  # fmt: skip
Deletion = part(id=identity())()
