"""What stands around every screen: the places to go, and the languages and themes to choose from."""

from __future__ import annotations

from flask import Flask
from markupsafe import Markup

from vefa import locales
from vefa.locales import mark
from vefa.panel import visit
from vefa.panel.state import name_staff
from vefa.staff.account import Theme

PLACES = (
    ("today", "sun", mark("Today")),
    ("deliveries", "truck-delivery", mark("Deliveries")),
    ("complaints", "message-2", mark("Complaints")),
    ("returns", "arrow-back-up", mark("Returns")),
    ("customers", "users", mark("Customers")),
    ("policy", "scale", mark("Policy")),
    ("outreach", "send", mark("Outreach")),
    ("settings", "settings", mark("Settings")),
)
THEMES = (
    (Theme.AUTO, "device-desktop", mark("Like the device")),
    (Theme.LIGHT, "sun", mark("Light")),
    (Theme.DARK, "moon", mark("Dark")),
)


def offered_languages() -> list[tuple[str, str]]:
    """Return tag and own name of every language that the panel speaks."""
    return [(tag, locales.get(tag).name) for tag in locales.languages()]


def ltr(text: str) -> Markup:
    """Return an identifier as markup that reads from left to right in every language."""
    return Markup('<bdi dir="ltr">{}</bdi>').format(text)


def free(text: str) -> Markup:
    """Return a name or other free text as markup that keeps its own direction."""
    return Markup("<bdi>{}</bdi>").format(text)


def register(app: Flask) -> None:
    """Give the templates what they need for the frame."""
    app.jinja_env.globals.update(
        places=PLACES,
        themes=THEMES,
        offered_languages=offered_languages,
        ltr=ltr,
        free=free,
        allowed=visit.allowed,
        own_sign_in=lambda: name_staff() is None,
    )
