"""What the parts of the program are called by people."""

from __future__ import annotations

from vefa.locales import Language, mark

PARTS = {
    "orders": mark("Orders"),
    "lateness": mark("Late deliveries"),
    "tracking": mark("Parcel tracking"),
    "feedback": mark("Answers and reviews"),
    "cases": mark("Cases"),
    "returns": mark("Returns"),
    "outreach": mark("Outreach"),
    "send": mark("Sending messages"),
    "notices": mark("Notices to the team"),
    "staff_mail": mark("Letters to the team"),
    "imports": mark("Imports"),
    "fetch": mark("Asking the shop"),
    "feeds": mark("Watching the feeds"),
}
PLATFORMS = {
    "woocommerce": "WooCommerce",
    "shopify": "Shopify",
    "medusa": "Medusa",
    "saleor": "Saleor",
    "standard": mark("Own software (Standard Webhooks)"),
}


def name_of(package: str, language: Language) -> str:
    """Return what a part is called; one that has no name for people is called as the program calls it."""
    return language.gettext(PARTS[package]) if package in PARTS else language.isolate(package)


def platform_name(platform: str, language: Language) -> str:
    """Return what a platform is called; one without a name for people is called as the program calls it."""
    return language.isolate(language.gettext(PLATFORMS[platform]) if platform in PLATFORMS else platform)
