"""People are told what must not go unnoticed, each in their language, and never twice for one reason."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from tests.panel.busy import make_busy
from tests.panel.shop import NOW, Shop, make_shop, ordinary_orders, placed
from tests.shows import parsed

from vefa.database import Databases
from vefa.inbound import feed_watch
from vefa.insights import notices
from vefa.staff import records, wishes
from vefa.staff.account import Role
from vefa.staff.mail_records import staff_messages
from vefa.stores import records as stores
from vefa.work import make_due, work

HOUR = timedelta(hours=1)
EIGHT = datetime(2026, 11, 22, 5, tzinfo=UTC)  # 08:00 in Istanbul


@pytest.fixture
def shop(databases: Databases) -> Shop:
    """A store with work to do, watched over since now."""
    (made,) = make_shop(databases)
    made.add("mercan")
    made.feed("mercan", ordinary_orders())
    return made


def watch(shop: Shop, at: datetime = NOW) -> None:
    with shop.world.databases.main.begin() as connection:
        notices.arm(connection, stores.all_stores(connection).values(), at)


def letters(shop: Shop) -> list[tuple[str, str, str]]:
    """Return recipient, kind and key of every letter that was sent."""
    with shop.world.databases.main.connect() as connection:
        rows = connection.execute(
            sa.select(records.accounts.c.email, staff_messages.c.kind, staff_messages.c.key)
            .join(records.accounts, records.accounts.c.id == staff_messages.c.account_id)
            .where(staff_messages.c.state == "sent")
            .order_by(staff_messages.c.id)
        )
        return [tuple(row) for row in rows]


def kinds(shop: Shop) -> list[str]:
    return [kind for _, kind, _ in letters(shop)]


def member(shop: Shop, name: str, role: Role, language: str, digest: bool | None = None) -> None:
    with shop.world.databases.main.begin() as connection:
        store = stores.by_slug(connection, "mercan")
        account = records.add(connection, f"{name}@mercan.example", name=name, language=language, now=NOW)
        connection.execute(
            records.memberships.insert().values(
                store_id=store.id, account_id=account.id, role=role.value, joined_at=NOW, digest=digest
            )
        )


def test_the_digest_comes_at_eight_with_links_to_the_rows(shop: Shop) -> None:
    make_busy(shop)
    watch(shop)
    shop.world.run(NOW, EIGHT - timedelta(seconds=1))
    assert "digest" not in kinds(shop)
    shop.world.run(EIGHT - timedelta(seconds=1), EIGHT + HOUR)
    assert ("owner@mercan.example", "digest", "digest:2026-11-22") in letters(shop)
    letter = next(parsed(data) for _, to, data in shop.world.sink.messages if to == "owner@mercan.example")
    text = letter.get_body(("plain",)).get_content()
    assert "2 deliveries are late\r\nhttps://vefa.example/vefa/mercan/deliveries?view=late" in text or (
        "deliveries are late" in text and "/vefa/mercan/deliveries?view=late" in text
    )


def test_each_reads_it_in_their_language(shop: Shop) -> None:
    member(shop, "sara", Role.MANAGER, "fa")
    member(shop, "mert", Role.AGENT, "tr")
    member(shop, "elif", Role.AGENT, "tr", digest=True)
    member(shop, "deniz", Role.OWNER, "tr", digest=False)
    watch(shop)
    shop.world.run(NOW, EIGHT + HOUR)
    told = {to: parsed(data) for _, to, data in shop.world.sink.messages}
    assert set(told) >= {"owner@mercan.example", "sara@mercan.example", "elif@mercan.example"}
    assert not {"mert@mercan.example", "deniz@mercan.example"} & set(told)
    assert told["sara@mercan.example"]["Content-Language"] == "fa"


def test_the_digest_is_sent_once_a_day(shop: Shop) -> None:
    watch(shop)
    shop.world.run(NOW, EIGHT + HOUR)
    for again in range(3):
        with shop.world.databases.main.begin() as connection:
            store = stores.by_slug(connection, "mercan")
            make_due(connection, store.id, notices.PACKAGE, {notices.DIGEST: EIGHT + again * HOUR})
        shop.world.work(EIGHT + (again + 1) * HOUR)
    assert kinds(shop).count("digest") == 1
    shop.world.run(EIGHT + 4 * HOUR, EIGHT + timedelta(days=2, hours=1))
    assert kinds(shop).count("digest") == 3


def test_a_quiet_store_gets_no_digest(databases: Databases) -> None:
    (made,) = make_shop(databases)
    made.add("mercan")
    made.feed("mercan", [placed("1", NOW - HOUR, "2026-12-20")])
    watch(made)
    made.world.run(NOW, EIGHT + HOUR)
    assert letters(made) == []


def test_stopping_is_told_once(shop: Shop) -> None:
    with shop.world.databases.main.begin() as connection:
        stores.stop(connection, stores.by_slug(connection, "mercan"), now=NOW)
    watch(shop)
    shop.world.run(NOW, NOW + 9 * HOUR)
    assert kinds(shop) == ["stopped"]


def test_the_ceiling_is_told_once_an_hour(shop: Shop) -> None:
    with shop.world.databases.main.begin() as connection:
        connection.execute(stores.stores.update().values(ceiling=0))
    watch(shop)
    for minutes in range(0, 60, 10):
        with shop.world.databases.main.begin() as connection:
            at = NOW.replace(minute=0) + timedelta(minutes=minutes)
            make_due(connection, 1, notices.PACKAGE, {notices.WATCH: at})
        shop.world.work(at)
    assert kinds(shop) == ["ceiling"]


def test_silence_is_told_once_when_it_is_unusual(databases: Databases) -> None:
    (made,) = make_shop(databases)
    made.add("mercan")
    made.feed("mercan", [placed(str(number), NOW - number * HOUR, "2026-12-20") for number in range(1, 41)])
    watch(made)
    watch_feeds(made, NOW, NOW + 22 * HOUR)
    assert "feed_silent" not in kinds(made)
    watch_feeds(made, NOW + 22 * HOUR, NOW + timedelta(days=4))
    assert kinds(made).count("feed_silent") == 1
    made.feed("mercan", [placed("99", NOW + timedelta(days=4), "2026-12-20")], now=NOW + timedelta(days=4))
    watch_feeds(made, NOW + timedelta(days=4), NOW + timedelta(days=8))
    assert kinds(made).count("feed_silent") == 2


def watch_feeds(shop: Shop, start: datetime, end: datetime) -> None:
    """Watch the feeds and work, six hours at a time."""
    world, now = shop.world, start
    while now < end:
        result = feed_watch.look(world.databases, world.master, 1, [feed_watch.SUBJECT], now)
        assert result.write is not None
        with world.databases.main.begin() as connection:
            result.write(connection)
        world.run(now, now + 6 * HOUR)
        now += 6 * HOUR


def test_what_failed_is_told_once_a_week_and_part(shop: Shop) -> None:
    with shop.world.databases.main.begin() as connection:
        for subject in ("a", "b"):
            connection.execute(
                work.insert().values(store_id=1, package="send", subject=subject, attempts=8, error="No.")
            )
    watch(shop)
    shop.world.run(NOW, NOW + 12 * HOUR)
    assert kinds(shop) == ["failures"]


def test_another_store_hears_nothing(shop: Shop) -> None:
    shop.add("kilim")
    watch(shop)
    shop.world.run(NOW, EIGHT + HOUR)
    assert {to for to, _, _ in letters(shop)} == {"owner@mercan.example"}


def test_a_member_chooses(shop: Shop) -> None:
    with shop.world.databases.main.begin() as connection:
        account = shop.owners["mercan"].id
        assert wishes.wants_digest(connection, 1, account)
        wishes.choose_digest(connection, 1, account, wanted=False)
        assert not wishes.wants_digest(connection, 1, account)
        assert not wishes.wants_digest(connection, 1, "nobody")


def test_without_its_reason_as_the_key_the_digest_would_come_twice(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault: a key that names the moment instead of the day."""
    real = notices._digests
    monkeypatch.setattr(
        notices, "_digests", lambda seen, now: [replace(one, key=str(now)) for one in real(seen, now)]
    )
    watch(shop)
    shop.world.run(NOW, EIGHT)
    with shop.world.databases.main.begin() as connection:
        make_due(connection, 1, notices.PACKAGE, {notices.DIGEST: EIGHT + HOUR})
    shop.world.work(EIGHT + HOUR)
    assert kinds(shop).count("digest") == 2
