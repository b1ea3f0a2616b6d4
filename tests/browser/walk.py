"""Every screen of a furnished store: the panel's pages with ids filled in, and each page that a customer may open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

import sqlalchemy as sa
from tests.imports.shop import brought
from tests.pages.shop import GOOD, NOTHING, ORDER, Pages
from tests.panel.busy import make_busy
from tests.panel.shop import NOW, Event, Shop, delivered, event, placed, shipped
from werkzeug.routing import Rule

from vefa.cases.records import cases
from vefa.customers.link import Scope
from vefa.imports.records import imports
from vefa.outreach.purpose import Purpose
from vefa.outreach.records import SENT, messages
from vefa.policy import book
from vefa.policy.document import to_document
from vefa.returns.records import returns
from vefa.staff import records as staff
from vefa.stores.records import by_slug

DAY = timedelta(days=1)
EMPTY = "yeni"
LONG = (
    "Merhaba, 2. kez yazıyorum. Paketim hâlâ gelmedi ve kimse telefonlara bakmıyor. Hediye olarak almıştım; doğum "
    "günü geçti. Ya hemen gönderin ya da paramı iade edin, yoksa her yerde yazacağım."
)
LONGEST_NAME = "Muhammed Abdülkerim Çelebioğlu-Karahisarlıoğlu"


@dataclass(frozen=True)
class Screen:
    """One page to look at; ``inside`` says whether one has to be signed in."""

    name: str
    address: str
    inside: bool = True


def unhappy() -> list[Event]:
    """Return reviews and requests that make cases and returns of many kinds."""
    found = [
        placed(
            "2001",
            NOW - 9 * DAY,
            None,
            customer={"id": "c2001", "email": "c2001@example.com", "name": LONGEST_NAME},
        ),
        shipped("2001", NOW - 8 * DAY),
        delivered("2001", NOW - 5 * DAY),
        event("review.posted", NOW - DAY, order_id="1003", score=1, text="Kutu ezilmiş geldi, çok üzüldüm."),
        event("review.posted", NOW - DAY / 2, order_id="1001", score=2, text=LONG),
        event("review.posted", NOW - DAY / 4, order_id="1006", score=1, text="هنوز به دستم نرسیده است."),
        event(
            "return.requested",
            NOW - DAY,
            order_id="2001",
            **{
                "return": {"id": "R1", "lines": [{"id": "1", "quantity": 1}], "reason": "Rengi <b>solmuş</b>"}
            },
        ),
    ]
    return sorted(found, key=lambda one: str(one["timestamp"]))


def furnish(pages: Pages) -> None:
    """Give the first store work of every kind, and its owner a store in which nothing has happened yet."""
    shop = pages.shop
    make_busy(shop)
    shop.feed("mercan", unhappy())
    shop.add(EMPTY, name="Yeni mağaza", languages=["tr", "fa"])
    with shop.world.databases.main.connect() as connection:
        store = by_slug(connection, "mercan")
    brought(shop.world, store, NOW)
    with shop.world.databases.main.begin() as connection:
        owner, store = shop.owners["mercan"].id, by_slug(connection, "mercan")
        staff.join(connection, by_slug(connection, EMPTY).id, owner, now=NOW)
        rules = to_document(book.in_force(connection, store).policy)
        book.save_draft(connection, store, rules, by=owner, now=NOW - DAY)
        book.publish(connection, store, note="Bayram öncesi", by=owner, now=NOW - DAY)
        # One letter has left, so that the inbox of a demonstration holds something.
        left = connection.scalar(sa.select(sa.func.min(messages.c.id)).where(messages.c.store_id == store.id))
        connection.execute(
            messages.update().where(messages.c.id == left).values(state=SENT, shadow=False, settled_at=NOW)
        )
        fewer = {**rules, "rows": rules["rows"][1:]}
        book.save_draft(connection, store, fewer, by=owner, now=NOW)


def panel_screens(shop: Shop) -> Iterator[Screen]:
    """Yield every page of the panel and of its entrance that opens by an address alone."""
    with shop.world.databases.main.connect() as connection:
        store_id = by_slug(connection, "mercan").id

        def first(column: sa.Column[str] | sa.Column[int]) -> str | int:
            found = column.table.select().with_only_columns(column).where(column.table.c.store_id == store_id)
            value: str | int = connection.scalars(found.order_by(column)).first() or 0
            return value

        values: dict[str, str | int] = {
            "order_id": ORDER,
            "holder": "standard:c1001",
            "number": connection.scalar(
                sa.select(cases.c.number).where(cases.c.store_id == store_id, cases.c.order_number == "1001")
            )
            or 0,
            "return_number": first(returns.c.number),
            "message_id": first(messages.c.id),
            "import_id": first(imports.c.id),
            "step": "approve",
            "purpose": Purpose.DELAY_NOTICE.value,
            "language": "tr",
            "platform": "standard",
        }
        left = sa.select(messages.c.id).where(messages.c.store_id == store_id, messages.c.state == SENT)
        letter = {"message_id": connection.scalars(left.order_by(messages.c.id)).first() or 0}
    for rule in shop.app.url_map.iter_rules():
        place, _, name = rule.endpoint.partition(".")
        if "GET" not in (rule.methods or ()) or place not in {"panel", "entrance", "demonstration"}:
            continue
        if place == "demonstration":
            if name != "time":  # A line within the banner, and no page.
                yield Screen(
                    f"demonstration-{name}", _built(shop, rule, values | {"slug": "mercan"} | letter)
                )
            continue
        if place == "entrance":
            if not rule.arguments:
                yield Screen(f"entrance-{name}", rule.rule, inside=name == "home")
            continue
        if name in ("companion_plugin", "companion_medusa", "left_out", "embedded_session"):
            continue  # A file or a mere answer, and no page.
        if name == "policy_version":
            continue  # It opens by a number in its question alone: see _views.
        for slug in ("mercan",) if rule.arguments - {"slug"} else ("mercan", EMPTY):
            empty = "" if slug == "mercan" else "-empty"
            yield Screen(name + empty, _built(shop, rule, values | {"slug": slug}))
    yield from _views(str(values["import_id"]))


def _views(brought_id: str) -> Iterator[Screen]:
    home = "/vefa/mercan"
    yield Screen("one-delivered", f"{home}/deliveries/standard:1003")
    yield Screen("one-lost", f"{home}/deliveries/standard:1006")
    yield Screen("deliveries-nothing", f"{home}/deliveries?q=nichts")
    yield Screen("complaints-all", f"{home}/complaints?view=all")
    yield Screen("policy-existing-row", f"{home}/policy/row?id=late-and-dear")
    yield Screen("policy-tried", f"{home}/policy/try?order=1003&reason=return&wanted=refund")
    yield Screen("policy-version-1", f"{home}/policy/version?number=1")
    yield Screen("outreach-silent", f"{home}/outreach?show=silent")
    yield Screen("import-columns", f"{home}/settings/import/{brought_id}?columns=1")
    yield Screen("nowhere", f"{home}/complaints/99999")


def _built(shop: Shop, rule: Rule, values: dict[str, str | int]) -> str:
    with shop.app.test_request_context():
        given = {name: values[name] for name in rule.arguments}
        return shop.app.url_map.bind("").build(rule.endpoint, given)


def customer_screens(pages: Pages, language: str) -> Iterator[Screen]:
    """Yield every page of customers: an order that is late, one that arrived, one that nobody knows."""
    for scope in Scope:
        if scope is Scope.CASE:
            continue
        for kind, order in (("late", ORDER), ("good", GOOD), ("unknown", NOTHING)):
            yield Screen(
                f"c-{scope.value}-{kind}", pages.address(scope, order, language=language), inside=False
            )
    score = pages.address(Scope.FEEDBACK, GOOD, language=language) + "?score=1"
    yield Screen("c-feedback-score", score, inside=False)
    for row in pages.table(cases):
        if row.order_number == "1001":
            address = pages.address(Scope.CASE, ORDER, case_id=row.id, language=language)
            yield Screen("c-case", address, inside=False)
    expired = pages.address(Scope.STATUS, ORDER, language=language, expires_at=NOW - DAY)
    yield Screen("c-expired", expired, inside=False)
    yield Screen("c-policy", f"/vefa/c/mercan/policy?language={language}", inside=False)
    yield Screen("c-nowhere", "/vefa/c/mercan/nothing", inside=False)
