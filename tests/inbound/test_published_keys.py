"""Keys that a store publishes change without a word, and are asked for at most once a minute."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from tests.build import START
from tests.fake_shop import FakeShop, answer, failing, fake_shop
from tests.saleor import jwks
from tests.saleor_shop import BODY, FIRST, FOREIGN, MINUTE, PRIVATE, SECOND, Shop, open_for_business

from vefa import clock
from vefa.database import Databases
from vefa.errors import SignatureError, StaleKeysError
from vefa.inbound import Inbound, Request
from vefa.stores import shops


@pytest.fixture
def server() -> Iterator[FakeShop]:
    with fake_shop() as shop:
        yield open_for_business(shop)


@pytest.fixture
def shop(databases: Databases, server: FakeShop) -> Shop:
    return Shop(databases, server)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """Let the time on the wall be what the list holds."""
    told = [START]
    monkeypatch.setattr(clock, "real_now", lambda: told[0])
    return told


def test_a_new_key_is_asked_for_and_believed(shop: Shop, now: list[datetime]) -> None:
    shop.register()
    shop.server.routes["GET /.well-known/jwks.json"] = lambda _: answer(jwks(SECOND))
    now[0] += MINUTE
    assert shop.send(SECOND.headers(BODY))
    assert shop.send(FIRST.headers(BODY + b" "), BODY + b" "), "what was signed before is still under way"
    now[0] += timedelta(hours=1)
    with pytest.raises(SignatureError):
        shop.send(FIRST.headers(BODY))


def test_forged_names_make_nobody_ask_more_than_once_a_minute(shop: Shop, now: list[datetime]) -> None:
    shop.register()
    now[0] += MINUTE
    asked = len(shop.server.asked)
    refusals = []
    for second in range(90):
        with pytest.raises(SignatureError) as caught:
            shop.send(FOREIGN.headers(BODY, kid=f"forged {second}"), wide=second % 2 == 0)
        refusals.append(caught.value.status)
        assert shop.send(FIRST.headers(BODY)), "the store's own events go on"
        now[0] += timedelta(seconds=1)
    assert len(shop.server.asked) - asked == 2
    assert {refusals[0], refusals[60]} == {401} and set(refusals[1:60]) == {503}


def test_an_event_signed_with_a_new_key_is_taken_when_it_is_sent_again(
    shop: Shop, now: list[datetime]
) -> None:
    """Saleor gives up after a 4xx; so where the keys cannot be asked for just now, the answer is a 5xx."""
    shop.register()
    now[0] += MINUTE
    shop.server.routes["GET /.well-known/jwks.json"] = failing(500)
    with pytest.raises(StaleKeysError) as caught:
        shop.send(SECOND.headers(BODY))
    assert caught.value.status == 503 and shop.waiting() == 0
    shop.server.routes["GET /.well-known/jwks.json"] = lambda _: answer(jwks(FIRST, SECOND))
    with pytest.raises(StaleKeysError):
        shop.send(SECOND.headers(BODY))
    now[0] += MINUTE
    assert shop.send(SECOND.headers(BODY)) and shop.send(FIRST.headers(BODY))


def test_a_shop_that_is_no_store_makes_nobody_ask(shop: Shop) -> None:
    inbound = Inbound(shop.world.databases, shop.world.master, allow_private=PRIVATE)
    with pytest.raises(SignatureError) as caught:
        inbound.keep(Request(None, "saleor", FIRST.headers(BODY), BODY), START)
    assert (caught.value.status, shop.server.asked) == (401, [])


def test_a_store_whose_domain_nobody_entered_asks_nobody(shop: Shop, now: list[datetime]) -> None:
    with shop.world.databases.main.begin() as connection:
        shops.set_account(connection, shop.store.id, "saleor", None)
    with pytest.raises(StaleKeysError, match="not known"):
        shop.send(FIRST.headers(BODY))


def test_a_store_without_a_token_asks_its_domain_by_https_alone(
    shop: Shop, now: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "sleep", lambda _: None)
    with pytest.raises(StaleKeysError):
        shop.send(FIRST.headers(BODY))
    assert shop.server.asked == []
