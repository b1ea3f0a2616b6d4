"""The live part: events leave as signed requests at the moment at which they happen on the demonstration's clock."""

from __future__ import annotations

import heapq
import itertools
import json
import threading
import urllib.request
from collections.abc import Callable, Mapping
from datetime import date, datetime

from demonstration import signing
from demonstration.clockwork import Clock
from demonstration.customers import Customers
from demonstration.mailbox import Mailbox
from demonstration.orders import DAY, Event, Life
from demonstration.stream import Stream, instant

POLL_SECONDS = 0.25
TIMEOUT = 10
# After a delivery that failed.
PAUSE_SECONDS = 2.0
TOLD = {
    "order.placed": "order",
    "order.cancelled": "cancelled",
    "shipment.shipped": "left",
    "shipment.delivered": "delivered",
    "customer.contacted_us": "a customer writes about",
    "review.posted": "review of",
    "return.requested": "return of",
}


class Live(threading.Thread):
    """Plays the shops until it is stopped; what could not be delivered is tried again."""

    def __init__(
        self,
        streams: list[Stream],
        history: Mapping[str, list[Life]],
        start: datetime,
        clock: Clock,
        address: str,
        secrets: Mapping[str, str],
        mailbox: Mailbox,
        truth: Callable[[list[Life]], None],
        say: Callable[[str], None],
        seed: int,
    ) -> None:
        super().__init__(daemon=True)
        self.streams, self.clock, self.address, self.secrets = streams, clock, address, secrets
        self.mailbox, self.say, self.truth = mailbox, say, truth
        self.customers = Customers(seed, say)
        self.stopping = threading.Event()
        self.sent = 0
        self._count = itertools.count()
        self._ahead: list[tuple[datetime, int, str, Event]] = []
        self._planned: dict[str, date] = {}
        self._lives = {slug: list(lives) for slug, lives in history.items()}
        for stream in streams:
            slug = stream.shop.slug
            for life in history[slug]:
                self._plan(slug, life, start)
            # The day of the beginning is half over: what is placed later on it is still to come.
            today = start.astimezone(stream.shop.zone).date()
            for life in stream.day(today):
                if life.placed_at > start:
                    self._add(slug, life, start)
            self._planned[slug] = today

    def _plan(self, slug: str, life: Life, after: datetime) -> None:
        for event in life.events:
            if instant(event) > after:
                heapq.heappush(self._ahead, (instant(event), next(self._count), slug, event))

    def _add(self, slug: str, life: Life, after: datetime) -> None:
        self._lives[slug].append(life)
        self._plan(slug, life, after)

    def run(self) -> None:
        """Play until told to stop."""
        while not self.stopping.wait(POLL_SECONDS):
            now = self.clock.now()
            self._look_ahead(now)
            self._send(now)
            while not self.mailbox.waiting.empty():
                recipient, mail = self.mailbox.waiting.get()
                self.say(f"letter to {recipient}: {mail['Subject']}")
                self.customers.receive(recipient, mail, now)
            self.customers.answer(now)

    def _look_ahead(self, now: datetime) -> None:
        for stream in self.streams:
            slug, grown = stream.shop.slug, False
            while self._planned[slug] <= now.astimezone(stream.shop.zone).date():
                self._planned[slug] += DAY
                for life in stream.day(self._planned[slug]):
                    self._add(slug, life, now)
                grown = True
            if grown:
                self.truth([life for lives in self._lives.values() for life in lives])

    def _send(self, now: datetime) -> None:
        while self._ahead and self._ahead[0][0] <= now and not self.stopping.is_set():
            at, _, slug, event = self._ahead[0]
            fault = deliver(f"{self.address}/vefa/in/{slug}/standard", self.secrets[slug], event)
            if fault:
                self.say(f"{event['id']} could not be delivered and is tried again: {fault}")
                self.stopping.wait(PAUSE_SECONDS)
                return
            heapq.heappop(self._ahead)
            self.sent += 1
            if event["type"] in TOLD:
                order = event["data"].get("order_id") or event["data"]["order"]["id"]
                self.say(f"{at:%a %H:%M}  {slug}: {TOLD[event['type']]} {order}")


def deliver(url: str, secret: str, event: Event) -> str | None:
    """Send one signed event; return None once it is kept, else why not."""
    body = json.dumps(event, ensure_ascii=False).encode()
    request = urllib.request.Request(url, body, signing.headers(secret, event["id"], body), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=TIMEOUT) as answer:
            return None if answer.status == 200 else f"answered {answer.status}"
    except OSError as error:
        return str(error)
