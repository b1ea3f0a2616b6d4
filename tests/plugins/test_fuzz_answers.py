"""Whatever a store's interface answers, it is read, or refused by an error that Vefa foresaw."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.fake_shop import Visit
from tests.plugins.test_capabilities import INTERFACES, LONG_AGO, NOW, able, visit
from tests.plugins.test_fuzz import LONG, ODD, places, put

from vefa.errors import UnreadableError, VefaError
from vefa.exchange import Answer
from vefa.platforms import Context, Fetches, Installs, platforms

ROUNDS = 1500 if LONG else 40


@dataclass(frozen=True)
class Odd:
    """A shop whose every answer has another value at a place that is drawn."""

    visit: Visit
    data: st.DataObject
    url: str = field(default="", init=False)

    @property
    def keys(self) -> Mapping[str, str]:
        return self.visit.keys

    def ask(self, method: str, path: str, **more: Any) -> Answer:
        answer = self.visit.ask(method, path, **more)
        document = json.loads(answer.body)
        place = self.data.draw(st.sampled_from(list(places(document))))
        document = put(document, place, self.data.draw(st.sampled_from((..., *ODD))))
        return Answer(answer.status, answer.headers, json.dumps(document).encode())


@pytest.fixture(scope="module")
def shops() -> Iterator[dict[str, Visit]]:
    """Return a way into each platform's interface on this machine."""
    with ExitStack() as opened:
        found = {name: opened.enter_context(one.open()) for name, one in INTERFACES.items()}
        yield {name: visit(name, shop) for name, shop in found.items()}


def read(name: str, bodies: Any) -> None:
    """Read what was fetched, as the program does."""
    for one in bodies:
        assert len(one.key.encode()) <= 300, one.key
        try:
            said = platforms()[name].read(one.body, Context(one.key, one.topic, NOW))
        except UnreadableError:
            continue
        assert all(len(fact.key) <= 320 and len(fact.subject) <= 300 for fact in said.facts)


@settings(max_examples=ROUNDS)
@given(data=st.data(), name=st.sampled_from(able(Fetches)))
def test_no_answer_is_an_accident(shops: dict[str, Visit], data: st.DataObject, name: str) -> None:
    platform: Any = platforms()[name]
    shop = Odd(shops[name], data)
    try:
        page = platform.fetch(shop, data.draw(st.sampled_from((None, LONG_AGO))), None)
    except VefaError:
        return
    assert page.cursor is None or isinstance(page.cursor, str)
    read(name, page.bodies)


@settings(max_examples=ROUNDS // 2)
@given(data=st.data(), name=st.sampled_from(able(Fetches)))
def test_no_answer_about_one_order_is_an_accident(
    shops: dict[str, Visit], data: st.DataObject, name: str
) -> None:
    platform: Any = platforms()[name]
    try:
        read(name, platform.fetch_one(Odd(shops[name], data), INTERFACES[name].number))
    except VefaError:
        return


@settings(max_examples=ROUNDS // 2)
@given(data=st.data(), name=st.sampled_from(able(Installs)))
def test_no_answer_about_webhooks_is_an_accident(data: st.DataObject, name: str) -> None:
    platform: Any = platforms()[name]
    address = "https://vefa.example/vefa/in/shop/x"
    with INTERFACES[name].open() as shop:
        platform.install(visit(name, shop), address, "hush")
        try:
            platform.install(Odd(visit(name, shop), data), address, "hush")
        except VefaError:
            return
