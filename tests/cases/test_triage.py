"""What customers write, and what it is read as: sentences as people type them, in three languages."""

from __future__ import annotations

from datetime import timedelta
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.build import START

from vefa.cases.case import CaseKind, Reason, Severity
from vefa.cases.lexicon import LEXICON, topic
from vefa.cases.triage import Signals, Triage, from_document, together, triage
from vefa.lateness.judgement import Lateness
from vefa.policy.columns import REASONS, Wanted

C, Q = CaseKind.COMPLAINT, CaseKind.QUESTION

SENTENCES: list[tuple[str, CaseKind, Reason]] = [
    # Turkish
    ("Kargom hâlâ gelmedi, ne zaman gelecek?", C, Reason.NOT_RECEIVED),
    ("KARGOM HALA GELMEDİ!!!", C, Reason.NOT_RECEIVED),
    ("Teslim edildi görünüyor ama elime geçmedi", C, Reason.NOT_RECEIVED),
    ("Paketim kaybolmuş sanırım", C, Reason.NOT_RECEIVED),
    ("Ürün kırık geldi, kutusu da ezikti", C, Reason.DAMAGED),
    ("bardaklar paramparca olmus", C, Reason.DAMAGED),
    ("Ekranında çizik var", C, Reason.DAMAGED),
    ("Yanlış beden gönderilmiş, M istemiştim", C, Reason.WRONG_ITEM),
    ("Mavi sipariş ettim farklı renk geldi", C, Reason.WRONG_ITEM),
    ("Bana başkasının siparişi gelmiş", C, Reason.WRONG_ITEM),
    ("Vidaları eksik çıktı, kuramadım", C, Reason.MISSING_PART),
    ("İki tane aldım, bir tanesi gelmedi", C, Reason.MISSING_PART),
    ("Şarj kablosu kutudan çıkmadı", C, Reason.MISSING_PART),
    ("Siparişim çok gecikti", C, Reason.LATE),
    ("Geç geldi ama ürün güzel", C, Reason.LATE),
    ("Zamanında gelmedi, doğum gününü kaçırdık", C, Reason.LATE),
    ("10 gündür kargoya verilmedi", C, Reason.LATE),
    ("Kumaşı çok kalitesiz", C, Reason.QUALITY),
    ("Telefon açılmıyor, arızalı", C, Reason.QUALITY),
    ("Görseldeki gibi değil", C, Reason.QUALITY),
    ("İade ettim ama param hâlâ yatmadı", C, Reason.REFUND),
    ("Kartımdan iki kez çekim yapılmış", C, Reason.REFUND),
    ("Telefonda çok kaba davrandılar", C, Reason.SERVICE),
    ("Mesajlarıma cevap vermiyorsunuz", C, Reason.SERVICE),
    ("Rezalet bir alışverişti, bir daha asla", C, Reason.OTHER),
    ("İade etmek istiyorum, nasıl yapabilirim?", Q, Reason.RETURN),
    ("Bir beden büyüğüyle değişim yapabilir miyim?", Q, Reason.RETURN),
    ("Siparişimi iptal edebilir miyim?", Q, Reason.CANCEL),
    ("Para iadesi kaç günde yapılıyor?", Q, Reason.REFUND),
    ("Bu ürün su geçirir mi?", Q, Reason.OTHER),
    ("Fatura adresimi düzeltebilir misiniz", Q, Reason.OTHER),
    ("Prize takınca duman çıktı", C, Reason.OTHER),
    # Persian
    ("سفارشم هنوز نرسیده", C, Reason.NOT_RECEIVED),
    ("نوشته تحویل شده ولی من تحویل نگرفتم", C, Reason.NOT_RECEIVED),
    ("بسته‌ام گم شده", C, Reason.NOT_RECEIVED),
    ("لیوان‌ها شکسته بود", C, Reason.DAMAGED),
    ("جعبه له شده بود و کالا آسیب دیده", C, Reason.DAMAGED),
    ("روی صفحه خط و خش داشت", C, Reason.DAMAGED),
    ("رنگ اشتباه فرستادید", C, Reason.WRONG_ITEM),
    ("یک کالای دیگر برایم آمده", C, Reason.WRONG_ITEM),
    ("كالاي اشتباه ارسال شده است", C, Reason.WRONG_ITEM),
    ("یکی کم بود، دو عدد خریده بودم", C, Reason.MISSING_PART),
    ("شارژر داخل جعبه نبود", C, Reason.MISSING_PART),
    ("سفارش ناقص رسید", C, Reason.MISSING_PART),
    ("خیلی دیر رسید", C, Reason.LATE),
    ("ارسال تأخیر زیادی داشت", C, Reason.LATE),
    ("به موقع نرسید و مهمانی تمام شد", C, Reason.LATE),
    ("ده روز است منتظرم", C, Reason.LATE),
    ("جنسش بی‌کیفیت است", C, Reason.QUALITY),
    ("دستگاه روشن نمی‌شود، خراب است", C, Reason.QUALITY),
    ("کار نمیکنه", C, Reason.QUALITY),
    ("اصلاً مثل عکس نبود", C, Reason.QUALITY),
    ("مرجوع کردم ولی پولم برنگشته", C, Reason.REFUND),
    ("دو بار از حسابم پول کم شده", C, Reason.REFUND),
    ("پشتیبانی جواب نمی‌دهد", C, Reason.SERVICE),
    ("متأسفانه راضی نیستم", C, Reason.OTHER),
    ("افتضاح بود", C, Reason.OTHER),
    ("می‌خواهم مرجوع کنم، چه کار کنم؟", Q, Reason.RETURN),
    ("امکان تعویض سایز هست؟", Q, Reason.RETURN),
    ("لطفاً سفارشم را لغو کنید", Q, Reason.CANCEL),
    ("هزینه ارسال به شیراز چقدر است؟", Q, Reason.OTHER),
    # English
    ("My parcel never arrived", C, Reason.NOT_RECEIVED),
    ("Tracking says delivered but I didn’t receive anything", C, Reason.NOT_RECEIVED),
    ("The vase was BROKEN and the box crushed", C, Reason.DAMAGED),
    ("There's a scratch on the lid", C, Reason.DAMAGED),
    ("You sent me the wrong size", C, Reason.WRONG_ITEM),
    ("This is not what I ordered", C, Reason.WRONG_ITEM),
    ("Two screws are missing", C, Reason.MISSING_PART),
    ("I only received one of the two cups", C, Reason.MISSING_PART),
    ("It was delivered a week late", C, Reason.LATE),
    ("It did not arrive on time for the wedding", C, Reason.LATE),
    ("It stopped working after a day", C, Reason.QUALITY),
    ("Cheap quality, fell apart", C, Reason.QUALITY),
    ("I returned it but still waiting for my refund", C, Reason.REFUND),
    ("I was charged twice", C, Reason.REFUND),
    ("Nobody answers my messages", C, Reason.SERVICE),
    ("Worst shop ever", C, Reason.OTHER),
    ("How do I return these shoes?", Q, Reason.RETURN),
    ("Could I exchange it for a larger one?", Q, Reason.RETURN),
    ("Please cancel my order", Q, Reason.CANCEL),
    ("Where is my order?", Q, Reason.OTHER),
    ("Does it come with a warranty?", Q, Reason.OTHER),
    ("Arrived late and the glass was cracked, I want my money back", C, Reason.DAMAGED),
]


@pytest.mark.parametrize(("text", "kind", "reason"), SENTENCES)
def test_what_somebody_wrote(text: str, kind: CaseKind, reason: Reason) -> None:
    read = triage(Signals(text=text, lateness=Lateness.ON_TRACK))
    assert (read.kind, read.reason) == (kind, reason)


@pytest.mark.parametrize(
    "text",
    [
        "Hasarsız ve zamanında geldi, teşekkürler",
        "Geç kalmadan geldi, kusursuz paketlenmiş",
        "Hiçbir sorun yaşamadım, tavsiye ederim",
        "Çok güzel, bayıldım",
        "سالم و به موقع به دستم رسید، ممنون",
        "بدون مشکل و بدون تأخیر رسید",
        "عالی بود، دستتان درد نکند",
        "Arrived early and undamaged, thank you!",
        "No problems at all, not late, nothing missing",
        "Foi tudo mais rápido do eu esperava.",
    ],
)
def test_praise_is_a_comment(text: str) -> None:
    read = triage(Signals(5, text, Lateness.DELIVERED_LATE))
    assert (read.kind, read.reason, read.severity) == (Q, Reason.COMMENT, Severity.INFORMATION)


@pytest.mark.parametrize(
    "text",
    [
        "Şarj olurken alev aldı",
        "Kızımın elini... elimi kesti kenarı",
        "Kremi sürünce alerji yaptı",
        "موقع شارژ دود کرد",
        "برق گرفت مرا",
        "با خوردنش مسموم شدیم، بیمارستان رفتیم",
        "It overheated and caught fire",
        "My son got an electric shock",
    ],
)
@pytest.mark.parametrize("score", [None, 1, 5])
def test_danger_comes_before_everything(text: str, score: int | None) -> None:
    read = triage(Signals(score, text))
    assert (read.kind, read.severity) == (C, Severity.SAFETY)
    assert "words:safety" in read.because


@pytest.mark.parametrize(
    ("score", "lateness", "expected"),
    [
        (1, Lateness.LATE, (C, Reason.LATE, Severity.TIME)),
        (2, Lateness.DELIVERED_LATE, (C, Reason.LATE, Severity.TIME)),
        (1, Lateness.LOST_SUSPECTED, (C, Reason.LATE, Severity.TIME)),
        (1, Lateness.ON_TRACK, (C, Reason.OTHER, Severity.TIME)),
        (2, None, (C, Reason.OTHER, Severity.TIME)),
        (3, Lateness.DELIVERED_LATE, (C, Reason.LATE, Severity.TIME)),
        (3, Lateness.ON_TRACK, (Q, Reason.COMMENT, Severity.INFORMATION)),
        (4, Lateness.DELIVERED_LATE, (Q, Reason.COMMENT, Severity.INFORMATION)),
        (5, Lateness.LATE, (Q, Reason.COMMENT, Severity.INFORMATION)),
        (None, Lateness.LATE, (C, Reason.LATE, Severity.TIME)),
        (None, Lateness.DELIVERED_LATE, (Q, Reason.OTHER, Severity.INFORMATION)),
        (None, Lateness.UNCONFIRMED, (Q, Reason.OTHER, Severity.INFORMATION)),
        (None, None, (Q, Reason.OTHER, Severity.INFORMATION)),
    ],
)
def test_without_telling_words_the_facts_say_what_it_is(
    score: int | None, lateness: Lateness | None, expected: tuple[CaseKind, Reason, Severity]
) -> None:
    for text in ("", "Hm."):
        read = triage(Signals(score, text, lateness))
        assert (read.kind, read.reason, read.severity) == expected


def test_a_bad_score_makes_a_complaint_of_a_wish_and_good_words_of_a_bad_score_none() -> None:
    assert triage(Signals(1, "I want to return it")).kind is C
    assert triage(Signals(1, "Perfect, thank you")).kind is C
    assert triage(Signals(5, "Broken, but you helped at once")).kind is C


def test_a_wish_about_a_late_order_complains() -> None:
    assert triage(Signals(text="Siparişimi iptal edin", lateness=Lateness.LATE)).kind is C
    assert triage(Signals(text="Siparişimi iptal edin", lateness=Lateness.DELIVERED_LATE)).kind is Q


def test_what_was_stated_stands() -> None:
    read = triage(Signals(text="It is broken", kind=Q, reason=Reason.RETURN))
    assert (read.kind, read.reason) == (Q, Reason.RETURN)
    assert "stated" in read.because


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("It is late, please cancel it", "cancel"),
        ("Kırık geldi, paramı iade edin", "refund"),
        ("شکسته بود، لطفاً تعویض کنید", "exchange"),
        ("Kırık geldi, değişim istiyorum", "exchange"),
        ("I want to send it back", "refund"),
        ("Where is it?", ""),
    ],
)
def test_what_is_wished_for(text: str, wanted: str) -> None:
    assert triage(Signals(text=text)).wanted == wanted
    assert wanted == "" or Wanted(wanted)


def test_the_codes_say_why() -> None:
    assert triage(Signals(1, "Berbat, geç geldi", Lateness.DELIVERED_LATE)).because == (
        "words:late",
        "words:angry",
        "score:1",
        "order:delivered_late",
    )


def test_every_language_has_the_same_rows_and_no_phrase_twice() -> None:
    names = {language: [name for name, _ in rows] for language, rows in LEXICON.items()}
    assert names["tr"] == names["fa"] == names["en"]
    assert len(set(names["en"])) == len(names["en"])
    for rows in LEXICON.values():
        phrases = [phrase.strip() for _, row in rows for phrase in row.split("|")]
        assert all(phrases) and len(phrases) == len(set(phrases))


def test_every_phrase_is_read_as_its_row_says() -> None:
    for rows in LEXICON.values():
        for name, row in rows:
            if not isinstance(name, Reason):
                continue
            for phrase in row.split("|"):
                assert topic(phrase.strip().removesuffix("-")).reason is not None, phrase


def test_reasons_are_the_policys() -> None:
    assert {reason.value for reason in Reason} == set(REASONS)


TRIAGES = st.builds(
    Triage,
    st.sampled_from(CaseKind),
    st.sampled_from(Reason),
    st.sampled_from(Severity),
    st.just(("words:x",)),
    st.sampled_from(["", "cancel"]),
)


@given(st.lists(st.tuples(st.integers(0, 3), TRIAGES), min_size=1, max_size=4))
def test_a_conversation_is_what_weighs_most_whatever_the_order(said: list[tuple[int, Triage]]) -> None:
    parts = [(START + timedelta(days=day), str(at), read) for at, (day, read) in enumerate(said)]
    found = together(parts)
    assert all(together(list(other)) == found for other in permutations(parts))
    assert together(parts + parts) == found
    assert (found.kind is C) == any(read.kind is C for _, read in said)
    assert from_document(found.document()) == found
