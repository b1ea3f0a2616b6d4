"""Whom Saleor's dashboard lets in."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from tests.build import START
from tests.saleor import DOMAIN, gid, jwks, signing_key

from vefa.errors import SignatureError, StaleKeysError
from vefa.platforms import Trust
from vefa.platforms.saleor import Saleor

PLATFORM = Saleor()
FIRST, SECOND = signing_key("K1"), signing_key("K2")
KEYS = [json.dumps(jwks(FIRST))]
URL = f"http://{DOMAIN}"
TRUST = Trust(KEYS, "https://vefa.example", DOMAIN, URL, "QXBwOjE=")
CLAIMS: dict[str, Any] = {
    "iat": START.timestamp(),
    "exp": (START + timedelta(minutes=5)).timestamp(),
    "iss": f"{URL}/graphql/",
    "type": "thirdparty",
    "is_staff": True,
    "app": "QXBwOjE=",
    "aud": "https://vefa.example",
    "user_id": gid("User", 7),
    "email": "staff@shop.example",
    "user_permissions": ["MANAGE_ORDERS"],
}


@pytest.mark.parametrize(
    ("permissions", "role"),
    [
        (["MANAGE_ORDERS"], "agent"),
        (["MANAGE_SETTINGS", "MANAGE_ORDERS"], "manager"),
        (["MANAGE_ORDERS", "MANAGE_SETTINGS", "MANAGE_STAFF"], "owner"),
    ],
)
def test_a_member_of_staff_is_let_in(permissions: list[str], role: str) -> None:
    token = FIRST.token(**(CLAIMS | {"user_permissions": permissions}))
    found = PLATFORM.visitor(token, TRUST, START)
    assert (found.subject, found.email, found.role) == (gid("User", 7), "staff@shop.example", role)
    assert (found.framed_by, found.expires_at) == ((URL,), START + timedelta(minutes=5))
    assert PLATFORM.claimed(token) == DOMAIN
    elsewhere = replace(TRUST, frames=("https://dashboard.example",))
    assert PLATFORM.visitor(token, elsewhere, START).framed_by == (URL, "https://dashboard.example")


@pytest.mark.parametrize(
    "changed",
    [
        {"exp": (START - timedelta(minutes=1)).timestamp()},
        {"iss": "https://another.example/graphql/"},
        {"type": "access"},
        {"type": "refresh"},
        {"is_staff": False},
        {"app": "QXBwOjI="},
        {"aud": "https://another.example"},
        {"user_permissions": ["MANAGE_PRODUCTS"]},
        {"user_permissions": []},
        {"user_id": None},
    ],
    ids=str,
)
def test_any_other_token_is_refused(changed: dict[str, Any]) -> None:
    with pytest.raises(SignatureError):
        PLATFORM.visitor(FIRST.token(**(CLAIMS | changed)), TRUST, START)


def test_a_token_of_another_key_or_for_an_app_that_is_not_known_is_refused() -> None:
    for token, trust in (
        (SECOND.token(**CLAIMS), TRUST),
        (SECOND.token(kid="K1", **CLAIMS), TRUST),
        (FIRST.token(**CLAIMS), Trust(KEYS, TRUST.audience, DOMAIN, URL)),
        (FIRST.token(**CLAIMS), Trust([], TRUST.audience, DOMAIN, URL, "QXBwOjE=")),
        ("nothing", TRUST),
    ):
        with pytest.raises(SignatureError) as caught:
            PLATFORM.visitor(token, trust, START)
        unknown = trust.secrets == [] or token == SECOND.token(**CLAIMS)
        assert isinstance(caught.value, StaleKeysError) is unknown
    assert PLATFORM.claimed("nothing") is None
