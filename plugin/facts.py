"""What has happened: facts, and the merge that makes any order of their arrival end the same.

A path is a JSON Pointer (RFC 6901) without its leading slash: ``shipments/S1/tracking_number``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from typing import Any

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)

# The rank of what a person of the store says: above whatever a platform says of the same instant.
PERSON = 1000

# How the topics end of what a platform answered when it was asked.
ASKED_FOR = ".fetched"

Stamp = tuple[datetime, int]


@dataclass(frozen=True, slots=True)
class Fact:
    """What one event says about one subject.

    ``at`` is when it happened, ``learned_at`` when it reached Vefa; ``rank`` breaks ties between facts of the same
    instant; ``values`` maps paths to JSON values. ``key`` is the identity of the event that said so.
    """

    subject: str
    key: str
    type: str
    at: datetime
    learned_at: datetime
    rank: int
    values: Mapping[str, Any] = field(default_factory=dict)

    @property
    def stamp(self) -> Stamp:
        """The instant and rank by which facts are ordered."""
        return (self.at, self.rank)

    @property
    def by_person(self) -> bool:
        """Whether a person of the store said so, and not its platform."""
        return self.rank == PERSON

    @property
    def asked_for(self) -> bool:
        """Whether a platform told so when it was asked, and not when it happened: what is new in it is older."""
        return self.type.endswith(ASKED_FOR)

    @property
    def implausible(self) -> bool:
        """Whether the time stamp cannot be right; such a fact is kept and shown, and moves nothing."""
        return is_implausible(self.at, self.learned_at)


def is_implausible(at: datetime, learned_at: datetime) -> bool:
    """Say whether something cannot have happened at ``at``: before 2000, or over a day after it was learned."""
    return at < EARLIEST or at > learned_at + AHEAD


def escape(step: str) -> str:
    """Escape one step of a path, so that an identifier may hold any character."""
    return step.replace("~", "~0").replace("/", "~1")


def unescape(step: str) -> str:
    """Give back the step that ``escape`` was given."""
    return step.replace("~1", "/").replace("~0", "~") if "~" in step else step


def flatten(document: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Turn nested objects into paths; lists and null stay whole, an empty object says nothing."""
    paths: dict[str, Any] = {}
    for name, value in document.items():
        path = prefix + escape(str(name))
        if isinstance(value, Mapping):
            paths.update(flatten(value, path + "/"))
        else:
            paths[path] = value
    return paths


def digest(value: object) -> str:
    """Return a digest of a JSON value that does not depend on the order of keys."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def in_sequence(facts: Iterable[Fact]) -> list[Fact]:
    """Sort facts by instant, rank and digest, so that their order of arrival does not show."""
    found = sorted(facts, key=lambda fact: fact.stamp)
    if any(one.stamp == other.stamp for one, other in pairwise(found)):
        found.sort(key=lambda fact: (fact.stamp, digest(fact.values)))
    return found


def _newer(value: object, stamp: Stamp, other: object, other_stamp: Stamp) -> bool:
    if stamp != other_stamp:
        return stamp > other_stamp
    return value is not other and digest(value) > digest(other)


def merge(facts: Iterable[Fact]) -> dict[str, tuple[Stamp, Any]]:
    """Keep for each path the value with the greatest instant, rank and digest.

    The result does not depend on the order or repetition of ``facts``. Implausible facts are passed over.
    A value at a path and values below it (an object after null, or null after an object) exclude each other: the
    newest of them wins, and at one stamp the object does.
    """
    registers: dict[str, tuple[Stamp, Any]] = {}
    for fact in facts:
        if fact.implausible:
            continue
        stamp = fact.stamp
        for path, value in fact.values.items():
            kept = registers.get(path)
            if kept is None or _newer(value, stamp, kept[1], kept[0]):
                registers[path] = (stamp, value)
    return _settle(registers)


def _settle(registers: dict[str, tuple[Stamp, Any]]) -> dict[str, tuple[Stamp, Any]]:
    newest_below: dict[str, Stamp] = {}
    for path, (stamp, _) in registers.items():
        cut = path.rfind("/")
        while cut >= 0:
            above = path[:cut]
            if above in registers and newest_below.get(above, stamp) <= stamp:
                newest_below[above] = stamp
            cut = path.rfind("/", 0, cut)
    if not newest_below:
        return registers
    gone = {above for above, stamp in newest_below.items() if stamp >= registers[above][0]}
    standing = [above + "/" for above in newest_below if above not in gone]
    older = {
        path
        for path, (stamp, _) in registers.items()
        for above in newest_below
        if path.startswith(above + "/") and stamp < registers[above][0]
    }
    return {
        path: entry
        for path, entry in registers.items()
        if path not in gone and path not in older and not any(path.startswith(above) for above in standing)
    }


def assemble(registers: Mapping[str, tuple[Stamp, Any]]) -> dict[str, Any]:
    """Build the nested document that merged registers describe."""
    document: dict[str, Any] = {}
    for path, (_, value) in registers.items():
        node = document
        *parents, leaf = path.split("/")
        for step in parents:
            node = node.setdefault(unescape(step), {})
        node[unescape(leaf)] = value
    return document
