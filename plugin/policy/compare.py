"""What two versions of a policy differ in: rows added, taken out, changed and moved, and the windows."""

from __future__ import annotations

from dataclasses import dataclass, fields

from vefa.policy.document import row_document
from vefa.policy.table import Policy, Row


@dataclass(frozen=True, slots=True)
class Changed:
    """A row of one id that differs; ``cells`` names the columns at fault, ``outcome`` and ``words`` among them."""

    old: Row
    new: Row
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Comparison:
    """The differences from an older to a newer policy; ``windows`` names the settings that changed."""

    added: tuple[Row, ...]
    removed: tuple[Row, ...]
    changed: tuple[Changed, ...]
    moved: tuple[Row, ...]
    windows: tuple[str, ...]

    @property
    def count(self) -> int:
        """How many things differ."""
        return sum(len(getattr(self, one.name)) for one in fields(self))


def compare(old: Policy, new: Policy) -> Comparison:
    """Compare two policies row by row, by the rows' ids."""
    before, after = ({row.id: row for row in policy.rows} for policy in (old, new))
    changed = [
        Changed(before[name], row, _cells(before[name], row)) for name, row in after.items() if name in before
    ]
    windows = [
        one.name
        for one in fields(old.windows)
        if getattr(old.windows, one.name) != getattr(new.windows, one.name)
    ]
    return Comparison(
        added=tuple(row for name, row in after.items() if name not in before),
        removed=tuple(row for name, row in before.items() if name not in after),
        changed=tuple(one for one in changed if one.cells),
        moved=_moved(old, new),
        windows=(*windows, *(("currency",) if old.currency != new.currency else ())),
    )


def _cells(old: Row, new: Row) -> tuple[str, ...]:
    first, second = row_document(old), row_document(new)
    return tuple(
        name
        for name in dict.fromkeys((*first, *second))
        if name != "source" and first.get(name) != second.get(name)
    )


def _moved(old: Policy, new: Policy) -> tuple[Row, ...]:
    """Return the fewest rows that had to move for the order to become the new one."""
    place = {row.id: position for position, row in enumerate(old.rows)}
    kept = [row for row in new.rows if row.id in place]
    # The longest rising run of old places stays where it is; what is not in it was moved.
    best: list[list[Row]] = []
    for position, row in enumerate(kept):
        below = [best[i] for i in range(position) if place[kept[i].id] < place[row.id]]
        best.append([*max(below, key=len, default=[]), row])
    stays = {row.id for row in max(best, key=len, default=[])}
    return tuple(row for row in kept if row.id not in stays)
