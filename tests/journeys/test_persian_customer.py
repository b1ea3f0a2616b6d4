"""A Persian customer's late order over real HTTP and SMTP, while web and worker are killed on the way (Show 6)."""

from __future__ import annotations

import base64
import hmac
import http.client
import json
import random
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from tests import shows
from tests.mail import Mailbox, mail_server
from tests.running import POLL, Installation, Visitor, until

from vefa.database import reading
from vefa.extension import create_app
from vefa.outreach.records import SENDING, messages
from vefa.settings import Settings
from vefa.stores import records as stores

TEHRAN = ZoneInfo("Asia/Tehran")
SECRET = "گلستان-secret"
LATE, NUMBER, RECIPIENT = 7001, "7001", "niloofar@example.com"
SUBJECTS = {shows.NOTICE: "دیر شده است", shows.APOLOGY: "دیر رسید"}
KILLS = 5
PATH = "/vefa/in/golestan/woocommerce"
SETTINGS = {
    "platform": "woocommerce",
    "country": "IR",
    "timezone": "Asia/Tehran",
    "languages": ["fa"],
    "delivery_evidence": "status",
    "promise_keys": ["_estimated_delivery"],
    # No quiet hours, so that the hour of the day does not matter.
    "quiet_from": "00:00",
    "quiet_until": "00:00",
}


def order(number: int, status: str, at: datetime, **more: Any) -> bytes:
    document = {
        "id": number,
        "number": str(number),
        "status": status,
        "currency": "IRR",
        "total": "4200000",
        "customer_id": number,
        "billing": {
            "first_name": "نیلوفر",
            "last_name": "احمدی",
            "email": f"c{number}@example.com",
            "country": "IR",
        },
        "shipping": {"country": "IR", "city": "تهران"},
        "payment_method": "bacs",
        "date_created_gmt": gmt(at - timedelta(days=6)),
        "date_paid_gmt": gmt(at - timedelta(days=6)),
        "date_modified_gmt": gmt(at),
        "line_items": [{"id": 1, "name": "دفتر یادداشت", "quantity": 1}],
    }
    return json.dumps(document | more, ensure_ascii=False).encode()


def concern(now: datetime) -> dict[str, Any]:
    """Return what is special about the order that was promised for the day before yesterday."""
    promised = (now.astimezone(TEHRAN) - timedelta(days=2)).date().isoformat()
    return {
        "billing": {"first_name": "نیلوفر", "last_name": "احمدی", "email": RECIPIENT, "country": "IR"},
        "meta_data": [{"key": "_estimated_delivery", "value": promised}],
    }


def gmt(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")


def signed(body: bytes) -> dict[str, str]:
    digest = base64.b64encode(hmac.digest(SECRET.encode(), body, "sha256")).decode()
    return {
        "Content-Type": "application/json",
        "X-WC-Webhook-Topic": "order.updated",
        "X-WC-Webhook-Signature": digest,
    }


class Shop:
    """A store that tells of its orders again and again; of ``posted``, what was answered with 200 is ``accepted``."""

    def __init__(self, place: Installation, start: datetime) -> None:
        self.place, self.start = place, start
        self.posted: set[bytes] = set()
        self.accepted: list[bytes] = []
        self.refused: list[int] = []
        self.stopping = threading.Event()

    def post(self, body: bytes) -> bool:
        self.posted.add(body)
        try:
            status = self.place.request("POST", PATH, body, signed(body)).status
        except (OSError, http.client.HTTPException):
            return False
        if status == 200:
            self.accepted.append(body)
        elif status < 500:
            self.refused.append(status)
        return status == 200

    def insist(self, body: bytes) -> None:
        until(lambda: self.post(body), "the event is accepted")

    def chatter(self) -> None:
        """Post orders that are nobody's concern until told to stop."""
        number = 8000
        while not self.stopping.wait(POLL):
            number += 1
            self.post(order(number, "processing", self.start + timedelta(seconds=number - 8000)))


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def place(tmp_path: Path, box: Mailbox) -> Installation:
    """Two stores; sending of the first was switched on some days ago."""
    found = Installation(tmp_path, smtp_url=box.url)
    found.add_store("golestan", SECRET, name="گلستان", reply_to="care@golestan.example", **SETTINGS)
    found.add_store("lale", "another secret", name="Lale", reply_to="care@lale.example", **SETTINGS)
    with found.databases() as databases, databases.main.begin() as connection:
        store = stores.by_slug(connection, "golestan")
        stores.switch(connection, store, sending=True, now=datetime.now(UTC) - timedelta(days=5))
    return found


def not_sending(place: Installation) -> bool:
    """Whether no message is between the announcement that it is sent and the server's answer."""
    with place.databases() as databases, reading(databases.main) as connection:
        return not connection.execute(sa.select(messages.c.id).where(messages.c.state == SENDING)).first()


def test_one_notice_and_one_apology_whatever_is_killed(place: Installation, box: Mailbox) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    placed = order(LATE, "processing", now - timedelta(days=4), **concern(now))
    late = order(LATE, "shipped", now - timedelta(days=3), **concern(now))
    arrived = order(LATE, "delivered", now - timedelta(minutes=1), **concern(now))
    draw = random.Random(6)
    shop = Shop(place, now - timedelta(days=1))
    killed: list[str] = []

    def kill() -> None:
        for name in draw.sample(["web", "worker"], 2):
            threading.Event().wait(draw.uniform(0, 0.4))
            place.kill(name, ready=lambda: not_sending(place))
            killed.append(name)

    with place.up():
        chatter = threading.Thread(target=shop.chatter)
        chatter.start()
        try:
            kill()
            shop.insist(placed)
            kill()
            shop.insist(late)
            until(lambda: place.child("worker"), "the worker is there again")
            kill()
            until(lambda: any(SUBJECTS[shows.NOTICE] in one for one in box.subjects()), "the notice arrives")
            kill()
            shop.insist(arrived)
            shop.insist(late)
            until(
                lambda: any(SUBJECTS[shows.APOLOGY] in one for one in box.subjects()), "the apology arrives"
            )
            kill()
            shop.insist(arrived)
        finally:
            shop.stopping.set()
            chatter.join()
        place.healthy()
        until(lambda: place.moved() and place.child("worker") is not None, "the worker has moved everything")
        assert sorted(killed) == ["web"] * KILLS + ["worker"] * KILLS
        assert not shop.refused and len(shop.accepted) > 15
        kept = place.journalled("golestan")
        shows.check_kept(shop.accepted, kept)
        # What was kept by a process that died before it could answer stands there, too, but nothing else.
        shows.check_kept(kept, shop.posted)
        assert len(set(kept)) == len(kept)
        told = until(lambda: told_of(place), "the order is told of")
        check_mails(box)
        check_panel(place, told)
    shows.check_equal(place.json("rebuild", "--check"), len({json.loads(body)["id"] for body in kept}))
    check_mails(box)


def test_what_may_have_left_is_never_sent_again(place: Installation, box: Mailbox) -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    shop = Shop(place, now)
    box.silent = True
    with place.up():
        shop.insist(order(LATE, "processing", now - timedelta(days=4), **concern(now)))
        until(lambda: box.taken, "the server has the notice and says nothing")
        place.kill("worker")
        box.silent = False

        def states() -> list[str]:
            shown = place.json("order", "show", "golestan", NUMBER, "--json")
            return [f"{one['purpose']} {one['state']}" for one in shown["messages"]]

        until(lambda: states() == [f"{shows.NOTICE} outcome_unknown"], "the next worker owns up to it")
        shop.insist(order(LATE, "delivered", now - timedelta(minutes=1), **concern(now)))
        until(lambda: f"{shows.APOLOGY} sent" in states(), "the apology leaves all the same")
        assert states()[0] == f"{shows.NOTICE} outcome_unknown"
    shows.check_once([mail for _, mail in box.taken], SUBJECTS)


def told_of(place: Installation) -> dict[str, Any] | None:
    """Return what ``vefa order show`` says once both messages are settled."""
    found: dict[str, Any] = place.json("order", "show", "golestan", NUMBER, "--json")
    return found if [one["state"] for one in found["messages"]] == ["sent", "sent"] else None


def check_mails(box: Mailbox) -> None:
    shows.check_once([mail for _, mail in box.taken], SUBJECTS)
    for recipients, mail in box.taken:
        assert recipients == [RECIPIENT]
        shows.check_persian(mail, recipient=RECIPIENT, reply_to="care@golestan.example", number=NUMBER)
    notice, apology = (mail for _, mail in box.taken)
    assert SUBJECTS[shows.NOTICE] in notice["Subject"] and SUBJECTS[shows.APOLOGY] in apology["Subject"]


def check_panel(place: Installation, told: dict[str, Any]) -> None:
    """The owner sees the order and why it was written about; to the other store's owner nothing of it exists."""
    assert {one["purpose"] for one in told["messages"]} == set(SUBJECTS)
    assert {one["state"] for one in told["promises"]} == {"broken"}
    owner, stranger = Visitor(place), Visitor(place)
    owner.sign_in("sara@golestan.example", "golestan")
    stranger.sign_in("can@lale.example", "lale")
    own, other = f"/vefa/golestan/deliveries/{told['order_id']}", f"/vefa/lale/deliveries/{told['order_id']}"
    page = owner.ask("GET", own)
    assert page.status == 200 and NUMBER in page.body.decode()
    listed = stranger.ask("GET", "/vefa/lale/deliveries")
    assert listed.status == 200 and NUMBER not in listed.body.decode()

    with place.databases() as databases, reading(databases.main) as connection:
        letters = connection.execute(sa.select(messages.c.id)).scalars().all()
    values = {"order_id": told["order_id"], "message_id": letters[0]}
    app = create_app(Settings(database=place.folder / "vefa.db"))
    # The journey of a customer who answers walks the screens of cases, returns and customers.
    known = {"slug", *values}
    rules = [
        rule
        for rule in app.url_map.iter_rules()
        if rule.endpoint.startswith("panel.") and rule.arguments <= known
    ]
    app.extensions["vefa"].databases.dispose()
    adapter = app.url_map.bind("127.0.0.1")
    addresses: dict[str, list[str]] = {"GET": [], "POST": []}
    for rule in rules:
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        given = {name: values[name] for name in rule.arguments - {"slug"}}
        addresses[method].append(adapter.build(rule.endpoint, given | {"slug": "golestan"}, method=method))
        if given:
            addresses[method].append(adapter.build(rule.endpoint, given | {"slug": "lale"}, method=method))
            assert owner.ask(method, addresses[method][-2]).status == 200
    assert (
        len(addresses["GET"]) > 4
        and addresses["POST"]
        and own in addresses["GET"]
        and other in addresses["GET"]
    )
    shows.check_hidden(stranger.status, addresses["GET"])
    shows.check_hidden(lambda path: stranger.ask("POST", path).status, addresses["POST"])
    assert place.json("order", "list", "lale", "--json") == []
    assert place.vefa("order", "show", "lale", NUMBER, "--json").returncode == 1
