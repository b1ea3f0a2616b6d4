"""Guesses what columns mean from their names, as stores in Turkey, Iran and elsewhere export them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from vefa.imports.fields import Field
from vefa.locales import fold

# The likeliest name first: of two columns that fit one meaning, the one named earlier is taken.
NAMES: Mapping[Field, str] = {
    Field.NUMBER: "order number|order no|order name|order id|order|number|sales order|order reference|reference"
    "|sipariş no|sipariş numarası|sipariş kodu|siparişno|sipariş id|sipariş|sipariş referansı|sipariş takip no"
    "|شماره سفارش|کد سفارش|سفارش|شناسه سفارش|شماره فاکتور|fatura no|name",
    Field.PLACED_AT: "placed at|order date|ordered at|ordered on|created at|date created|order created|purchased at"
    "|order purchase timestamp|purchase date|date|created"
    "|sipariş tarihi|siparişin tarihi|sipariş zamanı|sipariş oluşturma tarihi|oluşturulma tarihi|kayıt tarihi|tarih"
    "|تاریخ سفارش|تاریخ ثبت سفارش|تاریخ ثبت|تاریخ ایجاد|زمان سفارش|تاریخ خرید|تاریخ",
    Field.PAID_AT: "paid at|payment date|date paid|paid on|order approved at|ödeme tarihi|ödenme tarihi|onay tarihi"
    "|تاریخ پرداخت|زمان پرداخت",
    Field.STATUS: "order status|status|state|fulfillment status|delivery status|shipping status"
    "|sipariş durumu|sipariş statüsü|durum|statü|kargo durumu|paket durumu|sipariş aşaması"
    "|وضعیت سفارش|وضعیت|وضعیت ارسال",
    Field.DELIVER_BY: "deliver by|promised date|promised delivery date|promised delivery|delivery date"
    "|estimated delivery|estimated delivery date|order estimated delivery date|expected delivery|delivery due"
    "|latest delivery date|eta"
    "|söz verilen teslimat|taahhüt edilen teslimat tarihi|tahmini teslimat tarihi|tahmini teslimat|teslimat tarihi"
    "|planlanan teslimat tarihi|beklenen teslimat tarihi|son teslim tarihi|en geç teslimat"
    "|تاریخ تحویل|تاریخ تحویل وعده داده شده|زمان تحویل|موعد تحویل|تاریخ تحویل تقریبی|تاریخ تحویل تخمینی",
    Field.DELIVER_FROM: "deliver from|earliest delivery date|delivery from|en erken teslimat|teslimat başlangıç"
    "|تحویل از",
    Field.SHIP_BY: "ship by|dispatch by|ship by date|shipping limit date|latest ship date|handling due"
    "|kargoya son verilme tarihi|kargoya veriliş son tarihi|termin tarihi|son kargo tarihi|sevk termini"
    "|مهلت ارسال|موعد ارسال",
    Field.SHIPPED_AT: "shipped at|shipped on|ship date|shipping date|dispatch date|dispatched at|fulfilled at"
    "|date shipped|order delivered carrier date"
    "|kargoya veriliş tarihi|kargoya verilme tarihi|kargoya verildiği tarih|kargo tarihi|gönderim tarihi|sevk tarihi"
    "|sevkiyat tarihi|çıkış tarihi|تاریخ ارسال|زمان ارسال|تاریخ تحویل به پست",
    Field.DELIVERED_AT: "delivered at|delivered on|date delivered|actual delivery date|order delivered customer date"
    "|delivery completed at|received at"
    "|teslim tarihi|teslim edilme tarihi|teslim edildiği tarih|teslim alma tarihi|gerçekleşen teslimat tarihi"
    "|تاریخ تحویل شده|تاریخ تحویل به مشتری|تحویل شده در|تاریخ دریافت",
    Field.CANCELLED_AT: "cancelled at|canceled at|cancel date|cancellation date|iptal tarihi|iptal edilme tarihi"
    "|تاریخ لغو|زمان لغو",
    Field.CONTACTED_AT: "contacted at|customer contacted|customer contacted at|customer wrote at|first contact"
    "|ticket created at|müşteri iletişim tarihi|iletişim tarihi|şikayet tarihi|talep tarihi|تاریخ تماس|تاریخ شکایت",
    Field.SERVICE: "shipping method|shipping|delivery method|service|shipping service|shipping line"
    "|kargo yöntemi|gönderim yöntemi|teslimat yöntemi|teslimat şekli|kargo seçeneği|gönderi tipi"
    "|روش ارسال|نحوه ارسال|شیوه ارسال",
    Field.CARRIER: "carrier|shipping company|courier|tracking company|shipping carrier|carrier name"
    "|kargo firması|kargo şirketi|kargo|taşıyıcı|taşıyıcı firma|kargo adı|شرکت حمل|شرکت پستی|حامل|شرکت ارسال",
    Field.TRACKING: "tracking number|tracking no|tracking|tracking code|tracking id|awb|waybill|consignment number"
    "|kargo takip no|kargo takip numarası|kargo takip kodu|kargo kodu|takip no|takip numarası|takip kodu"
    "|gönderi no|gönderi numarası|gönderi takip no|kargo barkodu"
    "|کد رهگیری|کد رهگیری پستی|شماره رهگیری|کد مرسوله|شماره مرسوله|بارکد پستی",
    Field.NAME: "customer name|customer|full name|recipient|recipient name|shipping name|billing name|buyer"
    "|müşteri adı soyadı|müşteri ad soyad|müşteri adı|müşteri|ad soyad|adı soyadı|isim soyisim|alıcı|alıcı adı"
    "|üye adı|üye adı soyadı|teslimat adı soyadı"
    "|نام مشتری|نام و نام خانوادگی|نام گیرنده|نام خریدار|مشتری|گیرنده|خریدار",
    Field.FIRST_NAME: "first name|given name|customer first name|ad|adı|isim|müşteri isim|نام",
    Field.LAST_NAME: "last name|surname|family name|customer last name|soyad|soyadı|soyisim|نام خانوادگی",
    Field.EMAIL: "email|e-mail|customer email|email address|contact email|billing email|buyer email"
    "|e-posta|eposta|e-posta adresi|müşteri e-posta|müşteri e-mail|mail|mail adresi|üye mail"
    "|ایمیل|پست الکترونیک|ایمیل مشتری|رایانامه",
    Field.PHONE: "phone|phone number|customer phone|mobile|mobile phone|shipping phone|billing phone|telephone"
    "|telefon|telefon no|telefon numarası|cep telefonu|cep|gsm|müşteri telefon|alıcı telefon|teslimat telefon"
    "|تلفن|موبایل|شماره موبایل|تلفن همراه|شماره تماس|شماره تلفن|تلفن مشتری",
    Field.COUNTRY: "shipping country|country|delivery country|country code|teslimat ülke|ülke|کشور",
    Field.REGION: "shipping province|province|state province|region|shipping state|teslimat il|il|şehir il"
    "|استان|نام استان",
    Field.CITY: "shipping city|city|town|delivery city|teslimat şehir|şehir|teslimat şehri|ilçe|teslimat ilçe"
    "|شهر|نام شهر|شهر گیرنده",
    Field.POSTAL_CODE: "shipping zip|zip|postal code|postcode|zip code|posta kodu|teslimat posta kodu|کد پستی|کدپستی",
    Field.TOTAL: "total|order total|grand total|total price|total amount|amount|order value|payment value"
    "|toplam|genel toplam|toplam tutar|sipariş tutarı|sipariş toplamı|tutar|ödenecek tutar|ödenen tutar|net tutar"
    "|مبلغ کل|جمع کل|مبلغ سفارش|مبلغ نهایی|مبلغ|مبلغ پرداختی|قیمت کل|قابل پرداخت",
    Field.CURRENCY: "currency|currency code|para birimi|döviz|kur birimi|döviz cinsi|واحد پول|ارز|واحد",
    Field.PAYMENT: "payment method|payment|payment type|payment gateway|ödeme yöntemi|ödeme tipi|ödeme şekli|ödeme"
    "|ödeme türü|روش پرداخت|نحوه پرداخت|شیوه پرداخت|درگاه پرداخت",
    Field.MARKETPLACE: "marketplace|sales channel|channel|source|pazaryeri|pazar yeri|satış kanalı|kanal|platform"
    "|sipariş kaynağı|kaynak|کانال فروش|بازارگاه|مارکت پلیس|منبع سفارش",
    Field.TITLE: "lineitem name|product name|product|item|item name|product title|line item|title"
    "|ürün adı|ürün|ürün ismi|stok adı|ürün başlığı|نام محصول|محصول|نام کالا|کالا|شرح کالا|عنوان محصول",
    Field.SKU: "lineitem sku|sku|product code|item sku|stock code|variant sku|product sku"
    "|stok kodu|ürün kodu|ürün stok kodu|barkod|model kodu|کد محصول|کد کالا|شناسه کالا",
    Field.QUANTITY: "lineitem quantity|quantity|qty|item quantity|adet|miktar|ürün adedi|ürün adeti|تعداد|مقدار",
    Field.PRICE: "lineitem price|unit price|item price|price|birim fiyat|birim fiyatı|ürün fiyatı|satış fiyatı|fiyat"
    "|قیمت واحد|قیمت محصول|قیمت|فی",
}  # fmt: skip


def key_of(name: str) -> str:
    """Return what two ways to write a column's name have in common: its folded letters and digits."""
    return "".join(letter for letter in fold(name) if letter.isalnum())


@cache
def _known() -> dict[str, tuple[int, Field]]:
    """Return every name with its place among the names of its meaning; a name has one meaning."""
    found: dict[str, tuple[int, Field]] = {}
    for field, names in NAMES.items():
        for place, name in enumerate(names.split("|")):
            found.setdefault(key_of(name), (place, field))
    return found


def guess(header: Sequence[str]) -> dict[Field, int]:
    """Return the column of every meaning that a name tells of; of several the likeliest, of equal ones the first."""
    best: dict[Field, tuple[int, int]] = {}
    for column, name in enumerate(header):
        known = _known().get(key_of(name))
        if known is None:
            continue
        place, field = known
        best[field] = min(best.get(field, (place, column)), (place, column))
    return {field: column for field, (_, column) in sorted(best.items())}
