"""Who signed a request of Saleor's, which shop it names, and which event it is."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.build import HOUR, START, on
from tests.saleor import DOMAIN, captured, event, hmac_headers, jwks, signing_key

from vefa import key_sets
from vefa.errors import SignatureError, StaleKeysError
from vefa.platforms import Incoming
from vefa.platforms.saleor import Saleor

PLATFORM = Saleor()
BODY = json.dumps(event()).encode()
FIRST, SECOND = signing_key("K1"), signing_key("K2")
KEYS = [json.dumps(jwks(FIRST))]


def test_a_published_key_signs() -> None:
    PLATFORM.verify(Incoming(FIRST.headers(BODY), BODY), ["a secret beside it", *KEYS], START)


@pytest.mark.parametrize(
    ("first", "body"),
    [
        ({"alg": "HS256"}, BODY),
        ({"alg": "none"}, BODY),
        ({"b64": True}, BODY),
        ({"crit": []}, BODY),
        ({"crit": ["b64", "exp"]}, BODY),
        ({"kid": None}, BODY),
        ({"kid": ["K1"]}, BODY),
        ({}, BODY + b" "),
        ({}, b""),
    ],
)
def test_nothing_else_signs(first: dict[str, Any], body: bytes) -> None:
    with pytest.raises(SignatureError):
        PLATFORM.verify(Incoming(FIRST.headers(BODY, **first), body), KEYS, START)


@pytest.mark.parametrize("given", ["..", "a.b.c", "é..é", ".", f"{'A' * 9000}..A", "e30..e30", "bm8..bm8"])
def test_what_is_no_signature_is_refused(given: str) -> None:
    with pytest.raises(SignatureError):
        PLATFORM.verify(Incoming({"saleor-signature": given}, BODY), KEYS, START)


def test_another_keys_signature_under_a_known_name_is_refused() -> None:
    forged = Incoming(SECOND.headers(BODY, kid="K1"), BODY)
    with pytest.raises(SignatureError) as caught:
        PLATFORM.verify(forged, KEYS, START)
    assert not isinstance(caught.value, StaleKeysError)


@pytest.mark.parametrize("secrets", [[], KEYS, ["hush"]])
def test_an_unknown_key_may_be_a_new_one(secrets: list[str]) -> None:
    with pytest.raises(StaleKeysError):
        PLATFORM.verify(Incoming(SECOND.headers(BODY), BODY), secrets, START)


def test_a_document_of_keys_is_no_secret() -> None:
    with pytest.raises(SignatureError):
        PLATFORM.verify(Incoming(hmac_headers(BODY, KEYS[0]), BODY), KEYS, START)


def test_keys_that_went_count_for_an_hour() -> None:
    secrets = key_sets.renewed(["hush", *KEYS], json.dumps(jwks(SECOND)), START)
    assert secrets[0] == "hush" and len(secrets) == 2
    old, new = (Incoming(key.headers(BODY), BODY) for key in (FIRST, SECOND))
    for now in (START, START + HOUR - timedelta(seconds=1), START + HOUR):
        PLATFORM.verify(new, secrets, now)
    PLATFORM.verify(old, secrets, START + HOUR - timedelta(seconds=1))
    with pytest.raises(StaleKeysError):
        PLATFORM.verify(old, secrets, START + HOUR)


@pytest.mark.parametrize(
    ("headers", "account"),
    [
        ({"saleor-api-url": "https://Shop.Example.com/graphql/"}, "shop.example.com"),
        ({"saleor-api-url": f"http://{DOMAIN}/graphql/", "saleor-domain": "another.example"}, DOMAIN),
        ({"saleor-domain": "shop.example.com"}, "shop.example.com"),
        ({"saleor-api-url": "https://user:word@shop.example.com/graphql/"}, None),
        ({"saleor-api-url": "http://[::1/graphql/"}, None),
        ({"saleor-domain": "no domain"}, None),
        ({}, None),
    ],
)
def test_the_shop_is_named_by_its_interface(headers: dict[str, str], account: str | None) -> None:
    assert PLATFORM.account(Incoming(headers, BODY)) == account


def test_a_repetition_is_known_and_the_unsigned_header_is_not_believed() -> None:
    keys = {
        PLATFORM.identify(Incoming({"saleor-event": name}, BODY), at).key
        for name, at in (("order_updated", START), ("order_deleted", on(1)))
    }
    assert len(keys) == 1
    (one,) = [
        one
        for one in captured()
        if one.event == "fulfillment_tracking_number_updated" and b"0025" in one.body
    ]
    named = PLATFORM.identify(Incoming({}, one.body), START)
    assert (named.topic, named.sent_at is not None) == ("fulfillment_tracking_number_updated", True)
