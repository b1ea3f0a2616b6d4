"""Whatever a signed body has become on its way, it is answered, kept, and read or shown as unreadable.

The bodies are those that real stores sent, and those that the contracts make, changed at a place that is drawn.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests import captured, medusa, saleor, shopify, tracking
from tests.build import SECRET, START
from tests.plugins.test_platforms import NOW, SENDERS
from tests.plugins.test_standard_json import EXAMPLES
from tests.support import World, make_world

from vefa import journal
from vefa.cli.migrate import upgrade
from vefa.database import intake_metadata, metadata, open_databases, reading
from vefa.inbound import Request
from vefa.platforms import senders
from vefa.stores import shops
from vefa.stores.records import key_of
from vefa.stores.sealing import master_key
from vefa.work import work

LONG = bool(os.environ.get("VEFA_LONG"))
ROUNDS = 2500 if LONG else 60
ODD = (
    None, True, False, 0, -1, 1, 1e308, -0.0, 2**63, 10**400, "", " ", "x", "0", "-1", "NaN", "1e999", "a" * 70_000,
    "\x00", "\ud800", "\u202e\u2066", "İı", "۱۲۳", "%s{}", "../../etc", "<script>", "2026-02-30", "2026-03-02",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "2026-03-02T10:00:00", "2026-03-02T10:00:00Z", "24:00",
    [], {}, [[]], [None], [{}], {"": {}}, {"a/b~c": {"~0": 1}}, [0] * 1500, {"id": None}, {"id": "1"}, "order_1",
)  # fmt: skip


@dataclass(frozen=True)
class Told:
    """A body as a sender wrote it, and the headers that name its topic."""

    sender: str
    body: bytes
    headers: dict[str, str]

    def request(self, body: bytes) -> Request:
        """Return the request in which another body would come, rightly signed."""
        if self.sender in tracking.SENDERS:
            return tracking.request(self.sender, f"s-{self.sender}", body, NOW)
        signed = SENDERS[self.sender].sign(body, SECRET)
        return Request(f"s-{self.sender}", self.sender, signed | self.headers, body)


@cache
def told() -> tuple[Told, ...]:
    """Return every body that is known: recorded, published, or written by the contracts."""
    found = [Told("medusa", one.body, {}) for one in medusa.captured()]
    found += [Told("standard", json.dumps(one).encode(), {}) for one in EXAMPLES]
    for woo in captured.captured():
        topic = {name.lower(): value for name, value in woo.headers.items()}.get("x-wc-webhook-topic")
        if topic and woo.signed:
            found.append(Told("woocommerce", woo.body, {"x-wc-webhook-topic": topic}))
    found += [Told("saleor", one.body, saleor.unsigned(one.event)) for one in saleor.captured() if one.event]
    for topic, document in shopify.published():
        found.append(Told("shopify", json.dumps(document).encode(), {"x-shopify-topic": topic}))
    for name, sender in tracking.SENDERS.items():
        scans = ((START, "in_transit"), (START, "delivered"))
        found.append(Told(name, sender.body(tracking.NUMBER, *scans, at=START, eta="2026-03-05"), {}))
    return tuple(found)


def places(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner: Any = document.items() if isinstance(document, dict) else ()
    inner = enumerate(document) if isinstance(document, list) else inner
    for key, value in inner:
        yield from places(value, (*path, key))


def put(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a document with a value in place of another; the end of the path may be left out by ``...``."""
    if not path:
        return {} if value is ... else value
    key, *rest = path
    copy = dict(document) if isinstance(document, dict) else list(document)
    if value is ... and not rest:
        del copy[key]
    else:
        copy[key] = put(document[key], tuple(rest), value)
    return copy


@st.composite
def mutated(draw: st.DrawFn, *only: str) -> tuple[Told, bytes]:
    """Draw a known body with one or two of its values, or some of its bytes, changed."""
    names = only or sorted({one.sender for one in told()})
    name = draw(st.sampled_from(names))
    one = draw(st.sampled_from([one for one in told() if one.sender == name]))
    if draw(st.integers(0, 3)) == 0:
        return one, _bytes(draw, one.body)
    document = json.loads(one.body)
    for _ in range(draw(st.integers(1, 2))):
        path = draw(st.sampled_from(list(places(document))))
        document = put(document, path, draw(st.sampled_from((..., *ODD))))
    return one, json.dumps(document).encode()


def _bytes(draw: st.DrawFn, body: bytes) -> bytes:
    place = draw(st.integers(0, len(body)))
    inserted = draw(
        st.binary(max_size=4) | st.sampled_from((b"\xff", b"\x00", b"\xef\xbb\xbf", b"{" * 3000, b"]"))
    )
    skipped = draw(st.integers(0, 8) | st.just(len(body)))
    return body[:place] + inserted + body[place + skipped :]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """Return a world with one store for each sender, in which the time of signatures stands still."""
    databases = open_databases(tmp_path_factory.mktemp("fuzz") / "vefa.db")
    upgrade(databases)
    made = make_world(databases)
    made.master = master_key(None, databases.directory)
    for name in sorted({one.sender for one in told()}):
        platform = name if name in SENDERS else "standard"
        store = made.add_store(f"s-{name}", START, [SECRET], platform=platform)
        if name in tracking.SENDERS:
            with databases.main.begin() as connection:
                key = key_of(connection, store.id, made.master)
                shops.follow(connection, store.id, name, [tracking.SENDERS[name].secret], key)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("vefa.clock.real_now", lambda: NOW)
        yield made
    databases.dispose()


def states(world: World, keys: list[str]) -> dict[str, tuple[str, str | None]]:
    """Return how bodies stand in the journal."""
    rows = journal.raw_bodies
    with reading(world.databases.main) as connection:
        found = connection.execute(
            sa.select(rows.c.key, rows.c.state, rows.c.error).where(rows.c.key.in_(keys))
        )
        return {row.key: (row.state, row.error) for row in found}


def check(world: World, drawn: list[tuple[Told, bytes]]) -> dict[str, tuple[str, str | None]]:
    """Take in requests and work; each is in the journal afterwards, and nothing failed on the way."""
    keys = []
    for one, body in drawn:
        key = world.inbound.keep(one.request(body), NOW)
        assert key is not None
        keys.append(key)
    world.work(NOW)
    found = states(world, keys)
    assert set(found) == set(keys)
    for state, error in found.values():
        assert (state == journal.UNREADABLE) == (error is not None)
        assert not (error or "").startswith("internal error"), error
    with reading(world.databases.main) as connection:
        failed = connection.execute(sa.select(work.c.error).where(work.c.error.is_not(None))).first()
    assert failed is None, failed
    return found


def test_every_sender_is_tried() -> None:
    assert {one.sender for one in told()} == set(senders())


def test_what_was_really_sent_is_taken_in(world: World) -> None:
    one_each = {one.sender: one for one in told()}
    found = check(world, [(one, one.body) for one in one_each.values()])
    assert {state for state, _ in found.values()} <= {journal.READ, journal.COUNTED}


@settings(max_examples=ROUNDS)
@given(drawn=st.lists(mutated(), min_size=1, max_size=4))
def test_no_signed_body_is_lost_and_none_is_an_accident(
    world: World, drawn: list[tuple[Told, bytes]]
) -> None:
    check(world, drawn)


def test_everything_fits_where_it_is_kept(world: World) -> None:
    """SQLite takes a text of any length; PostgreSQL refuses one that is longer than its column."""
    for engine, known in ((world.databases.main, metadata), (world.databases.intake, intake_metadata)):
        with engine.connect() as connection:
            for table in known.tables.values():
                bounded = [one for one in table.columns if getattr(one.type, "length", None)]
                for column in bounded:
                    longest = connection.scalar(sa.select(sa.func.max(sa.func.length(column))))
                    assert (longest or 0) <= column.type.length, (table.name, column.name, longest)


@settings(max_examples=ROUNDS // 3)
@given(drawn=mutated())
def test_the_answer_is_200_and_never_an_error(world: World, drawn: tuple[Told, bytes]) -> None:
    one, body = drawn
    request = one.request(body)
    answer = client_of(world).post(
        f"/vefa/in/{request.store}/{request.platform}", data=body, headers=dict(request.headers)
    )
    assert (answer.status_code, answer.get_json()) == (200, {"kept": True})


@cache
def _clients() -> dict[Path, Any]:
    return {}


def client_of(world: World) -> Any:
    """Return a client of the web process over a world's databases."""
    from vefa.extension import create_app
    from vefa.settings import Settings

    folder = world.databases.directory
    if folder not in _clients():
        _clients()[folder] = create_app(Settings(database=folder / "vefa.db"), world.databases).test_client()
    return _clients()[folder]
