"""Deliveries: what is late or will be, how sure, why, and what the customer was told."""

from __future__ import annotations

from flask import Response, make_response, render_template, request
from flask.typing import ResponseReturnValue
from sqlalchemy import Connection

from vefa.errors import NotFoundError
from vefa.lateness import listing
from vefa.panel import asked, order, visit
from vefa.panel.asked import Asked
from vefa.panel.blueprints import panel
from vefa.panel.headers import policy
from vefa.panel.order import OrderPage
from vefa.panel.rows import rows


@panel.get("/deliveries")
def deliveries() -> ResponseReturnValue:
    """Show the list and, where there is room, its first order."""
    wanted = asked.read(request.args)
    with visit.reading() as connection:
        return _page(connection, wanted, None)


@panel.get("/deliveries/<path:order_id>")
def one(order_id: str) -> ResponseReturnValue:
    """Show one order; beside its list where there is room."""
    wanted = asked.read(request.args)
    with visit.reading() as connection:
        found = listing.of_orders(connection, visit.store().id, [order_id])
        if not found:
            raise NotFoundError(f"There is no order {order_id!r}.")
        page = order.read(connection, found[0])
        if request.headers.get("HX-Request") == "true" and not request.headers.get(
            "HX-History-Restore-Request"
        ):
            return _answer(render_template("panel/order.html", page=page, asked=wanted, fragment=True))
        return _page(connection, wanted, page)


def _page(connection: Connection, wanted: Asked, opened: OrderPage | None) -> Response:
    found, next_place = asked.find(connection, wanted)
    first = order.read(connection, found[0]) if found and opened is None else None
    return _answer(
        render_template(
            "panel/deliveries.html",
            asked=wanted,
            views=asked.VIEWS,
            presets=asked.presets(wanted),
            counts=asked.counts(connection),
            rows=rows(connection, found),
            next_place=next_place,
            opened=opened is not None,
            page=opened or first,
        )
    )


def _answer(html: str) -> Response:
    answer = make_response(html)
    answer.headers["Content-Security-Policy"] = policy(frame_src="'self'")
    answer.headers["Vary"] = "HX-Request, Cookie"
    return answer
