"""How a customer's page is made: the store's name and colour around it, the way to a person below it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from flask import render_template, request, url_for
from markupsafe import Markup

from vefa.locales import Language
from vefa.pages.text import Text
from vefa.pages.visit import Visit, offered
from vefa.stores.store import Store

LONGEST_WORDS = 4_000
# What an address may carry over to the same page in another language.
KEPT = ("score", "about", "change", "done")


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into a form that could not be taken, what is wrong at which field, and with the form itself."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Markup] = field(default_factory=dict)
    notice: Markup | None = None

    def get(self, name: str, default: str = "") -> str:
        """Return what was typed into a field."""
        return self.values.get(name, default)


NOTHING_TYPED = Typed()


def render(template: str, visit: Visit, *, typed: Typed = NOTHING_TYPED, **values: Any) -> str:
    """Return a page behind a link."""
    here = {"visit": visit, "scopes": visit.link.scope.__class__, "typed": typed, "order": visit.order}
    return render_template(f"pages/{template}", **frame(visit.store, visit.text), **(here | values))


def frame(store: Store, text: Text) -> dict[str, Any]:
    """Return what every page of a store needs: its words, its name, its languages, and how a person is reached."""
    return text.functions() | {
        "store": store,
        "language": text.language,
        "languages": [(one, _in(one)) for one in offered(store)],
        "brand": url_for("pages.brand", slug=store.slug, v=_digest(store.brand_colour)),
        "policy": url_for("pages.policy", slug=store.slug, language=text.language.tag),
        "dialled": dialled(store.phone or ""),
    }


def _in(language: Language) -> str:
    """Return the address of this page in another language."""
    query: dict[str, Any] = {name: request.args[name] for name in KEPT if name in request.args}
    return url_for(request.endpoint or "", **(request.view_args or {}), **query, language=language.tag)


def _digest(colour: str) -> str:
    return hashlib.sha256(colour.encode()).hexdigest()[:8]


def dialled(phone: str) -> str:
    """Return a number as a telephone dials it."""
    return "".join(
        str(int(sign)) if sign.isdecimal() else sign for sign in phone if sign.isdecimal() or sign == "+"
    )


def words(typed: str) -> str:
    """Return what somebody wrote with plain line ends and without control characters."""
    kept = "".join(
        sign for sign in typed.replace("\r\n", "\n") if sign == "\n" or sign.isprintable() or sign == "\u200c"
    )
    return "\n".join(line.rstrip() for line in kept.splitlines()).strip()
