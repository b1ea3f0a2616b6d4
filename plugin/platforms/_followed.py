"""A tracking service as one more sender to a store's address, so that its bodies go the way of every event."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from vefa import carriers
from vefa.exchange import Identity, Incoming, Shop
from vefa.platforms import Context, Description, Reading
from vefa.platforms._saleor_keys import published_by


@dataclass(frozen=True, slots=True)
class Followed:
    """A tracking service under the contract of a platform; it knows no shops, pings or persons."""

    service: carriers.TrackingService
    statuses: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The service's name, which is also the last part of its address."""
        return self.service.name

    def describe(self) -> Description:
        """Return what the service sends, in a platform's words."""
        described = self.service.describe()
        return Description(
            topics={"tracking": "What carriers say of parcels, and when they expect to deliver them."},
            ignored={},
            personal=(),
            headers=described.headers,
            gives_secret=described.gives_secret,
        )

    def account(self, incoming: Incoming) -> str | None:
        """Return None: the address says which store it is."""
        return None

    def is_ping(self, incoming: Incoming) -> bool:
        """Say no: a service that tries an address signs its event, too."""
        return False

    def verify(self, incoming: Incoming, secrets: Sequence[str], now: datetime) -> None:
        """Verify as the service does."""
        self.service.verify(incoming, secrets, now)

    def identify(self, incoming: Incoming, received_at: datetime) -> Identity:
        """Name the event as the service does."""
        return self.service.identify(incoming, received_at)

    def read(self, body: bytes, context: Context) -> Reading:
        """Read a body into facts about tracking numbers; raises ``UnreadableError``."""
        told = carriers.Context(context.key, context.received_at, ZoneInfo(context.timezone), context.sent_at)
        return Reading(self.service.read(body, told))


@dataclass(frozen=True, slots=True)
class Publishing(Followed):
    """A tracking service that signs with keys of its own, which it publishes at one host for all its customers."""

    @property
    def keys_host(self) -> str:
        """The host that publishes the keys; no other one is asked for them."""
        address = urlsplit(self.service.describe().keys_url or "")
        return f"{address.scheme}://{address.netloc}"

    def keys_of(self, shop: Shop) -> str:
        """Return the keys as the service publishes them; raises ``ShopError``."""
        return published_by(shop, urlsplit(self.service.describe().keys_url or "").path)


def followed() -> dict[str, Followed]:
    """Return every tracking service by its name."""
    return {
        name: (Publishing if service.describe().keys_url else Followed)(service)
        for name, service in carriers.services().items()
    }
