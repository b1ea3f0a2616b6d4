"""Senders read at Vefa's own address how canonical events are written."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from tests.build import START, placed

from vefa.database import Databases
from vefa.extension import create_app
from vefa.platforms._standard_json import event_schema
from vefa.settings import Settings


@pytest.fixture
def client(databases: Databases) -> FlaskClient:
    return create_app(Settings(database=databases.directory / "vefa.db"), databases).test_client()


def test_the_index_leads_to_each_schema(client: FlaskClient) -> None:
    answer = client.get("/vefa/schemas/")
    assert (answer.status_code, answer.mimetype) == (200, "application/json")
    (one,) = answer.json["schemas"]
    assert (one["name"], one["version"], one["url"]) == (
        "order-event",
        1,
        "/vefa/schemas/order-event-1.json",
    )
    served = client.get(one["url"])
    assert (served.status_code, served.mimetype) == (200, "application/schema+json")
    assert served.cache_control.public and served.cache_control.max_age
    assert served.get_json(force=True) == event_schema()
    assert Draft202012Validator(served.get_json(force=True)).is_valid(placed(START))


@pytest.mark.parametrize("path", ["/vefa/schemas/order-event-2.json", "/vefa/schemas/../stores"])
def test_there_is_nothing_else(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404
