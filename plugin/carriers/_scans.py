"""What carriers said of a parcel, as facts about its tracking number; every service's words end here.

A scan is the same fact however often and in whichever event it is told: its key is its content.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, tzinfo
from typing import Any

from vefa.carriers import Context
from vefa.carriers.number import subject
from vefa.errors import UnreadableError
from vefa.facts import Fact, digest, flatten, is_implausible
from vefa.fields import DATE, WITH_ZONE, parse_instant

UNKNOWN, DELIVERED = "unknown", "delivered"
# Of what happened in one second, the one further along is the later one.
STATUSES = (
    "label_created",
    "in_transit",
    "out_for_delivery",
    "attempted",
    "available_for_pickup",
    "exception",
    "returning",
    "returned",
    "lost",
    DELIVERED,
)
UNDER_WAY = ("in_transit", "out_for_delivery", "attempted", "available_for_pickup")
FIRST_RANK = 10
LONGEST_WORDS = 300
LONGEST_MOMENT = 40
MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?(Z|[+-]00:?00)?$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Scan:
    """One word of a carrier: ``status`` is one of ``STATUSES`` or unknown, ``code`` the service's own word."""

    at: datetime
    status: str
    code: str = ""
    place: str | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Parcel:
    """What one body says of one parcel: its scans, and when the carrier ``expected`` to bring it at ``told_at``."""

    number: str
    carrier: str | None = None
    scans: tuple[Scan, ...] = ()
    expected: str | None = None
    told_at: datetime | None = None


def meaning(codes: Mapping[str, str | None], *words: str | None) -> str | None:
    """Return what the first word that the dictionary knows means: a status, or None for one that says nothing.

    ``words`` go from the most to the least precise; where none of them is known the status is unknown.
    """
    return next((codes[word] for word in words if word is not None and word in codes), UNKNOWN)


def scan(
    codes: Mapping[str, str | None],
    at: datetime | None,
    *words: str | None,
    place: Iterable[str | None] = (),
    detail: str | None = None,
) -> Scan | None:
    """Return a scan, or None without a moment or where the words say nothing of the parcel."""
    status = meaning(codes, *words)
    if at is None or status is None:
        return None
    code = next((word for word in words if word), "")
    where = ", ".join(part.strip() for part in place if part and part.strip())
    return Scan(
        at, status, code, where[:LONGEST_WORDS] or None, (detail or "").strip()[:LONGEST_WORDS] or None
    )


def moment(text: str | None, zone: tzinfo) -> datetime | None:
    """Read when something was scanned; None for an empty text.

    A local time without an offset is taken in ``zone``, the store's: that keeps the day that the carrier wrote, and
    promises are about days. A bare date is noon of that day. Raises ``ValueError`` for what is no date.
    """
    if not text or not text.strip():
        return None
    plain = text.strip()
    if len(plain) > LONGEST_MOMENT:
        raise ValueError(f"{plain[:LONGEST_MOMENT]!r} is no date")
    if WITH_ZONE.search(plain):
        return parse_instant(plain)
    local = datetime.fromisoformat(plain)
    if DATE.match(plain):
        local = datetime.combine(local, time(12))
    try:
        return local.replace(tzinfo=zone).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{plain!r} is beyond the calendar") from error


def expected_by(text: str | None) -> str | None:
    """Return a carrier's expected date as a fact holds it: a day, or an instant in UTC where an hour was told.

    Midnight and a time without an offset tell no hour. Raises ``ValueError`` for what is no date.
    """
    if not text or not text.strip():
        return None
    plain = text.strip()[:LONGEST_MOMENT]
    if WITH_ZONE.search(plain) and not MIDNIGHT.search(plain):
        return parse_instant(plain).isoformat()
    return datetime.fromisoformat(plain).date().isoformat()


def facts_of(parcel: Parcel, service: str, context: Context) -> tuple[Fact, ...]:
    """Return the facts that a body tells of a parcel; raises ``UnreadableError`` if its number is none."""
    try:
        about = subject(parcel.number)
    except ValueError as error:
        raise UnreadableError("The tracking number cannot be one.") from error
    found = [_scanned(one, parcel.carrier) for one in parcel.scans]
    if parcel.expected and parcel.told_at:
        found.append(("tracking.expected", parcel.told_at, 0, {"carrier_eta": parcel.expected}))
    facts = [
        Fact(about, _key(service, kind, at, values, context), kind, at, context.received_at, rank, values)
        for kind, at, rank, values in found
    ]
    return tuple({fact.key: fact for fact in facts}.values())


def _scanned(one: Scan, carrier: str | None) -> tuple[str, datetime, int, dict[str, Any]]:
    said = {"code": one.code, "at": one.at.isoformat(), "place": one.place, "detail": one.detail}
    told = {name: value for name, value in said.items() if value}
    if one.status == UNKNOWN:
        return "tracking.scanned", one.at, 0, flatten({"unread": told | {"status": UNKNOWN}})
    values: dict[str, Any] = {
        "scan": told | {"status": one.status} | ({"carrier": carrier} if carrier else {})
    }
    kind = "tracking.scanned"
    if one.status in UNDER_WAY:
        values |= {"shipped": True, "moving": True, "moving_at": one.at.isoformat()}
    if one.status == DELIVERED:
        values |= {"shipped": True, "delivered": True}
        kind = "tracking.delivered"
    return kind, one.at, FIRST_RANK + STATUSES.index(one.status), flatten(values)


def _key(service: str, kind: str, at: datetime, values: Mapping[str, Any], context: Context) -> str:
    """Name a fact by what it says.

    What cannot be true yet is named apart: the same scan, told again once it can be, is not taken for known.
    """
    name = f"{service}:{digest([kind, at.isoformat(), dict(values)])[:40]}"
    return f"{name}:ahead" if is_implausible(at, context.received_at) else name
