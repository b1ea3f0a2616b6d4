from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from html.parser import HTMLParser
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.outreach.links import Links
from vefa.outreach.message import Letter, LetterFacts, render
from vefa.stores.sealing import Key

DELAY, APOLOGY = "delay_notice", "apology_after_late_delivery"
LANGUAGES = ("en", "tr", "fa")
LINKS = Links(
    "mercan",
    Key(b"k" * 32),
    "https://vefa.example",
    "standard:C1",
    "standard:10482",
    "0197",
    "en",
    datetime(2027, 1, 20, tzinfo=UTC),
)
FACTS = LetterFacts(
    purpose=DELAY,
    language="en",
    store_name="Mercan",
    brand_colour="#e07a5f",
    signed_by="Deniz Acar",
    phone="0212 900 22 33",
    reply_to="destek@mercan.example",
    customer_name="Elif Kaya",
    order_number="#10482",
    promised_by=date(2026, 11, 24),
    delivered_on=date(2026, 11, 27),
    shipped_on=date(2026, 11, 20),
    carrier="PostEx",
    tracking_number="YK-7712",
    tracking_url="https://track.example/YK-7712?a=1&b=2",
    items=("Cast teapot", "Two cups"),
    links=LINKS,
)
BARE = replace(
    FACTS,
    customer_name=None,
    signed_by=None,
    phone=None,
    delivered_on=None,
    shipped_on=None,
    carrier=None,
    tracking_number=None,
    tracking_url=None,
    items=(),
)
VARIANTS = (
    FACTS,
    BARE,
    replace(BARE, shipped_on=date(2026, 11, 20)),
    replace(BARE, carrier="PostEx"),
    replace(BARE, tracking_number="YK-7712"),
    replace(FACTS, items=tuple(f"Item {n}" for n in range(25))),
)
PROMISED = {
    "en": "Tuesday 24 November 2026",
    "tr": "24 Kasım 2026 Salı",
    "fa": "سه‌شنبه ۳ آذر ۱۴۰۵ (۲۴ نوامبر ۲۰۲۶)",
}


class _Tags(HTMLParser):
    """Checks that tags nest, and collects their names and what is read."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.names: list[str] = []
        self.read: list[str] = []
        self._open: list[str] = []
        self.feed(html)
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.names.append(tag)
        if tag not in ("meta", "br"):
            self._open.append(tag)
        if tag in ("td", "table", "html", "body"):
            assert dict(attrs)["dir"] in ("ltr", "rtl")

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        if "style" not in self._open:
            self.read.append(data)


def prose(letter: Letter) -> str:
    return " ".join("".join(_Tags(letter.html).read).split())


@pytest.mark.parametrize(
    ("language", "purpose", "facts"), list(product(LANGUAGES, (DELAY, APOLOGY), VARIANTS))
)
def test_every_letter_is_whole(language: str, purpose: str, facts: LetterFacts) -> None:
    letter = render(replace(facts, language=language, purpose=purpose))
    read = prose(letter)
    for form in (letter.subject, letter.text, letter.html):
        assert (
            "%(" not in form
            and "{{" not in form
            and "None" not in form
            and "!" not in form.replace("!important", "").replace("<!doctype", "")
        )
    assert PROMISED[language] in letter.text and PROMISED[language] in read
    assert letter.subject.isprintable() or language == "fa"
    assert "#10482" in letter.subject and "#10482" in letter.text and "#10482" in read
    assert "destek@mercan.example" in letter.text and "destek@mercan.example" in read
    assert len(letter.html.encode()) < 30_000
    assert f'<html lang="{language}" dir="{"rtl" if language == "fa" else "ltr"}">' in letter.html
    assert letter.language == language
    if language == "fa":
        assert "text-align:left" not in letter.html and not re.search("[يك]", letter.text)


@pytest.mark.parametrize(("language", "purpose"), list(product(LANGUAGES, (DELAY, APOLOGY))))
def test_text_and_html_state_the_same_facts(language: str, purpose: str) -> None:
    letter = render(replace(FACTS, language=language, purpose=purpose))
    facts = ["Mercan", "Deniz Acar", "0212 900 22 33", "Elif Kaya", "Cast teapot", "Two cups"]
    facts += ["PostEx", "YK-7712"] if purpose == DELAY else []
    for fact in facts:
        assert fact in letter.text and fact in prose(letter)
    assert (FACTS.tracking_url in letter.text) is (purpose == DELAY)
    assert (FACTS.tracking_url in unescape(letter.html)) is (purpose == DELAY)


def test_persian_prose_has_persian_digits_only_outside_identifiers() -> None:
    letter = render(replace(FACTS, language="fa"))
    body = re.sub(r"https://\S+", "", letter.text)
    assert not re.search("[0-9]", re.sub("\u2068[^\u2069]*\u2069", "", body))
    assert (
        "\u2068#10482\u2069" in letter.text
        and '<bdi dir="ltr" style="white-space:nowrap">#10482</bdi>' in letter.html
    )


@pytest.mark.parametrize(
    ("facts", "sentence"),
    [
        ({}, "We handed your parcel to PostEx on Friday 20 November 2026."),
        ({"shipped_on": None}, "We handed your parcel to PostEx."),
        ({"carrier": None}, "We sent your parcel on Friday 20 November 2026."),
        ({"carrier": None, "shipped_on": None}, "We have sent your parcel."),
    ],
)
def test_the_notice_says_what_is_known_of_the_parcel(facts: dict[str, None], sentence: str) -> None:
    assert sentence in render(replace(FACTS, **facts)).text
    assert "do not show yet" not in render(replace(FACTS, **facts)).text
    assert "Our records do not show yet that your parcel has been handed" in render(BARE).text


@pytest.mark.parametrize(
    ("language", "purpose", "sentence"),
    [
        (
            "tr",
            DELAY,
            "24 Kasım 2026 Salı günü teslim etmeye söz vermiştik. Bu sözümüzü tutamadık, özür dileriz.",
        ),
        (
            "tr",
            APOLOGY,
            "Siparişiniz 27 Kasım 2026 Cuma günü, söz verdiğimizden geç teslim edildi. Özür dileriz.",
        ),
        ("fa", DELAY, "به این قول عمل نکردیم و از شما عذر می‌خواهیم."),
        (
            "fa",
            APOLOGY,
            "سفارش روز جمعه ۶ آذر ۱۴۰۵ (۲۷ نوامبر ۲۰۲۶)، دیرتر از آنچه قول داده بودیم، تحویل شد.",
        ),
        ("en", DELAY, "We have not kept that promise, and we are sorry."),
        ("en", APOLOGY, "It was delivered on Friday 27 November 2026, later than we promised. We are sorry."),
    ],
)
def test_the_broken_promise_is_owned_once(language: str, purpose: str, sentence: str) -> None:
    letter = render(replace(FACTS, language=language, purpose=purpose))
    assert sentence in letter.text and sentence in prose(letter)
    assert len(re.findall("sorry|zür dileriz|عذر", letter.text)) == 1


@pytest.mark.parametrize(
    ("language", "name", "greeting"),
    [
        ("en", "Elif Kaya", "Hello Elif Kaya,"),
        ("en", None, "Hello,"),
        ("tr", "Elif Kaya", "Sayın Elif Kaya,"),
        ("tr", None, "Sayın müşterimiz,"),
        ("fa", "مریم رضایی", "مریم رضایی گرامی،"),
        ("fa", "Elif Kaya", "⁨Elif Kaya⁩ گرامی،"),
        ("fa", " ", "مشتری گرامی،"),
        ("en", "علی رضایی", "Hello ⁨علی رضایی⁩,"),
        ("en", "Win at https://bad.example", "Hello,"),
        ("en", "x" * 300, "Hello,"),
        ("en", "Elif\r\nBcc: all", "Hello Elif Bcc: all,"),
    ],
)
def test_greeting(language: str, name: str | None, greeting: str) -> None:
    assert render(replace(FACTS, language=language, customer_name=name)).text.splitlines()[0] == greeting


@given(
    st.sampled_from((DELAY, APOLOGY)), st.sampled_from(LANGUAGES), st.text(max_size=40), st.text(max_size=300)
)
def test_no_value_breaks_out_of_its_place(purpose: str, language: str, one: str, other: str) -> None:
    hostile = f'<script>{one}</script>"\r\n{other}'
    letter = render(
        replace(
            FACTS,
            purpose=purpose,
            language=language,
            **dict.fromkeys(
                (
                    "store_name",
                    "brand_colour",
                    "signed_by",
                    "phone",
                    "customer_name",
                    "carrier",
                    "tracking_number",
                ),
                hostile,
            ),
            order_number=hostile,
            tracking_url=f"javascript:{one}",
            items=(hostile,),
        )
    )
    assert "script" not in _Tags(letter.html).names and "javascript:" not in letter.html
    assert len(letter.subject.splitlines()) == 1 and len(letter.subject) < 130


def test_a_long_list_of_items_is_cut_and_counted() -> None:
    letter = render(replace(FACTS, language="tr", items=tuple(f"Ürün {n}" for n in range(25))))
    assert "Ürün 19" in letter.text and "Ürün 20" not in letter.text and "ve 5 ürün daha" in letter.text


def test_the_telephone_link_dials_latin_digits() -> None:
    html = render(replace(FACTS, language="fa", phone="+98 (۲۱) ۹۱۰۰-۲۲۳۳")).html
    assert 'href="tel:+982191002233"' in html and "+98 (۲۱) ۹۱۰۰-۲۲۳۳" in html


def test_other_purposes_and_languages() -> None:
    assert render(replace(FACTS, language="de")).language == "en"
    with pytest.raises(ValueError, match="birthday"):
        render(replace(FACTS, purpose="birthday"))
