"""What is known of a message when the connection breaks."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from vefa.channels import Session, smtp
from vefa.channels.email import connect
from vefa.errors import ChannelError

A, B, DATA = "info@mercan.example", "elif@example.net", b"Subject: x\r\n\r\nx\r\n"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "_TIMEOUT_SECONDS", 2.0)
    monkeypatch.setattr(socket, "getfqdn", lambda name="": "localhost")


def _script(lines: list[bytes], after: Callable[[socket.socket], None]) -> Iterator[int]:
    """Serve one connection: answer each command with the next line, then do what is to happen after."""
    listener = socket.create_server(("127.0.0.1", 0))

    def run() -> None:
        peer, _ = listener.accept()
        with peer:
            peer.sendall(b"220 ready\r\n")
            for line in lines:
                peer.recv(65536)
                peer.sendall(line)
            after(peer)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


scripted = contextmanager(_script)
OFFERED = [b"250 hello\r\n", b"250 sender\r\n", b"250 recipient\r\n"]


def _drop(peer: socket.socket) -> None:
    peer.recv(65536)


def _wait(peer: socket.socket) -> None:
    while peer.recv(65536):
        pass


def _babble(peer: socket.socket) -> None:
    peer.recv(65536)
    peer.sendall(b"what?\r\n")
    peer.recv(65536)


@pytest.mark.parametrize("after", [_drop, _wait, _babble])
def test_without_a_clear_answer_to_the_text_the_outcome_is_unknown(
    after: Callable[[socket.socket], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(smtp, "_TIMEOUT_SECONDS", 0.3)
    with scripted([*OFFERED, b"354 go on\r\n"], after) as port:
        session = connect(f"smtp://127.0.0.1:{port}?tls=none")
        session.offer(A, B)
        with pytest.raises(ChannelError) as caught:
            session.transmit(DATA)
        session.close()
    assert caught.value.unknown and not caught.value.permanent


def _send(session: Session) -> None:
    session.offer(A, B)
    session.transmit(DATA)


@pytest.mark.parametrize("answers", [OFFERED[:1], OFFERED[:2], OFFERED])
def test_a_connection_that_breaks_before_the_text_is_known_not_to_have_sent(answers: list[bytes]) -> None:
    with scripted(answers, _drop) as port:
        session = connect(f"smtp://127.0.0.1:{port}?tls=none")
        with pytest.raises(ChannelError) as caught:
            _send(session)
        session.close()
    assert not caught.value.unknown and not caught.value.permanent
