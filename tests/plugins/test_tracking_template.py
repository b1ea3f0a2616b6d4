"""One file adds a tracking service: the example's is found, held to the contract, and written about."""

from __future__ import annotations

import hashlib
import hmac
import shutil
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from tests import tracking
from tests.conftest import ROOT
from tests.orders import test_tracked
from tests.plugins import test_tracking_services as contract
from tests.plugins.test_documented import held_to
from tests.support import make_world

import vefa.carriers
from vefa.carriers import services
from vefa.database import Databases
from vefa.exchange import Incoming
from vefa.registry import discover

WORDS = {
    "label_created": "LABEL",
    "in_transit": "MOVING",
    "out_for_delivery": "COURIER",
    "exception": "DAMAGED",
    "delivered": "DONE",
    "returning": "BACK",
}


def sign(body: bytes, now: datetime, secret: str) -> dict[str, str]:
    return {"x-izci-signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()}


def write(number: str, scans: Sequence[tracking.Scan], told_at: datetime, eta: str | None) -> dict[str, Any]:
    seen = [{"at": at.isoformat(), "word": code, "said": code} for at, code in scans]
    return {"event": "seen", "number": number, "carrier": "UPS", "due": eta, "seen": seen}


@pytest.fixture
def izci(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tracking.Sender]:
    """Drop the example's file into Vefa."""
    shutil.copy(ROOT / "examples" / "tracking_template.py", tmp_path / "izci.py")
    monkeypatch.setattr(vefa.carriers, "__path__", [*vefa.carriers.__path__, str(tmp_path)])
    sender = tracking.Sender(sign, write, WORDS)
    monkeypatch.setitem(tracking.SENDERS, "izci", sender)
    monkeypatch.setitem(contract.OTHERS, "izci", ["another secret"])
    discover.cache_clear()
    yield sender
    discover.cache_clear()


def test_the_example_fulfils_the_contract(izci: tracking.Sender) -> None:
    contract.test_every_service_has_a_sender_here()
    body = izci.body(tracking.NUMBER, *contract.SCANS, at=contract.NOW, eta="2026-03-05")
    incoming = Incoming(sign(body, contract.NOW, izci.secret), body)
    done = held_to(contract, {"name": "izci", "service": services()["izci"], "incoming": incoming})
    assert len(done) > 12 and "test_every_byte_is_signed" in done


def test_what_the_example_says_finds_its_order(izci: tracking.Sender, databases: Databases) -> None:
    test_tracked.test_a_late_arrival_that_only_the_carrier_told_is_late(make_world(databases), "izci")
