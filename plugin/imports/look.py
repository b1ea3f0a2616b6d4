"""The worker's part in an import: cuts the file, checks it, writes it, looks back, and forgets it in the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from vefa import journal
from vefa.database import Databases, dump_json, reading
from vefa.errors import BusyError, ConfigurationError, ShopError
from vefa.imports import bounds, counted, parts, pieces, records
from vefa.imports.ask import KEPT, PACKAGE
from vefa.imports.back import Backward, of_import, of_journal
from vefa.imports.bounds import FileRefusedError
from vefa.imports.history import Asking, Fetching
from vefa.imports.parts import Part
from vefa.imports.records import Import, Stage
from vefa.imports.rehearsal import MakeLooks
from vefa.imports.sheet import ZIP, open_sheet
from vefa.imports.study import Studied, bodies, study
from vefa.imports.terms import Terms
from vefa.inbound.move import BATCH, Wakes, enter
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.turns import writing
from vefa.work import Result

__all__ = ["PACKAGE", "Importer"]
PARTS_A_LOOK = 4
TRIES, PAUSE = 5, timedelta(seconds=20)

Write = Callable[[Connection], None]


@dataclass(slots=True)
class Importer:
    """Takes imports a step further; ``wakes`` are the packages that look at new facts.

    ``allow_private`` names hosts of private networks that may be asked for their history.
    """

    databases: Databases
    master: Key
    wakes: Wakes
    make_looks: MakeLooks
    allow_private: frozenset[str] = frozenset()
    _running: dict[str, Backward | Fetching] = field(default_factory=dict)
    _failures: dict[str, int] = field(default_factory=dict)

    def look(self, store_id: int, subjects: Sequence[str], now: datetime) -> Result:
        """Take each import among ``subjects`` one step further."""
        writes: list[Write] = []
        again: dict[str, datetime] = {}
        for subject in subjects:
            with reading(self.databases.main) as connection:
                one = records.by_id(connection, store_id, subject)
                store, key = with_key(connection, store_id, self.master)
            step = _Step(self.databases, self.master, self.wakes, one, store, key, now)
            write, due = self._back(step) if _looks_back(one) else step.go()
            writes.append(write)
            if due is not None:
                again[subject] = due

        def write_all(connection: Connection) -> None:
            for write in writes:
                write(connection)

        return Result(write_all, again)

    def _back(self, step: _Step) -> tuple[Write, datetime | None]:
        """Look back a little further; a process that was started anew begins anew."""
        one = step.one
        try:
            running = self._running.get(one.id) or self._begin(one)
            self._running[one.id] = running
            values = running.go_on()
        except (ShopError, ConfigurationError) as error:
            return self._again(step, error)
        self._failures.pop(one.id, None)
        if running.report is not None:
            del self._running[one.id]
            values = {"back": running.report, "back_done": 100}
        wait = running.wait if isinstance(running, Fetching) else 0.0
        return step.changing(**values), step.now + timedelta(seconds=wait)

    def _begin(self, one: Import) -> Backward | Fetching:
        if one.platform:
            asking = Asking(self.databases, self.master, self.make_looks, self.wakes, self.allow_private)
            return asking.begin(one)
        begin = of_import if one.size else of_journal
        return begin(self.databases, self.master, one, self.make_looks, self.wakes)

    def _again(self, step: _Step, error: ShopError | ConfigurationError) -> tuple[Write, datetime | None]:
        """Ask a shop once more that did not answer, some times, and then say that it does not."""
        if isinstance(error, BusyError):
            return step.changing(), step.now + timedelta(seconds=error.wait)
        failures = self._failures.get(step.one.id, 0) + 1
        if failures < TRIES:
            self._failures[step.one.id] = failures
            return step.changing(), step.now + PAUSE
        self._failures.pop(step.one.id, None)
        if (running := self._running.pop(step.one.id, None)) is not None:
            running.close()
        said = [bounds.NO_ANSWER, {"answer": str(error)[:300]}]
        return step.changing(stage=Stage.FAILED.value, error=said), None


def _looks_back(one: Import) -> bool:
    return one.back_days is not None and one.back is None and one.stage in (Stage.CHECKED, Stage.DONE)


@dataclass(frozen=True, slots=True)
class _Step:
    """One step of one import."""

    databases: Databases
    master: Key
    wakes: Wakes
    one: Import
    store: Store
    key: Key
    now: datetime

    @property
    def name(self) -> tuple[int, str]:
        return self.one.store_id, self.one.id

    def changing(self, **values: object) -> Write:
        store_id, import_id = self.name
        stage, now = self.one.stage, self.now
        return lambda connection: records.change(
            connection, store_id, import_id, within=stage, changed_at=now, **values
        )

    def go(self) -> tuple[Write, datetime | None]:
        """Return what is to be written after this step, and when the next one is due, or None."""
        one = self.one
        if one.stage not in (Stage.CHECKING, Stage.IMPORTING):
            return self._rest()
        try:
            self._check_kept()
            if one.stage is Stage.CHECKING and one.total == 0:
                return self._cut(), self.now
            return self._parts(), self.now
        except FileRefusedError as error:
            return self.changing(stage=Stage.FAILED.value, error=[error.msgid, error.values]), self.now

    def _check_kept(self) -> None:
        part = pieces.Part.ROWS if self.one.total else pieces.Part.FILE
        with reading(self.databases.main) as connection:
            if not pieces.has_pieces(connection, self.name, part):
                raise FileRefusedError(bounds.FORGOTTEN)

    def _rest(self) -> tuple[Write, datetime | None]:
        """Forget the rows once they are old; what was counted stays."""
        over = self.one.created_at + KEPT
        if self.now < over:
            return lambda _: None, over
        stage = self.one.stage if self.one.stage is Stage.DONE else Stage.DROPPED
        change = self.changing(stage=stage.value)

        def write(connection: Connection) -> None:
            pieces.drop_pieces(connection, self.name)
            change(connection)

        return write, None

    def _cut(self) -> Write:
        with reading(self.databases.main) as connection:
            data = b"".join(pieces.read_pieces(connection, self.name, pieces.Part.FILE, self.key))
        count = parts.parts_for(len(data), packed=data.startswith(ZIP))

        def keep(number: int, plain: bytes) -> None:
            with writing(self.databases.main, self.one.store_id) as connection:
                pieces.keep_piece(connection, self.name, pieces.Part.ROWS, number, plain, self.key)

        rows = parts.cut(open_sheet(data).rows, self.one.meaning.columns, count, keep)
        if not rows:
            raise FileRefusedError(bounds.NO_ROWS)
        return self.changing(total=count, done=0, counts=counted.add({"rows": rows}, {}))

    def _parts(self) -> Write:
        """Read some parts of the file; once it is confirmed, write what they add."""
        one = self.one
        importing = one.stage is Stage.IMPORTING
        until = min(one.done + PARTS_A_LOOK, one.total)
        counts = one.counts
        for number in range(one.done, until):
            part, studied = self._read(number)
            if importing:
                self._enter(studied)
            else:
                self._keep_left_out(number, part)
            counts = counted.add(counts, counted.of_part(part, studied))
        stage = one.stage
        if until == one.total:
            stage = Stage.DONE if importing else Stage.CHECKED
        return self.changing(done=until, counts=counts, stage=stage.value)

    def _read(self, number: int) -> tuple[Part, list[Studied]]:
        one = self.one
        terms = Terms(self.store, one.as_of, one.meaning, one.from_1904)
        with reading(self.databases.main) as connection:
            kept = pieces.read_pieces(
                connection, self.name, pieces.Part.ROWS, self.key, parts.span_of(number)
            )
            part = Part(parts.rows_of(kept), terms)
            studied = study(connection, one.store_id, self.key, part.orders, one.as_of, self.now)
        for found in studied:
            if found.issue is not None:
                part.issues.append(found.issue)
                part.leave_out(found.told.rows)
        return part, studied

    def _enter(self, studied: Sequence[Studied]) -> None:
        new: list[journal.Kept] = []
        for one in studied:
            new += bodies(one, self.one.as_of, self.one.store_id, self.key, self.now)
        for start in range(0, len(new), BATCH):
            batch = new[start : start + BATCH]
            enter(self.databases, self.master, self.wakes, self.one.store_id, batch, self.now)

    def _keep_left_out(self, number: int, part: Part) -> None:
        if not part.issues and not part.left_out:
            return
        document = {
            "issues": [parts.written(issue) for issue in part.issues],
            "rows": sorted(part.left_out.items()),
        }
        with writing(self.databases.main, self.one.store_id) as connection:
            plain = dump_json(document).encode(errors="replace")
            pieces.keep_piece(connection, self.name, pieces.Part.LEFT_OUT, number, plain, self.key)
