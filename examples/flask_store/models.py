"""What the store keeps in its own database."""

from __future__ import annotations

from datetime import UTC, date, datetime

import sqlalchemy as sa
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship


class Base(DeclarativeBase):
    """The store's tables, with names for their constraints so that migrations can change them."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_name)s",
            "uq": "uq_%(table_name)s_%(column_0_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


db = SQLAlchemy(model_class=Base)


def now() -> datetime:
    """Return this instant."""
    return datetime.now(UTC)


class Instant(sa.TypeDecorator[datetime]):
    """An instant, kept in UTC; SQLite itself knows no time zones."""

    impl = sa.DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Keep UTC."""
        return value.astimezone(UTC).replace(tzinfo=None) if value else None

    def process_result_value(self, value: datetime | None, _dialect: sa.Dialect) -> datetime | None:
        """Give back UTC."""
        return value.replace(tzinfo=UTC) if value else None


class Product(db.Model):
    """Something to buy; ``price`` in cents."""

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    about: Mapped[str] = mapped_column(sa.Text)
    price: Mapped[int]
    stock: Mapped[int]


class Customer(db.Model):
    """Somebody who ordered, known by their e-mail address, and the language they read."""

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    language: Mapped[str] = mapped_column(sa.String(5))


class Order(db.Model):
    """An order with the day that the checkout promised; amounts in cents."""

    __tablename__ = "orders"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int] = mapped_column(sa.ForeignKey("customer.id"))
    placed_at: Mapped[datetime] = mapped_column(Instant, default=now)
    delivery: Mapped[str] = mapped_column(sa.String(20))
    delivery_price: Mapped[int]
    deliver_by: Mapped[date]
    currency: Mapped[str] = mapped_column(sa.String(3))
    total: Mapped[int]
    street: Mapped[str] = mapped_column(sa.String(200))
    postal_code: Mapped[str] = mapped_column(sa.String(12))
    city: Mapped[str] = mapped_column(sa.String(80))
    shipped_at: Mapped[datetime | None] = mapped_column(Instant)
    tracking_number: Mapped[str | None] = mapped_column(sa.String(60))
    delivered_at: Mapped[datetime | None] = mapped_column(Instant)

    customer: Mapped[Customer] = relationship()
    lines: Mapped[list[Line]] = relationship(back_populates="order")

    @property
    def number(self) -> str:
        """Return the number that people use."""
        return f"A{1000 + self.id}"

    @property
    def state(self) -> str:
        """Return how far the order is, in a word."""
        return "delivered" if self.delivered_at else "shipped" if self.shipped_at else "placed"


class Line(db.Model):
    """One product of an order, at the price of that day."""

    __tablename__ = "order_line"

    id: Mapped[int] = mapped_column(primary_key=True)
    order_id: Mapped[int] = mapped_column(sa.ForeignKey("orders.id"), index=True)
    product_id: Mapped[int] = mapped_column(sa.ForeignKey("product.id"))
    title: Mapped[str] = mapped_column(sa.String(120))
    quantity: Mapped[int]
    price: Mapped[int]

    order: Mapped[Order] = relationship(back_populates="lines")


class Staff(db.Model):
    """Somebody who works here; ``role`` is what they are in Vefa too."""

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    name: Mapped[str] = mapped_column(sa.String(120))
    role: Mapped[str] = mapped_column(sa.String(20))
    password_hash: Mapped[str] = mapped_column(sa.String(200))
