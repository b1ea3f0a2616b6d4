"""The answers that a platform gets."""

from __future__ import annotations

import io

import pytest
from flask.testing import FlaskClient
from tests.build import SECRET, START, placed, request, sign
from tests.support import World, make_world

from vefa import clock, journal
from vefa.database import Databases, reading
from vefa.extension import create_app
from vefa.settings import Settings
from vefa.stores.sealing import master_key

LIMIT = 2000


@pytest.fixture
def world(databases: Databases) -> World:
    world = make_world(databases)
    world.master = master_key(None, databases.directory)
    world.add_store("shop", START, [SECRET])
    world.add_store("woo", START, [SECRET], platform="woocommerce")
    return world


@pytest.fixture
def client(world: World) -> FlaskClient:
    settings = Settings(database=world.databases.directory / "vefa.db", body_limit=LIMIT)
    return create_app(settings, world.databases).test_client()


def waiting(world: World) -> int:
    with reading(world.databases.intake) as connection:
        return len(journal.waiting(connection, 100))


@pytest.mark.parametrize(
    "body", [None, b"not JSON", b"", b"\xff" * LIMIT], ids=["event", "text", "empty", "largest"]
)
def test_what_is_signed_is_answered_200(world: World, client: FlaskClient, body: bytes | None) -> None:
    one = request(placed() if body is None else body, "shop", clock.now())
    answer = client.post("/vefa/in/shop/standard", data=one.body, headers=dict(one.headers))
    assert (answer.status_code, answer.json, waiting(world)) == (200, {"kept": True}, 1)


@pytest.mark.parametrize(
    ("path", "body", "secret", "status"),
    [
        ("shop/standard", b"{}", None, 401),
        ("shop/woocommerce", b"{}", SECRET, 404),
        ("nowhere/standard", b"{}", SECRET, 404),
        ("shop/nothing", b"{}", SECRET, 404),
        ("shop/standard", b" " * (LIMIT + 1), SECRET, 413),
        ("nowhere/nothing", b" " * (LIMIT + 1), None, 413),
        ("shop/standard", b" " * (LIMIT + 1), None, 413),
    ],
)
def test_what_is_refused_leaves_nothing(
    world: World, client: FlaskClient, path: str, body: bytes, secret: str | None, status: int
) -> None:
    headers = sign(body, clock.now(), secret) if secret else {}
    answer = client.post(f"/vefa/in/{path}", data=body, headers=headers)
    assert answer.status_code == status and waiting(world) == 0
    assert answer.is_json and answer.json is not None and answer.json["error"].endswith(".")


def test_a_body_without_a_length_is_measured_too(world: World, client: FlaskClient) -> None:
    body = b" " * (LIMIT + 1)
    answer = client.post(
        "/vefa/in/shop/standard",
        input_stream=io.BytesIO(body),
        headers=sign(body, clock.now()) | {"Transfer-Encoding": "chunked"},
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert answer.status_code == 413 and waiting(world) == 0


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_only_a_post_is_taken(client: FlaskClient, method: str) -> None:
    assert client.open("/vefa/in/shop/standard", method=method).status_code in (404, 405)


def test_a_ping(world: World, client: FlaskClient) -> None:
    answer = client.post("/vefa/in/woo/woocommerce", data={"webhook_id": "3"})
    assert (answer.status_code, waiting(world)) == (200, 0)


def test_a_cookie_is_neither_needed_nor_given(client: FlaskClient) -> None:
    one = request(placed(), "shop", clock.now())
    answer = client.post("/vefa/in/shop/standard", data=one.body, headers=dict(one.headers))
    assert "Set-Cookie" not in answer.headers


def test_health_is_whether_it_can_be_written(world: World, client: FlaskClient) -> None:
    assert client.get("/healthz").status_code == 200
    with world.databases.intake.begin() as connection:
        connection.exec_driver_sql("DROP TABLE intake")
    assert client.get("/healthz").status_code == 503
