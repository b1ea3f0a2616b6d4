"""What only the sequence of facts tells: moments at which states were entered, refunds, the dates ever promised."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from vefa.facts import EARLIEST, Fact, escape, unescape
from vefa.orders.order import Promised, Refund

UNDOES = {"placed", "paid", "shipped", "delivered"}


def instant(value: Any) -> datetime | None:
    """Read an instant that an adapter wrote, or None."""
    return datetime.fromisoformat(value) if isinstance(value, str) and value else None


def due(value: Any) -> date | datetime | None:
    """Read a date or an instant that an adapter wrote, or None."""
    if not isinstance(value, str) or not value:
        return None
    return datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)


def amount(value: Any) -> Decimal | None:
    """Read an amount that an adapter wrote, or None."""
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None


def part(document: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object at a name, or an empty one."""
    value = document.get(name)
    return value if isinstance(value, Mapping) else {}


def moments(seen: Sequence[Fact]) -> dict[str, datetime]:
    """Find when each state of a platform that sends states was entered.

    A status that means less takes nothing back, so the run of ``shipped`` and ``delivered`` goes on through it; the
    runs of ``cancelled`` and ``refunded`` end where the order is alive again.
    """
    entered: dict[str, datetime] = {}
    for fact in seen:
        state = fact.values.get("state")
        if state is None:
            continue
        if state in UNDOES:
            entered.pop("cancelled", None)
            entered.pop("refunded", None)
        entered.setdefault(state, fact.at)
    return entered


def marks(seen: Sequence[Fact]) -> dict[str, datetime]:
    """Find since when each mark (a path that holds true) has stood without a break.

    A carrier that moves a parcel after its delivery takes the mark ``delivered`` away; when the scan was made counts,
    not when it was told.
    """
    since: dict[str, datetime] = {}
    for fact in seen:
        for path, value in fact.values.items():
            if value is True:
                since.setdefault(path, fact.at)
                if path.endswith("/moving"):
                    arrived = path.removesuffix("moving") + "delivered"
                    moved = instant(fact.values.get(f"{path}_at"))
                    if moved and arrived in since and moved > since[arrived]:
                        del since[arrived]
            elif value is False:
                since.pop(path, None)
    return since


def not_before(
    seen: Sequence[Fact], entered: Mapping[str, datetime], since: Mapping[str, datetime]
) -> dict[str, datetime]:
    """Return, by state and by mark, after which instant it came to be, where the event itself was lost.

    A platform that is asked tells how an order stands, not since when: the moment lies after the last time at
    which it stood otherwise, and at the latest at the order's last change. Of what an event told, nothing is said.
    """
    if not any(fact.asked_for for fact in seen):
        return {}
    found = {}
    for name, at in entered.items():
        telling = [fact for fact in seen if fact.at == at and fact.values.get("state") == name]
        if all(fact.asked_for for fact in telling):
            found[name] = _last_otherwise(seen, at, "state", name)
    for path, at in since.items():
        telling = [fact for fact in seen if fact.at == at and fact.values.get(path) is True]
        if all(fact.asked_for for fact in telling):
            found[path] = _last_otherwise(seen, at, path, value=True)
    return found


def _last_otherwise(seen: Sequence[Fact], at: datetime, path: str, value: object) -> datetime:
    """Return the last instant before ``at`` at which a state of the whole order did not say this."""
    earlier = (
        fact.at for fact in seen if fact.at < at and "state" in fact.values and fact.values.get(path) != value
    )
    return max(earlier, default=EARLIEST)


def last_moved(seen: Sequence[Fact], since: Mapping[str, datetime]) -> dict[str, datetime]:
    """Return by path of a shipment when a carrier's scan last showed it under way; ``since`` are the marks."""
    moved: dict[str, datetime] = {}
    for path in (path for path in since if path.endswith("/moving")):
        scans = [fact for fact in seen if fact.values.get(path) is True]
        moments = [instant(fact.values.get(f"{path}_at")) or fact.at for fact in scans]
        moved[path.removesuffix("/moving")] = max(moments)
    return moved


def refunds(document: Mapping[str, Any], seen: Sequence[Fact]) -> tuple[Refund, ...]:
    """List the refunds, each at the instant at which it was first told of."""
    found = []
    listed = document.get("refund_ids")
    for identity, values in sorted(part(document, "refunds").items()):
        if listed is not None and identity not in listed:
            continue
        path = f"refunds/{escape(identity)}/amount"
        first = next((fact.at for fact in seen if path in fact.values), None)
        created_at = instant(values.get("created_at")) or first
        if created_at:
            found.append(Refund(identity, amount(values.get("amount")), created_at, values.get("reason")))
    return tuple(sorted(found, key=lambda refund: (refund.created_at, refund.id)))


def refunded_at(total: Decimal | None, refunds: Sequence[Refund]) -> datetime | None:
    """Return when the refunds reached the order's total, or None."""
    returned = Decimal(0)
    for refund in refunds:
        returned += refund.amount or 0
        if total and returned >= total:
            return refund.created_at
    return None


def promised(seen: Sequence[Fact]) -> tuple[Promised, ...]:
    """List the delivery dates in the order in which they were said, without repetitions in a row.

    A platform that sends states repeats its date with each of them; that takes back no date that a person set since.
    """
    said: list[Promised] = []
    told: dict[str | None, date | datetime | None] = {}
    for fact in seen:
        for path, value in sorted(fact.values.items()):
            head, _, leaf = ("promise", "", "deliver_by") if path == "promise" else path.rpartition("/")
            if leaf != "deliver_by" or not (head == "promise" or head.startswith("shipments/")):
                continue
            shipment = None if head == "promise" else unescape(head.partition("/")[2])
            source = str(
                fact.values.get(f"{head}/source")
                or ("checkout" if fact.type != "promise.revised" else "store")
            )
            agreed = bool(fact.values.get(f"{head}/agreed_by_customer"))
            last = next((one for one in reversed(said) if one.shipment_id == shipment), None)
            day = due(value)
            repeated = not fact.by_person and shipment in told and told[shipment] == day
            if not fact.by_person:
                told[shipment] = day
            if not repeated and (last is None or last.deliver_by != day):
                said.append(Promised(fact.at, day, source, agreed, shipment, fact.by_person))
    return tuple(said)
