"""The store's rules in plain words, for everybody to read."""

from __future__ import annotations

from flask import render_template

from vefa import clock
from vefa.pages.page import frame
from vefa.pages.text import Text
from vefa.pages.visit import language_of, reading, store_of
from vefa.policy import book
from vefa.policy.words import in_plain_words


def show(slug: str, wanted: str | None) -> str:
    """Show the version of the policy that is in force; ``wanted`` is what the browser asks for."""
    with reading() as connection:
        store, _ = store_of(connection, slug)
        published = book.in_force(connection, store)
    language = language_of(store, wanted)
    return render_template(
        "pages/policy.html",
        sections=in_plain_words(published.policy, language.tag, store),
        published=published,
        **frame(store, Text(language, store.zone, clock.now())),
    )
