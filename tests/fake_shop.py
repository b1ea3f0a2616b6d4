"""A store's interface on this machine: a real HTTP server that answers by routes and misbehaves as real ones do."""

from __future__ import annotations

import http.client
import json
import re
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from vefa.errors import UnreachableError
from vefa.exchange import Answer

PATIENCE = 10.0


@dataclass(frozen=True)
class Asked:
    """A request as it reached the store; ``parts`` are what stood in the places of its route."""

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    parts: Mapping[str, str] = field(default_factory=dict)

    @property
    def json(self) -> Any:
        return json.loads(self.body)


Route = Callable[[Asked], Answer]


def answer(document: Any, status: int = 200, **headers: str) -> Answer:
    """Answer JSON (bytes and text go out as they are); underscores in names of headers stand for hyphens."""
    body = document if isinstance(document, bytes) else json.dumps(document, ensure_ascii=False).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(status, {"content-type": "application/json"} | named, body)


def html(status: int = 200, text: str = "<html><body>Checking your browser</body></html>") -> Route:
    """Answer a page for people, as a firewall in front of a store does."""
    return lambda _: Answer(status, {"content-type": "text/html"}, text.encode())


def busy(wait: str = "7", status: int = 429) -> Route:
    """Ask to be left alone for so many seconds."""
    return lambda _: answer({"code": "busy"}, status, retry_after=wait)


def failing(status: int = 500, document: Any = None) -> Route:
    """Answer an error."""
    return lambda _: answer(document or {"code": "internal_server_error"}, status)


def needing(header: str, value: str, route: Route, status: int = 401) -> Route:
    """Answer as ``route`` does, but only who brings this header."""
    return lambda asked: route(asked) if asked.headers.get(header) == value else failing(status)(asked)


class FakeShop:
    """A store at ``url``: ``routes`` maps ``GET /orders/{id}`` to what answers it, ``asked`` is what came.

    Each of ``trouble`` answers one request in place of its route. ``hang`` keeps a request waiting until the store
    closes; ``drop`` breaks its connection.
    """

    def __init__(self, routes: Mapping[str, Route] | None = None) -> None:
        self.routes: dict[str, Route] = dict(routes or {})
        self.trouble: deque[Route] = deque()
        self.asked: list[Asked] = []
        self.closing = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self._server.daemon_threads = False
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def close(self) -> None:
        self.closing.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def hang(self, _: Asked) -> Answer:
        self.closing.wait(PATIENCE * 3)
        raise ConnectionAbortedError

    def drop(self, _: Asked) -> Answer:
        raise ConnectionAbortedError

    def said(self, route: str) -> list[Asked]:
        """Return the requests that a route was asked."""
        return [one for one in self.asked if _match(route, one) is not None]

    def _answer(self, asked: Asked) -> Answer:
        self.asked.append(asked)
        if self.trouble:
            return self.trouble.popleft()(asked)
        for route, respond in self.routes.items():
            if (parts := _match(route, asked)) is not None:
                placed = Asked(asked.method, asked.path, asked.query, asked.headers, asked.body, parts)
                return respond(placed)
        return failing(404, {"code": "rest_no_route"})(asked)


def _match(route: str, asked: Asked) -> Mapping[str, str] | None:
    method, path = route.split(" ", 1)
    pattern = re.sub(r"\\{(\w+)\\}", r"(?P<\1>[^/]+)", re.escape(path))
    found = re.fullmatch(pattern, asked.path) if method == asked.method else None
    return found.groupdict() if found else None


def _handler(shop: FakeShop) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            split = urlsplit(self.path)
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            query = dict(parse_qsl(split.query, keep_blank_values=True))
            try:
                given = shop._answer(Asked(self.command, split.path, query, headers, body))
            except ConnectionAbortedError:
                self.close_connection = True
                return
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(given.body)))
            self.end_headers()
            self.wfile.write(given.body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
        setattr(Handler, f"do_{method}", Handler._serve)
    return Handler


@contextmanager
def fake_shop(routes: Mapping[str, Route] | None = None) -> Iterator[FakeShop]:
    """Open a store, and close it whatever happens."""
    shop = FakeShop(routes)
    try:
        yield shop
    finally:
        shop.close()


@dataclass(frozen=True)
class Visit:
    """A ``Shop`` that asks the server at ``url`` once and for all, without the program's own guards."""

    url: str
    keys: Mapping[str, str] = field(default_factory=dict)
    timeout: float = PATIENCE

    def ask(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
    ) -> Answer:
        split = urlsplit(self.url)
        connection = http.client.HTTPConnection(split.hostname or "", split.port, timeout=self.timeout)
        try:
            target = f"{split.path}{path}" + (f"?{urlencode(query)}" if query else "")
            connection.request(method, target, body=body, headers=dict(headers or {}))
            response = connection.getresponse()
            named = {name.lower(): value for name, value in response.getheaders()}
            return Answer(response.status, named, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise UnreachableError("The store does not answer.") from error
        finally:
            connection.close()
