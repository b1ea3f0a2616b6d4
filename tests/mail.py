"""A mail server on this machine that keeps what it takes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope, Session
from tests.running import free_port
from tests.shows import parsed


@dataclass
class Mailbox:
    """What was taken: recipients and parsed mail, in order; while ``silent`` nothing taken is answered."""

    url: str
    taken: list[tuple[list[str], EmailMessage]] = field(default_factory=list)
    silent: bool = False

    async def handle_DATA(self, server: Any, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.taken.append((list(envelope.rcpt_tos), parsed(bytes(envelope.content or b""))))
        while self.silent:
            await asyncio.sleep(0.05)
        return "250 taken"

    def subjects(self) -> list[str]:
        return [str(mail["Subject"]) for _, mail in self.taken]


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    port = free_port()
    box = Mailbox(f"smtp://127.0.0.1:{port}?tls=none")
    controller = Controller(box, hostname="127.0.0.1", port=port, server_hostname="localhost")
    controller.start()
    try:
        yield box
    finally:
        controller.stop()
