"""A letter to staff leaves at most once, whatever breaks on the way, and nobody is told twice."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.build import on
from tests.shows import parsed
from tests.support import make_world

from vefa.channels import Sink
from vefa.database import Databases, reading
from vefa.errors import ChannelError
from vefa.staff import mail, records
from vefa.staff.account import Account
from vefa.staff.mail_records import staff_messages
from vefa.stores.records import key_of
from vefa.stores.store import Store

pytestmark = pytest.mark.contract

NOW = on(0)


class _Trouble(Sink):
    """A sink that fails at a step."""

    def __init__(self) -> None:
        super().__init__(keep=True)
        self.step = ""
        self.trouble: Exception = ChannelError("The mail server said no.")

    def offer(self, sender: str, recipient: str) -> None:
        self._fail("offer")
        super().offer(sender, recipient)

    def transmit(self, data: bytes) -> None:
        self._fail("transmit")
        super().transmit(data)
        self._fail("after")

    def _fail(self, step: str) -> None:
        if self.step == step:
            raise self.trouble


class Desk:
    """A store with one member, and a line that can be broken."""

    def __init__(self, databases: Databases, **settings: Any) -> None:
        self.line = _Trouble()
        self.connected = True
        self.world = make_world(databases, self._connect)
        self.store: Store = self.world.add_store("mercan", NOW, name="Mercan", **settings)
        with databases.main.begin() as connection:
            self.ayse: Account = records.add(
                connection, "ayse@mercan.example", name="Ayşe", language="fa", now=NOW
            )

    def _connect(self) -> Sink:
        if not self.connected:
            raise ChannelError("VEFA_SMTP_URL is not set, so nothing can be sent.")
        return self.line

    def write(self, key: str = "digest:1", **changed: Any) -> str | None:
        content = {
            "subject": "امروز",
            "paragraphs": ["یک", ("دو <b>", "https://vefa.example/2")],
            "link": None,
        }
        with self.world.databases.main.begin() as connection:
            store_key = key_of(connection, self.store.id, self.world.master)
            return mail.queue(
                connection,
                self.store,
                store_key,
                self.ayse,
                kind="digest",
                key=key,
                **content | changed,
                now=NOW,
            )

    @property
    def rows(self) -> list[Any]:
        with reading(self.world.databases.main) as connection:
            return list(connection.execute(sa.select(staff_messages).order_by(staff_messages.c.id)))

    @property
    def states(self) -> list[str]:
        return [row.state for row in self.rows]


@pytest.fixture
def desk(databases: Databases) -> Desk:
    return Desk(databases)


def test_a_letter_leaves_in_the_members_language(desk: Desk) -> None:
    assert desk.write(link=("باز کردن", "https://vefa.example/vefa/mercan/"))
    desk.world.work(NOW)
    ((sender, recipient, data),) = desk.line.messages
    assert (sender, recipient, desk.states) == ("care@mercan.example", "ayse@mercan.example", ["sent"])
    letter = parsed(data)
    assert letter["Subject"] == "امروز" and letter["Content-Language"] == "fa"
    text, html = (part.get_content().replace("\r\n", "\n") for part in letter.iter_parts())
    assert "https://vefa.example/2" in text and "باز کردن:\nhttps://vefa.example/vefa/mercan/" in text
    assert 'dir="rtl"' in html and "دو &lt;b&gt;</a>" in html


def test_nobody_is_told_twice(desk: Desk) -> None:
    assert desk.write() and desk.write() is None
    assert desk.write("digest:2")
    desk.world.run(NOW, on(3))
    assert desk.states == ["sent", "sent"] and desk.line.count == 2


def test_without_a_sender_the_host_writes(databases: Databases) -> None:
    desk = Desk(databases, reply_to=None)
    desk.write()
    desk.world.work(NOW)
    assert desk.line.messages[0][0] == "vefa@vefa.example" and desk.states == ["sent"]


@pytest.mark.parametrize("step", ["connect", "offer", "transmit"])
def test_a_temporary_failure_is_tried_again(desk: Desk, step: str) -> None:
    desk.connected, desk.line.step = step != "connect", step
    desk.write()
    desk.world.work(NOW)
    assert desk.states == ["written"] and desk.line.count == 0
    desk.connected, desk.line.step = True, ""
    desk.world.run(NOW, on(1))
    assert desk.states == ["sent"] and desk.line.count == 1


@pytest.mark.parametrize(
    ("trouble", "state"), [({"permanent": True}, "dropped"), ({"unknown": True}, "outcome_unknown")]
)
def test_what_cannot_be_mended_is_not_tried_again(desk: Desk, trouble: dict[str, bool], state: str) -> None:
    desk.line.step, desk.line.trouble = "transmit", ChannelError("No.", **trouble)
    desk.write()
    desk.world.run(NOW, on(2))
    assert desk.states == [state] and desk.line.count == 0


def test_a_crash_after_the_content_left_sends_nothing_again(desk: Desk) -> None:
    desk.line.step, desk.line.trouble = "after", RuntimeError("the process died here")
    desk.write()
    desk.world.work(NOW)
    assert desk.states == ["sending"] and desk.line.count == 1
    desk.line.step = ""
    desk.world.run(NOW, on(1))
    assert desk.states == ["outcome_unknown"] and desk.line.count == 1


def test_a_letter_waits_for_a_server_and_is_dropped_when_it_is_too_old(desk: Desk) -> None:
    desk.connected = False
    desk.write()
    desk.world.run(NOW, NOW + timedelta(hours=23))
    assert desk.states == ["written"]
    desk.world.run(NOW + timedelta(hours=23), NOW + timedelta(hours=26))
    desk.connected = True
    desk.world.run(NOW + timedelta(hours=26), on(3))
    assert desk.states == ["dropped"] and desk.line.count == 0


def test_letters_are_kept_ninety_days(desk: Desk) -> None:
    desk.write()
    for days, left in ((89, 1), (91, 0)):
        with desk.world.databases.main.begin() as connection:
            mail.drop_old(connection, desk.store.id, NOW + timedelta(days=days))
        assert len(desk.rows) == left
