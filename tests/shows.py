"""What the main path has to show, each Show as a function that raises AssertionError where it does not hold.

The journeys call these functions on the running program; ``tests/faults`` calls them on programs with a planted
fault. What is expected of a recorded stream is computed here from the stream alone.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import Engine
from tests.asking import AFTER_THE_END, Asked, Bought, Review, cases_at, plan, with_notice
from tests.captured import DELIVERED, PLATFORM_STATUS, REFUNDS, TRACKED

from vefa.cli import rebuild
from vefa.cli._stream import Disturbance, ceiling, read_stream
from vefa.database import metadata

DAY = timedelta(days=1)
NOTICE, APOLOGY, QUESTION = "delay_notice", "apology_after_late_delivery", "feedback_request"
QUIET_FROM, QUIET_UNTIL = time(21), time(9)
OLDEST_REASON = timedelta(days=7)
VOLATILE = ("elapsed_s", "events_per_s", "peak_rss_mb")
CHANGED = {
    "orders": {"status": "unknown"},
    "order_lines": {"quantity": 99},
    "shipments": {"tracking_number": "X"},
    "promises": {"state": "released"},
    "judgements": {"reason": "planted"},
}


@dataclass(frozen=True)
class Told:
    """What a stream tells of one order, and at which step of the clock Vefa learns of it."""

    zone: ZoneInfo
    due: date
    known_at: datetime
    delivered_at: datetime | None = None
    delivery_known_at: datetime | None = None
    held_at: datetime | None = None
    """When a case of the customer opens, which holds every automatic message from then on."""
    asked: Asked = field(default_factory=Asked)

    @property
    def over(self) -> datetime:
        return datetime.combine(self.due + DAY, time(), self.zone)

    @property
    def late(self) -> bool:
        """Delivered on a local day after the promised one, or never."""
        return self.delivered_at is None or self.delivered_at.astimezone(self.zone).date() > self.due

    def awake(self, at: datetime) -> datetime:
        local = at.astimezone(self.zone)
        if QUIET_UNTIL <= local.time() < QUIET_FROM:
            return at
        day = local.date() + (DAY if local.time() >= QUIET_FROM else timedelta())
        return datetime.combine(day, QUIET_UNTIL, self.zone)

    def held(self, at: datetime | None) -> bool:
        return at is not None and self.held_at is not None and self.held_at <= at

    @property
    def notice_due(self) -> datetime | None:
        """When a delay notice is right by what is known then, were nobody at work on the customer's case."""
        at = self.awake(max(self.over, self.known_at))
        if self.delivery_known_at is not None and self.delivery_known_at <= at:
            return None
        return at if at - self.over <= OLDEST_REASON else None

    @property
    def notice_at(self) -> datetime | None:
        return None if self.held(self.notice_due) else self.notice_due

    @property
    def apology_at(self) -> datetime | None:
        return None if self.held(self.apology_due) else self.apology_due

    @property
    def apology_due(self) -> datetime | None:
        if self.delivered_at is None or self.delivery_known_at is None or not self.late:
            return None
        at = self.awake(max(self.delivery_known_at, self.known_at))
        return at if at - self.delivered_at <= OLDEST_REASON else None

    @property
    def notice_was_wrong(self) -> bool:
        """Whether a fact that was learned after the notice tells of a delivery before it."""
        at = self.notice_at
        return at is not None and self.delivered_at is not None and self.delivered_at <= at


def told(path: Path, zone: ZoneInfo, disturbance: Disturbance | None = None) -> dict[str, Told]:
    """Read a stream with one checkout promise and at most one shipment an order."""
    placed: dict[str, dict[str, Any]] = {}
    more: dict[str, dict[str, Any]] = {}
    reviews: dict[str, list[Review]] = {}
    last = datetime.min.replace(tzinfo=zone)
    for bodies in read_stream(path, disturbance or Disturbance()).steps.values():
        for learned_at, body in bodies:
            event = json.loads(body)
            data, step = event["data"], ceiling(learned_at)
            last = max(last, step)
            order_id = data["order"]["id"] if "order" in data else data["order_id"]
            if event["type"] == "order.placed":
                placed[order_id] = data["order"] | {"step": step}
            elif event["type"] == "shipment.delivered":
                found = {
                    "delivered_at": datetime.fromisoformat(data["delivered_at"]),
                    "delivery_known_at": step,
                }
                more.setdefault(order_id, {}).update(found)
            elif event["type"] == "shipment.shipped":
                more.setdefault(order_id, {})["shipped_known_at"] = step
            elif event["type"] == "review.posted":
                words = bool(data.get("title") or data.get("text"))
                reviews.setdefault(order_id, []).append(Review(data["score"], words, step))
    return _with_questions(placed, more, reviews, zone, last)


def _with_questions(
    placed: Mapping[str, Mapping[str, Any]],
    more: Mapping[str, Mapping[str, Any]],
    reviews: Mapping[str, Sequence[Review]],
    zone: ZoneInfo,
    last: datetime,
) -> dict[str, Told]:
    found, bought = {}, {}
    for order_id, order in placed.items():
        known = dict(more.get(order_id, {}))
        shipped = known.pop("shipped_known_at", None)
        one = Told(zone, date.fromisoformat(order["promise"]["deliver_by"]), order["step"], **known)
        ship_by = order["promise"].get("ship_by")
        found[order_id] = one
        bought[order_id] = Bought(
            order_id,
            order["customer"]["id"],
            one.known_at,
            one.over,
            one.awake,
            ship_by=datetime.fromisoformat(ship_by) if ship_by else None,
            shipped_known_at=shipped,
            reviews=tuple(reviews.get(order_id, ())),
            **known,
        )
    held = cases_at(bought)
    for order_id, order in bought.items():
        found[order_id] = replace(found[order_id], held_at=held.get(order.customer))
        bought[order_id] = with_notice(order, found[order_id].notice_at)
    promised = [at for order in bought.values() for at in (order.over, order.ship_by) if at]
    asked = plan(bought, max(*promised, last) + AFTER_THE_END).asked
    return {order_id: replace(one, asked=asked.get(order_id, Asked())) for order_id, one in found.items()}


def late_orders(expected: Mapping[str, Told]) -> set[str]:
    return {order_id for order_id, one in expected.items() if one.late}


def details(report: Mapping[str, Any]) -> dict[str, Any]:
    found = {entry["order_id"]: entry for entry in report["details"]}
    assert len(found) == len(report["details"]), "an order is listed twice"
    return found


def _written(entry: Mapping[str, Any], purpose: str) -> list[Mapping[str, Any]]:
    return [message for message in entry["messages"] if message["purpose"] == purpose]


def check_late(report: Mapping[str, Any], expected: Mapping[str, Told]) -> None:
    """Shows 1 and 4: the broken promises are exactly those of the late orders, and nobody else is written to."""
    found, late = details(report), late_orders(expected)
    assert set(found) == set(expected) and report["orders"] == len(expected)
    broken = {order_id for order_id, entry in found.items() if entry["broken_on"]}
    assert broken == late, f"{len(late - broken)} missed, {len(broken - late)} too many"
    for order_id in late:
        assert found[order_id]["broken_on"] == (expected[order_id].due + DAY).isoformat()
    for order_id, entry in found.items():
        delivered_at = expected[order_id].delivered_at
        day = delivered_at.astimezone(expected[order_id].zone).date().isoformat() if delivered_at else None
        assert entry["delivered_on"] == day
        about = {message["purpose"] for message in entry["messages"]} - {QUESTION}
        assert order_id in late or not about, f"{order_id} was not late and was written to"
        assert order_id not in late or not _written(entry, QUESTION), f"{order_id} was late and was asked"


def check_show_1(report: Mapping[str, Any], expected: Mapping[str, Told]) -> None:
    check_late(report, expected)
    found = details(report)
    for order_id in late_orders(expected):
        one, entry = expected[order_id], found[order_id]
        notices, apologies = _written(entry, NOTICE), _written(entry, APOLOGY)
        if one.held(one.notice_due):
            assert not notices, f"{order_id} got a notice while a case was open"
        elif one.notice_at is None:
            assert not notices, f"{order_id} was delivered in the night and got a notice"
            assert entry["skipped"][NOTICE] == "delivered_meanwhile", entry["skipped"]
            assert len(apologies) == (not one.held(one.apology_due))
        else:
            assert [notice["state"] for notice in notices] == ["sent"], notices
            for name in ("written_at", "settled_at"):
                day = datetime.fromisoformat(notices[0][name]).astimezone(one.zone).date()
                assert day <= one.due + DAY, notices
    check_messages(report, expected)


def check_messages(report: Mapping[str, Any], expected: Mapping[str, Told]) -> None:
    """Every message that is right by what was known, at the first allowed moment, and no other; errors owned."""
    found = details(report)
    wanted, wrong = {}, 0
    for order_id, one in expected.items():
        moments = {NOTICE: one.notice_at, APOLOGY: one.apology_at, QUESTION: one.asked.at}
        wanted[order_id] = {purpose: at for purpose, at in moments.items() if at is not None}
        wrong += one.notice_was_wrong
    for order_id, entry in found.items():
        reasons = Counter((message["purpose"], message["promise"]) for message in entry["messages"])
        assert not [reason for reason, count in reasons.items() if count > 1], f"{order_id} twice: {reasons}"
        sent = {one["purpose"]: datetime.fromisoformat(one["written_at"]) for one in entry["messages"]}
        assert sent == wanted[order_id], f"{order_id}: {sent} instead of {wanted[order_id]}"
        if expected[order_id].held(expected[order_id].apology_due):
            assert entry["skipped"].get(APOLOGY) == "case_open", (order_id, entry["skipped"])
        assert entry["skipped"].get(QUESTION) == expected[order_id].asked.reason, (order_id, entry["skipped"])
        for message in entry["messages"]:
            assert message["state"] == "sent", message
            owned = message["purpose"] == NOTICE and expected[order_id].notice_was_wrong
            assert message["contradicted_by"] == ("delivered_before" if owned else None), (order_id, message)
    for purpose in (NOTICE, APOLOGY, QUESTION):
        counted = report["messages"][purpose]
        assert counted["sent"] == sum(purpose in one for one in wanted.values())
        assert counted["contradicted"] == (wrong if purpose == NOTICE else 0)
        assert counted["dropped"] == counted["outcome_unknown"] == 0


def check_same(report: Mapping[str, Any], undisturbed: Mapping[str, Any]) -> None:
    """Show 2, shuffled and repeated: everything is equal but times, rates and duplicates."""

    def stable(one: Mapping[str, Any]) -> dict[str, Any]:
        events = {
            name: count for name, count in one["events"].items() if name not in ("duplicates", "received")
        }
        return {name: value for name, value in one.items() if name not in VOLATILE} | {"events": events}

    mine, other = stable(report), stable(undisturbed)
    assert set(mine) == set(other)
    for name in mine:
        assert mine[name] == other[name], f"{name} differs"
    new, before = ({**one["events"]} for one in (report, undisturbed))
    assert new["received"] - new["duplicates"] == before["received"] - before["duplicates"], new


def check_late_knowledge(
    report: Mapping[str, Any], undisturbed: Mapping[str, Any], expected: Mapping[str, Told]
) -> None:
    """Show 2, learned late: the same orders and promises in the end, and every message right when it was sent."""
    assert report["orders"] == undisturbed["orders"]
    assert report["promises"] == undisturbed["promises"]
    found, before = details(report), details(undisturbed)
    for name in ("state", "broken_on", "delivered_on"):
        assert {n: one[name] for n, one in found.items()} == {n: one[name] for n, one in before.items()}, name
    check_messages(report, expected)


def check_show_3(shown: Mapping[str, Mapping[str, Any]]) -> None:
    """The orders of the captured store, as ``vefa order show`` describes them."""
    assert {number: one["platform_status"] for number, one in shown.items()} == PLATFORM_STATUS
    delivered = {number: one["delivered_at"] for number, one in shown.items() if one["delivered_at"]}
    assert delivered == DELIVERED
    parcels = {
        number: {shipment["tracking_number"] for shipment in one["shipments"]} - {None}
        for number, one in shown.items()
    }
    assert {number for number, numbers in parcels.items() if numbers} == TRACKED
    assert {
        (number, refund["amount"]) for number, one in shown.items() for refund in one["refunds"]
    } == REFUNDS
    assert sum(len(one["refunds"]) for one in shown.values()) == len(REFUNDS)
    statuses = {
        number: shown[number]["status"] for number in ("13", "18", "21", "24", "28", "20", "15", "16")
    }
    assert statuses == {
        "13": "delivered",
        "18": "delivered",
        "21": "shipped",
        "24": "shipped",
        "28": "placed",
        "20": "deleted",
        "15": "cancelled",
        "16": "refunded",
    }


def check_refused(
    post: Callable[[Mapping[str, str], bytes], int], headers: Mapping[str, str], body: bytes
) -> None:
    """A signed body is refused with 401 once any of its bytes is another."""
    for place in sorted({*range(0, len(body), max(1, len(body) // 5)), len(body) - 1}):
        changed = bytearray(body)
        changed[place] ^= 1
        assert post(headers, bytes(changed)) == 401, f"byte {place} was changed and nobody noticed"


def plant(engine: Engine) -> None:
    """Make one row of every derived table say something that the facts do not say."""
    assert sorted(rebuild.TABLES) == sorted(CHANGED), "a derived table is without a planted row"
    for table in CHANGED:
        _plant(engine, table)


def _plant(engine: Engine, table: str) -> None:
    place = metadata.tables[table]
    with engine.begin() as connection:
        row = connection.execute(sa.select(place).limit(1)).mappings().one()
        same = (place.c[column.name] == row[column.name] for column in place.primary_key.columns)
        connection.execute(place.update().where(*same).values(**CHANGED[table]))


def check_equal(report: Mapping[str, Any], orders: int) -> None:
    """Show 5: every order was compared and every row is what the facts say."""
    assert (report["orders"], report["waiting"], report["differences"]) == (orders, 0, 0), report


def check_found(report: Mapping[str, Any]) -> None:
    """Show 5: one planted row in each derived table is found, and nothing else."""
    assert sorted(one["table"] for one in report["examples"]) == sorted(CHANGED), report
    assert report["differences"] == len(CHANGED)


def parsed(data: bytes) -> EmailMessage:
    mail = BytesParser(policy=policy.default).parsebytes(data)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    body = mail.get_body((kind,))
    assert body is not None, f"the mail has no {kind} part"
    return str(body.get_content())


def check_persian(mail: EmailMessage, *, recipient: str, reply_to: str, number: str) -> None:
    """Show 6: a Persian letter that a person can answer and no machine will."""
    assert any("آ" <= letter <= "ی" for letter in mail["Subject"]) and number in mail["Subject"]
    assert mail["To"].addresses[0].addr_spec == recipient
    assert mail["Reply-To"].addresses[0].addr_spec == reply_to
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"].startswith("<") and mail["Message-ID"].endswith(
        f"@{reply_to.partition('@')[2]}>"
    )
    assert mail["Content-Language"] == "fa"
    html, text = part(mail, "html"), part(mail, "plain")
    assert 'dir="rtl"' in html and 'lang="fa"' in html
    assert "گرامی" in text and any("۰" <= letter <= "۹" for letter in text)


def check_once(mails: Iterable[EmailMessage], subjects: Mapping[str, str]) -> None:
    """Show 6: one mail of each kind, told apart by a phrase of the subject, each with an identity of its own."""
    mails = list(mails)
    kinds = Counter(
        next((kind for kind, phrase in subjects.items() if phrase in mail["Subject"]), mail["Subject"])
        for mail in mails
    )
    assert kinds == dict.fromkeys(subjects, 1), kinds
    assert len({mail["Message-ID"] for mail in mails}) == len(mails)


def check_kept(accepted: Iterable[bytes], journal: Iterable[bytes]) -> None:
    """Whatever was answered with 200 stands in the journal."""
    lost = set(accepted) - set(journal)
    assert not lost, f"{len(lost)} accepted events are lost"


def check_hidden(get: Callable[[str], int], addresses: Iterable[str]) -> None:
    """Show 6: to the owner of another store these addresses do not exist."""
    seen = {address: get(address) for address in addresses}
    assert seen and set(seen.values()) == {404}, {
        address: code for address, code in seen.items() if code != 404
    }
