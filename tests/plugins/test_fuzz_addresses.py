"""Whatever is sent to the other addresses that stand open, it is taken or refused, and never an accident."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.plugins import test_fuzz
from tests.plugins.test_capabilities import NOW, SIGN_INS, able
from tests.plugins.test_fuzz import LONG, ODD, Told, client_of, mutated
from tests.plugins.test_platforms import JSON, SECRET
from tests.plugins.test_platforms import NOW as SIGNED_AT
from tests.support import World

from vefa.errors import RefusedError, SignatureError
from vefa.inbound import Inbound, Request
from vefa.platforms import Embeds, platforms

ROUNDS = 1000 if LONG else 40
world = test_fuzz.world
APP_WIDE = sorted(name for name, one in platforms().items() if one.describe().app_wide)


@settings(max_examples=ROUNDS)
@given(drawn=mutated(*APP_WIDE), signed=st.booleans())
def test_the_address_of_an_application_takes_or_refuses(
    world: World, drawn: tuple[Told, bytes], signed: bool
) -> None:
    one, body = drawn
    inbound = Inbound(world.databases, world.master, app_secrets={one.sender: [SECRET]} if signed else {})
    request = replace(one.request(body), store=None)
    assert status(inbound, request) in ((200, 401, 404, 413) if signed else (401, 404, 413))


def status(inbound: Inbound, request: Request) -> int:
    """Return what a request is answered."""
    try:
        inbound.keep(request, SIGNED_AT)
    except RefusedError as error:
        return error.status
    return 200


@settings(max_examples=ROUNDS)
@given(
    text=st.text() | st.binary().map(lambda one: one.decode("latin-1")), name=st.sampled_from(able(Embeds))
)
def test_no_text_is_a_token(text: str, name: str) -> None:
    platform: Any = platforms()[name]
    with pytest.raises(SignatureError):
        platform.visitor(text, SIGN_INS[name].trust, NOW)


@settings(max_examples=ROUNDS)
@given(data=st.data(), name=st.sampled_from(able(Embeds)))
def test_no_changed_token_lets_anybody_in(data: st.DataObject, name: str) -> None:
    platform: Any = platforms()[name]
    good = SIGN_INS[name].token(NOW)
    place = data.draw(st.integers(0, len(good) - 1))
    put_in = data.draw(st.sampled_from(("", "A", "é", ".", "=", "\x00")))
    changed = good[:place] + put_in + good[place + 1 :]
    if changed == good:
        return
    with pytest.raises(SignatureError):
        platform.visitor(changed, SIGN_INS[name].trust, NOW)


@settings(max_examples=ROUNDS)
@given(body=st.binary() | JSON.map(lambda one: json.dumps(one).encode()), odd=st.sampled_from(ODD))
def test_nobody_is_installed_by_an_odd_request(world: World, body: bytes, odd: Any) -> None:
    headers = {"Saleor-Domain": "shop.example.com", "Saleor-Api-Url": "https://shop.example.com/graphql/"}
    for given_body in (body, json.dumps({"auth_token": odd}).encode()):
        answer = client_of(world).post("/vefa/in/saleor/register", data=given_body, headers=headers)
        assert 400 <= answer.status_code < 500
