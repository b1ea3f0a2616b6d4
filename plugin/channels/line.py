"""A connection that is opened when the first message needs it, and remembered as dead once opening it has failed."""

from __future__ import annotations

from collections.abc import Callable

from vefa.channels import Session
from vefa.errors import ChannelError

Connect = Callable[[], Session]


class Line:
    """One connection, opened when it is needed; ``dead`` once opening it has failed."""

    def __init__(self, connect: Connect) -> None:
        self.connect = connect
        self.open: Session | None = None
        self.dead = False

    def session(self) -> Session:
        """Return the open connection. Raises ChannelError if the server cannot be reached."""
        if self.open is None:
            try:
                self.open = self.connect()
            except ChannelError:
                self.dead = True
                raise
        return self.open

    def close(self) -> None:
        """End the connection; the next message opens another."""
        if self.open is not None:
            self.open.close()
            self.open = None
