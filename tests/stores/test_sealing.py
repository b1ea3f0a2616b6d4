"""Sealing: what is moved or changed does not open, and the key file is its owner's alone."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.errors import ConfigurationError
from vefa.stores.sealing import KEY_FILE, Key, master_key, new_key, parse_key

KEY = new_key()


@given(st.binary(), st.text(st.characters(exclude_categories=["Cs"])))
def test_what_is_sealed_opens(plain: bytes, purpose: str) -> None:
    assert KEY.open(KEY.seal(plain, purpose), purpose) == plain


def test_the_same_text_is_never_sealed_the_same() -> None:
    assert KEY.seal(b"plain", "p") != KEY.seal(b"plain", "p")


@pytest.mark.parametrize("purpose", ["secrets:2", "secrets:11", "", "secrets:1 "])
def test_a_moved_value_does_not_open(purpose: str) -> None:
    with pytest.raises(ConfigurationError, match="does not open"):
        KEY.open(KEY.seal(b"plain", "secrets:1"), purpose)


def test_no_changed_bit_and_no_missing_byte_opens() -> None:
    sealed = KEY.seal(b"plain", "p")
    for place in range(len(sealed)):
        changed = bytearray(sealed)
        changed[place] ^= 1
        for broken in (bytes(changed), sealed[:place]):
            with pytest.raises(ConfigurationError):
                KEY.open(broken, "p")


def test_another_key_does_not_open() -> None:
    with pytest.raises(ConfigurationError):
        new_key().open(KEY.seal(b"plain", "p"), "p")


def test_an_index_is_keyed() -> None:
    assert KEY.index("a") == KEY.index("a") != KEY.index("b")
    assert KEY.index("a") != new_key().index("a")


@pytest.mark.parametrize(
    "text", ["", "short", "a" * 43, base64.b64encode(b"x" * 31).decode(), "şifre", "!" * 44]
)
def test_what_is_no_key_is_refused_in_words(text: str) -> None:
    with pytest.raises(ConfigurationError, match="master key"):
        parse_key(text)


def test_a_key_may_be_followed_by_a_newline() -> None:
    assert parse_key(base64.b64encode(KEY.secret).decode() + "\n") == KEY


def test_a_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path) -> None:
    key = master_key(None, tmp_path)
    assert (tmp_path / KEY_FILE).stat().st_mode & 0o777 == 0o600
    assert master_key(None, tmp_path) == key


def test_a_key_that_is_given_makes_no_file(tmp_path: Path) -> None:
    assert master_key(base64.b64encode(KEY.secret).decode(), tmp_path) == KEY
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o604, 0o660, 0o620])
def test_a_key_file_that_others_can_reach_is_refused(tmp_path: Path, mode: int) -> None:
    master_key(None, tmp_path)
    (tmp_path / KEY_FILE).chmod(mode)
    with pytest.raises(ConfigurationError, match="600"):
        master_key(None, tmp_path)


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"not a key\n"])
def test_a_broken_key_file_is_refused_and_not_replaced(tmp_path: Path, content: bytes) -> None:
    (tmp_path / KEY_FILE).write_bytes(content)
    (tmp_path / KEY_FILE).chmod(0o600)
    with pytest.raises(ConfigurationError, match="master key"):
        master_key(None, tmp_path)
    assert (tmp_path / KEY_FILE).read_bytes() == content


def test_a_key_is_not_shown() -> None:
    assert KEY.secret.hex() not in repr(KEY) and repr(KEY.secret) not in repr(Key(KEY.secret))
