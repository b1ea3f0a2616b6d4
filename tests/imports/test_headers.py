"""Columns are known by the names that exports give them."""

from __future__ import annotations

import pytest

from vefa.imports.fields import Field, Meaning, Options, from_document
from vefa.imports.headers import NAMES, guess, key_of
from vefa.imports.statuses import State, is_on_delivery, state_of

F = Field
EXPORTS = {
    "turkish": (
        "SİPARİŞ NO;Sipariş Tarihi;Sipariş Durumu;Müşteri Adı;E-Posta;Telefon;Teslimat Şehir;Toplam Tutar;"
        "Para Birimi;Ödeme Tipi;Kargo Firması;Kargo Takip No;Ürün Adı;Stok Kodu;Adet;Birim Fiyat;"
        "Tahmini Teslimat Tarihi;Pazaryeri",
        [F.NUMBER, F.PLACED_AT, F.STATUS, F.NAME, F.EMAIL, F.PHONE, F.CITY, F.TOTAL, F.CURRENCY, F.PAYMENT, F.CARRIER,
         F.TRACKING, F.TITLE, F.SKU, F.QUANTITY, F.PRICE, F.DELIVER_BY, F.MARKETPLACE],
    ),
    "persian": (
        "شماره سفارش;تاريخ ثبت سفارش;وضعيت سفارش;نام مشتری;موبایل;استان;شهر;مبلغ كل;کد رهگیری;روش ارسال",
        [F.NUMBER, F.PLACED_AT, F.STATUS, F.NAME, F.PHONE, F.REGION, F.CITY, F.TOTAL, F.TRACKING, F.SERVICE],
    ),
    "english": (
        "Name;Email;Financial Status;Paid at;Fulfillment Status;Fulfilled at;Currency;Total;Shipping Method;"
        "Created at;Lineitem quantity;Lineitem name;Lineitem price;Lineitem sku;Shipping City;Shipping Country",
        [F.NUMBER, F.EMAIL, None, F.PAID_AT, F.STATUS, F.SHIPPED_AT, F.CURRENCY, F.TOTAL, F.SERVICE, F.PLACED_AT,
         F.QUANTITY, F.TITLE, F.PRICE, F.SKU, F.CITY, F.COUNTRY],
    ),
    "programs": (
        "orderNumber;order_date;deliveredAt;trackingNumber;order_estimated_delivery_date",
        [F.NUMBER, F.PLACED_AT, F.DELIVERED_AT, F.TRACKING, F.DELIVER_BY],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", EXPORTS)
def test_columns_are_guessed_from_their_names(name: str) -> None:
    header, meanings = EXPORTS[name]
    expected = {meaning: place for place, meaning in enumerate(meanings) if meaning is not None}
    assert guess(header.split(";")) == expected


def test_of_two_columns_the_likelier_name_is_taken() -> None:
    assert guess(["Tarih", "Sipariş Tarihi"]) == {F.PLACED_AT: 1}
    assert guess(["Order ID", "Order Number", "Order Number"]) == {F.NUMBER: 1}


def test_no_name_means_two_things_and_every_meaning_has_one() -> None:
    names = [key_of(name) for names in NAMES.values() for name in names.split("|")]
    twice = {name for name in names if names.count(name) > 1}
    by_field = {
        name: [field for field, all_ in NAMES.items() if name in map(key_of, all_.split("|"))]
        for name in twice
    }
    assert not {name: fields for name, fields in by_field.items() if len(fields) > 1}
    assert set(NAMES) == set(Field)


def test_a_meaning_is_kept_as_a_document() -> None:
    meaning = Meaning({F.NUMBER: 0, F.TOTAL: 2}, Options(day_first=False, toman=True))
    assert from_document(meaning.document(), 3) == meaning
    assert from_document({"columns": {"number": 9, "nothing": 0, "total": True}}, 3) == Meaning({})


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Teslim Edildi", State.DELIVERED),
        ("TESLİM EDİLDİ", State.DELIVERED),
        ("Kargoya verildi", State.SHIPPED),
        ("Onay bekliyor", State.AWAITING),
        ("İptal edildi", State.CANCELLED),
        ("İade edildi", State.REFUNDED),
        ("ارسال شده", State.SHIPPED),
        ("تحويل شده", State.DELIVERED),
        ("fulfilled", State.SHIPPED),
        ("Gone fishing", None),
    ],
)
def test_status_words_are_known(word: str, state: State | None) -> None:
    assert state_of(word, {}) is state


def test_the_stores_own_words_come_first() -> None:
    assert state_of("Gone Fishing", {"gone-fishing": "shipped"}) is State.SHIPPED
    assert state_of("Teslim edildi", {"teslim edildi": "shipped"}) is State.SHIPPED


@pytest.mark.parametrize(
    ("text", "told"), [("Kapıda Ödeme", True), ("پرداخت در محل", True), ("COD", True), ("Kredi kartı", False)]
)
def test_paying_at_the_door_is_recognised(text: str, told: bool) -> None:
    assert is_on_delivery(text) is told
