"""The invented shops: what they sell, to whom, through which carriers, and what goes wrong when."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from zoneinfo import ZoneInfo


@dataclass(frozen=True)
class Carrier:
    """A carrier: its share of the parcels, days on the way, chance of a slow parcel, and of one that vanishes.

    ``strike`` are the first and last day without a scan or delivery, counted from the day on which the live part
    begins (negative: in the history). ``sunday`` says that it delivers at weekends.
    """

    name: str
    share: float
    days: tuple[int, int]
    slow: float
    lost: float = 0.0
    strike: tuple[int, int] | None = None
    weekend: bool = False


@dataclass(frozen=True)
class Shop:
    """A shop; ``goods`` are SKU, title by language, and price; ``money`` is currency, factor and shipping price.

    ``places`` are country, region and city by language. ``slow_depot`` is the city whose depot is slow, from which
    day on, and by how many days.
    """

    slug: str
    settings: Mapping[str, Any]
    zone: ZoneInfo
    daily: int
    languages: Mapping[str, float]
    money: Mapping[str, tuple[str, float, float]]
    places: Mapping[str, tuple[tuple[str, str, str], ...]]
    goods: tuple[tuple[str, Mapping[str, str], float], ...]
    carriers: tuple[Carrier, ...]
    weekend: tuple[int, ...]
    holidays: tuple[str, ...]
    from_city: tuple[str, str, str]
    slow_depot: tuple[str, int, int]
    domain: str
    cash: float = 0.15
    shadow: bool = False
    services: Mapping[str, int] = field(default_factory=lambda: {"Standart": 4, "Ekspres": 3})


MERCAN = Shop(
    slug="mercan",
    settings={
        "slug": "mercan",
        "name": "DEMO Mercan",
        "platform": "standard",
        "country": "TR",
        "timezone": "Europe/Istanbul",
        "currency": "TRY",
        "languages": ["tr", "fa", "en"],
        "weekend": ["saturday", "sunday"],
        "holidays": "TR",
        "delivery_evidence": "carrier",
        "delivery_days": {"Standart": 4, "Ekspres": 3},
        "handling_days": 2,
        "cut_off": "15:00",
        "reply_to": "destek@mercan.example",
        "from_address": "siparis@mercan.example",
        "signed_by": "Defne Mercan",
        "soft_opt_in": True,
        "brand_colour": "#9b2d30",
    },
    zone=ZoneInfo("Europe/Istanbul"),
    daily=15,
    languages={"tr": 0.62, "en": 0.26, "fa": 0.12},
    money={"tr": ("TRY", 1.0, 89.9), "fa": ("TRY", 1.0, 89.9), "en": ("EUR", 0.021, 8.9)},
    places={
        "tr": (
            ("TR", "34", "İstanbul"),
            ("TR", "06", "Ankara"),
            ("TR", "35", "İzmir"),
            ("TR", "61", "Trabzon"),
            ("TR", "07", "Antalya"),
            ("TR", "27", "Gaziantep"),
        ),
        "fa": (("TR", "34", "İstanbul"), ("TR", "07", "Antalya"), ("TR", "65", "Van")),
        "en": (
            ("DE", "BE", "Berlin"),
            ("NL", "NH", "Amsterdam"),
            ("IE", "D", "Dublin"),
            ("FR", "75C", "Paris"),
            ("AT", "9", "Vienna"),
        ),
    },
    goods=(
        ("KOLYE-01", {"tr": "Mercan kolye", "fa": "گردنبند مرجان", "en": "Coral necklace"}, 1340),
        ("KUPE-07", {"tr": "Gümüş küpe", "fa": "گوشوارهٔ نقره", "en": "Silver earrings"}, 690),
        (
            "FINCAN-6",
            {"tr": "Kahve fincanı, altılı", "fa": "فنجان قهوه، شش‌تایی", "en": "Six coffee cups"},
            980,
        ),
        ("ORTU-12", {"tr": "Keten masa örtüsü", "fa": "رومیزی کتان", "en": "Linen tablecloth"}, 1180),
        ("TAHTA-02", {"tr": "Zeytin ağacı tahta", "fa": "تختهٔ چوب زیتون", "en": "Olive wood board"}, 860),
        (
            "SABUN-09",
            {"tr": "Defne sabunu, altılı", "fa": "صابون برگ بو، شش‌تایی", "en": "Six bars of bay soap"},
            240,
        ),
        ("HALI-03", {"tr": "El dokuma kilim", "fa": "گلیم دست‌باف", "en": "Handwoven kilim"}, 4650),
        ("LAMBA-1", {"tr": "Seramik lamba", "fa": "چراغ سرامیکی", "en": "Ceramic lamp"}, 1720),
    ),
    carriers=(
        Carrier("Yıldırım Kargo", 0.45, (1, 2), 0.04),
        Carrier("Ege Kargo", 0.35, (1, 3), 0.10, 0.01, strike=(-26, -20)),
        Carrier("Kapıda Kurye", 0.20, (1, 2), 0.02, weekend=True),
    ),
    weekend=(5, 6),
    holidays=("10-28", "10-29", "11-10", "01-01", "04-23", "05-01", "05-19", "08-30"),
    from_city=("TR", "48", "Bodrum"),
    slow_depot=("Ankara", -10, 6),
    domain="example.com",
)

NAR = Shop(
    slug="nar",
    settings={
        "slug": "nar",
        "name": "DEMO خانهٔ نار",
        "platform": "standard",
        "country": "IR",
        "timezone": "Asia/Tehran",
        "currency": "IRT",
        "languages": ["fa", "en"],
        "weekend": ["thursday", "friday"],
        "holidays": "IR",
        "delivery_evidence": "carrier",
        "delivery_days": {"معمولی": 4, "پیشتاز": 3},
        "handling_days": 2,
        "cut_off": "14:00",
        "reply_to": "salam@nar.example",
        "from_address": "sefaresh@nar.example",
        "signed_by": "نیلوفر ناری",
        "brand_colour": "#8a2b52",
    },
    zone=ZoneInfo("Asia/Tehran"),
    daily=6,
    languages={"fa": 0.92, "en": 0.08},
    money={"fa": ("IRT", 1000.0, 65000.0), "en": ("IRT", 1000.0, 65000.0)},
    places={
        "fa": (
            ("IR", "23", "تهران"),
            ("IR", "10", "اصفهان"),
            ("IR", "07", "شیراز"),
            ("IR", "09", "مشهد"),
            ("IR", "03", "تبریز"),
        ),
        "en": (("IR", "23", "Tehran"), ("IR", "10", "Isfahan")),
    },
    goods=(
        ("CHAI-01", {"fa": "چای بهارهٔ لاهیجان", "en": "Lahijan spring tea"}, 420),
        ("ZAFERAN-5", {"fa": "زعفران سرگل، پنج گرم", "en": "Saffron, five grams"}, 1650),
        ("ROB-02", {"fa": "رب انار خانگی", "en": "Pomegranate molasses"}, 380),
        ("SOFAL-7", {"fa": "کاسهٔ سفالی لاجوردی", "en": "Azure clay bowl"}, 740),
        ("TERME-3", {"fa": "رومیزی ترمهٔ یزد", "en": "Termeh runner from Yazd"}, 2900),
        ("GOLAB-1", {"fa": "گلاب قمصر", "en": "Rose water from Qamsar"}, 310),
        ("PESTE-9", {"fa": "پستهٔ اکبری، یک کیلو", "en": "Akbari pistachios, one kilo"}, 1480),
    ),
    carriers=(
        Carrier("پست پیشتاز", 0.6, (1, 2), 0.06, 0.01),
        Carrier("تیپاکس نمونه", 0.4, (1, 2), 0.03, strike=(-26, -20)),
    ),
    weekend=(3, 4),
    holidays=("03-20", "03-21", "03-22", "03-23", "02-11"),
    from_city=("IR", "23", "تهران"),
    slow_depot=("مشهد", -10, 6),
    domain="example.org",
    cash=0.1,
    shadow=True,
    services={"معمولی": 4, "پیشتاز": 3},
)

SHOPS = (MERCAN, NAR)
