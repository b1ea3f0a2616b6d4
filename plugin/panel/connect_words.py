"""How a store is connected, step by step, for each platform."""

from __future__ import annotations

from markupsafe import Markup

from vefa.carriers import services
from vefa.locales import mark
from vefa.panel.frame import ltr
from vefa.panel.text import say
from vefa.platforms._shopify_scopes import SCOPES

NAMES = {
    "woocommerce": "WooCommerce",
    "shopify": "Shopify",
    "medusa": "Medusa",
    "saleor": "Saleor",
    "standard": mark("Own software (Standard Webhooks)"),
}
STEPS: dict[str, tuple[str, ...]] = {
    "woocommerce": (
        mark("In WordPress open WooCommerce, Settings, Advanced, Webhooks, and add a webhook."),
        mark("Set its status to Active and choose the topic “Order updated”."),
        mark(
            "Paste the address as the delivery URL and the secret as the secret; the API version is %(version)s."
        ),
        mark(
            "Save it, and do the same with the topics “Order created”, “Order deleted” and “Customer updated”."
        ),
        mark("Change any order. Its event shows up here within a minute."),
    ),
    "shopify": (
        mark("In your Shopify admin open Settings, Notifications, Webhooks."),
        mark(
            "Create a webhook for each of these events, as JSON with the address as its URL: order creation, update, "
            "payment, cancellation and deletion, fulfillment creation and update, refund, customer update."
        ),
        mark("Below the list Shopify shows with which secret it signs. Copy it into the form on this page."),
        mark("Enter the name of your shop beside it, as it ends in %(domain)s."),
        mark("Change any order. Its event shows up here within a minute."),
    ),
    "medusa": (
        mark(
            "Download the package, unpack it beside your application, and add it as %(readme)s in it describes."
        ),
        mark(
            "Write the address and the secret into the options of the package, %(options)s, and start the "
            "application again."
        ),
        mark("Change any order. Its event shows up here within a minute."),
    ),
    "saleor": (
        mark("Enter the domain of your store's interface in the form on this page, such as %(saleor)s."),
        mark(
            "In the Saleor dashboard open Extensions, choose to install one from a manifest, and paste the address."
        ),
        mark(
            "Install it. Saleor brings the key by itself. Change any order, and its event shows up here within a "
            "minute."
        ),
    ),
    "standard": (
        mark("Let your software send every event by POST to the address, as JSON."),
        mark("Sign each one with the secret by the Standard Webhooks scheme: %(headers)s."),
        mark(
            "Send what happened to orders, parcels, returns and reviews under a steady id; a repetition does no harm."
        ),
        mark(
            "Send an event again until it is answered with %(status)s. The first one shows up here at once."
        ),
    ),
}
# Where a merchant finds what lets Vefa ask the shop.
ACCESS: dict[str, tuple[str, ...]] = {
    "woocommerce": (
        mark("In WordPress open WooCommerce, Settings, Advanced, REST API, and add a key."),
        mark("Choose the permission Read/Write, so that Vefa can set up the webhooks, and generate the key."),
        mark("Copy its two parts into this form. WordPress shows them only once."),
    ),
    "medusa": (
        mark("In the Medusa admin open Settings, Secret API Keys, and create a key."),
        mark("Copy it into this form, with the address of the Medusa server, not of the storefront."),
    ),
    "shopify": (
        mark(
            "In Shopify's %(dashboard)s create an application, give it the permissions %(scopes)s, and install it in "
            "your shop."
        ),
        mark(
            "Copy the client ID and the secret from the settings of the application into this form. Vefa gets a "
            "token with them, and a new one every day."
        ),
        mark(
            "If the application was made in your shop's admin, it shows an access token. Enter it together with the "
            "application's secret."
        ),
    ),
    "saleor": (mark("Installing Vefa as an app, in step 2, brings the key. Here is nothing to enter."),),
}
ANY = (mark("Give your platform the address and the secret. Its first event shows up here."),)
# Names that are written alike in every language.
GIVEN = {
    "version": "WP REST API v3",
    "status": "200",
    "readme": "README.md",
    "options": "options: { address, secret }",
    "domain": ".myshopify.com",
    "dashboard": "Dev Dashboard",
    "scopes": ", ".join(SCOPES),
    "saleor": "store.example.com",
    "headers": "webhook-id, webhook-timestamp, webhook-signature",
}


def steps(platform: str) -> list[Markup]:
    """Return what to do next, step by step."""
    return _said(STEPS.get(platform, ANY))


def access_steps(platform: str) -> list[Markup]:
    """Return where the merchant finds what lets Vefa ask the shop, step by step."""
    return _said(ACCESS.get(platform, ()))


def _said(listed: tuple[str, ...]) -> list[Markup]:
    given = {name: ltr(text) for name, text in GIVEN.items()}
    return [say(step, **given) for step in listed]


def name_of(platform: str) -> Markup:
    """Return what a platform or a tracking service is called."""
    service = services().get(platform)
    return say(NAMES.get(platform, service.describe().title if service else platform))
