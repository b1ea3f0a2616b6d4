"""The configuration of an operator's Shopify application says what the code needs, as Shopify wants it written."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import CliRunner

from vefa.cli import vefa
from vefa.extension import create_app
from vefa.manifest.permissions import SCOPES
from vefa.platforms import _shopify_app as app
from vefa.platforms import platforms

HERE, CLIENT = "https://vefa.example", "0123456789abcdef0123456789abcdef"
COMPLIANCE = ["customers/data_request", "customers/redact", "shop/redact"]


def is_address(value: Any) -> bool:
    return isinstance(value, str) and value.startswith(f"{HERE}/vefa/")


def are_topics(value: Any) -> bool:
    return (
        isinstance(value, list)
        and all(re.fullmatch(r"[a-z_]+/[a-z_]+", one) for one in value)
        and bool(value)
    )


# Each key that the file may have, with what Shopify's command line accepts there.
SHAPE: dict[str, Callable[[Any], bool]] = {
    "name": lambda value: isinstance(value, str) and 0 < len(value) <= 30,
    "client_id": lambda value: value == CLIENT,
    "application_url": is_address,
    "embedded": lambda value: value is True,
    "access_scopes.scopes": lambda value: bool(re.fullmatch(r"read_\w+(,read_\w+)*", value)),
    "auth.redirect_urls": lambda value: bool(value) and all(map(is_address, value)),
    "webhooks.api_version": lambda value: bool(re.fullmatch(r"20\d\d-(01|04|07|10)", value)),
    "webhooks.subscriptions.topics": are_topics,
    "webhooks.subscriptions.compliance_topics": lambda value: value == COMPLIANCE,
    "webhooks.subscriptions.uri": is_address,
}


def leaves(document: Any, path: str = "") -> list[tuple[str, Any]]:
    if isinstance(document, dict):
        return [
            leaf for name, value in document.items() for leaf in leaves(value, f"{path}.{name}".lstrip("."))
        ]
    if isinstance(document, list) and document and isinstance(document[0], dict):
        return [leaf for one in document for leaf in leaves(one, path)]
    return [(path, document)]


@pytest.fixture
def printed(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.setenv("VEFA_PUBLIC_URL", HERE)
    monkeypatch.setenv("VEFA_SHOPIFY_CLIENT_ID", CLIENT)
    result = CliRunner().invoke(vefa, ["manifest", "shopify"])
    assert result.exit_code == 0, result.output
    return tomllib.loads(result.output)


def test_every_key_is_one_that_shopify_takes(printed: dict[str, Any]) -> None:
    found = leaves(printed)
    assert {path for path, _ in found} == set(SHAPE)
    for path, value in found:
        assert SHAPE[path](value), (path, value)


def test_every_topic_that_is_read_is_asked_for(printed: dict[str, Any]) -> None:
    subscriptions = printed["webhooks"]["subscriptions"]
    asked = [topic for one in subscriptions for name in one if name.endswith("topics") for topic in one[name]]
    read = set(platforms()["shopify"].describe().topics)
    assert len(asked) == len(set(asked)) and set(asked) == read - {"order.fetched"}
    assert [set(one) for one in subscriptions] == [{"topics", "uri"}, {"compliance_topics", "uri"}]


def test_no_more_is_asked_than_the_topics_need(printed: dict[str, Any]) -> None:
    assert set(printed["access_scopes"]["scopes"].split(",")) == set(SCOPES["shopify"])


def test_every_address_is_one_that_answers(printed: dict[str, Any]) -> None:
    rules = {str(rule): rule.methods or set() for rule in create_app().url_map.iter_rules()}
    assert {"GET", "POST"} <= rules["/vefa/embed/<platform>"] | {"GET"}
    assert any(rule == app.RETURNS for rule in rules)
    assert "POST" in rules["/vefa/in/<platform>"]


@pytest.mark.parametrize(
    ("name", "value"), [("VEFA_SHOPIFY_CLIENT_ID", ""), ("VEFA_PUBLIC_URL", "http://127.0.0.1:8000")]
)
def test_what_is_not_set_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv("VEFA_PUBLIC_URL", HERE)
    monkeypatch.setenv("VEFA_SHOPIFY_CLIENT_ID", CLIENT)
    monkeypatch.setenv(name, value)
    result = CliRunner().invoke(vefa, ["manifest", "shopify"])
    assert result.exit_code != 0 and name in str(result.output) + str(result.exception)
