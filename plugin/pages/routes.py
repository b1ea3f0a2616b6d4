"""The addresses of the customer's pages; the scope inside a link picks the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from vefa.customers.link import Scope
from vefa.locales import mark
from vefa.outreach.colour import readable
from vefa.pages import (
    ask_return,
    conversation,
    faults,
    feedback,
    from_shop,
    headers,
    nonce,
    person,
    preferences,
    public_policy,
    records,
    status,
)
from vefa.pages.page import Typed
from vefa.pages.visit import Visit, enter, reading, store_of

FORM_LIMIT = 64 * 1024
LIGHT, DARK = "#f2f3f6", "#20232a"
WHITE = "#ffffff"

STALE = mark(
    "This page was open for too long, so nothing was sent. Please look at it once more and send it again."
)
TOO_MANY = mark(
    "You have sent many messages within an hour. This one was not sent; please send it a little later."
)

blueprint = Blueprint("pages", __name__, url_prefix="/vefa/c/<slug>")
blueprint.after_request(headers.protect)
faults.register(blueprint)


@dataclass(frozen=True, slots=True)
class Page:
    """One page: how it is shown, and what its form does."""

    show: Callable[[Visit, Typed], str]
    take: Callable[[Visit, Mapping[str, str]], ResponseReturnValue]


PAGES: Mapping[Scope, Page] = {
    Scope.STATUS: Page(status.show, status.take),
    Scope.FEEDBACK: Page(feedback.show, feedback.take),
    Scope.PERSON: Page(person.show, person.take),
    Scope.RETURN: Page(ask_return.show, ask_return.take),
    Scope.CASE: Page(conversation.show, conversation.take),
    Scope.PREFERENCES: Page(preferences.show, preferences.take),
}


@blueprint.before_request
def bound() -> None:
    """Refuse a form that is too large."""
    request.max_content_length = FORM_LIMIT


@blueprint.get("/<token>")
def show(slug: str, token: str) -> ResponseReturnValue:
    """Show the page of a link; nothing changes by looking at it."""
    visit = enter(slug, token)
    return PAGES[visit.link.scope].show(visit, Typed())


@blueprint.post("/<token>")
def take(slug: str, token: str) -> ResponseReturnValue:
    """Take the form of a link's page."""
    visit = enter(slug, token)
    page, scope = PAGES[visit.link.scope], visit.link.scope
    form = request.form.to_dict()
    if scope is Scope.PREFERENCES and form.get("List-Unsubscribe") == "One-Click":
        return preferences.unsubscribe_at_once(visit)
    if not nonce.is_good(form.get("form", ""), visit.key, token, scope.value, visit.real_now):
        return page.show(visit, Typed(form, notice=visit.text.say(STALE))), 400
    with reading() as connection:
        full = records.too_many(connection, visit.store.id, visit.link.holder, visit.real_now)
    if full:
        return page.show(visit, Typed(form, notice=visit.text.say(TOO_MANY))), 429
    return page.take(visit, form)


@blueprint.get("/woocommerce")
def from_woocommerce(slug: str) -> ResponseReturnValue:
    """Lead a customer from an order in the shop's account pages to its page here."""
    return from_shop.open_order(slug)


@blueprint.get("/policy")
def policy(slug: str) -> str:
    """Show the store's rules in plain words, to everybody."""
    return public_policy.show(slug, request.headers.get("Accept-Language"))


@blueprint.get("/brand.css")
def brand(slug: str) -> Response:
    """Answer with the store's colour, darkened or lightened until it can be read on the page's grounds."""
    with reading() as connection:
        store, _ = store_of(connection, slug)
    colour = store.brand_colour
    sheet = (
        f":root {{ --p-brand: light-dark({readable(colour, LIGHT)}, {readable(colour, DARK)}); "
        f"--p-brand-solid: {readable(colour, WHITE)}; }}\n"
    )
    answer = Response(sheet, headers={"Content-Type": "text/css; charset=utf-8"})
    answer.headers["Cache-Control"] = "public, max-age=86400"
    return answer
