"""What the law gives a customer at the least, by country: the floor that no policy goes below.

These are data with their article and how sure they are (``verified`` in a text of the law, ``secondary`` in writings
about it, ``unverified``); they are no legal advice.
"""

from __future__ import annotations

from dataclasses import dataclass

from vefa.locales import mark
from vefa.policy.table import Days, Payer

# The members of the European Union, and those of the European Economic Area that are not.
EU = frozenset(
    "AT,BE,BG,CY,CZ,DE,DK,EE,ES,FI,FR,GR,HR,HU,IE,IT,LT,LU,LV,MT,NL,PL,PT,RO,SE,SI,SK,IS,LI,NO".split(",")  # noqa: SIM905
)
# Three working days fit into the longest run of days off for each that is counted.
_STRETCH = 3


@dataclass(frozen=True, slots=True)
class Rule:
    """A number of days that the law names, with its article."""

    days: Days
    article: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Floor:
    """What the law of a country asks for; None where it names nothing.

    ``withdrawal`` and ``send_back`` are the least, ``refund`` is the most. ``payer`` names the article by which the
    store pays for the way back. ``cancel``, ``late`` and ``excluded`` are articles that rows refer to.
    """

    withdrawal: Rule | None = None
    send_back: Rule | None = None
    refund: Rule | None = None
    payer: str | None = None
    cancel: str | None = None
    late: str | None = None
    excluded: str | None = None
    as_of: str = "2026-11"

    @property
    def pays(self) -> Payer:
        """Who pays for the way back unless the store is more generous."""
        return Payer.STORE if self.payer else Payer.CUSTOMER


_TR_9 = mark("Distance Contracts Regulation (Türkiye), art. 9")
_EU_9 = mark("Directive 2011/83/EU, art. 9")
_UK_30 = mark("Consumer Contracts Regulations 2013, reg. 30")
_IR_37 = mark("Electronic Commerce Act (Iran), art. 37")

TURKEY = Floor(
    withdrawal=Rule(Days(14), _TR_9, "verified"),
    send_back=Rule(Days(10), mark("Distance Contracts Regulation (Türkiye), art. 13"), "secondary"),
    refund=Rule(Days(14), mark("Distance Contracts Regulation (Türkiye), art. 12"), "secondary"),
    payer=mark("Distance Contracts Regulation (Türkiye), art. 12 and 13"),
    cancel=_TR_9,
    late=mark("Distance Contracts Regulation (Türkiye), art. 16"),
    excluded=mark("Distance Contracts Regulation (Türkiye), art. 15"),
)
EUROPE = Floor(
    withdrawal=Rule(Days(14), _EU_9, "secondary"),
    send_back=Rule(Days(14), mark("Directive 2011/83/EU, art. 14"), "unverified"),
    refund=Rule(Days(14), mark("Directive 2011/83/EU, art. 13"), "unverified"),
    cancel=_EU_9,
    late=mark("Directive 2011/83/EU, art. 18"),
    excluded=mark("Directive 2011/83/EU, art. 16"),
)
BRITAIN = Floor(
    withdrawal=Rule(Days(14), _UK_30, "verified"),
    send_back=Rule(Days(14), mark("Consumer Contracts Regulations 2013, reg. 35"), "secondary"),
    refund=Rule(Days(14), mark("Consumer Contracts Regulations 2013, reg. 34"), "secondary"),
    cancel=_UK_30,
    late=mark("Consumer Rights Act 2015, s. 28"),
    excluded=mark("Consumer Contracts Regulations 2013, reg. 28"),
)
IRAN = Floor(
    withdrawal=Rule(Days(7, working=True), _IR_37, "verified"),
    cancel=_IR_37,
    excluded=mark("By-law of the Electronic Commerce Act (Iran), art. 38 and 42"),
)
STATES = Floor(
    refund=Rule(Days(7, working=True), mark("16 CFR 435.1(b)"), "verified"),
)
ELSEWHERE = Floor()
_BY_COUNTRY = {"TR": TURKEY, "IR": IRAN, "US": STATES, "GB": BRITAIN}


def floor_of(country: str | None) -> Floor:
    """Return what the law of a store's country asks for, as far as it is known here."""
    return EUROPE if country in EU else _BY_COUNTRY.get(country or "", ELSEWHERE)


def least(rule: Rule, *, working: bool) -> int:
    """Return how many days, of the kind wanted, are never shorter than what the rule gives."""
    return rule.days.count * (_STRETCH if rule.days.working and not working else 1)


def most(rule: Rule, *, working: bool) -> int:
    """Return how many days, of the kind wanted, are never longer than what the rule allows."""
    return rule.days.count // _STRETCH if working and not rule.days.working else rule.days.count
