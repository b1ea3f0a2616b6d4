"""Facts merge into one document, whatever their order and however often they come."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build import START, fact, on

from vefa.database import dump_json
from vefa.facts import Fact, assemble, digest, escape, flatten, merge, unescape


def document(*facts: Fact) -> dict[str, Any]:
    return assemble(merge(facts))


@pytest.mark.parametrize(
    ("nested", "paths"),
    [
        ({}, {}),
        ({"a": 1}, {"a": 1}),
        ({"a": None}, {"a": None}),
        ({"a": {}}, {}),
        ({"a": {"b": {"c": 1}}}, {"a/b/c": 1}),
        ({"a": [{"b": 1}], "c": []}, {"a": [{"b": 1}], "c": []}),
        ({"a/b": {"c~d": 1}}, {"a~1b/c~0d": 1}),
        ({7: {"x": 1}}, {"7/x": 1}),
    ],
)
def test_flatten(nested: dict[str, Any], paths: dict[str, Any]) -> None:
    assert flatten(nested) == paths


@given(st.text())
def test_a_step_of_a_path_may_hold_any_character(step: str) -> None:
    assert unescape(escape(step)) == step
    assert "/" not in escape(step)


@given(
    st.recursive(
        st.dictionaries(st.text(), st.integers() | st.none() | st.lists(st.text()), min_size=1),
        lambda inner: st.dictionaries(st.text(), inner | st.booleans(), min_size=1),
        max_leaves=12,
    )
)
def test_what_is_flattened_can_be_assembled_again(nested: dict[str, Any]) -> None:
    assert document(Fact("s", "k", "t", START, START, 0, flatten(nested))) == nested


LATER, EARLIER = on(1), on(-1)


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param([], {}, id="nothing said"),
        pytest.param([fact(a=1), fact(LATER, b=2)], {"a": 1, "b": 2}, id="an absent field says nothing"),
        pytest.param([fact(a=1), fact(LATER, a=None)], {"a": None}, id="null is known to be none"),
        pytest.param([fact(a=None), fact(LATER, a=1)], {"a": 1}, id="none until something newer"),
        pytest.param([fact(a=1), fact(LATER, a=2)], {"a": 2}, id="the newest wins"),
        pytest.param([fact(a=1), fact(rank=1, a=2)], {"a": 2}, id="the lower row of the table wins a tie"),
        pytest.param([fact(a=[1, 2]), fact(LATER, a=[3])], {"a": [3]}, id="lists replace"),
        pytest.param([fact(o__a=1), fact(LATER, o__b=2)], {"o": {"a": 1, "b": 2}}, id="objects merge by key"),
        pytest.param([fact(o__a=1), fact(LATER, o=None)], {"o": None}, id="null after an object"),
        pytest.param([fact(LATER, o__a=1), fact(o=None)], {"o": {"a": 1}}, id="an object after null"),
        pytest.param([fact(o__a=1), fact(o=None)], {"o": {"a": 1}}, id="an object beats null at one instant"),
        pytest.param(
            [fact(EARLIER, o__a=1), fact(o=None), fact(LATER, o__b=2)],
            {"o": {"b": 2}},
            id="null clears what was there before the newer object",
        ),
        pytest.param(
            [fact(EARLIER, o__p__a=1), fact(LATER, o__p=None), fact(o=None), fact(o__q=3)],
            {"o": {"p": None, "q": 3}},
            id="null on two levels",
        ),
        pytest.param([fact(LATER, **{"/a": 1}), fact(**{"": None})], {"": {"a": 1}}, id="an empty name"),
    ],
)
def test_merge(facts: list[Fact], expected: dict[str, Any]) -> None:
    assert document(*facts) == expected
    assert document(*reversed(facts)) == expected
    assert document(*facts, *facts) == expected


@pytest.mark.parametrize(("one", "other"), [(1, 2), ("b", "a"), (None, 0), ([1], [2]), (1, True), (0, 0.0)])
def test_a_tie_goes_to_the_greater_digest(one: Any, other: Any) -> None:
    expected = max((one, other), key=digest)
    assert dump_json(document(fact(a=one), fact(a=other))) == dump_json({"a": expected})
    assert dump_json(document(fact(a=other), fact(a=one))) == dump_json({"a": expected})


def test_a_digest_does_not_depend_on_the_order_of_keys() -> None:
    assert digest({"a": 1, "b": [{"c": 1, "d": 2}]}) == digest({"b": [{"d": 2, "c": 1}], "a": 1})


@pytest.mark.parametrize(
    ("at", "learned_at", "implausible"),
    [
        (datetime(1999, 12, 31, 23, 59, 59, 999999, UTC), START, True),
        (datetime(2000, 1, 1, tzinfo=UTC), START, False),
        (START + timedelta(days=1), START, False),
        (START + timedelta(days=1, microseconds=1), START, True),
        (START, START + timedelta(days=4000), False),
    ],
)
def test_an_implausible_fact_moves_nothing(at: datetime, learned_at: datetime, implausible: bool) -> None:
    strange = fact(at, learned_at=learned_at, a=1)
    assert strange.implausible is implausible
    assert document(strange) == ({} if implausible else {"a": 1})


VALUES = (
    st.none()
    | st.booleans()
    | st.integers(0, 2)
    | st.sampled_from(["a", "b", 1.0])
    | st.lists(st.integers(0, 1))
)
PATHS = st.sampled_from(["a", "o", "o/a", "o/b", "o/p", "o/p/q"])
FACTS = st.builds(
    lambda day, rank, values: fact(on(day), rank, **values),
    st.sampled_from([-10_000, 0, 1]),
    st.integers(0, 1),
    st.dictionaries(PATHS.map(lambda path: path.replace("/", "__")), VALUES, max_size=3),
)


@settings(max_examples=300)
@given(
    st.lists(FACTS, max_size=8).flatmap(lambda facts: st.tuples(st.just(facts), st.permutations(facts * 2)))
)
def test_order_and_repetition_do_not_matter(drawn: tuple[list[Fact], list[Fact]]) -> None:
    facts, disturbed = drawn
    assert dump_json(document(*facts)) == dump_json(document(*disturbed))
