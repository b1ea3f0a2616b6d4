"""The contract that every platform fulfils; a new one joins by being found."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import saleor
from tests.build import SECRET, START, placed, sign, snapshot

from vefa.database import dump_json
from vefa.errors import SignatureError, UnreadableError
from vefa.facts import digest
from vefa.platforms import Context, Incoming, Platform, Reading, platforms

NOW = datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC)


def _signed_standard(body: bytes, secret: str) -> dict[str, str]:
    return {name.lower(): value for name, value in sign(body, NOW, secret).items()}


def _signed_woocommerce(body: bytes, secret: str) -> dict[str, str]:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {"x-wc-webhook-signature": signature, "x-wc-webhook-topic": "order.updated"}


def _signed_shopify(body: bytes, secret: str) -> dict[str, str]:
    signature = base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()
    return {
        "x-shopify-hmac-sha256": signature,
        "x-shopify-topic": "orders/updated",
        "x-shopify-event-id": hashlib.sha256(body).hexdigest(),
        "x-shopify-triggered-at": NOW.isoformat(),
        "x-shopify-shop-domain": "a-shop.myshopify.com",
    }


@dataclass(frozen=True)
class Sender:
    """How a platform's sender signs, an order as it writes it, and the header and topic of an order that changed."""

    sign: Any
    document: dict[str, Any]
    total: list[str]
    topic: str = "order.updated"


SENDERS = {
    "standard": Sender(_signed_standard, placed(total="10.50", currency="EUR"), ["data", "order", "total"]),
    "woocommerce": Sender(
        _signed_woocommerce, snapshot("processing", START, total="10.50", currency="EUR"), ["total"]
    ),
    "shopify": Sender(
        _signed_shopify,
        {"id": 1, "updated_at": START.isoformat(), "total_price": "10.50", "currency": "EUR"},
        ["total_price"],
        "orders/updated",
    ),
    "medusa": Sender(
        _signed_standard,
        {
            "event": "order.updated",
            "order": {"id": "1", "updated_at": START.isoformat(), "total": "10.50", "currency_code": "eur"},
        },
        ["order", "total"],
    ),
    "saleor": Sender(
        saleor.hmac_headers,
        saleor.event(order=saleor.order(total=saleor.money("10.50"))),
        ["order", "total", "gross", "amount"],
        "order_updated",
    ),
}
PLATFORMS = sorted(platforms())
# Headers beside the signature, which nobody signs.
UNSIGNED = (
    "x-wc-webhook-topic", "x-shopify-topic", "x-shopify-event-id", "x-shopify-triggered-at", "x-shopify-shop-domain",
    *saleor.unsigned(),
)  # fmt: skip
OTHER = "whsec_" + base64.b64encode(b"another secret altogether").decode()


def test_every_platform_has_a_sender_here() -> None:
    assert sorted(SENDERS) == PLATFORMS


@pytest.fixture(params=PLATFORMS)
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def platform(name: str) -> Platform:
    return platforms()[name]


@pytest.fixture
def incoming(name: str) -> Incoming:
    body = json.dumps(SENDERS[name].document).encode()
    return Incoming(SENDERS[name].sign(body, SECRET), body)


def reading(platform: Platform, document: Any) -> Reading:
    body = document if isinstance(document, bytes) else json.dumps(document).encode()
    return platform.read(body, Context("key", SENDERS[platform.name].topic, NOW))


def changed(document: Any, path: list[str], value: Any) -> Any:
    if not path:
        return value
    return document | {path[0]: changed(document[path[0]], path[1:], value)}


def test_its_name_is_its_address(name: str, platform: Platform) -> None:
    assert platform.name == name


@pytest.mark.parametrize("secrets", [[SECRET], [OTHER, SECRET], [SECRET, OTHER]])
def test_any_of_the_secrets_signs(platform: Platform, incoming: Incoming, secrets: list[str]) -> None:
    platform.verify(incoming, secrets, NOW)


@pytest.mark.parametrize("secrets", [[], [OTHER], ["not base64, nor ASCII: ş"]])
def test_no_other_secret_signs(platform: Platform, incoming: Incoming, secrets: list[str]) -> None:
    with pytest.raises(SignatureError):
        platform.verify(incoming, secrets, NOW)


def test_every_byte_is_signed(platform: Platform, incoming: Incoming) -> None:
    for place in range(len(incoming.body)):
        body = bytearray(incoming.body)
        body[place] ^= 0x20
        with pytest.raises(SignatureError):
            platform.verify(replace(incoming, body=bytes(body)), [SECRET], NOW)
    for body in (b"", incoming.body + b" ", incoming.body[:-1]):
        with pytest.raises(SignatureError):
            platform.verify(replace(incoming, body=body), [SECRET], NOW)


def test_every_header_of_the_signature_counts(name: str, platform: Platform, incoming: Incoming) -> None:
    for header in incoming.headers:
        if header == "content-type" or header in UNSIGNED:
            continue
        for value in (None, "", "v1,", "x", "é", incoming.headers[header] + "0"):
            headers = {k: v for k, v in incoming.headers.items() if k != header}
            with pytest.raises(SignatureError):
                platform.verify(
                    Incoming(headers if value is None else headers | {header: value}, incoming.body),
                    [SECRET],
                    NOW,
                )


def test_what_is_signed_is_no_ping(platform: Platform, incoming: Incoming) -> None:
    assert not platform.is_ping(incoming)


def test_an_event_told_again_is_the_same_event(platform: Platform, incoming: Incoming) -> None:
    again = platform.identify(incoming, NOW + timedelta(hours=5))
    assert platform.identify(incoming, NOW) == again
    assert again.key.startswith(f"{platform.name}:")


def test_another_event_is_another_event(name: str, platform: Platform, incoming: Incoming) -> None:
    document = changed(SENDERS[name].document, SENDERS[name].total, "10.51") | {"id": "2"}
    body = json.dumps(document).encode()
    other = Incoming(SENDERS[name].sign(body, SECRET), body)
    assert platform.identify(incoming, NOW).key != platform.identify(other, NOW).key


def test_facts_carry_key_and_receipt(platform: Platform, incoming: Incoming) -> None:
    (fact,) = reading(platform, incoming.body).facts
    assert (fact.key, fact.learned_at, fact.at) == ("key", NOW, START)
    assert fact.subject == f"order:{platform.name}:1"
    assert all(isinstance(one, str) for one in fact.values)


@pytest.mark.parametrize(
    ("written", "read"),
    [("10.50", "10.50"), (10.5, "10.5"), (10, "10"), ("1e3", "1000"), ("0.10", "0.10"), ("-3", "-3")],
)
def test_money_is_text_with_a_dot(name: str, platform: Platform, written: Any, read: str) -> None:
    (fact,) = reading(platform, changed(SENDERS[name].document, SENDERS[name].total, written)).facts
    assert fact.values["total"] == read


@pytest.mark.parametrize(
    "amount", ["10,50", "NaN", "Infinity", "", "1e999", "1e-999999999", "1e999999999", True, [], {}, "9" * 41]
)
def test_what_is_no_money_cannot_be_read(name: str, platform: Platform, amount: Any) -> None:
    with pytest.raises(UnreadableError, match="total"):
        reading(platform, changed(SENDERS[name].document, SENDERS[name].total, amount))


UNREADABLE = [
    b"",
    b"{",
    b"[]",
    b"null",
    b'"text"',
    b"\xff\xfe\x00",
    b'{"id": "\\ud800"}',
    b'{"id": "\xed\xa0\x80"}',
    b"[" * 5000,
    b'{"a":' * 5000,
    b'{"id": ' + b"9" * 5000 + b"}",
    b"{}",
    b'{"id": null}',
]


@pytest.mark.parametrize("body", UNREADABLE, ids=lambda body: repr(body[:16]))
def test_what_cannot_be_read_says_so_and_has_a_name(platform: Platform, body: bytes) -> None:
    assert platform.identify(Incoming({}, body), NOW).key.encode()
    with pytest.raises(UnreadableError) as caught:
        reading(platform, body)
    assert str(caught.value).endswith(".")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def _paths(document: Any, path: tuple[str, ...] = ()) -> list[list[str]]:
    inner = document.items() if isinstance(document, dict) else ()
    return [list(path)] * bool(path) + [
        found for key, value in inner for found in _paths(value, (*path, key))
    ]


def survives(platform: Platform, body: bytes, topic: str) -> None:
    """Check that a body is read or refused, and that what it says can be kept."""
    named = ("x-wc-webhook-topic", "x-shopify-topic", "saleor-event")
    identity = platform.identify(Incoming(dict.fromkeys(named, topic), body), NOW)
    assert len(identity.key.encode()) <= 1000 and len(identity.topic) <= 100
    try:
        said = platform.read(body, Context(identity.key, topic, NOW))
    except UnreadableError:
        return
    for fact in said.facts:
        assert fact.subject.removeprefix(f"order:{platform.name}:") not in ("", "None")
        assert json.loads(dump_json(fact.values)) == fact.values and digest(fact.values)
    for one in said.personal:
        dump_json(one.values).encode()
    for wish in said.asked:
        dump_json([wish.holder, wish.subjects, wish.email, wish.phone]).encode()


def test_it_describes_each_topic_once(platform: Platform) -> None:
    described = platform.describe()
    assert described.topics and not described.topics.keys() & described.ignored.keys()
    for said in (*described.topics.values(), *described.ignored.values()):
        assert said.endswith(".") and said[0].isupper()
    assert described.personal and described.headers
    assert all(name == name.lower() for name in described.headers)


def test_what_it_passes_over_says_nothing(platform: Platform) -> None:
    """What is ignored is really ignored; WooCommerce names events beneath what it reads, such as order.x."""
    if platform.name == "standard":
        return
    for topic in platform.describe().ignored:
        said = platform.read(b'{"id": 1}', Context("key", topic, NOW))
        assert said == Reading()


def test_the_headers_it_names_are_those_it_needs(name: str, platform: Platform, incoming: Incoming) -> None:
    assert set(platform.describe().headers) <= set(incoming.headers)


TOPICS = st.sampled_from(
    (
        "order.updated", "order.created", "order.deleted", "customer.updated", "action.x", "", "order",
        *sorted(platforms()["shopify"].describe().topics), *sorted(platforms()["saleor"].describe().topics),
    )
)  # fmt: skip


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PLATFORMS), st.binary() | JSON.map(lambda value: json.dumps(value).encode()), TOPICS)
def test_no_body_is_an_accident(name: str, body: bytes, topic: str) -> None:
    survives(platforms()[name], body, topic)


@settings(max_examples=300, deadline=None)
@given(st.data(), st.sampled_from(PLATFORMS), JSON, TOPICS)
def test_no_value_in_an_order_is_an_accident(data: st.DataObject, name: str, value: Any, topic: str) -> None:
    path = data.draw(st.sampled_from(_paths(SENDERS[name].document)))
    body = json.dumps(changed(SENDERS[name].document, path, value)).encode()
    survives(platforms()[name], body, topic)
