"""The store's own host, asked over HTTP: no other host, no private network, and a bounded number of tries."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from vefa import clock, http
from vefa.errors import ConfigurationError, UnreachableError
from vefa.exchange import Answer
from vefa.settings import MEBIBYTE
from vefa.stores.access import Access

TIMEOUT = 15.0
LIMIT = 16 * MEBIBYTE
TRIES = 3
PAUSE = 0.5
# What a server says while it is being started again or is too busy; asked once more, it often answers.
PASSING = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class StoreShop:
    """One store's interface; ``allow_private`` names hosts of private networks that may be asked nevertheless."""

    url: str
    keys: Mapping[str, str] = field(default_factory=dict, repr=False)
    allow_private: frozenset[str] = frozenset()
    timeout: float = TIMEOUT
    tries: int = TRIES

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        """Ask the store's host and return its answer; what only reads is tried up to ``tries`` times.

        Raises ``UnreachableError`` where there is no answer, and ``ConfigurationError`` for a path or an address that
        may not be asked.
        """
        if not path.startswith("/") or path.startswith("//") or "\\" in path:
            raise ConfigurationError(f"{path!r} is not a path of the store's own host.")
        request = http.Request(method, self._address(path, query), headers or {}, body)
        for attempt in range(1, self.tries + 1):
            last = attempt == self.tries or method != "GET"
            try:
                answer = http.ask(
                    request, timeout=self.timeout, limit=LIMIT, allow_private=self._host in self.allow_private
                )
            except http.ForbiddenAddressError as error:
                raise ConfigurationError(str(error)) from error
            except http.HttpError as error:
                if last:
                    raise UnreachableError(str(error)) from error
            else:
                if last or answer.status not in PASSING or "retry-after" in answer.headers:
                    return answer
            clock.sleep(PAUSE * attempt)
        raise UnreachableError(f"{self.url} does not answer.")

    @property
    def _host(self) -> str:
        return (urlsplit(self.url).hostname or "").lower()

    def _address(self, path: str, query: Mapping[str, str] | None) -> str:
        address = self.url + path + (f"?{urlencode(query)}" if query else "")
        parts = urlsplit(address)
        if (parts.hostname or "").lower() != self._host:
            raise ConfigurationError(f"{path!r} is not a path of the store's own host.")
        if parts.scheme != "https" and self._host not in self.allow_private:
            raise ConfigurationError(
                f"{self.url} is asked over https alone; VEFA_HTTP_ALLOW_PRIVATE names hosts that are not."
            )
        return address


def shop_of(access: Access, allow_private: frozenset[str], timeout: float = TIMEOUT) -> StoreShop:
    """Return the host that a store's access leads to."""
    return StoreShop(access.url, access.keys, allow_private, timeout)
