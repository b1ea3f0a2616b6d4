"""A late customer is written to, answers, is decided about and answered: over real HTTP and SMTP, for two stores."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from tests.build import SECRET, event, request
from tests.mail import Mailbox, mail_server
from tests.running import Answer, Installation, Visitor, until

from vefa.cases.records import cases
from vefa.database import metadata, reading
from vefa.extension import create_app
from vefa.settings import Settings
from vefa.stores import records as stores

# No quiet hours, so that the hour of the day does not matter.
AWAKE = {"quiet_from": "00:00", "quiet_until": "00:00", "delivery_evidence": "status"}
STORES = {
    "golestan": {"country": "IR", "timezone": "Asia/Tehran", "languages": ["fa"], "currency": "IRR"},
    "mercan": {"country": "TR", "timezone": "Europe/Istanbul", "languages": ["tr"], "currency": "TRY"},
}


@dataclass(frozen=True)
class Words:
    """What people write in the story, and what Vefa writes to them, in one language."""

    slug: str
    other: str
    tag: str
    name: str
    late: str
    said: str
    reply: str
    direction: str


TOLD = {
    "fa": Words(
        "golestan",
        "mercan",
        "fa",
        "مریم رضایی",
        "دیر شده است",
        "هدیهٔ تولد بود و هنوز نرسیده است. خیلی ناراحتم.",
        "مریم گرامی، حق با شماست. همین امروز با پست پیگیری می‌کنیم.",
        "rtl",
    ),
    "tr": Words(
        "mercan",
        "golestan",
        "tr",
        "Gülşen Işık",
        "Siparişiniz gecikti",
        "Doğum günü hediyesiydi, hâlâ gelmedi. Çok üzgünüm.",
        "Gülşen Hanım, haklısınız. Bugün kargoyla görüşüyoruz.",
        "ltr",
    ),
}


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def place(tmp_path: Path, box: Mailbox) -> Installation:
    """Two stores that have been sending for some days."""
    found = Installation(tmp_path, smtp_url=box.url)
    for slug, settings in STORES.items():
        found.add_store(slug, SECRET, name=slug, reply_to=f"care@{slug}.example", **AWAKE, **settings)
    with found.databases() as databases, databases.main.begin() as connection:
        for slug in STORES:
            since = datetime.now(UTC) - timedelta(days=5)
            stores.switch(connection, stores.by_slug(connection, slug), sending=True, now=since)
    return found


def late_order(told: Words, number: str) -> dict[str, Any]:
    """Return an order that was due the day before yesterday, in the store's own days."""
    now = datetime.now(UTC).replace(microsecond=0)
    zone = ZoneInfo(str(STORES[told.slug]["timezone"]))
    due = (now.astimezone(zone) - timedelta(days=2)).date().isoformat()
    return event(
        "order.placed",
        now - timedelta(days=6),
        name=f"placed-{number}",
        order={
            "id": number,
            "number": number,
            "placed_at": (now - timedelta(days=6)).isoformat(),
            "currency": STORES[told.slug]["currency"],
            "total": "1250",
            "customer": {
                "id": f"c{number}",
                "email": f"c{number}@buyer.example",
                "name": told.name,
                "locale": told.tag,
            },
            "payment": {"method": "card", "on_delivery": False, "paid": True},
            "ship_to": {"country": STORES[told.slug]["country"]},
            "lines": [{"id": "1", "title": "Samovar", "quantity": 1, "price": "1250"}],
            "promise": {"deliver_by": due, "source": "checkout"},
        },
    )


def tell(place: Installation, slug: str, document: dict[str, Any]) -> None:
    """Post an event as the store's own software does."""
    made = request(document, slug, datetime.now(UTC))
    answer = place.request("POST", f"/vefa/in/{slug}/standard", made.body, made.headers)
    assert answer.status == 200, answer.body


def mail_to(box: Mailbox, recipient: str, count: int) -> EmailMessage:
    """Return the latest of so many mails to somebody, once they are all there."""

    def there() -> EmailMessage | None:
        found = [mail for recipients, mail in box.taken if recipients == [recipient]]
        return found[count - 1] if len(found) >= count else None

    return until(there, f"mail {count} to {recipient}")


def text_of(mail: EmailMessage) -> str:
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def links(mail: EmailMessage) -> list[str]:
    """Return the addresses of customer pages in a mail, without their host."""
    found = re.findall(r"http://127\.0\.0\.1:\d+(/vefa/c/[^\s>]+)", text_of(mail))
    return list(dict.fromkeys(found))


def kept(place: Installation) -> dict[str, list[Any]]:
    """Return every row of every table but those of the worker's own, to see whether anything changed."""
    create_app(Settings(database=place.folder / "vefa.db")).extensions["vefa"].databases.dispose()
    with place.databases() as databases, reading(databases.main) as connection:
        return {
            name: sorted(map(repr, connection.execute(sa.select(table))))
            for name, table in metadata.tables.items()
            if name != "work"
        }


def post(place: Installation, path: str, form: Mapping[str, str]) -> Answer:
    """Send a customer's form, with the mark that its page carries."""
    page = place.request("GET", path).body.decode()
    mark = re.search(r'name="form"[^>]*value="([^"]+)"', page)
    assert mark, page[:3000]
    body = urlencode({"form": unescape(mark[1]), **form}).encode()
    return place.request("POST", path, body, {"Content-Type": "application/x-www-form-urlencoded"})


def case_numbers(place: Installation, slug: str) -> list[int]:
    with place.databases() as databases, reading(databases.main) as connection:
        store = stores.by_slug(connection, slug)
        found = connection.scalars(sa.select(cases.c.number).where(cases.c.store_id == store.id))
        return sorted(found)


def records(place: Installation, slug: str) -> list[tuple[int, str, dict[str, Any]]]:
    """Return the decisions about a store's cases: version, row and document, in the order in which they were made."""
    table = metadata.tables["decision_records"]
    with place.databases() as databases, reading(databases.main) as connection:
        store = stores.by_slug(connection, slug)
        rows = connection.execute(
            sa.select(table).where(table.c.store_id == store.id).order_by(table.c.at, table.c.id)
        )
        return [(row.policy_version, row.row_id, json.loads(row.document)) for row in rows]


@pytest.mark.parametrize("tag", sorted(TOLD))
def test_the_whole_story_of_a_late_customer(place: Installation, box: Mailbox, tag: str) -> None:
    told = TOLD[tag]
    with place.up():
        tell(place, told.slug, late_order(told, "7001"))
        notice = mail_to(box, "c7001@buyer.example", 1)
        assert told.late in notice["Subject"]
        addresses = links(notice)
        assert len(addresses) >= 4
        looking_changes_nothing(place, addresses)
        (one,) = [address for address in addresses if "score=1" in address]
        answer(place, told, one)
        owner, stranger = Visitor(place), Visitor(place)
        owner.sign_in(f"owner@{told.slug}.example", told.slug)
        stranger.sign_in(f"owner@{told.other}.example", told.other)
        decided(place, owner, told)
        replied(place, box, owner, told, notice)
        a_new_row_changes_only_what_comes_after(place, box, owner, told)
        nothing_shows_to_another_store(place, owner, stranger, told, addresses)
    assert place.json("rebuild", "--check")["differences"] == 0


def looking_changes_nothing(place: Installation, addresses: list[str]) -> None:
    """Scanners open every link of a mail, several times; nothing may follow from that."""
    until(lambda: settled(place), "the worker has nothing to do")
    before = kept(place)
    for _ in range(3):
        for address in addresses:
            for method in ("GET", "HEAD", "OPTIONS"):
                assert place.request(method, address).status == 200, address
    assert kept(place) == before


def settled(place: Installation) -> bool:
    table = metadata.tables["work"]
    create_app(Settings(database=place.folder / "vefa.db")).extensions["vefa"].databases.dispose()
    with place.databases() as databases, reading(databases.main) as connection:
        due = sa.select(table.c.subject).where(table.c.due_at <= datetime.now(UTC))
        return not connection.execute(due).first()


def answer(place: Installation, told: Words, address: str) -> None:
    """The customer presses 1 in the mail, adds words and sends."""
    page = place.request("GET", address).body.decode()
    assert f'lang="{told.tag}"' in page and f'dir="{told.direction}"' in page
    assert re.search(r'value="1"\s+checked', page)
    assert post(place, address, {"score": "1", "words": told.said}).status == 303
    assert told.said in place.request("GET", address.partition("?")[0]).body.decode()
    until(lambda: case_numbers(place, told.slug) == [1], "the case stands")


def decided(place: Installation, owner: Visitor, told: Words) -> None:
    """The case shows the words, and a decision that names its row and the facts it read."""
    page = unescape(owner.ask("GET", f"/vefa/{told.slug}/complaints/1").body.decode())
    assert told.said in page and told.name in page
    ((version, row, document),) = records(place, told.slug)
    assert version == 1 and row
    read = {column: (value, source) for column, _, value, source, _ in document["facts"]}
    assert read["reason"] == ("not_received", "customer")
    assert read["days_late"][1] == "promise" and int(read["days_late"][0]) == 2
    assert row == "late-not-received" and row in page


def replied(place: Installation, box: Mailbox, owner: Visitor, told: Words, notice: EmailMessage) -> None:
    """The merchant sees the history and replies; the reply arrives in the notice's thread and can be read."""
    base = f"/vefa/{told.slug}/complaints/1"
    early = owner.ask("POST", f"{base}/reply", {"text": told.reply})
    assert early.status == 409
    assert owner.ask("POST", f"{base}/history").status == 303
    # The reply says "today": a date that is no promise yet is pointed out, and kept once it is one.
    assert owner.ask("POST", f"{base}/reply", {"text": told.reply}).status == 409
    today = datetime.now(ZoneInfo(str(STORES[told.slug]["timezone"]))).date().isoformat()
    promised = {"text": told.reply, "promise": "reply", "promise_day": today}
    assert owner.ask("POST", f"{base}/reply", promised).status == 303
    table = metadata.tables["given_promises"]
    with place.databases() as databases, reading(databases.main) as connection:
        kinds = connection.scalars(sa.select(table.c.kind).order_by(table.c.made_at)).all()
    assert list(kinds) == ["first_reply", "reply"]
    mail = mail_to(box, "c7001@buyer.example", 2)
    assert mail["In-Reply-To"] == notice["Message-ID"]
    assert notice["Message-ID"] in mail["References"]
    assert told.reply in text_of(mail)
    assert mail["Auto-Submitted"] is None
    seen = [place.request("GET", address).body.decode() for address in links(mail)]
    assert any(told.reply in unescape(page) and told.said in unescape(page) for page in seen)


def a_new_row_changes_only_what_comes_after(
    place: Installation, box: Mailbox, owner: Visitor, told: Words
) -> None:
    """A row put above all others decides the next case; what was decided before stays as it was."""
    before = records(place, told.slug)
    base = f"/vefa/{told.slug}/policy"
    owner.ask("GET", f"{base}/row")
    row = {"outcome": "replace", "reason": "not_received", "delivery": "not_shipped", "days_late_from": "1"}
    saved = owner.ask("POST", f"{base}/row", row)
    assert saved.status == 303, re.sub(r"\s+", " ", re.sub("<[^>]+>", " ", saved.body.decode()))[:1500]
    new = saved.headers["Location"].rpartition("#row-")[2]
    while True:
        page = owner.ask("GET", base).body.decode()
        ids = re.findall(r'id="row-([^"]+)"', page)
        if ids.index(new) == 0:
            break
        assert owner.ask("POST", f"{base}/move", {"id": new, "way": "up"}).status == 303
    page = owner.ask("GET", f"{base}/publish").body.decode()
    seen = re.search(r'name="seen" value="([^"]*)"', page)
    assert seen
    assert owner.ask("POST", f"{base}/publish", {"seen": unescape(seen[1]), "note": told.slug}).status == 303
    tell(place, told.slug, late_order(told, "7002"))
    notice = mail_to(box, "c7002@buyer.example", 1)
    (one,) = [address for address in links(notice) if "score=1" in address]
    assert post(place, one, {"score": "1", "words": told.said}).status == 303
    until(lambda: len(case_numbers(place, told.slug)) == 2, "the second case stands")
    after = records(place, told.slug)
    assert after[: len(before)] == before
    assert [(version, name) for version, name, _ in after[len(before) :]] == [(2, new)]


def nothing_shows_to_another_store(
    place: Installation, owner: Visitor, stranger: Visitor, told: Words, addresses: list[str]
) -> None:
    """Every address of the panel with this store's things answers 404 to another store, and so does every link."""
    values = {
        "number": 1,
        "act": "note",
        "return_number": 1,
        "step": "approve",
        "order_id": "standard:7001",
        "holder": "standard:c7001",
        "message_id": message_of(place, told.slug),
        "purpose": "delay_notice",
        "language": told.tag,
        "platform": "standard",
        "import_id": "none",
    }
    app = create_app(Settings(database=place.folder / "vefa.db"))
    rules = [rule for rule in app.url_map.iter_rules() if rule.endpoint.startswith("panel.")]
    app.extensions["vefa"].databases.dispose()
    adapter = app.url_map.bind("127.0.0.1")
    asked = 0
    assert stranger.status(f"/vefa/{told.other}/complaints") == 200
    for rule in rules:
        method = "GET" if "GET" in (rule.methods or ()) else "POST"
        given = {name: values[name] for name in rule.arguments - {"slug"}}
        path = adapter.build(rule.endpoint, given | {"slug": told.slug}, method=method)
        assert stranger.ask(method, path).status == 404, path
        asked += 1
    assert asked > 40
    for path in ("complaints/1", "deliveries/standard:7001", "customers/standard:c7001"):
        assert owner.status(f"/vefa/{told.slug}/{path}") == 200
        assert stranger.status(f"/vefa/{told.other}/{path}") == 404
    for address in addresses:
        assert place.request("GET", address.replace(f"/c/{told.slug}/", f"/c/{told.other}/")).status == 404


def message_of(place: Installation, slug: str) -> str:
    table = metadata.tables["messages"]
    with place.databases() as databases, reading(databases.main) as connection:
        store = stores.by_slug(connection, slug)
        found: str = (
            connection.scalars(sa.select(table.c.id).where(table.c.store_id == store.id)).first() or ""
        )
        return found
