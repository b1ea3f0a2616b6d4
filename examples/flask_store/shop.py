"""What customers see: the catalogue, the basket, and the checkout with its delivery date."""

from __future__ import annotations

import re

import sqlalchemy as sa
from flask import Blueprint, flash, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from flask_store import events
from flask_store.models import Customer, Line, Order, Product, db, now
from flask_store.words import CURRENCY, DELIVERIES, LANGUAGES

MOST = 20
FIELDS = {"name": 120, "email": 254, "street": 200, "postal_code": 12, "city": 80}
EMAIL = re.compile(r"^[^@\s]+@[^@\s]+\.[^@\s]+$")

blueprint = Blueprint("shop", __name__)


def basket_size() -> int:
    """Return how many things are in the basket."""
    return sum(session.get("basket", {}).values())


def basket() -> list[tuple[Product, int]]:
    """Return the products in the basket and how many of each."""
    wanted: dict[str, int] = session.get("basket", {})
    found = db.session.scalars(sa.select(Product).where(Product.id.in_(map(int, wanted)))).all()
    return [(product, wanted[str(product.id)]) for product in found]


@blueprint.get("/")
def catalogue() -> str:
    """Show everything there is to buy."""
    products = db.session.scalars(sa.select(Product).order_by(Product.id)).all()
    return render_template("shop/catalogue.html", products=products)


@blueprint.get("/products/<int:number>")
def product(number: int) -> str:
    """Show one product."""
    return render_template("shop/product.html", product=db.get_or_404(Product, number))


@blueprint.post("/basket")
def change_basket() -> ResponseReturnValue:
    """Put a product into the basket, or change how many of it there are."""
    chosen = db.get_or_404(Product, request.form.get("product", 0, int))
    count = max(0, min(request.form.get("count", 1, int), MOST))
    content = dict(session.get("basket", {}))
    content[str(chosen.id)] = count
    session["basket"] = {number: many for number, many in content.items() if many}
    return redirect(url_for("shop.show_basket"), 303)


@blueprint.get("/basket")
def show_basket() -> str:
    """Show what is in the basket."""
    content = basket()
    return render_template("shop/basket.html", basket=content, total=_sum(content), most=MOST)


@blueprint.get("/checkout")
def checkout() -> ResponseReturnValue:
    """Ask for the address and offer the days of delivery."""
    return _checkout_page({}, []) if basket() else redirect(url_for("shop.show_basket"), 303)


@blueprint.post("/checkout")
def place_order() -> ResponseReturnValue:
    """Take the order, and tell Vefa of it in the same transaction."""
    content, given = basket(), {name: request.form.get(name, "").strip() for name in FIELDS}
    if not content:
        return redirect(url_for("shop.show_basket"), 303)
    wrong = [name for name, longest in FIELDS.items() if not 0 < len(given[name]) <= longest]
    if not EMAIL.match(given["email"]):
        wrong.append("email")
    delivery, language = request.form.get("delivery", ""), request.form.get("language", "")
    if wrong or delivery not in DELIVERIES or language not in LANGUAGES:
        return _checkout_page(request.form, wrong)
    order = _order(content, given, delivery, _customer(given, language))
    if order is None:
        db.session.rollback()
        flash("Somebody was faster: we do not have that many left. Nothing was ordered.")
        return redirect(url_for("shop.show_basket"), 303)
    db.session.commit()
    session.pop("basket")
    session["last_order"] = order.id
    return redirect(url_for("shop.thanks"), 303)


@blueprint.get("/thanks")
def thanks() -> ResponseReturnValue:
    """Confirm the order with the day by which it arrives."""
    order = db.session.get(Order, session.get("last_order", 0))
    if order is None:
        return redirect(url_for("shop.catalogue"), 303)
    return render_template("shop/thanks.html", order=order, delivery=DELIVERIES[order.delivery])


def _checkout_page(typed: dict[str, str], wrong: list[str]) -> ResponseReturnValue:
    content, moment = basket(), now()
    text = render_template(
        "shop/checkout.html",
        basket=content,
        total=_sum(content),
        typed=typed,
        wrong=wrong,
        languages=LANGUAGES,
        deliveries={key: (one, one.day(moment)) for key, one in DELIVERIES.items()},
    )
    return text, 422 if typed else 200


def _sum(content: list[tuple[Product, int]]) -> int:
    return sum(product.price * many for product, many in content)


def _customer(given: dict[str, str], language: str) -> Customer:
    email = given["email"].lower()
    found = db.session.scalar(sa.select(Customer).where(Customer.email == email))
    customer = found or Customer(email=email)
    customer.name, customer.language = given["name"], language
    db.session.add(customer)
    return customer


def _order(
    content: list[tuple[Product, int]], given: dict[str, str], delivery: str, customer: Customer
) -> Order | None:
    """Write an order and tell of it; return None where the shelves no longer hold what was asked for."""
    chosen, moment = DELIVERIES[delivery], now()
    order = Order(
        customer=customer,
        placed_at=moment,
        delivery=delivery,
        delivery_price=chosen.price,
        deliver_by=chosen.day(moment),
        currency=CURRENCY,
        total=_sum(content) + chosen.price,
        street=given["street"],
        postal_code=given["postal_code"],
        city=given["city"],
    )
    order.lines = [
        Line(product_id=product.id, title=product.name, quantity=many, price=product.price)
        for product, many in content
    ]
    db.session.add(order)
    db.session.flush()
    events.placed(order)
    return order if all(_take(product.id, many) for product, many in content) else None


def _take(product_id: int, many: int) -> bool:
    """Take products off the shelf; of two customers at once only one gets the last."""
    left = sa.update(Product).where(Product.id == product_id, Product.stock >= many)
    return db.session.execute(left.values(stock=Product.stock - many)).rowcount == 1
