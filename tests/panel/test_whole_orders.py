"""A platform that sends an order whole each time: its story tells every step once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests import medusa
from tests.build import SECRET
from tests.panel.shop import Shop, plain

REQUESTS = medusa.captured()
SENT_AND_PAID_BACK = REQUESTS[10].document["order"]["id"]
LATER = REQUESTS[-1].received_at + timedelta(hours=1)


def test_a_step_is_told_once_however_often_it_is_sent(
    empty_shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    for clock in ("now", "real_now"):
        monkeypatch.setattr(f"vefa.clock.{clock}", lambda: LATER)
    store = empty_shop.add("mercan", platform="medusa", secrets=[SECRET], languages=["en"])
    for one in REQUESTS:
        empty_shop.world.inbound.keep(one.request("mercan"), one.received_at)
    empty_shop.world.work(LATER)
    (number,) = [one for one in empty_shop.world.numbers(store) if one.endswith(SENT_AND_PAID_BACK)]
    page = plain(empty_shop.browser("mercan").get(f"/vefa/mercan/deliveries/{number}").text)
    for step in ("Ordered €23.90", "Paid", "Parcel made ready", "Handed to the carrier", "Money given back"):
        assert page.count(step) == 1, (step, page)
