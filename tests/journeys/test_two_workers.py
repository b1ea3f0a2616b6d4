"""Two web processes and two workers on PostgreSQL: nothing acknowledged is lost, nothing is sent twice (Show 6)."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import cycle

import pytest
import sqlalchemy as sa
from tests import postgres, shows
from tests.journeys import test_persian_customer as persian
from tests.journeys.test_persian_customer import LATE, SECRET, SETTINGS, SUBJECTS, Shop, concern, order
from tests.mail import Mailbox, mail_server
from tests.running import Answer, Installation, until
from tests.test_turns import end_connections

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


@pytest.fixture(scope="module")
def box() -> Iterator[Mailbox]:
    with mail_server() as found:
        yield found


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory, box: Mailbox) -> Iterator[Both]:
    """A store whose sending was switched on some days ago, served twice."""
    folder = tmp_path_factory.mktemp("two")
    with postgres.database("two_workers") as address:
        more = {"VEFA_DATABASE_URL": address, "VEFA_THREADS": "4"}
        one, other = (Installation(folder, smtp_url=box.url, more=more) for _ in range(2))
        one.add_store("golestan", SECRET, name="گلستان", reply_to="care@golestan.example", **SETTINGS)
        with one.databases() as databases, databases.main.begin() as connection:
            store = stores.by_slug(connection, "golestan")
            stores.switch(connection, store, sending=True, now=datetime.now(UTC) - timedelta(days=5))
        with one.started(), other.started():
            one.healthy()
            other.healthy()
            yield Both(one, other)


def states(place: Installation, number: int) -> dict[str, str]:
    """Return in which state an order's messages are, by their purpose."""
    order_id = f"woocommerce:{number}"
    with place.databases() as databases, reading(databases.main) as connection:
        rows = connection.execute(sa.select(messages).where(messages.c.order_id == order_id))
        return {row.purpose: row.state for row in rows}


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
        " + (SELECT count(*) FROM pg_stat_activity WHERE state <> 'idle' AND pid <> pg_backend_pid()"
        " AND datname = current_database())"
    )
    with place.databases() as databases, databases.main.connect() as connection:
        if connection.scalar(sa.text(held)) == 0:
            return number
    os.kill(number, signal.SIGCONT)
    return None


def restart_server(both: Both) -> None:
    """End every connection, as a restart of the server does, while no message is on its way."""
    workers = [until(lambda one=place: paused(one), "a worker pauses") for place in (both.one, both.other)]
    with both.one.databases() as databases:
        end_connections(databases.main)
    for number in workers:
        os.kill(number, signal.SIGCONT)


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

    chatter = threading.Thread(target=shop.chatter)
    chatter.start()
    try:
        restart_server(both)
        for body, purpose in ((late, shows.NOTICE), (arrived, shows.APOLOGY)):
            for _ in range(KILLS):
                kill()
                # Each of the two web processes takes it, so that two workers may have it at once.
                shop.insist(body)
                shop.insist(body)
            until(lambda wanted=purpose: states(both.one, LATE).get(wanted) == "sent", f"{purpose} is sent")
    finally:
        shop.stopping.set()
        chatter.join()
    until(lambda: settled(both.one), "everything is worked through")
    assert not shop.refused and len(shop.accepted) > 8
    kept = both.one.journalled("golestan")
    shows.check_kept(shop.accepted, kept)
    shows.check_kept(kept, shop.posted)
    assert len(set(kept)) == len(kept)
    persian.check_mails(box)
    check_rebuilt(both.one, len({json.loads(body)["id"] for body in kept}))


def test_a_paused_and_a_killed_worker_send_nothing_twice(both: Both, box: Mailbox) -> None:
    """One hangs while it is sending, the other leaves it alone, and owns up to what it left once it is dead."""
    now = datetime.now(UTC).replace(microsecond=0)
    shop, before = Shop(both, now), len(box.taken)  # type: ignore[arg-type]
    shop.place, number = both.other, LATE + 1
    # Nobody is written to too often, so this is about another customer.
    concerned = {"meta_data": concern(now)["meta_data"]}
    until(lambda: both.one.child("worker") and both.other.child("worker"), "both workers are there")
    waiting = until(lambda: paused(both.other), "the other worker pauses between two sweeps")
    box.silent = True
    shop.insist(order(number, "processing", now - timedelta(days=4), **concerned))
    until(lambda: len(box.taken) > before, "the server has the notice and says nothing")
    hanging = until(lambda: both.one.child("worker"), "the worker is there")
    os.kill(hanging, signal.SIGSTOP)
    os.kill(waiting, signal.SIGCONT)
    shop.insist(order(9999, "processing", now - timedelta(hours=1)))
    until(lambda: settled(both.one), "the other one works")
    assert states(both.one, number) == {shows.NOTICE: "sending"}, "the first one may still be at it"
    os.kill(hanging, signal.SIGKILL)
    box.silent = False
    until(lambda: states(both.one, number) == {shows.NOTICE: "outcome_unknown"}, "the other owns up to it")
    until(lambda: both.one.child("worker") not in (None, hanging), "another worker is there")
    resumed = until(lambda: paused(both.other), "the other worker pauses between two sweeps")
    shop.insist(order(number, "delivered", now - timedelta(minutes=1), **concerned))
    until(lambda: states(both.one, number).get(shows.APOLOGY) == "sent", "the apology leaves all the same")
    os.kill(resumed, signal.SIGCONT)
    until(lambda: settled(both.one), "everything is worked through")
    assert states(both.one, number)[shows.NOTICE] == "outcome_unknown"
    shows.check_once([mail for _, mail in box.taken[before:]], SUBJECTS)
