"""What a platform can do beyond what it must: the contract of its interface, its webhooks and its sign-in."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from tests import embedding, medusa, shopify, shopify_shop, woocommerce_shop
from tests.captured import captured
from tests.fake_shop import FakeShop, Visit, busy, failing, fake_shop, html
from tests.journeys.test_captured_saleor import graphql
from tests.journeys.test_captured_saleor import newest as newest_of_saleor
from tests.plugins.test_saleor_embed import CLAIMS, FIRST, SECOND
from tests.plugins.test_saleor_embed import TRUST as OF_SALEOR

from vefa.errors import BusyError, RefusedByShopError, SignatureError, UnreachableError
from vefa.platforms import (
    Context,
    Embeds,
    Fetched,
    Fetches,
    Installs,
    Platform,
    Trust,
    capabilities,
    platforms,
)

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
LONG_AGO, MOST_PAGES = datetime(2010, 1, 1, tzinfo=UTC), 60
MOST = 1024 * 1024
HERE = "https://vefa.example"


@dataclass(frozen=True)
class Interface:
    """A platform's interface on this machine, the keys it wants, and the platform's own id of an order in it."""

    open: Callable[[], AbstractContextManager[FakeShop]]
    keys: dict[str, str]
    number: str


@dataclass(frozen=True)
class SignIn:
    """How a platform makes a token at an instant, how one that it never made looks, and what tokens are judged by."""

    token: Callable[[datetime], str]
    forged: Callable[[datetime], Sequence[str]]
    trust: Trust
    strangers: Sequence[Trust]


@contextmanager
def _woocommerce() -> Any:
    shop = woocommerce_shop.WooShop(woocommerce_shop.newest(captured()), most=5)
    try:
        yield shop
    finally:
        shop.close()


@contextmanager
def _shopify() -> Any:
    shop = shopify_shop.ShopifyShop([shopify.order(number=number) for number in range(1, 8)])
    try:
        yield shop
    finally:
        shop.close()


INTERFACES = {
    "medusa": Interface(
        lambda: fake_shop(medusa.admin_api(medusa.newest(), medusa.payments())),
        {"api_key": medusa.KEY},
        next(iter(medusa.newest())),
    ),
    "woocommerce": Interface(_woocommerce, woocommerce_shop.KEYS, "13"),
    "saleor": Interface(
        lambda: fake_shop({"POST /graphql/": graphql(newest_of_saleor())}),
        {"auth_token": "T"},
        "dd780e72-01c5-41af-a732-0939ff8a6d4b",
    ),
    "shopify": Interface(_shopify, shopify_shop.KEYS, "1"),
}
_SHOPIFY = Trust([embedding.SECRET], HERE, embedding.SHOP, None, embedding.CLIENT)
_WORDPRESS = Trust([embedding.SECRET], HERE)
SIGN_INS = {
    "saleor": SignIn(
        lambda at: FIRST.token(**_dated(CLAIMS, at)),
        lambda at: [SECOND.token(kid="K1", **_dated(CLAIMS, at))],
        OF_SALEOR,
        [replace(OF_SALEOR, client="QXBwOjI="), replace(OF_SALEOR, url="https://another.example")],
    ),
    "woocommerce": SignIn(
        lambda at: embedding.signed(embedding.wordpress(at, HERE)),
        lambda at: [embedding.signed(embedding.wordpress(at, HERE), "another secret")],
        _WORDPRESS,
        [replace(_WORDPRESS, audience="https://another.example"), replace(_WORDPRESS, secrets=[])],
    ),
    "shopify": SignIn(
        lambda at: embedding.signed(embedding.shopify(at)),
        lambda at: [embedding.signed(embedding.shopify(at), "another secret")],
        _SHOPIFY,
        [replace(_SHOPIFY, client="another"), replace(_SHOPIFY, account="another.myshopify.com")],
    ),
}


def _dated(claims: dict[str, Any], at: datetime) -> dict[str, Any]:
    return claims | {"iat": at.timestamp(), "exp": (at + timedelta(minutes=5)).timestamp()}


def able(what: type) -> list[str]:
    """Return the platforms that have a capability."""
    return sorted(name for name, platform in platforms().items() if isinstance(platform, what))


def test_every_capability_is_tried_here() -> None:
    assert sorted(INTERFACES) == able(Fetches)
    assert sorted(SIGN_INS) == able(Embeds)
    assert set(able(Installs)) <= set(INTERFACES)
    for name, platform in platforms().items():
        assert ("fetch" in capabilities(platform)) == (name in INTERFACES)


@pytest.fixture(params=able(Fetches))
def fetching(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def visit(name: str, shop: FakeShop, **keys: str) -> Visit:
    platform: Any = platforms()[name]
    base = platform.base(None, shop.url)
    assert base is not None
    return Visit(base, INTERFACES[name].keys | keys)


def passed(name: str, shop: FakeShop, since: datetime | None) -> list[Fetched]:
    """Return all that a pass finds; its cursors never repeat, and it has an end."""
    platform: Any = platforms()[name]
    found: list[Fetched] = []
    cursors: list[str | None] = [None]
    while len(cursors) < MOST_PAGES:
        page = platform.fetch(visit(name, shop), since, cursors[-1])
        found += page.bodies
        if page.cursor is None:
            return found
        assert page.cursor not in cursors and page.wait >= 0
        assert len(page.cursor.encode()) <= 2000
        cursors.append(page.cursor)
    raise AssertionError("The pages have no end.")


@pytest.mark.parametrize("since", [None, LONG_AGO])
def test_pages_end_and_every_body_is_read(fetching: str, since: datetime | None) -> None:
    platform: Platform = platforms()[fetching]
    with INTERFACES[fetching].open() as shop:
        bodies = passed(fetching, shop, since)
    assert bodies
    subjects = set()
    for one in bodies:
        assert one.key.startswith(f"{fetching}:") and len(one.key.encode()) <= 1000
        assert one.topic in platform.describe().topics and 0 < len(one.body) <= MOST
        assert one.at is None or one.at.tzinfo is not None
        context = Context(one.key, one.topic, NOW)
        said = platform.read(one.body, context)
        assert said == platform.read(one.body, context)
        subjects |= {fact.subject for fact in said.facts}
        assert all(fact.learned_at == NOW and fact.at <= NOW for fact in said.facts)
    assert subjects and all(one.startswith(f"order:{fetching}:") for one in subjects)
    assert f"order:{fetching}:{INTERFACES[fetching].number}" in subjects


def test_what_did_not_change_since_is_not_told_again(fetching: str) -> None:
    with INTERFACES[fetching].open() as shop:
        assert passed(fetching, shop, NOW + timedelta(days=365)) == []


def test_an_equal_answer_has_an_equal_name(fetching: str) -> None:
    with INTERFACES[fetching].open() as shop:
        first, second = (passed(fetching, shop, LONG_AGO) for _ in range(2))
    assert {one.key: one.body for one in first} == {one.key: one.body for one in second}


def test_one_order_is_asked_for_by_the_platforms_own_id(fetching: str) -> None:
    platform: Any = platforms()[fetching]
    number = INTERFACES[fetching].number
    with INTERFACES[fetching].open() as shop:
        bodies = platform.fetch_one(visit(fetching, shop), number)
        assert bodies
        for one in bodies:
            said = platform.read(one.body, Context(one.key, one.topic, NOW))
            assert {fact.subject for fact in said.facts} == {f"order:{fetching}:{number}"}
        for odd in ("../../orders", "a?b=c#d", "%2e%2e", "0"):
            platform.fetch_one(visit(fetching, shop), odd)
            assert all(".." not in asked.path.split("/") for asked in shop.asked)


@pytest.mark.parametrize(
    ("trouble", "error"),
    [
        (failing(403), RefusedByShopError),
        (busy(), BusyError),
        (failing(500), UnreachableError),
        (html(), UnreachableError),
        (failing(200, {"odd": 1}), UnreachableError),
    ],
)
def test_trouble_has_its_name(fetching: str, trouble: Any, error: type[Exception]) -> None:
    platform: Any = platforms()[fetching]
    with INTERFACES[fetching].open() as shop:
        shop.trouble.extend([trouble] * 4)
        with pytest.raises(error):
            platform.fetch(visit(fetching, shop), LONG_AGO, None)


def test_a_bad_key_is_refused_by_name(fetching: str) -> None:
    platform: Any = platforms()[fetching]
    keys = dict.fromkeys(INTERFACES[fetching].keys, "wrong")
    with INTERFACES[fetching].open() as shop, pytest.raises(RefusedByShopError):
        platform.fetch(visit(fetching, shop, **keys), LONG_AGO, None)


@pytest.mark.parametrize(
    "url", [None, "", "ftp://shop.example", "javascript:alert(1)", "https://", "http://:80"]
)
def test_what_is_no_address_is_none(fetching: str, url: str | None) -> None:
    platform: Any = platforms()[fetching]
    assert platform.base(None, url) is None


@pytest.mark.parametrize("name", able(Installs))
def test_installing_twice_changes_nothing(name: str) -> None:
    platform: Any = platforms()[name]
    address = f"{HERE}/vefa/in/shop/{name}"
    with INTERFACES[name].open() as shop:
        first = platform.install(visit(name, shop), address, "hush")
        second = platform.install(visit(name, shop), address, "hush")
    assert first.made and not first.standing
    assert (second.made, second.mended) == ((), ())
    assert sorted(second.standing) == sorted(first.made)


@pytest.fixture(params=able(Embeds))
def embedding_one(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_a_token_lets_in_whom_it_names(embedding_one: str) -> None:
    platform: Any = platforms()[embedding_one]
    sign_in = SIGN_INS[embedding_one]
    found = platform.visitor(sign_in.token(NOW), sign_in.trust, NOW)
    assert found.subject and found.token and NOW < found.expires_at <= NOW + timedelta(hours=1)
    assert all(one.startswith(("https://", "http://")) for one in found.framed_by)
    assert found.role in (None, "owner", "manager", "agent", "viewer")


def test_no_other_token_does(embedding_one: str) -> None:
    platform: Any = platforms()[embedding_one]
    sign_in = SIGN_INS[embedding_one]
    good = sign_in.token(NOW)
    head, body, signature = good.split(".")
    odd = "A" if signature[3] != "A" else "B"
    broken = [
        "",
        ".",
        "..",
        "x",
        "é.é.é",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:3]}{odd}{signature[4:]}",
    ]
    for token in (*sign_in.forged(NOW), *broken, "A" * 100_000, good + "x"):
        with pytest.raises(SignatureError):
            platform.visitor(token, sign_in.trust, NOW)
    for late in (timedelta(days=1), timedelta(hours=2)):
        with pytest.raises(SignatureError):
            platform.visitor(good, sign_in.trust, NOW + late)
    for trust in sign_in.strangers:
        with pytest.raises(SignatureError):
            platform.visitor(good, trust, NOW)
