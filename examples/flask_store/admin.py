"""What the staff sees: its own sign-in, the orders, and Vefa's panel inside its own pages."""

from __future__ import annotations

from urllib.parse import urlsplit

import sqlalchemy as sa
from flask import Blueprint, abort, g, redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue
from werkzeug.security import check_password_hash, generate_password_hash

from flask_store import events
from flask_store.models import Order, Staff, db, now
from flask_store.words import STORE

LONGEST = 60
OPEN = {"admin.sign_in", "admin.sign_in_now"}
# Compared where an address is not known, so that both answers take as long.
NOBODY = generate_password_hash("nobody's password")

blueprint = Blueprint("admin", __name__, url_prefix="/admin")


def me() -> Staff | None:
    """Return who is signed in."""
    if "staff" not in g:
        g.staff = db.session.get(Staff, session.get("staff", 0))
    return g.staff


def _local(target: str | None) -> str | None:
    """Return an address on this site, or None, so that nobody is sent elsewhere."""
    parts = urlsplit(target or "")
    good = target and target.startswith("/") and not target.startswith("//") and "\\" not in target
    return target if good and not parts.scheme and not parts.netloc else None


@blueprint.before_request
def guard() -> ResponseReturnValue | None:
    """Let only staff in."""
    if request.endpoint in OPEN or me():
        return None
    return redirect(url_for("admin.sign_in", next=request.full_path.rstrip("?")), 303)


@blueprint.get("/sign-in")
def sign_in() -> str:
    """Show the form."""
    return render_template("admin/sign_in.html", wrong=False, next=_local(request.args.get("next")) or "")


@blueprint.post("/sign-in")
def sign_in_now() -> ResponseReturnValue:
    """Let in who knows the password."""
    email, target = request.form.get("email", "").strip().lower(), _local(request.form.get("next"))
    who = db.session.scalar(sa.select(Staff).where(Staff.email == email))
    right = check_password_hash(who.password_hash if who else NOBODY, request.form.get("password", ""))
    if who is None or not right:
        return render_template("admin/sign_in.html", wrong=True, next=target or ""), 401
    session.clear()
    session["staff"] = who.id
    return redirect(target or url_for("admin.orders"), 303)


@blueprint.post("/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, and with it the one in Vefa's panel."""
    session.clear()
    return redirect(url_for("admin.sign_in"), 303)


@blueprint.get("/")
def orders() -> str:
    """Show the newest orders."""
    newest = db.session.scalars(sa.select(Order).order_by(Order.id.desc()).limit(100)).all()
    return render_template("admin/orders.html", orders=newest, here="orders")


@blueprint.get("/orders/<int:number>")
def order(number: int) -> str:
    """Show one order."""
    return render_template("admin/order.html", order=db.get_or_404(Order, number), here="orders")


@blueprint.post("/orders/<int:number>/shipped")
def shipped(number: int) -> ResponseReturnValue:
    """Mark an order as shipped and tell Vefa."""
    found = db.get_or_404(Order, number)
    if found.shipped_at is None:
        found.shipped_at = now()
        found.tracking_number = request.form.get("tracking_number", "").strip()[:LONGEST] or None
        events.shipped(found)
        db.session.commit()
    return redirect(url_for("admin.order", number=number), 303)


@blueprint.post("/orders/<int:number>/delivered")
def delivered(number: int) -> ResponseReturnValue:
    """Mark an order as delivered and tell Vefa."""
    found = db.get_or_404(Order, number)
    if found.shipped_at is None:
        abort(409)
    if found.delivered_at is None:
        found.delivered_at = now()
        events.delivered(found)
        db.session.commit()
    return redirect(url_for("admin.order", number=number), 303)


@blueprint.get("/promises")
def promises() -> str:
    """Show Vefa's panel below the admin's own head."""
    page = _local(request.args.get("page")) or f"/vefa/{STORE}/"
    if not page.startswith("/vefa/"):
        abort(404)
    return render_template("admin/promises.html", page=page, here="promises")
