"""Tokens: good ones are read, and each way in which one can be wrong is refused."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from hypothesis import given
from hypothesis import strategies as st

from vefa.errors import SignatureError
from vefa.jwks import public_keys
from vefa.platforms._jwt import LONGEST, verify_hs256, verify_rs256

NOW = datetime(2026, 3, 2, 10, 0, 0, tzinfo=UTC)
SECOND = int(NOW.timestamp())
SECRET, HERE = "whsec_c2VjcmV0 ö", "https://vefa.example"
CLAIMS = {"iss": "https://shop.example", "aud": HERE, "sub": "7", "iat": SECOND, "exp": SECOND + 60}
HS256 = {"alg": "HS256", "typ": "JWT"}
Json = dict[str, Any]


def encoded(part: bytes) -> str:
    return base64.urlsafe_b64encode(part).rstrip(b"=").decode()


def unsigned(header: Any, claims: Any) -> str:
    texts = [part if isinstance(part, str) else json.dumps(part) for part in (header, claims)]
    return ".".join(encoded(text.encode()) for text in texts)


def signed(header: Any = HS256, claims: Any = CLAIMS, secret: str = SECRET) -> str:
    text = unsigned(header, claims)
    return f"{text}.{encoded(hmac.new(secret.encode(), text.encode(), hashlib.sha256).digest())}"


def read(token: str, audience: str | None = HERE, keys: tuple[str, ...] = ("older", SECRET)) -> Json:
    return verify_hs256(token, keys, audience=audience, now=NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"aud": ["https://other.example", HERE]},
        {"exp": SECOND - 9},
        {"iat": SECOND + 9, "nbf": SECOND + 10},
        {"exp": SECOND + 0.5},
        {"email": "ayşe@example.com"},
    ],
)
def test_a_good_token_is_read(changed: Json) -> None:
    assert read(signed(claims=CLAIMS | changed)) == CLAIMS | changed


@pytest.mark.parametrize(
    "changed",
    [
        {"aud": "https://other.example"},
        {"aud": f"{HERE}.evil.example"},
        {"aud": ["https://other.example"]},
        {"aud": {HERE: 1}},
        {"aud": None},
        {"exp": SECOND - 10},
        {"exp": None},
        {"exp": str(SECOND + 60)},
        {"exp": True},
        {"exp": -1},
        {"exp": 10**30},
        {"iat": SECOND + 11},
        {"nbf": SECOND + 11},
    ],
)
def test_claims_that_do_not_hold_are_refused(changed: Json) -> None:
    with pytest.raises(SignatureError):
        read(signed(claims=CLAIMS | changed))


def test_the_caller_may_look_at_the_audience_itself() -> None:
    assert read(signed(), audience=None) == CLAIMS


@pytest.mark.parametrize(
    "header",
    [
        {"alg": "none"},
        {"alg": "hs256"},
        {"alg": "HS512"},
        {"alg": "RS256"},
        {"typ": "JWT"},
        {"alg": ["HS256"]},
        HS256 | {"crit": ["exp"]},
        HS256 | {"typ": "JWE"},
        ["HS256"],
        '{"alg": "none", "alg": "HS256"}',
        "[" * 5000,
        "nothing",
    ],
)
def test_another_header_is_refused(header: Any) -> None:
    with pytest.raises(SignatureError):
        read(signed(header))


@pytest.mark.parametrize(
    "claims", [[1], '{"exp": Infinity}', '{"exp": 1e999}', "null", '{"exp": 1, "exp": 2}']
)
def test_claims_of_another_shape_are_refused(claims: Any) -> None:
    with pytest.raises(SignatureError):
        read(signed(claims=claims))


@pytest.mark.parametrize(
    "token",
    [
        "",
        "..",
        "a.b.c",
        unsigned(HS256, CLAIMS) + ".",
        unsigned(HS256, CLAIMS),
        signed() + ".",
        signed() + "=",
        signed() + "\n",
        signed().replace(".", " .", 1),
        signed(secret="another"),
        signed(secret=""),
        signed(claims=CLAIMS | {"more": "x" * LONGEST}),
        "ş" * 20,
    ],
)
def test_what_is_no_token_of_ours_is_refused(token: str) -> None:
    with pytest.raises(SignatureError):
        read(token, keys=("", SECRET))


@given(place=st.integers(0, len(signed()) - 1), letter=st.sampled_from("aZ9-_.=A"))
def test_no_changed_token_is_taken(place: int, letter: str) -> None:
    token = signed()
    changed = token[:place] + letter + token[place + 1 :]
    if changed != token:
        with pytest.raises(SignatureError):
            read(changed)


@given(st.text(max_size=60))
def test_no_text_is_an_accident(token: str) -> None:
    with pytest.raises(SignatureError):
        read(token)


@cache
def rsa(name: str) -> RSAPrivateKey:
    return generate_private_key(65537, 1024 if name == "weak" else 2048)


def entry(name: str, **more: Any) -> Json:
    public = rsa(name).public_key().public_numbers()
    whole = [(number, number.bit_length() // 8 + 1) for number in (public.n, public.e)]
    n, e = (encoded(number.to_bytes(length).lstrip(b"\0")) for number, length in whole)
    return {"kty": "RSA", "kid": name, "use": "sig", "alg": "RS256", "n": n, "e": e} | more


def by_rsa(name: str, **header: Any) -> str:
    text = unsigned({"alg": "RS256", "kid": name, **header}, CLAIMS)
    return f"{text}.{encoded(rsa(name).sign(text.encode(), PKCS1v15(), SHA256()))}"


def test_a_token_of_a_published_key_is_read() -> None:
    both: Json = {"keys": ["not a key", entry("older"), entry("newer")]}
    for token in (by_rsa("newer"), by_rsa("older"), by_rsa("newer", kid=None)):
        assert verify_rs256(token, both, audience=HERE, now=NOW) == CLAIMS


@pytest.mark.parametrize(
    ("token", "jwks"),
    [
        (by_rsa("newer"), {"keys": [entry("older")]}),
        (by_rsa("newer"), {"keys": [entry("newer", kid="another")]}),
        (by_rsa("newer", kid="older"), {"keys": [entry("older"), entry("newer")]}),
        (by_rsa("newer"), {"keys": [entry("newer", use="enc")]}),
        (by_rsa("newer"), {"keys": [entry("newer", alg="RS512")]}),
        (by_rsa("newer"), {"keys": [entry("newer", key_ops=["sign"])]}),
        (by_rsa("newer"), {"keys": [entry("newer", n="AQAB")]}),
        (by_rsa("newer"), {"keys": [entry("newer", e="AA")]}),
        (by_rsa("newer"), {"keys": [entry("newer", n=7)]}),
        (by_rsa("newer", alg="HS256"), {"keys": [entry("newer")]}),
        (by_rsa("weak"), {"keys": [entry("weak")]}),
        (by_rsa("newer"), {"keys": {"newer": entry("newer")}}),
        (by_rsa("newer"), {}),
    ],
)
def test_another_key_is_not_taken(token: str, jwks: Json) -> None:
    with pytest.raises(SignatureError):
        verify_rs256(token, jwks, audience=HERE, now=NOW)


def test_a_public_key_is_no_shared_secret() -> None:
    published = entry("newer")["n"]
    with pytest.raises(SignatureError):
        verify_rs256(signed(secret=published), {"keys": [entry("newer")]}, audience=HERE, now=NOW)


def test_an_expired_token_of_a_good_key_is_refused() -> None:
    with pytest.raises(SignatureError, match="over"):
        verify_rs256(
            by_rsa("newer"), {"keys": [entry("newer")]}, audience=HERE, now=NOW + timedelta(minutes=2)
        )


def test_a_set_of_many_keys_is_bounded() -> None:
    assert len(public_keys({"keys": [entry("newer")] * 50})) == 20
