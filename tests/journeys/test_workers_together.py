"""Two workers take a shuffled history together, and end where one worker would (Show 2 of the main path)."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
from tests import postgres, shows
from tests.journeys import test_captured_woocommerce as recorded
from tests.journeys.test_captured_woocommerce import LATER, REQUESTS
from tests.support import World

from vefa.cli.order import described
from vefa.cli.rebuild import compare
from vefa.database import Databases, open_databases, reading
from vefa.inbound.move import move
from vefa.orders import records as orders
from vefa.subscriptions import FACTS_WAKE, looks
from vefa.work import sweep

pytestmark = pytest.mark.service
SHUFFLES = 20 if os.environ.get("VEFA_LONG") == "1" else 2


@pytest.fixture
def workers(tmp_path: Path) -> Iterator[list[Databases]]:
    """Open one database for each of two workers."""
    with ExitStack() as stack:
        first = stack.enter_context(postgres.empty(tmp_path))
        second = open_databases(tmp_path / "none.db", url=postgres.address(first))
        stack.callback(second.dispose)
        yield [first, second]


def work(world: World, databases: Databases, claim: str) -> int:
    """Work until nothing is left, as a worker does, and return how much this one did."""
    chores = looks(databases.main, world.master, world.connect, claim, "https://vefa.example")
    did = idle = 0
    # What the other holds is passed over, so one look that found nothing is not the end.
    while idle < 5:
        moved = move(databases, world.master, FACTS_WAKE, LATER)
        done, _ = sweep(databases.main, chores, LATER)
        idle, did = 0 if moved + done else idle + 1, did + moved + done
    return did


@pytest.mark.parametrize("seed", range(SHUFFLES))
def test_two_workers_end_where_one_would(workers: list[Databases], seed: int) -> None:
    draw = random.Random(seed)
    world, store = recorded.opened(workers[0])
    told = [one for one in REQUESTS for _ in range(2 if draw.random() < 0.3 else 1)]
    draw.shuffle(told)
    half = len(told) // 2
    with ThreadPoolExecutor(3) as pool:
        # The second half arrives while the workers are at the first.
        for one in told[:half]:
            world.inbound.keep(one.request("shop"), one.received_at)
        busy = [pool.submit(work, world, one, str(number)) for number, one in enumerate(workers)]
        for one in told[half:]:
            world.inbound.keep(one.request("shop"), one.received_at)
        assert sum(one.result(timeout=60) for one in busy) > 0
    work(world, workers[0], "last")
    with reading(workers[0].main) as connection:
        ids = orders.page(connection, store.id)
        found = orders.load(connection, store.id, ids, LATER)
        shown = {one.number: described(connection, store.id, one) for one in found.values()}
    shows.check_show_3(shown)
    shows.check_equal(compare(workers[0].main, LATER, repair=False), 13)
