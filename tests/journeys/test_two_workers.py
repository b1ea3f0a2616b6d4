"""Two web processes and two workers on PostgreSQL: nothing acknowledged is lost, nothing is sent twice (Show 6)."""

from __future__ import annotations

import os
import random
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path

import pytest
import sqlalchemy as sa
from tests import postgres, shows
from tests.journeys import test_persian_customer as persian
from tests.journeys.test_persian_customer import LATE, SECRET, SETTINGS, SUBJECTS, Shop, concern, order
from tests.mail import Mailbox, mail_server
from tests.running import Answer, Installation, until

from vefa.cli.rebuild import compare
from vefa.database import reading
from vefa.outreach.records import messages
from vefa.stores import records as stores
from vefa.work import work

pytestmark = pytest.mark.service
LONG = os.environ.get("VEFA_LONG") == "1"
KILLS = 20 if LONG else 1


class Both:
    """Two installations of one database, with its key in one folder, asked in turn."""

    def __init__(self, one: Installation, other: Installation) -> None:
        self.one, self.other = one, other
        self._turn = cycle((one, other))

    def request(self, *about: object) -> Answer:
        return next(self._turn).request(*about)  # type: ignore[arg-type]

    @contextmanager
    def up(self) -> Iterator[None]:
        with self.one.started(), self.other.started():
            self.one.healthy()
            self.other.healthy()
            yield


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture
def both(tmp_path: Path, box: Mailbox) -> Iterator[Both]:
    """A store whose sending was switched on some days ago, served twice."""
    with postgres.database("two_workers") as address:
        more = {"VEFA_DATABASE_URL": address, "VEFA_THREADS": "4"}
        one, other = (Installation(tmp_path, smtp_url=box.url, more=more) for _ in range(2))
        one.add_store("golestan", SECRET, name="گلستان", reply_to="care@golestan.example", **SETTINGS)
        with one.databases() as databases, databases.main.begin() as connection:
            store = stores.by_slug(connection, "golestan")
            stores.switch(connection, store, sending=True, now=datetime.now(UTC) - timedelta(days=5))
        yield Both(one, other)


def states(place: Installation) -> dict[str, str]:
    with place.databases() as databases, reading(databases.main) as connection:
        return {row.purpose: row.state for row in connection.execute(sa.select(messages))}


def settled(place: Installation) -> bool:
    """Whether everything was moved and every order was looked at."""
    with place.databases() as databases, reading(databases.main) as connection:
        due = sa.select(work.c.subject).where(work.c.due_at <= datetime.now(UTC), work.c.package != "send")
        return place.moved() and not connection.execute(due.limit(1)).first()


def paused(place: Installation) -> int | None:
    """Stop a worker by SIGSTOP and return its process id, or None where it held what others need."""
    number = place.child("worker")
    if number is None:
        return None
    os.kill(number, signal.SIGSTOP)
    held = (
        "SELECT (SELECT count(*) FROM pg_locks WHERE locktype = 'advisory'"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))"
        " + (SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in transaction%'"
        " AND datname = current_database())"
    )
    with place.databases() as databases, databases.main.connect() as connection:
        if connection.scalar(sa.text(held)) == 0:
            return number
    os.kill(number, signal.SIGCONT)
    return None


def check_rebuilt(place: Installation, orders: int) -> None:
    with place.databases() as databases:
        shows.check_equal(compare(databases.main, datetime.now(UTC), repair=False), orders)


def test_what_was_acknowledged_is_kept_and_sent_once_whatever_is_killed(both: Both, box: Mailbox) -> None:
    now, draw = datetime.now(UTC).replace(microsecond=0), random.Random(7)
    shop = Shop(both, now - timedelta(days=1))  # type: ignore[arg-type]
    late = order(LATE, "shipped", now - timedelta(days=3), **concern(now))
    arrived = order(LATE, "delivered", now - timedelta(minutes=1), **concern(now))

    def kill() -> None:
        names = ["web", "worker"]
        for place in (both.one, both.other):
            threading.Event().wait(draw.uniform(0, 0.3))
            place.kill(names.pop(draw.randrange(len(names))), ready=lambda: persian.not_sending(both.one))

    with both.up():
        chatter = threading.Thread(target=shop.chatter)
        chatter.start()
        try:
            for body, purpose in ((late, shows.NOTICE), (arrived, shows.APOLOGY)):
                for _ in range(KILLS):
                    kill()
                    # Each of the two web processes takes it, so that two workers may have it at once.
                    shop.insist(body)
                    shop.insist(body)
                until(lambda wanted=purpose: states(both.one).get(wanted) == "sent", f"{purpose} is sent")
        finally:
            shop.stopping.set()
            chatter.join()
        until(lambda: settled(both.one), "everything is worked through")
        assert not shop.refused and len(shop.accepted) > 8
        kept = both.one.journalled("golestan")
        shows.check_kept(shop.accepted, kept)
        shows.check_kept(kept, shop.posted)
        assert len(set(kept)) == len(kept)
        until(lambda: not box.silent and len(box.taken) == 2, "both letters arrived")
        # A little longer, in which a second copy would arrive.
        threading.Event().wait(2)
    persian.check_mails(box)
    check_rebuilt(both.one, len({body.partition(b'"id": ')[2].partition(b",")[0] for body in kept}))


def test_a_paused_and_a_killed_worker_send_nothing_twice(both: Both, box: Mailbox) -> None:
    """One hangs while it is sending, the other comes, waits for it, and owns up to what the dead one left."""
    now = datetime.now(UTC).replace(microsecond=0)
    shop = Shop(both, now)  # type: ignore[arg-type]
    shop.place = both.one
    box.silent = True
    with both.one.started():
        both.one.healthy()
        shop.insist(order(LATE, "processing", now - timedelta(days=4), **concern(now)))
        until(lambda: box.taken, "the server has the notice and says nothing")
        hanging = until(lambda: both.one.child("worker"), "the worker is there")
        os.kill(hanging, signal.SIGSTOP)
        with both.other.started():
            both.other.healthy()
            shop.place = both.other
            shop.insist(order(8001, "processing", now - timedelta(hours=1)))
            until(lambda: len(both.one.journalled("golestan")) == 2, "the other one works")
            assert states(both.one) == {shows.NOTICE: "sending"}, "the first one may still be at it"
            os.kill(hanging, signal.SIGCONT)
            os.kill(hanging, signal.SIGKILL)
            box.silent = False
            until(lambda: states(both.one) == {shows.NOTICE: "outcome_unknown"}, "the other owns up to it")
            resumed = until(lambda: paused(both.other), "the other worker pauses between two sweeps")
            shop.insist(order(LATE, "delivered", now - timedelta(minutes=1), **concern(now)))
            until(lambda: states(both.one).get(shows.APOLOGY) == "sent", "the apology leaves all the same")
            os.kill(resumed, signal.SIGCONT)
            until(lambda: settled(both.one), "everything is worked through")
            assert states(both.one)[shows.NOTICE] == "outcome_unknown"
    shows.check_once([mail for _, mail in box.taken], SUBJECTS)
    check_rebuilt(both.one, 2)
