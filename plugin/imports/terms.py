"""What reading a row depends on, and what is said of a cell that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from vefa.imports.fields import Field, Meaning
from vefa.imports.values import Reader
from vefa.stores.store import Store

# How much of a cell is quoted where it is said what is wrong with it.
SHOWN = 60


@dataclass(frozen=True, slots=True)
class Issue:
    """What is wrong with a cell; one that is not ``fatal`` leaves out the value alone, not the row.

    ``text`` is the beginning of what stands there; it may be personal and is kept sealed.
    """

    row: int
    field: Field | None
    code: str
    text: str = ""
    fatal: bool = True


@dataclass(frozen=True, slots=True)
class Terms:
    """What reading depends on besides the file: the store, the instant it tells of, and the columns' meaning."""

    store: Store
    as_of: datetime
    meaning: Meaning
    from_1904: bool = False

    @property
    def reader(self) -> Reader:
        """How days and instants are read."""
        return Reader(self.store.zone, self.meaning.options.day_first, self.from_1904)

    @property
    def tells_arrival(self) -> bool:
        """Whether the file can say that a parcel arrived."""
        return Field.DELIVERED_AT in self.meaning.columns or Field.STATUS in self.meaning.columns
