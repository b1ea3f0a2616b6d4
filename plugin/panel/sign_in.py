"""The way in and out: by password, once by link, and the choice among several stores."""

from __future__ import annotations

from flask import redirect, render_template, request, session, url_for
from flask.typing import ResponseReturnValue

from vefa.database import db
from vefa.insights.watched import not_watched
from vefa.locales import mark
from vefa.panel import assets, by_host, visit
from vefa.panel.blueprints import entrance, inside
from vefa.panel.state import state
from vefa.staff import enter, invite, passwords, session_records
from vefa.staff.account import LinkPurpose
from vefa.staff.enter import Entry, Refusal
from vefa.stores import listing
from vefa.stores.records import by_id
from vefa.turns import writing

entrance.add_url_rule("/-/<version>/<path:name>", view_func=assets.serve)

# Of so many stores, and not of every one, the list says whether they are watched.
MOST_STORES = 50
WHY = {
    Refusal.WRONG: mark("The e-mail address and the password do not belong together."),
    Refusal.TOO_MANY: mark("Too many attempts failed. Wait 15 minutes and try again."),
    Refusal.PASSWORD_UNFIT: mark("This password is too short or too long."),
}


def _let_in(entry: Entry, target: str | None) -> ResponseReturnValue:
    session.clear()
    session["token"] = entry.session
    session.permanent = True
    return redirect(target or url_for("entrance.home"), 303)


def _today(store_id: int | None) -> str | None:
    if store_id is None:
        return None
    with visit.reading() as connection:
        return url_for("panel.today", slug=by_id(connection, store_id).slug)


@entrance.get("/")
def home() -> ResponseReturnValue:
    """Lead to the only store of the visitor, or show the several."""
    who = visit.account()
    if who is None:
        return by_host.to_sign_in(None)
    numbers = by_host.stores_of(who)
    with visit.reading() as connection:
        mine = listing.some(connection, sorted(numbers))
        unwatched = not_watched(connection, mine[:MOST_STORES], visit.now())
    if len(mine) == 1:
        return redirect(url_for("panel.today", slug=mine[0].slug), 303)
    return render_template("panel/stores.html", stores=mine, not_watched=unwatched)


@entrance.get("/sign-in")
def sign_in() -> ResponseReturnValue:
    """Show the form that asks for e-mail address and password."""
    if visit.account():
        return redirect(inside(request.args.get("next")) or url_for("entrance.home"), 303)
    return render_template("panel/sign_in.html", why=None, next=inside(request.args.get("next")), email="")


@entrance.post("/sign-in")
def sign_in_now() -> ResponseReturnValue:
    """Let in whoever knows the password."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    target = inside(request.form.get("next"))
    outcome = enter.by_password(db.engine, email, password, visit.address(), now=visit.real_now())
    if isinstance(outcome, Entry):
        return _let_in(outcome, target)
    status = 429 if outcome is Refusal.TOO_MANY else 401
    return render_template("panel/sign_in.html", why=WHY[outcome], next=target, email=email), status


@entrance.get("/sign-in/forgot")
def forgot() -> ResponseReturnValue:
    """Ask for the e-mail address of whoever forgot their password."""
    return render_template("panel/forgot.html", asked=False)


@entrance.post("/sign-in/forgot")
def forgot_now() -> ResponseReturnValue:
    """Write to the address if an account has it; the answer is the same for every address."""
    email = request.form.get("email", "")[:320]
    program = state()
    invite.send_reset(
        db.engine,
        program.master,
        program.settings.public_url,
        email,
        visit.address(),
        now=visit.now(),
        real_now=visit.real_now(),
    )
    return render_template("panel/forgot.html", asked=True)


@entrance.get("/sign-in/<secret>")
def link(secret: str) -> ResponseReturnValue:
    """Show what the link lets its holder do; it stays unused."""
    return _link_page(secret)


def _link_page(secret: str, refused: Refusal | None = None, name: str = "") -> ResponseReturnValue:
    with visit.reading() as connection:
        found = session_records.link_of(connection, secret, now=visit.real_now())
        if found is None:
            return render_template("panel/link_gone.html"), 404
        store = by_id(connection, found.store_id)
    invited = found.purpose is LinkPurpose.INVITATION
    page = "panel/join.html" if invited and found.has_password else "panel/choose_password.html"
    text = render_template(
        page,
        why=WHY[refused] if refused else None,
        link=found,
        store=store if invited else None,
        name=name,
        shortest=passwords.SHORTEST,
    )
    return text, 400 if refused else 200


@entrance.post("/sign-in/<secret>")
def use_link(secret: str) -> ResponseReturnValue:
    """Keep the chosen password and let its owner in; or let an account that has one join a store."""
    given = request.form
    if "join" in given:
        joined = enter.join_by_link(db.engine, secret, now=visit.real_now())
        if isinstance(joined, Refusal):
            return _link_page(secret)
        return redirect(url_for("entrance.home"), 303)
    name = " ".join(given.get("name", "").split())[:200]
    outcome = enter.by_link(db.engine, secret, given.get("password", ""), name=name, now=visit.real_now())
    if isinstance(outcome, Entry):
        return _let_in(outcome, _today(outcome.store_id))
    return _link_page(secret, outcome if outcome in WHY else None, name)


@entrance.post("/-/sign-out")
def sign_out() -> ResponseReturnValue:
    """End the session, here and in the database."""
    secret = session.get("token")
    if secret:
        with writing(db.engine) as connection:
            session_records.end_session(connection, secret)
    session.clear()
    return redirect(url_for("entrance.sign_in"), 303)
