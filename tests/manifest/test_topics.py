"""Every topic that manifest.json names is taken at the address that it names."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import Any

import pytest
from tests.build import SECRET
from tests.conftest import ROOT
from tests.plugins.test_platforms import NOW, SENDERS
from tests.support import World, make_world

from vefa import journal
from vefa.database import Databases, reading
from vefa.inbound import Request

HOOKS: dict[str, Any] = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))["event_hooks"]
TOPICS = [(name, one["topic"]) for name, hook in HOOKS.items() for one in (*hook["topics"], *hook["ignored"])]


@pytest.fixture
def world(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> World:
    monkeypatch.setattr("vefa.clock.now", lambda: NOW)
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    world = make_world(databases)
    for name in HOOKS:
        world.add_store(name, NOW, [SECRET], platform=name)
    return world


def told(platform: str, topic: str) -> Request:
    """Return a signed request of a topic, as its platform names it: in a header, or in the body."""
    header = next((one for one in HOOKS[platform]["headers"] if one.endswith(("-topic", "-event"))), None)
    document = {"id": topic, "type": topic, "event": topic} if header is None else SENDERS[platform].document
    # What a body says of its kind is signed, and believed before the header.
    document = {name: value for name, value in document.items() if name != "__typename"}
    body = json.dumps(document).encode()
    signed = SENDERS[platform].sign(body, SECRET)
    return Request(platform, platform, signed | ({header: topic} if header else {}), body)


def test_every_topic_is_kept_by_its_name(world: World) -> None:
    for place, (platform, topic) in enumerate(TOPICS):
        assert world.inbound.keep(told(platform, topic), NOW + timedelta(seconds=place)), topic
    with reading(world.databases.intake) as connection:
        kept = {(body.platform, body.topic) for body in journal.waiting(connection, 1000)}
    assert kept == set(TOPICS)
