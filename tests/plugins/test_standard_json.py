"""The JSON Schema of canonical events says what the reader does, for every type and whatever is wrong with it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker
from tests.build import START
from tests.conftest import ROOT
from tests.test_docs import FENCE

from vefa.errors import UnreadableError
from vefa.platforms import Context, platforms
from vefa.platforms._standard_json import event_schema
from vefa.platforms._standard_schema import SCHEMAS, TYPES

FORMATS = FormatChecker(formats=())


@FORMATS.checks("date", raises=ValueError)
def is_date(text: object) -> bool:
    return not isinstance(text, str) or bool(date.fromisoformat(text))


@FORMATS.checks("date-time", raises=ValueError)
def is_instant(text: object) -> bool:
    return not isinstance(text, str) or bool(datetime.fromisoformat(text))


VALIDATOR = Draft202012Validator(event_schema(), format_checker=FORMATS)
EXAMPLES = [
    json.loads(line)
    for _, language, block in FENCE.findall((ROOT / "docs" / "events.md").read_text(encoding="utf-8"))
    if language == "json"
    for line in block.splitlines()
]
BY_TYPE = {one["type"]: one for one in EXAMPLES}


def reads(document: Any) -> bool:
    try:
        platforms()["standard"].read(json.dumps(document).encode(), Context("key", "", START))
    except UnreadableError:
        return False
    return True


def paths(document: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner: Any = document.items() if isinstance(document, dict) else ()
    inner = enumerate(document) if isinstance(document, list) else inner
    if path:
        yield path
    for key, value in inner:
        yield from paths(value, (*path, key))


def changed(document: Any, path: tuple[Any, ...], value: Any) -> Any:
    """Return a document with another value at a path; ``...`` leaves it out."""
    key, *rest = path
    copy: Any = dict(document) if isinstance(document, dict) else list(document)
    if rest:
        copy[key] = changed(document[key], tuple(rest), value)
    elif value is ...:
        del copy[key]
    else:
        copy[key] = value
    return copy


def test_it_is_a_sound_schema_of_every_type() -> None:
    Draft202012Validator.check_schema(event_schema())
    assert set(event_schema()["$defs"]) == set(SCHEMAS) == {one for one in TYPES if one in SCHEMAS}
    assert set(BY_TYPE) == set(TYPES)


@pytest.mark.parametrize("document", EXAMPLES, ids=lambda one: str(one["type"]))
def test_the_examples_are_valid_and_read(document: dict[str, Any]) -> None:
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []
    assert reads(document)


WRONG = st.sampled_from(
    (
        ..., None, "", "x", "x" * 81, "x" * 400, "x" * 30_000, "a\x00b", "10.50", "1,5", "2026-03-02", "2026-02-30",
        "2026-03-02T10:00:00Z", "2026-03-02T10:00:00", "2026-03-02T10:00:00+02:00", "2026-13-02T10:00:00Z", "DE",
        "refund", "lost", "person", 0, 1, -1, 7, 1_000_001, 10**18, 0.5, -2.75, [], [None], [{}], ["a"], [1], {},
        {"id": "9"}, {"id": None}, {"id": ""}, ["x"] * 1001,
    )
)  # fmt: skip
# What the reader takes besides: true and false as words or numbers, and numbers as text.
LENIENT = ("", "x", "10.50", "1", 0, 1, 0.5, -2.75)


def agree(kind: str, path: tuple[Any, ...], value: Any) -> None:
    """Check that an example with another value is valid where it is read, and nowhere else."""
    document = changed(BY_TYPE[kind], path, value)
    valid = VALIDATOR.is_valid(document)
    if valid != reads(document):
        assert not valid and value in LENIENT, (path, value)


@settings(max_examples=3000 if os.environ.get("VEFA_LONG") else 300)
@given(st.data(), st.sampled_from(sorted(BY_TYPE)), WRONG)
def test_the_schema_and_the_reader_agree(data: st.DataObject, kind: str, value: Any) -> None:
    agree(kind, data.draw(st.sampled_from(sorted(paths(BY_TYPE[kind]), key=str))), value)


def test_a_day_that_no_calendar_has_is_refused_by_both() -> None:
    agree("order.placed", ("data", "order", "promise", "deliver_by"), "2026-02-30")


def test_a_schema_that_forgot_a_bound_is_noticed() -> None:
    broken = event_schema()
    del broken["$defs"]["order.deleted"]["properties"]["order_id"]["maxLength"]
    document = changed(BY_TYPE["order.deleted"], ("data", "order_id"), "x" * 400)
    assert Draft202012Validator(broken).is_valid(document) and not VALIDATOR.is_valid(document)
    assert not reads(document)
