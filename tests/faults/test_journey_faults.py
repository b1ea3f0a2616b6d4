"""Planted faults in intake, rebuild, sending and the panel turn the checks of Shows 3, 5 and 6 red."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
import sqlalchemy as sa
from tests import shows
from tests.captured import SECRET, captured
from tests.running import Installation, journalled, until
from tests.support import World, make_world

from vefa import clock
from vefa.cli import rebuild
from vefa.cli.order import described
from vefa.database import Databases, metadata, reading
from vefa.errors import SignatureError
from vefa.extension import create_app
from vefa.inbound import Request
from vefa.orders import records as orders
from vefa.outreach import records, send
from vefa.platforms import Identity, Incoming, woocommerce
from vefa.settings import Settings
from vefa.staff import records as staff
from vefa.staff import session_records
from vefa.stores.sealing import master_key
from vefa.stores.store import Store

Patch = pytest.MonkeyPatch
REQUESTS = captured()
SIGNED = [one for one in REQUESTS if one.signed]
LATER = max(one.received_at for one in REQUESTS) + timedelta(hours=1)
TEHRAN = ZoneInfo("Asia/Tehran")
NOW = datetime(2026, 3, 12, 9, tzinfo=UTC)
SUBJECTS = {shows.NOTICE: "دیر شده است", shows.APOLOGY: "دیر رسید"}


def captured_store(databases: Databases, *, backwards: bool) -> tuple[World, Store]:
    world = make_world(databases)
    store = world.add_store("shop", REQUESTS[0].received_at, [SECRET], platform="woocommerce", country="SE")
    for one in REQUESTS[::-1] if backwards else REQUESTS:
        world.inbound.keep(one.request("shop"), one.received_at)
    world.work(LATER)
    return world, store


def shown(world: World, store: Store) -> dict[str, Any]:
    with reading(world.databases.main) as connection:
        found = orders.load(connection, store.id, orders.page(connection, store.id), LATER)
        return {one.number: described(connection, store.id, one) for one in found.values()}


def digest_is_left_out(patch: Patch) -> None:
    def identify(incoming: Incoming, received_at: datetime) -> Identity:
        topic = incoming.headers.get("x-wc-webhook-topic", "unknown")
        document = json.loads(incoming.body)
        when = document.get("date_modified_gmt", "")
        return Identity(f"woocommerce:{topic.partition('.')[0]}:{document.get('id')}:{when}", topic)

    patch.setattr(woocommerce.PLUGIN, "identify", identify)


def delivery_id_is_the_identity(patch: Patch) -> None:
    def identify(incoming: Incoming, received_at: datetime) -> Identity:
        topic = incoming.headers.get("x-wc-webhook-topic", "unknown")
        return Identity(incoming.headers["x-wc-webhook-delivery-id"], topic)

    patch.setattr(woocommerce.PLUGIN, "identify", identify)


def latest_body_says_when_it_was_delivered(patch: Patch) -> None:
    def moments(seen: Any) -> dict[str, datetime]:
        return {fact.values["state"]: fact.at for fact in seen if fact.values.get("state")}

    patch.setattr("vefa.orders.fold.moments", moments)


def what_came_last_wins(patch: Patch) -> None:
    snapshot = woocommerce.Snapshot.__init__

    def arrived(self: Any, order: Mapping[str, Any], context: Any) -> None:
        snapshot(self, order, context)
        self.at = context.received_at

    patch.setattr(woocommerce.Snapshot, "__init__", arrived)


@pytest.mark.parametrize(
    ("plant", "backwards"),
    [
        (delivery_id_is_the_identity, False),
        (latest_body_says_when_it_was_delivered, True),
        (what_came_last_wins, False),
    ],
)
def test_show_3_sees(
    plant: Callable[[Patch], None], backwards: bool, databases: Databases, monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    found = shown(*captured_store(databases, backwards=backwards))
    with pytest.raises(AssertionError):
        shows.check_show_3(found)


def test_a_body_of_the_same_second_is_no_repetition(databases: Databases, monkeypatch: Patch) -> None:
    def journal_after(number: int) -> tuple[list[bytes], list[bytes]]:
        golestan = Golestan(world, f"golestan-{number}")
        bodies = [golestan.tell(status, NOW, NOW) for status in ("processing", "shipped")]
        return bodies, journalled(databases, world.master, golestan.store.slug)

    world = make_world(databases)
    shows.check_kept(*journal_after(1))
    digest_is_left_out(monkeypatch)
    with pytest.raises(AssertionError, match="1 accepted events are lost"):
        shows.check_kept(*journal_after(2))


def test_show_3_sees_that_signatures_are_not_compared(databases: Databases, monkeypatch: Patch) -> None:
    world = make_world(databases)
    world.add_store("shop", LATER, [SECRET], platform="woocommerce")

    def post(headers: Mapping[str, str], body: bytes) -> int:
        try:
            world.inbound.keep(Request("shop", "woocommerce", headers, body), LATER)
        except SignatureError:
            return 401
        return 200

    one = SIGNED[0]
    shows.check_refused(post, one.headers, one.body)
    monkeypatch.setattr("vefa.platforms.woocommerce.hmac.compare_digest", lambda *_: True)
    with pytest.raises(AssertionError, match="nobody noticed"):
        shows.check_refused(post, one.headers, one.body)


def test_show_5_sees_planted_rows_and_a_table_that_is_left_out(
    databases: Databases, monkeypatch: Patch
) -> None:
    captured_store(databases, backwards=False)
    with databases.main.begin() as connection:
        # The captured orders hold no promise, so one row is made to have something to plant in.
        document = json.loads(connection.scalar(sa.text("SELECT settings FROM stores")))
        document["delivery_days"] = {"*": 3}
        connection.execute(sa.text("UPDATE stores SET settings = :s"), {"s": json.dumps(document)})
    rebuild.compare(databases.main, LATER, repair=True)

    def compare() -> dict[str, Any]:
        return rebuild.compare(databases.main, LATER, repair=False)

    shows.check_equal(compare(), 13)
    shows.plant(databases.main)
    with pytest.raises(AssertionError):
        shows.check_equal(compare(), 13)
    shows.check_found(compare())
    every = rebuild._differences
    for table in shows.CHANGED:
        with monkeypatch.context() as patch:
            patch.setattr(rebuild, "_differences", _without(every, table))
            with pytest.raises(AssertionError):
                shows.check_found(compare())


def _without(differences: Callable[..., Any], table: str) -> Callable[..., Any]:
    return lambda *given: [one for one in differences(*given) if one["table"] != table]


def snapshot(status: str, at: datetime) -> bytes:
    def gmt(one: datetime) -> str:
        return one.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S")

    person = {"first_name": "نیلوفر", "last_name": "احمدی", "email": "niloofar@example.com", "country": "IR"}
    promised = (NOW.astimezone(TEHRAN) - timedelta(days=2)).date().isoformat()
    document = {
        "id": 7001,
        "number": "7001",
        "status": status,
        "billing": person,
        "date_created_gmt": gmt(NOW - timedelta(days=6)),
        "date_paid_gmt": gmt(NOW - timedelta(days=6)),
        "date_modified_gmt": gmt(at),
        "meta_data": [{"key": "_estimated_delivery", "value": promised}],
        "line_items": [{"id": 1, "name": "دفتر", "quantity": 1}],
    }
    return json.dumps(document).encode()


class Golestan:
    """A Persian store in this process whose customer is waiting."""

    def __init__(self, world: World, slug: str = "golestan") -> None:
        self.world = world
        settings = {
            "platform": "woocommerce",
            "country": "IR",
            "timezone": "Asia/Tehran",
            "languages": ["fa"],
        }
        self.store = world.add_store(
            slug, NOW - timedelta(days=9), ["secret"], delivery_evidence="status", **settings
        )
        world.send(self.store, NOW - timedelta(days=9))

    def tell(self, status: str, at: datetime, now: datetime) -> bytes:
        body = snapshot(status, at)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(woocommerce.PLUGIN, "verify", lambda *_: None)
            headers = {"x-wc-webhook-topic": "order.updated"}
            self.world.inbound.keep(Request(self.store.slug, "woocommerce", headers, body), now)
        self.world.work(now)
        return body

    def live_through(self) -> None:
        """Let the order be late, be moved on, and arrive."""
        self.tell("processing", NOW - timedelta(days=6), NOW)
        self.tell("shipped", NOW - timedelta(days=3), NOW + timedelta(minutes=1))
        self.tell("delivered", NOW + timedelta(minutes=2), NOW + timedelta(minutes=3))

    def mails(self) -> list[Any]:
        return [shows.parsed(data) for _, _, data in self.world.sink.messages]


def blind_to_what_was_written(patch: Patch) -> None:
    patch.setattr(
        "vefa.outreach.look.records.messages_of", lambda _connection, _store, ids: {one: [] for one in ids}
    )


def drop_unique_key(databases: Databases) -> None:
    """Make the table of messages again, without the key that refuses a second one for one reason."""
    loose = records.messages.to_metadata(sa.MetaData())
    for constraint in [one for one in loose.constraints if isinstance(one, sa.UniqueConstraint)]:
        loose.constraints.remove(constraint)
    loose.indexes.clear()
    with databases.main.begin() as connection:
        records.messages.drop(connection)
        loose.create(connection)


def test_without_a_fault_one_notice_and_one_apology_leave(databases: Databases) -> None:
    golestan = Golestan(make_world(databases))
    golestan.live_through()
    shows.check_once(golestan.mails(), SUBJECTS)
    for mail in golestan.mails():
        shows.check_persian(
            mail, recipient="niloofar@example.com", reply_to="care@golestan.example", number="7001"
        )


@pytest.mark.parametrize("loose", [False, True])
def test_only_the_unique_key_stands_between_a_forgetful_look_and_the_customer(
    databases: Databases, monkeypatch: Patch, loose: bool
) -> None:
    golestan = Golestan(make_world(databases))
    blind_to_what_was_written(monkeypatch)
    if loose:
        drop_unique_key(databases)
    golestan.tell("processing", NOW - timedelta(days=6), NOW)
    golestan.tell("shipped", NOW - timedelta(days=3), NOW + timedelta(minutes=1))
    notice = {shows.NOTICE: SUBJECTS[shows.NOTICE]}
    if loose:
        with pytest.raises(AssertionError):
            shows.check_once(golestan.mails(), notice)
    else:
        shows.check_once(golestan.mails(), notice)


def sending_is_not_committed(patch: Patch) -> None:
    move = send.Sender._move

    def lazy(self: Any, store: Any, row: Any, before: str, **values: Any) -> bool:
        return values["state"] == records.SENDING or move(self, store, row, before, **values)

    patch.setattr(send.Sender, "_move", lazy)


class Crash(BaseException):
    """The end of a process."""


@pytest.mark.parametrize("careless", [False, True])
def test_show_6_sees_what_is_sent_again_after_a_crash(
    databases: Databases, monkeypatch: Patch, careless: bool
) -> None:
    world = make_world(databases)
    golestan = Golestan(world)
    transmit = type(world.sink).transmit

    def crash(sink: Any, data: bytes) -> None:
        transmit(sink, data)
        raise Crash

    with monkeypatch.context() as patch:
        patch.setattr(type(world.sink), "transmit", crash)
        if careless:
            sending_is_not_committed(patch)
        with pytest.raises(Crash):
            golestan.tell("processing", NOW - timedelta(days=6), NOW)
    unknown = send.recover(databases.main, NOW + timedelta(minutes=1))
    world.work(NOW + timedelta(minutes=1))
    notice = {shows.NOTICE: SUBJECTS[shows.NOTICE]}
    if careless:
        assert unknown == 0
        with pytest.raises(AssertionError):
            shows.check_once(golestan.mails(), notice)
    else:
        assert unknown == 1
        shows.check_once(golestan.mails(), notice)


def test_show_6_sees_a_letter_in_another_language(databases: Databases, monkeypatch: Patch) -> None:
    golestan = Golestan(make_world(databases))
    monkeypatch.setattr("vefa.outreach.look.locales.negotiate", lambda *_: "en")
    golestan.live_through()
    expected = {"recipient": "niloofar@example.com", "reply_to": "care@golestan.example", "number": "7001"}
    assert len(golestan.mails()) == 2
    for mail in golestan.mails():
        with pytest.raises(AssertionError):
            shows.check_persian(mail, **expected)
    with pytest.raises(AssertionError):
        shows.check_once(golestan.mails(), SUBJECTS)


@contextmanager
def panel(databases: Databases, slug: str) -> Iterator[Any]:
    """Yield a browser that is signed in as the owner of a store."""
    app = create_app(Settings(database=databases.directory / "vefa.db"), databases)
    now = clock.now()
    with databases.main.begin() as connection:
        store_id = connection.scalar(sa.select(metadata.tables["stores"].c.id).filter_by(slug=slug))
        account = staff.add(connection, f"owner@{slug}.example", name=None, language="fa", now=now)
        staff.join(connection, store_id, account.id, now=now)
        token = session_records.open_session(connection, account.id, now=now)
    with app.test_client() as client:
        with client.session_transaction() as session:
            session["token"] = token
        yield client


def _of_store(read: Callable[..., Any], store_id: int) -> Callable[..., Any]:
    """Return a reader that is asked about one store and answers about another."""
    return lambda connection, _asked, *rest: read(connection, store_id, *rest)


def test_show_6_sees_that_stores_are_not_kept_apart(databases: Databases, monkeypatch: Patch) -> None:
    world = make_world(databases)
    world.master = master_key(None, databases.directory)
    golestan = Golestan(world)
    world.add_store("lale", NOW, ["other"])
    golestan.live_through()
    addresses = [
        "/vefa/golestan/deliveries",
        "/vefa/golestan/deliveries/woocommerce:7001",
        "/vefa/lale/deliveries/woocommerce:7001",
    ]
    with panel(databases, "lale") as stranger:

        def status(address: str) -> int:
            return int(stranger.get(address).status_code)

        assert status("/vefa/lale/deliveries") == 200
        shows.check_hidden(status, addresses)
        with monkeypatch.context() as patch:
            patch.setattr("vefa.panel.blueprints.by_host.role_in", lambda *_: "owner")
            with pytest.raises(AssertionError):
                shows.check_hidden(status, addresses[:2])
        with monkeypatch.context() as patch:
            visible = metadata.tables["stores"].c
            with databases.main.connect() as connection:
                store_id = connection.scalar(sa.select(visible.id).where(visible.slug == "golestan"))
            for place in ("vefa.lateness.listing.of_orders", "vefa.orders.listing.details"):
                patch.setattr(place, _of_store(pkgutil.resolve_name(place), store_id))
            with pytest.raises(AssertionError):
                shows.check_hidden(status, addresses[2:])


HASTY = """
import threading

from vefa import clock
from vefa.inbound.keep import Inbound

keep = Inbound.keep


def answer_first(self, request, received_at):
    threading.Timer(5, keep, (self, request, received_at)).start()
    return "later"


Inbound.keep = answer_first
"""


def test_show_6_sees_an_answer_before_the_commit(tmp_path: Path) -> None:
    (tmp_path / "hasty").mkdir()
    (tmp_path / "hasty" / "sitecustomize.py").write_text(HASTY, encoding="utf-8")
    place = Installation(tmp_path, more={"PYTHONPATH": str(tmp_path / "hasty")})
    place.add_store("shop", SECRET, platform="woocommerce")
    accepted = []
    with place.up():
        for one in SIGNED[:5]:
            answer = place.request("POST", "/vefa/in/shop/woocommerce", one.body, one.headers)
            assert answer.status == 200
            accepted.append(one.body)
        place.kill("web")
        place.healthy()
        until(place.moved, "nothing waits")
        with pytest.raises(AssertionError, match="are lost"):
            shows.check_kept(accepted, place.journalled("shop"))
