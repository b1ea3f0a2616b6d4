"""The sink: an SMTP server on this machine that takes every letter and sends none on."""

from __future__ import annotations

import queue
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Mailbox:
    """What was taken and not read yet; ``port`` 0 lets the machine choose one."""

    port: int
    waiting: queue.Queue[tuple[str, EmailMessage]] = field(default_factory=queue.Queue)
    taken: int = 0
    _controller: Any = None

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take a letter."""
        mail = message_from_bytes(bytes(envelope.content), _class=EmailMessage, policy=default)
        self.taken += 1
        for recipient in envelope.rcpt_tos:
            self.waiting.put((recipient, mail))
        return "250 taken"

    def start(self) -> None:
        """Listen on this machine alone."""
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port, server_hostname="localhost")
        self._controller.start()

    def stop(self) -> None:
        """Stop listening."""
        if self._controller is not None:
            self._controller.stop()
