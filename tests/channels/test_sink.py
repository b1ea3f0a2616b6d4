from __future__ import annotations

import pytest

from vefa.channels import Sink

A, B, DATA = "info@mercan.example", "elif@example.net", b"Subject: x\r\n\r\nx\r\n"


def test_a_sink_counts_and_keeps_if_asked_to() -> None:
    kept, counted = Sink(keep=True), Sink()
    for sink in (kept, counted):
        sink.offer(A, B)
        sink.transmit(DATA)
        sink.offer(A, B)
        sink.reset()
        with pytest.raises(RuntimeError, match="offered"):
            sink.transmit(DATA)
        sink.close()
    assert kept.messages == [(A, B, DATA)] and counted.messages == []
    assert kept.count == counted.count == 1
