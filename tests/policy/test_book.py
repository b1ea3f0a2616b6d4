"""The policy book: what is in force, drafts, publishing, and the records of decisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.policy.cases import TODAY, situation
from tests.support import World, make_world

from vefa.database import Databases
from vefa.policy import book, document
from vefa.policy.check import PolicyError
from vefa.policy.decide import decide
from vefa.policy.default import default
from vefa.policy.records import policies
from vefa.policy.table import Kind
from vefa.staff import records as staff
from vefa.stores.store import Store

pytestmark = pytest.mark.contract

NOW = TODAY


@pytest.fixture
def world(databases: Databases) -> World:
    return make_world(databases)


def add(world: World, slug: str, **settings: Any) -> tuple[Store, str]:
    store = world.add_store(slug, NOW, country="TR", currency="TRY", **settings)
    with world.databases.main.begin() as connection:
        who = staff.add(connection, f"{slug}@staff.example", name=slug.title(), now=NOW)
        staff.join(connection, store.id, who.id, now=NOW)
    return store, who.id


def longer(world: World, store: Store, days: int, by: str, note: str = "") -> book.Published:
    """Publish the policy in force with a longer withdrawal window."""
    with world.databases.main.begin() as connection:
        wanted = document.to_document(book.in_force(connection, store).policy)
        wanted["windows"]["withdrawal"] = [days, False]
        book.save_draft(connection, store, wanted, by=by, now=NOW)
        return book.publish(connection, store, note=note, by=by, now=NOW)


def test_the_default_is_version_1_until_something_is_published(world: World) -> None:
    store, by = add(world, "a")
    with world.databases.main.connect() as connection:
        assert book.in_force(connection, store) == book.Published(1, default("TR", "TRY"))
        assert [one.version for one in book.versions(connection, store)] == [1]
        assert book.draft(connection, store) is None
    published = longer(world, store, 30, by, "Thirty days")
    assert published.version == 2 and published.policy.windows.withdrawal.count == 30
    with world.databases.main.connect() as connection:
        assert book.in_force(connection, store) == published
        assert [(one.version, one.by, one.note) for one in book.versions(connection, store)] == [
            (2, by, "Thirty days"),
            (1, None, None),
        ]
        assert book.version(connection, store, 1).policy.windows.withdrawal.count == 14
        assert book.version(connection, store, 3) is None and book.version(connection, store, 0) is None
        assert book.draft(connection, store) is None


def test_a_published_version_never_changes(world: World) -> None:
    store, by = add(world, "a")
    longer(world, store, 30, by)
    with world.databases.main.connect() as connection:
        kept = connection.scalar(sa.select(policies.c.document).where(policies.c.version == 2))
        first = connection.scalar(sa.select(policies.c.document).where(policies.c.version == 1))
    longer(world, store, 45, by)
    with world.databases.main.connect() as connection:
        assert connection.scalar(sa.select(policies.c.document).where(policies.c.version == 2)) == kept
        assert connection.scalar(sa.select(policies.c.document).where(policies.c.version == 1)) == first
        assert book.in_force(connection, store).version == 3


def test_one_stores_policy_is_not_anothers(world: World) -> None:
    store, by = add(world, "a")
    other, _ = add(world, "b")
    longer(world, store, 30, by)
    with world.databases.main.connect() as connection:
        assert book.in_force(connection, other).version == 1
        assert [one.version for one in book.versions(connection, other)] == [1]
        assert book.version(connection, other, 2) is None


def test_a_draft_below_the_floor_is_refused_with_its_article(world: World) -> None:
    store, by = add(world, "a")
    with world.databases.main.begin() as connection:
        wanted = document.to_document(default("TR", "TRY"))
        wanted["windows"]["withdrawal"] = [13, False]
        with pytest.raises(PolicyError) as caught:
            book.save_draft(connection, store, wanted, by=by, now=NOW)
    (fault,) = caught.value.faults
    assert (fault.row, fault.cell, fault.values) == (None, "withdrawal", {"least": 14})
    assert "art. 9" in fault.article
    with world.databases.main.connect() as connection:
        assert book.draft(connection, store) is None


def test_publishing_needs_a_draft(world: World) -> None:
    store, by = add(world, "a")
    with world.databases.main.begin() as connection, pytest.raises(LookupError):
        book.publish(connection, store, note="", by=by, now=NOW)


def test_a_draft_that_was_thrown_away_leaves_what_is_in_force(world: World) -> None:
    store, by = add(world, "a")
    with world.databases.main.begin() as connection:
        book.save_draft(connection, store, document.to_document(default("TR", "TRY")), by=by, now=NOW)
        assert book.draft(connection, store).based_on == 1
        book.drop_draft(connection, store, by=by, now=NOW)
        assert book.draft(connection, store) is None
        assert book.in_force(connection, store).version == 1


def test_a_decision_is_recorded_whole_and_read_back(world: World) -> None:
    store, _ = add(world, "a")
    other, _ = add(world, "b")
    now = datetime(2026, 3, 12, tzinfo=UTC)
    with world.databases.main.begin() as connection:
        policy = book.in_force(connection, store).policy
        first = decide(policy, situation(reason="late", wanted="nothing", days_late=1), now)
        second = decide(policy, situation(reason="late", wanted="nothing", days_late=4), now)
        one = book.record(connection, store.id, "case:1", "standard:1", first, now)
        two = book.record(connection, store.id, "case:1", "standard:1", second, now + timedelta(hours=1))
        book.record(connection, other.id, "case:1", "standard:1", first, now)
        found = book.records_of(connection, store.id, "case:1")
        assert [record.id for record in found] == [two, one]
        assert [record.decision for record in found] == [second, first]
        assert (first.outcome, second.outcome) == (Kind.REFUND_SHIPPING, Kind.GOODWILL)
        assert [record.id for record in book.latest(connection, store.id, ["case:1", "case:2"])] == [two]
        assert book.counts(connection, store.id, now) == {"late": 1, "late-and-dear": 1}
        assert book.counts(connection, other.id, now) == {"late": 1}
        # The default that decided stays readable, whatever a later release makes of it.
        assert connection.scalar(
            sa.select(policies.c.document).where(policies.c.store_id == store.id, policies.c.version == 1)
        )


def test_goodwill_is_counted_once_for_each_subject(world: World) -> None:
    store, _ = add(world, "a")
    now = datetime(2026, 3, 12, tzinfo=UTC)
    with world.databases.main.begin() as connection:
        policy = book.in_force(connection, store).policy
        decided = decide(policy, situation(reason="late", wanted="nothing", days_late=4), now)
        for subject in ("case:1", "case:1", "case:2"):
            book.record(connection, store.id, subject, "standard:1", decided, now)
        given = book.goodwill_given(connection, store.id, ["standard:1", "standard:2"], now, "TRY")
        assert given == 2 * decided.amount
        assert book.goodwill_given(connection, store.id, ["standard:1"], now, "EUR") == 0
        assert book.goodwill_given(connection, store.id, ["standard:9"], now, "TRY") == 0
