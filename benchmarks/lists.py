"""Opens every list and page of the panel in a shop of 100,000 orders and 20,000 cases, and says how long each takes.

The shop is built anew in a temporary folder: some prototypes of every kind of order go through the program and are
copied by the thousand. Exits with 1 where the median of a page is over the limit.
"""

from __future__ import annotations

import sys
import tempfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import process_time

from flask.testing import FlaskClient
from large.build import ORDERS, build, contents
from large.pages import Page, behind, pages
from large.shop import STORES, Shop

from vefa import clock
from vefa.staff import session_records

LIMIT_MS = 300
TIMES = 3
SLOWEST = 25


@dataclass(frozen=True, slots=True)
class Measured:
    """How long a page took, in milliseconds, and in milliseconds of processor time."""

    page: Page
    median: float
    worst: float
    busy: float
    size: int


def sign_in(shop: Shop) -> FlaskClient:
    """Return a browser of the owner."""
    assert shop.owner is not None
    with shop.databases.main.begin() as connection:
        secret = session_records.open_session(connection, shop.owner.id, now=clock.now())
    client = shop.app.test_client()
    with client.session_transaction() as session:
        session["token"] = secret
    return client


def measure(client: FlaskClient, page: Page) -> Measured:
    """Open a page several times."""
    took, busy, size = [], [], 0
    for _ in range(TIMES):
        started, worked = clock.monotonic(), process_time()
        answer = client.get(page.address)
        took.append(1000 * (clock.monotonic() - started))
        busy.append(1000 * (process_time() - worked))
        size = len(answer.data)
        assert answer.status_code == 200, f"{page.address} answers {answer.status_code}"
    return Measured(page, median(took), max(took), median(busy), size)


def in_words(found: Mapping[str, Counter[str]]) -> str:
    """Describe what the shop holds."""
    return "\n".join(
        f"  {name:<11} " + ", ".join(f"{number} {what}" for what, number in counted.most_common())
        for name, counted in found.items()
    )


def table(measured: list[Measured]) -> str:
    """Print the slowest pages first."""
    rows = sorted(measured, key=lambda one: one.median, reverse=True)[:SLOWEST]
    lines = [f"  {'page':<52}{'median':>10}{'worst':>10}{'processor':>11}{'size':>9}"]
    for one in rows:
        took = f"{one.median:>7.0f} ms{one.worst:>7.0f} ms{one.busy:>8.0f} ms"
        lines.append(f"  {one.page.name:<52}{took}{one.size / 1024:>6.0f} kB")
    return "\n".join(lines)


def main() -> int:
    now = clock.now()
    with tempfile.TemporaryDirectory(prefix="vefa-lists-") as name:
        folder = Path(name)
        started = clock.monotonic()
        shop = build(folder, now)
        print(f"  two stores with {ORDERS} orders, built in {clock.monotonic() - started:.0f} s")
        print(in_words(contents(folder)), flush=True)
        client = sign_in(shop)
        first = list(pages(folder, STORES[0]["slug"], now))
        found = [measure(client, page) for page in first]
        found += [measure(client, deep) for page in first if (deep := behind(page, client))]
        shop.databases.dispose()
    slow = [one for one in found if one.median > LIMIT_MS]
    print(table(found))
    print(f"  {len(found)} pages, {len(slow)} of them over {LIMIT_MS} ms")
    return 1 if slow else 0


if __name__ == "__main__":
    sys.exit(main())
