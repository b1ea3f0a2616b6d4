"""What stores call the states of an order, in Turkish, Persian and English."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import cache

from vefa.imports.headers import key_of


class State(StrEnum):
    """How far a row says that its order has come."""

    AWAITING = "awaiting"
    PLACED = "placed"
    PAID = "paid"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    CANCELLED = "cancelled"
    REFUNDED = "refunded"


ENDED = (State.CANCELLED, State.REFUNDED)

WORDS: Mapping[State, str] = {
    State.AWAITING: "pending|pending payment|awaiting payment|unpaid|payment pending|on hold|onay bekliyor"
    "|ödeme bekleniyor|ödeme bekliyor|ödeme onayı bekliyor|havale bekleniyor|onay bekleyen|onaylanmadı"
    "|در انتظار پرداخت|پرداخت نشده|منتظر پرداخت|در انتظار تایید",
    State.PLACED: "new|created|placed|open|unfulfilled|received|confirmed|yeni|yeni sipariş|sipariş alındı|alındı"
    "|oluşturuldu|beklemede|işlem bekliyor|جدید|ثبت شده|سفارش جدید|ثبت سفارش",
    State.PAID: "paid|processing|approved|preparing|ready|ready for shipment|ready to ship|invoiced|in progress"
    "|packed|partial|partially fulfilled|authorized"
    "|onaylandı|ödendi|hazırlanıyor|sipariş hazırlanıyor|kargoya hazır|paketleniyor|paketlendi|tedarik sürecinde"
    "|faturalandı|ödeme alındı|kargo hazırlanıyor|işleniyor|kargoya verilecek|ürün hazırlanıyor"
    "|پرداخت شده|در حال پردازش|در حال آماده سازی|آماده سازی|تایید شده|آماده ارسال|بسته بندی شده|در حال انجام",
    State.SHIPPED: "shipped|fulfilled|dispatched|in transit|sent|on the way|out for delivery|handed over"
    "|kargoya verildi|kargolandı|kargoda|gönderildi|yolda|sevk edildi|dağıtımda|kargoya teslim edildi|taşımada"
    "|ارسال شده|ارسال شد|تحویل به پست|تحویل پست شده|در حال ارسال|در راه|تحویل پیک",
    State.DELIVERED: "delivered|completed|complete|closed|picked up"
    "|teslim edildi|tamamlandı|teslim alındı|müşteriye teslim edildi|kapandı"
    "|تحویل شده|تحویل شد|تکمیل شده|تحویل داده شده|تحویل مشتری شده|تکمیل",
    State.CANCELLED: "cancelled|canceled|voided|failed|rejected|unavailable|expired"
    "|iptal|iptal edildi|iptal oldu|reddedildi|başarısız|ödeme başarısız|silindi|tedarik edilemedi"
    "|لغو شده|لغو|کنسل|کنسل شده|ناموفق|رد شده|انصراف",
    State.REFUNDED: "refunded|returned|return completed|restocked"
    "|iade|iade edildi|iade tamamlandı|iade alındı|para iadesi yapıldı|iade onaylandı"
    "|مرجوعی|مرجوع شده|برگشت خورده|عودت داده شده|بازپرداخت شده|مسترد شده",
}  # fmt: skip
ON_DELIVERY = (
    "cashondelivery", "cod", "payondelivery", "paymentondelivery", "kapida", "teslimatta", "پرداختدرمحل", "درمحل",
)  # fmt: skip
YES = frozenset({"yes", "true", "1", "evet", "بله"})


@cache
def _known() -> dict[str, State]:
    return {key_of(word): state for state, words in WORDS.items() for word in words.split("|")}


def state_of(text: str, own: Mapping[str, str]) -> State | None:
    """Return the state that a store's word means, or None; ``own`` is the store's own table of words."""
    mine = {key_of(word): state for word, state in own.items()}
    told = mine.get(key_of(text))
    return State(told) if told in set(State) else _known().get(key_of(text))


def is_on_delivery(text: str) -> bool:
    """Say whether a payment method means that the customer pays at the door."""
    key = key_of(text)
    return key in YES or any(word in key for word in ON_DELIVERY)
