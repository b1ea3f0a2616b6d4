from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa import locales
from vefa.locales.text import fold, fold_email, fold_phone, isolate, to_digits


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("İSTANBUL", "istanbul"),
        ("IĞDIR", "ığdır"),
        ("Şişli", "SISLI"),
        ("علي", "علی"),
        ("كتاب", "کتاب"),
        ("می‌شود", "میشود"),
        ("قُول", "قول"),
        ("آذر", "اذر"),
        ("۱۲۳", "123"),
        ("١٢٣", "123"),
        ("  Elif \n Kaya ", "elif kaya"),
        ("Straße", "STRASSE"),
        ("\u2068#10482\u2069", "#10482"),
    ],
)
def test_fold_joins_what_a_reader_calls_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other) != ""


@pytest.mark.parametrize(("one", "other"), [("ada", "oda"), ("سر", "شر"), ("12", "21"), ("が", "か")])
def test_fold_keeps_apart_what_differs(one: str, other: str) -> None:
    assert fold(one) != fold(other)


@given(st.text())
def test_fold_of_a_fold_changes_nothing(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text(alphabet="abcçdefgğhıijklmnoöprsştuüvyzABCÇDEFGĞHIİJKLMNOÖPRSŞTUÜVYZ "))
def test_fold_ignores_turkish_case(text: str) -> None:
    upper = text.replace("i", "İ").replace("ı", "I").upper()
    assert fold(upper) == fold(text)


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        (" Elif@Mercan.Example ", "elif@mercan.example"),
        ("İnfo@x.example", "info@x.example"),
        ("a۱@x.example", "a1@x.example"),
        ("ö@x.example", "ö@x.example"),
    ],
)
def test_fold_email(written: str, compared: str) -> None:
    assert fold_email(written) == compared


@pytest.mark.parametrize("written", ["+90 532 123 45 67", "0532 123 45 67", "(532) 123-4567", "۰۵۳۲۱۲۳۴۵۶۷"])
def test_fold_phone_is_the_same_in_every_writing(written: str) -> None:
    assert fold_phone(written) == "5321234567"


@pytest.mark.parametrize(
    ("text", "direction", "isolated"),
    [
        ("#10482", "rtl", "⁨#10482⁩"),
        ("سفارش #10482 با DHL Express رسید", "rtl", "سفارش ⁨#10482⁩ با ⁨DHL Express⁩ رسید"),
        ("روز ۳ آذر", "rtl", "روز ۳ آذر"),
        ("⁨#1⁩ و #2", "rtl", "⁨#1⁩ و ⁨#2⁩"),
        ("Hello علی رضایی, welcome", "ltr", "Hello ⁨علی رضایی⁩, welcome"),
        ("#10482", "ltr", "#10482"),
    ],
)
def test_isolate_wraps_what_runs_the_other_way(text: str, direction: str, isolated: str) -> None:
    assert isolate(text, direction) == isolated
    assert isolate(isolated, direction) == isolated


def test_digits_follow_the_language() -> None:
    assert to_digits("a1-20", "arabext") == "a۱-۲۰"
    assert [locales.get(tag).digits(305) for tag in ("en", "tr", "fa")] == ["305", "305", "۳۰۵"]
