"""The configuration of an operator's own Shopify application, ``shopify.app.toml``, as the code needs it.

Source: shopify.dev, "App configuration". Shopify lays the compliance topics down apart from the others.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from vefa.platforms._shopify_install import WANTED
from vefa.platforms._shopify_query import VERSION
from vefa.platforms._shopify_scopes import SCOPES
from vefa.platforms._shopify_topics import COMPLIANCE

NAME = "Vefa"
RECEIVES, OPENS, RETURNS = "/vefa/in/shopify", "/vefa/embed/shopify", "/vefa/in/shopify/callback"


def configuration(public_url: str, client: str) -> str:
    """Return the file; ``public_url`` is Vefa's own address without a trailing slash, ``client`` the client id."""
    return "\n".join(
        [
            f"name = {_text(NAME)}",
            f"client_id = {_text(client)}",
            f"application_url = {_text(public_url + OPENS)}",
            "embedded = true",
            "",
            "[access_scopes]",
            f"scopes = {_text(','.join(SCOPES))}",
            "",
            "[auth]",
            f"redirect_urls = {_list([public_url + RETURNS])}",
            "",
            "[webhooks]",
            f"api_version = {_text(VERSION)}",
            "",
            *_subscription("topics", WANTED, public_url),
            *_subscription("compliance_topics", COMPLIANCE, public_url),
        ]
    )


def _subscription(kind: str, topics: Iterable[str], public_url: str) -> list[str]:
    return [
        "[[webhooks.subscriptions]]",
        f"{kind} = {_list(topics)}",
        f"uri = {_text(public_url + RECEIVES)}",
        "",
    ]


def _list(texts: Iterable[str]) -> str:
    return "[\n" + "".join(f"  {_text(one)},\n" for one in texts) + "]"


def _text(text: str) -> str:
    """Write a basic string of TOML, whose escapes are those of JSON."""
    return json.dumps(text, ensure_ascii=False)
