"""Signatures that others published, or computed, are those that every sender here is held to."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from vefa.errors import SignatureError
from vefa.exchange import Incoming
from vefa.platforms import senders

# Signs a timestamp and not the body, so that nobody here takes its word.
LEFT_OUT = {"trackingmore"}
NOW = datetime(2026, 3, 2, 10, tzinfo=UTC)
# A body that a third party's test signs; the value is our own arithmetic.
INLINE = {
    "platform": "17track",
    "header": "sign",
    "secret": "abc123",
    "body": "--BoUnDaRyStRiNg--\r\n",
    "expected": "9d06a0254400ce79c3d61987a41c5c837d7917fef321e52b7c7604994969116d",
}


def check(vector: dict[str, Any], folder: Path) -> None:
    """Verify what a vector says, and refuse the same body with one more byte."""
    body = (folder / vector["body_file"]).read_bytes() if "body_file" in vector else vector["body"].encode()
    header = {vector["header"].lower(): vector.get("expected", vector.get("signature"))}
    now = datetime.fromtimestamp(int(vector["timestamp"]), UTC) if "timestamp" in vector else NOW
    sender = senders()[vector["platform"]]
    if not vector.get("must_fail"):
        sender.verify(Incoming(header, body), [vector["secret"]], now)
        body += b" "
    with pytest.raises(SignatureError):
        sender.verify(Incoming(header, body), [vector["secret"]], now)


@pytest.mark.shared
def test_every_vector_holds(shared: Path) -> None:
    folder = shared / "payloads"
    vectors = json.loads((folder / "signature_vectors.json").read_text(encoding="utf-8"))
    checked = [one for one in vectors if one["platform"] not in LEFT_OUT]
    assert len(checked) >= 14
    for vector in checked:
        check(vector, folder)


def test_a_vector_that_needs_no_file_holds(tmp_path: Path) -> None:
    check(INLINE, tmp_path)


@pytest.mark.shared
@pytest.mark.parametrize(
    ("service", "file", "types"),
    [
        ("aftership", "aftership/tracking_update_trimmed.docs.json", {"tracking.scanned": 1}),
        ("easypost", "easypost/event-body.json", {"tracking.scanned": 7, "tracking.expected": 1}),
        (
            "17track",
            "17track/tracking_updated_delivered.json",
            {"tracking.scanned": 4, "tracking.delivered": 1},
        ),
        ("shipengine", "shipengine/track_delivered.json", {"tracking.delivered": 1}),
        (
            "shipengine",
            "shipengine/track_in_transit_trimmed.json",
            {"tracking.scanned": 1, "tracking.expected": 1},
        ),
        ("shippo", "shippo/track_updated.docs.json", {"tracking.delivered": 1, "tracking.expected": 1}),
    ],
)
def test_published_bodies_are_read(shared: Path, service: str, file: str, types: dict[str, int]) -> None:
    from tests.tracking import read

    told = read(service, (shared / "payloads" / "carriers" / file).read_bytes(), NOW)
    assert {kind: sum(fact.type == kind for fact in told) for kind in types} == types
    assert sum(types.values()) == len(told)
