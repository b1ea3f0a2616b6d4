"""The merchant's panel: one module a screen, and what the screens share."""

from __future__ import annotations

from importlib import import_module

from flask import Flask

SCREENS = (
    "sign_in",
    "preferences",
    "today",
    "promised",
    "customers",
    "customer",
    "customer_copy",
    "deliveries",
    "complaints",
    "case",
    "returns",
    "one_return",
    "messages",
    "policy",
    "policy_edit",
    "policy_try",
    "outreach",
    "specimen",
    "settings",
    "settings_connections",
    "connect",
    "settings_feeds",
    "settings_tracking",
    "imports",
    "one_import",
    "companion",
    "settings_delivery",
    "settings_statuses",
    "settings_calendar",
    "settings_brand",
    "settings_sending",
    "team",
    "account",
    "embed_acts",
    "digest",
    "new_store",
)


def register(app: Flask) -> None:
    """Give an application every screen of the panel, its words, its headers and its error pages."""
    from vefa.panel import (
        blueprints,
        demonstration,
        embed,
        embedded,
        fact_words,
        faults,
        feed_words,
        headers,
        shopify_app,
        text,
        today,
        watched,
    )

    for screen in SCREENS:
        import_module(f"vefa.panel.{screen}")
    blueprints.csrf.init_app(app)
    text.register(app)
    embedded.register(app)
    fact_words.register(app)
    today.register(app)
    faults.register(app)
    feed_words.register(app)
    watched.register(app)
    app.register_blueprint(blueprints.entrance)
    app.register_blueprint(embed.embed)
    app.register_blueprint(shopify_app.shopify_app)
    app.register_blueprint(blueprints.panel)
    demonstration.register(app)
    app.after_request(headers.protect)
