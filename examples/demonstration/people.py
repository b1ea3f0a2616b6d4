"""Invented customers: so many for each shop, some of whom come again and again."""

from __future__ import annotations

import random
from dataclasses import dataclass

FIRST = {
    "tr": (
        "Ayşe",
        "İrem",
        "Çağla",
        "Oğuzhan",
        "Şule",
        "Ümit",
        "Gülsüm",
        "Hüseyin",
        "Elâ",
        "Nazlı",
        "Tuğrul",
        "Pınar",
        "Koray",
        "Zeynep",
        "Emre",
        "Derya",
    ),
    "fa": (
        "زهرا",
        "محمدرضا",
        "نیلوفر",
        "امیرحسین",
        "شیرین",
        "بهرام",
        "مریم",
        "کیوان",
        "پریسا",
        "لیلا",
        "آرش",
        "سارا",
        "نرگس",
        "حامد",
        "ترانه",
    ),
    "en": (
        "Maeve",
        "Jonas",
        "Anneliese",
        "Liam",
        "Zoë",
        "Pádraig",
        "Sanne",
        "Friederike",
        "Niamh",
        "Thijs",
        "Karoline",
        "Oisín",
        "Clara",
        "Émile",
    ),
}
LAST = {
    "tr": (
        "Yıldırım",
        "Işık",
        "Öztürk",
        "Güneş",
        "Ağaoğlu",
        "Çelik",
        "Deniz",
        "Kılıç",
        "Şimşek",
        "Doğan",
        "Müslümoğlu",
        "Er",
        "Karaca",
        "Aydın",
    ),
    "fa": (
        "احمدی",
        "کریمی",
        "گل‌محمدی",
        "رضایی",
        "یزدانی",
        "پاک‌نهاد",
        "صادقی",
        "جهانگیری",
        "نوری",
        "فرهادی",
        "کمالی",
        "موسوی‌نژاد",
    ),
    "en": (
        "O'Sullivan",
        "Visser",
        "Schäfer",
        "Byrne",
        "Bakker",
        "Groß",
        "Walsh",
        "Weiß",
        "Kavanagh",
        "Moreau",
        "Featherstone",
        "Bauer",
    ),
}
LOCALES = {"tr": "tr-TR", "fa": "fa-IR", "en": "en-IE"}


@dataclass(frozen=True)
class Person:
    """A customer: ``number`` is their place in the shop's list; ``temper`` from 0 (silent) to 1 (angry at once)."""

    number: int
    language: str
    first: str
    last: str
    email: str
    phone: str | None
    consent: bool
    temper: float
    place: tuple[str, str, str]


def person(shop_slug: str, seed: int, number: int, language: str, places: tuple, domain: str) -> Person:
    """Return the customer of this number; the same number is always the same person."""
    chance = random.Random(f"{seed}:{shop_slug}:person:{number}")
    place = chance.choice(places)
    phone = {"TR": "+90532", "IR": "+98912"}.get(place[0])
    return Person(
        number,
        language,
        chance.choice(FIRST[language]),
        chance.choice(LAST[language]),
        f"{shop_slug}.{number}@{domain}",
        f"{phone}{chance.randrange(10**6, 10**7)}" if phone else None,
        chance.random() < 0.55,
        chance.random(),
        place,
    )
