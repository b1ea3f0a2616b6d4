"""A store and its settings, as values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, time
from enum import StrEnum
from zoneinfo import ZoneInfo

from vefa.locales.money import RIAL, TOMAN, ZEROS


class Evidence(StrEnum):
    """What in a store's feed proves that a parcel arrived."""

    CARRIER = "carrier"
    STATUS = "status"
    NONE = "none"


class Sending(StrEnum):
    """Whether messages leave: ``shadow`` composes and keeps them, ``on`` sends them."""

    SHADOW = "shadow"
    ON = "on"


@dataclass(frozen=True, slots=True)
class Outgoing:
    """The store's switches for messages.

    ``since`` is when sending was last switched on or resumed: no reason older than that is written about.
    ``stopped_at`` is when the stop button was pressed; while it is set nothing leaves. ``ceiling`` is the number of
    messages an hour, or None for no ceiling (a replay).
    """

    mode: Sending = Sending.SHADOW
    since: datetime | None = None
    stopped_at: datetime | None = None
    ceiling: int | None = 200


@dataclass(frozen=True, slots=True)
class Store:
    """One merchant's shop.

    ``country`` is ISO 3166-1 alpha-2, ``timezone`` an IANA name, ``languages`` BCP 47 tags of which the first is
    the store's own. ``weekend`` holds weekday numbers (Monday 0), or None for the country's. ``holidays`` is a
    country code, or None for no holidays; ``extra_holidays`` are the merchant's own ISO dates.
    ``money_unit`` is rial or toman where the currency is Iran's. ``delivery_days`` maps a shipping method's name, or
    the platform's id of it (``*``: any other), to working days; ``handling_days`` are the working days until
    dispatch, counted from the next day for orders after ``cut_off`` (local time).
    ``status_map`` overrides the platform's: its status to placed, paid, shipped, delivered, cancelled or refunded.
    ``quiet_from`` to ``quiet_until`` is the customer's night. ``daily_cap`` and ``weekly_cap`` bound automatic
    messages to one customer in a local day and in 7 days. ``lost_after`` counts working days without news.
    ``notice_age`` counts days after which a reason is too old to be written about. ``raw_days`` is how long raw
    bodies are kept. ``signed_by`` and ``phone`` are the person and the number a message names. ``ask_feedback`` is
    whether customers are asked how a good delivery was; ``soft_opt_in`` that the checkout tells them so and how to
    refuse, which some countries require.
    """

    id: int
    slug: str
    name: str
    platform: str = "standard"
    country: str | None = None
    timezone: str = "UTC"
    currency: str | None = None
    money_unit: str | None = None
    languages: tuple[str, ...] = ("en",)
    weekend: frozenset[int] | None = None
    holidays: str | None = None
    extra_holidays: tuple[str, ...] = ()
    delivery_evidence: Evidence = Evidence.CARRIER
    delivery_days: Mapping[str, int] = field(default_factory=dict)
    handling_days: int | None = None
    cut_off: time | None = None
    status_map: Mapping[str, str] = field(default_factory=dict)
    promise_keys: tuple[str, ...] = ("_estimated_delivery",)
    arrival_keys: tuple[str, ...] = ("delivered_at", "delivery_status")
    reply_to: str | None = None
    from_address: str | None = None
    signed_by: str | None = None
    phone: str | None = None
    brand_colour: str = "#26408b"
    quiet_from: time = time(21)
    quiet_until: time = time(9)
    daily_cap: int = 2
    weekly_cap: int = 4
    lost_after: int = 14
    notice_age: int = 7
    raw_days: int = 90
    ask_feedback: bool = True
    soft_opt_in: bool = False
    outgoing: Outgoing = field(default_factory=Outgoing)
    earlier: tuple[tuple[datetime, Store], ...] = field(default=(), repr=False)

    def at(self, moment: datetime) -> Store:
        """Return the store with the terms that stood at an instant; what is no term is as it is now.

        Promises follow the terms of the instant at which the order was placed, whatever changed since: delivery and
        handling days, cut-off, weekend, holidays. Whether a silence means anything (``delivery_evidence``) follows
        those of the instant that is judged, and so does ``lost_after``, which is no promise. How bodies are read
        (``status_map``, ``promise_keys``, ``arrival_keys``) follows those of the instant at which they are read.
        """
        for until, before in self.earlier:
            if moment < until:
                return before
        return self

    @property
    def usual_unit(self) -> str | None:
        """The unit in which people of the store's country count its currency: toman in Iran. It never changes."""
        currency = self.currency or (RIAL if self.country == "IR" else None)
        return TOMAN if self.country == "IR" and currency in ZEROS else currency

    @property
    def counts_in(self) -> str | None:
        """The unit in which the store's money is shown: the usual one unless the store says another."""
        usual = self.usual_unit
        return self.money_unit or usual if usual in ZEROS else usual

    @property
    def zone(self) -> ZoneInfo:
        """The store's time zone."""
        return ZoneInfo(self.timezone)

    @property
    def sender(self) -> str | None:
        """The address that messages come from: the one set for it, else the reply address."""
        return self.from_address or self.reply_to
