"""Vefa as an operator runs it: ``vefa up`` in processes of its own, reached over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import sqlalchemy as sa

from vefa import journal
from vefa.database import Databases, open_databases, reading
from vefa.inbound.keep import raw_purpose
from vefa.stores import records as stores
from vefa.stores.sealing import KEY_FILE, Key, parse_key

T = TypeVar("T")
PATIENCE = 60.0
POLL = 0.05


def until(ask: Callable[[], T | None], what: str, patience: float = PATIENCE) -> T:
    """Return the first answer that is true; fail after ``patience`` seconds."""
    deadline = time.monotonic() + patience
    while True:
        answer = ask()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"waited {patience:.0f} s in vain: {what}"
        time.sleep(POLL)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def journalled(databases: Databases, master: Key, slug: str) -> list[bytes]:
    """Return the bodies that a store's journal holds."""
    with reading(databases.main) as connection:
        store = stores.by_slug(connection, slug)
        key = stores.key_of(connection, store.id, master)
        rows = connection.execute(
            sa.select(journal.raw_bodies).where(journal.raw_bodies.c.store_id == store.id)
        )
        return [key.open(row.sealed_body, raw_purpose(store.id, row.key)) for row in rows.all()]


@dataclass(frozen=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes


@dataclass
class Installation:
    """A folder with a database, and the address at which ``vefa up`` serves it."""

    folder: Path
    port: int = field(default_factory=free_port)
    smtp_url: str | None = None
    more: Mapping[str, str] = field(default_factory=dict)
    process: subprocess.Popen[bytes] | None = None

    @property
    def environ(self) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VEFA_")}
        mine = {
            "VEFA_DATABASE": str(self.folder / "vefa.db"),
            "VEFA_PUBLIC_URL": f"http://127.0.0.1:{self.port}",
        }
        return kept | mine | ({"VEFA_SMTP_URL": self.smtp_url} if self.smtp_url else {}) | self.more

    def vefa(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "vefa.cli", *arguments],
            env=self.environ,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def json(self, *arguments: str) -> Any:
        done = self.vefa(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout)

    def add_store(self, slug: str, secret: str, **settings: Any) -> Any:
        (self.folder / f"{slug}.secret").write_text(secret + "\n", encoding="utf-8")
        (self.folder / f"{slug}.json").write_text(json.dumps(settings), encoding="utf-8")
        files = ("--from", f"{self.folder}/{slug}.json", "--secret-file", f"{self.folder}/{slug}.secret")
        return self.json("store", "add", slug, *files)

    @property
    def master(self) -> Key:
        return parse_key((self.folder / KEY_FILE).read_text(encoding="ascii"))

    @contextmanager
    def databases(self) -> Iterator[Databases]:
        opened = open_databases(self.folder / "vefa.db", url=self.more.get("VEFA_DATABASE_URL"))
        try:
            yield opened
        finally:
            opened.dispose()

    def journalled(self, slug: str) -> list[bytes]:
        with self.databases() as databases:
            return journalled(databases, self.master, slug)

    def moved(self) -> bool:
        """Whether nothing waits in intake."""
        with self.databases() as databases, reading(databases.intake) as connection:
            return not connection.execute(sa.select(journal.intake.c.key).limit(1)).first()

    @contextmanager
    def started(self) -> Iterator[subprocess.Popen[bytes]]:
        """Start ``vefa up`` and, at the end of the block, end it if it has not ended by itself."""
        with (self.folder / "log.txt").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "vefa.cli", "up", "--port", str(self.port)],
                env=self.environ,
                stdout=log,
                stderr=log,
            )
        try:
            yield self.process
        finally:
            self.process.send_signal(signal.SIGTERM)
            self.process.wait(30)

    @contextmanager
    def up(self) -> Iterator[None]:
        """Run ``vefa up`` until the end of the block; it has to end well and leave nobody behind."""
        with self.started() as process:
            self.healthy()
            yield
        assert process.returncode == 0, self.log
        assert not self.listening(), "somebody still listens after vefa up has ended"

    @property
    def log(self) -> str:
        return (self.folder / "log.txt").read_text(encoding="utf-8", errors="replace")

    def listening(self) -> bool:
        with socket.socket() as client:
            return client.connect_ex(("127.0.0.1", self.port)) == 0

    def healthy(self) -> None:
        def answers() -> bool:
            try:
                return self.request("GET", "/healthz").status == 200
            except (OSError, http.client.HTTPException):
                return False

        until(answers, "healthz answers")

    def child(self, name: str) -> int | None:
        """Return the process id of ``web`` or ``worker``, or None while there is none."""
        assert self.process is not None
        marks = {"web": b"vefa.cli._web", "worker": b"work"}
        for child in _children(self.process.pid):
            words = _words(child)
            if marks[name] in words:
                return child
        return None

    def kill(self, name: str, ready: Callable[[], bool] = lambda: True) -> int:
        """End a process by SIGKILL, after stopping it at an instant at which it is ``ready``."""

        def stopped() -> int | None:
            number = self.child(name)
            if number is None:
                return None
            os.kill(number, signal.SIGSTOP)
            if ready():
                return number
            os.kill(number, signal.SIGCONT)
            return None

        number = until(stopped, f"{name} can be killed")
        os.kill(number, signal.SIGKILL)
        return number

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send exactly these headers, and Host and Content-Length where they are missing."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        given = {name.lower() for name in headers or {}}
        try:
            connection.putrequest(method, path, skip_host="host" in given, skip_accept_encoding=True)
            for name, value in (headers or {}).items():
                connection.putheader(name, value)
            if body is not None and "content-length" not in given:
                connection.putheader("Content-Length", str(len(body)))
            # A server may refuse a large body while it is still on its way, and close.
            with suppress(BrokenPipeError, ConnectionResetError):
                connection.endheaders(body)
            answer = connection.getresponse()
            return Answer(answer.status, answer.headers, answer.read())
        finally:
            connection.close()


def _children(number: int) -> list[int]:
    try:
        text = Path(f"/proc/{number}/task/{number}/children").read_text(encoding="ascii")
    except FileNotFoundError:
        return []
    return [int(word) for word in text.split()]


def _words(number: int) -> list[bytes]:
    try:
        return Path(f"/proc/{number}/cmdline").read_bytes().split(b"\0")
    except FileNotFoundError:
        return []


@dataclass
class Visitor:
    """A browser without JavaScript: it keeps cookies and sends forms."""

    place: Installation
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def ask(self, method: str, path: str, form: Mapping[str, str] | None = None) -> Answer:
        from urllib.parse import urlencode

        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        body = None
        if method == "POST":
            body = urlencode({"csrf_token": self.token, **(form or {})}).encode()
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        answer = self.place.request(method, path, body, headers)
        for line in answer.headers.get_all("Set-Cookie") or ():
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        found = re.search(rb'name="csrf_token"[^>]*value="([^"]+)"', answer.body)
        self.token = found[1].decode() if found else self.token
        return answer

    def status(self, path: str) -> int:
        return self.ask("GET", path).status

    def sign_in(self, email: str, store: str) -> None:
        """Use the one-time link that ``vefa user add`` prints."""
        link = self.place.json("user", "add", email, "--store", store)["sign_in"]
        path = "/" + link.split("/", 3)[3]
        assert self.status(path) == 200
        answer = self.ask("POST", path, {"password": "correct horse battery staple"})
        assert answer.status == 303, answer.body[:2000]
