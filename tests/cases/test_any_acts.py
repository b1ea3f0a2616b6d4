"""Whatever is done with a case, in any sequence: no word is lost, and messages are held exactly while it is open."""

from __future__ import annotations

import tempfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from tests.cases.desk import HOLDER, NOW, ORDER, Desk, make_desk

from vefa.cases import acts, callback, calls
from vefa.cases.case import CaseKind, CaseState, Direction, EntryKind, Outcome, Reason, Severity
from vefa.cases.shown import conversation
from vefa.cli.migrate import upgrade
from vefa.database import open_databases, reading
from vefa.errors import ConflictError
from vefa.outreach import permission
from vefa.promises import given
from vefa.promises.given import GivenKind
from vefa.staff.account import Role
from vefa.stores import records as stores

FORMS = st.sampled_from([None, "f1", "f2"])
ORDERS = st.sampled_from([ORDER, None])
WHOSE = {EntryKind.CUSTOMER, EntryKind.REPLY, EntryKind.NOTE, EntryKind.CALL}


class CaseMachine(RuleBasedStateMachine):
    """A customer and two members do what they like, at two stores; the second one must see nothing of it."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.databases = open_databases(Path(self.folder.name) / "vefa.db", durable=False)
        upgrade(self.databases)
        self.desk = make_desk(self.databases)
        self.other = make_desk(self.databases, self.desk.world, slug="kilim")
        self.desk.hire("nil", Role.VIEWER)
        self.now = NOW
        self.written: dict[str, EntryKind] = {}
        self.said = 0
        self.apart = self.other.say("Nothing here.", key="apart")
        self.quiet = self.other.said(self.apart)

    def teardown(self) -> None:
        self.databases.dispose()
        self.folder.cleanup()

    def _word(self) -> str:
        self.said += 1
        return f"word {self.said}"

    def _do(self, kind: EntryKind | None, act: Any, text: str = "") -> None:
        """Act; what is refused changes nothing, and what a repeated form says is not said again."""
        self.now += timedelta(hours=1)
        before = {one.id: self.desk.said(one.id) for one in self.desk.cases}
        try:
            act()
        except ConflictError:
            assert {one.id: self.desk.said(one.id) for one in self.desk.cases} == before
            return
        after = [one for row in self.desk.cases for one in self.desk.said(row.id)]
        if kind and any(one.text and text in one.text for one in after):
            self.written[text] = kind

    def _any(self, draw: Any) -> str | None:
        rows = self.desk.cases
        return draw.draw(st.sampled_from([row.id for row in rows])) if rows else None

    @rule(order_id=ORDERS)
    def customer_says(self, order_id: str | None) -> None:
        text = self._word()
        self._do(
            EntryKind.CUSTOMER,
            lambda: self.desk.say(text, self.now, key=f"k{self.said}", order_id=order_id),
            text,
        )

    @rule(draw=st.data(), form=FORMS)
    def note(self, draw: Any, form: str | None) -> None:
        if case_id := self._any(draw):
            text = self._word()
            self._do(
                EntryKind.NOTE,
                lambda: self.desk.do(acts.note, case_id, text, form=form and f"n{form}", now=self.now),
                text,
            )

    @rule(draw=st.data(), form=FORMS, promised=st.booleans(), close=st.booleans())
    def reply(self, draw: Any, form: str | None, promised: bool, close: bool) -> None:
        if case_id := self._any(draw):
            text = self._word()
            due = self.now + timedelta(days=2) if promised else None
            kind = draw.draw(st.sampled_from(GivenKind))
            more = {"form": form and f"r{form}", "now": self.now + timedelta(hours=1), "close": close}
            self._do(
                EntryKind.REPLY,
                lambda: self.desk.answer(case_id, text, promise_due=due, promise_kind=kind, **more),
                text,
            )

    @rule(draw=st.data(), form=FORMS, reached=st.booleans(), fresh=st.booleans())
    def call(self, draw: Any, form: str | None, reached: bool, fresh: bool) -> None:
        case_id = None if fresh else self._any(draw)
        text = self._word()

        def act() -> None:
            with self.desk.writing() as (connection, store, key):
                calls.call(
                    connection,
                    store,
                    key,
                    self.desk.agent,
                    text,
                    Direction.INBOUND,
                    case_id=case_id,
                    holder=HOLDER,
                    order_id=ORDER,
                    reached=reached,
                    form=form and f"c{form}",
                    now=self.now,
                )

        self._do(EntryKind.CALL, act, text)

    @rule(draw=st.data(), name=st.sampled_from(["ada", "omer", "nil", None]))
    def assign(self, draw: Any, name: str | None) -> None:
        if case_id := self._any(draw):
            member = self.desk.members[name].id if name else None
            self._do(None, lambda: self.desk.do(acts.assign, case_id, member, now=self.now))

    @rule(draw=st.data(), reason=st.sampled_from(Reason), kind=st.sampled_from(CaseKind))
    def judge(self, draw: Any, reason: Reason, kind: CaseKind) -> None:
        if case_id := self._any(draw):
            more = {"kind": kind, "reason": reason, "severity": Severity.MONEY, "now": self.now}
            self._do(None, lambda: self.desk.do(acts.change_triage, case_id, **more))

    @rule(draw=st.data(), outcome=st.sampled_from(Outcome))
    def close(self, draw: Any, outcome: Outcome) -> None:
        if case_id := self._any(draw):
            self._do(None, lambda: self.desk.do(acts.close, case_id, outcome, now=self.now))

    @rule(draw=st.data())
    def reopen(self, draw: Any) -> None:
        if case_id := self._any(draw):
            self._do(None, lambda: self.desk.do(acts.reopen, case_id, now=self.now))

    @rule(order_id=ORDERS)
    def asks_for_a_call(self, order_id: str | None) -> None:
        text = self._word()

        def act() -> None:
            with self.desk.writing() as (connection, store, key):
                callback.ask(
                    connection,
                    store,
                    key,
                    holder=HOLDER,
                    order_id=order_id,
                    phone_e164="+905551112233",
                    not_before=self.now,
                    due_at=self.now + timedelta(hours=3),
                    words=text,
                    language="tr",
                    now=self.now,
                )

        self._do(EntryKind.CUSTOMER, act, text)

    @rule(days=st.integers(1, 20))
    def time_goes_by(self, days: int) -> None:
        self.now += timedelta(days=days)

    @invariant()
    def every_word_stands_where_it_was_said(self) -> None:
        found = {one.text: one.kind for row in self.desk.cases for one in self.desk.said(row.id) if one.text}
        for text, kind in self.written.items():
            assert any(told.startswith(text) and of is kind for told, of in found.items()), text

    @invariant()
    def an_open_case_holds_and_a_closed_one_never_does(self) -> None:
        with reading(self.databases.main) as connection:
            placed = connection.execute(
                permission.holds.select().where(permission.holds.c.store_id == self.desk.store.id)
            )
            holding = {row.placed_by for row in placed if row.lifted_at is None}
        assert holding == {f"case:{row.id}" for row in self.desk.cases if row.state != CaseState.CLOSED.value}

    @invariant()
    def a_closed_case_owes_nothing_and_a_due_date_is_a_promises(self) -> None:
        with reading(self.databases.main) as connection:
            promised = given.of_cases(connection, self.desk.store.id, [row.id for row in self.desk.cases])
        for row in self.desk.cases:
            owed = [one.due_at for one in promised[row.id] if given.is_open(one)]
            assert row.due_at == min(owed, default=None)
            closed = row.state == CaseState.CLOSED.value
            assert not (closed and owed)
            assert (row.closed_at is not None) is (row.outcome is not None) is closed

    @invariant()
    def the_customer_reads_what_was_said_to_them_and_no_note(self) -> None:
        with reading(self.databases.main) as connection:
            store, key = stores.with_key(connection, self.desk.store.id, self.desk.world.master)
            read = [
                part.text or ""
                for row in self.desk.cases
                for part in conversation(connection, store, key, row.id).parts
            ]
        for text, kind in self.written.items():
            there = any(told == text or told.startswith(f"{text}\n") for told in read)
            assert there is (kind in (EntryKind.CUSTOMER, EntryKind.REPLY)), (text, kind)

    @invariant()
    def the_other_store_notices_nothing(self) -> None:
        assert self.other.said(self.apart) == self.quiet
        assert self.other.audit == []
        assert len(self.other.cases) == 1


CaseMachine.TestCase.settings = settings(max_examples=8, stateful_step_count=15, deadline=None)
TestAnyActs = CaseMachine.TestCase


def test_the_machine_has_a_desk(tmp_path: Path) -> None:
    databases = open_databases(tmp_path / "vefa.db")
    upgrade(databases)
    desk = make_desk(databases)
    assert isinstance(desk, Desk) and desk.store.slug == "mercan"
    with pytest.raises(ConflictError):
        desk.do(acts.reopen, desk.say())
    databases.dispose()
