"""The vault: what is personal, sealed under a key of its own, the newest of each field."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.build import START, on

from vefa.customers.customer import Customer, from_values
from vefa.customers.vault import Entry, customers, holders_by_email, prepare, values_of, vault, write
from vefa.database import Databases, reading
from vefa.errors import ConfigurationError
from vefa.stores.sealing import Key, new_key

pytestmark = pytest.mark.contract

KEY = new_key()
C = "standard:C1"


def keep(databases: Databases, *entries: Entry, key: Key = KEY, store_id: int = 1) -> None:
    with databases.main.begin() as connection:
        write(connection, store_id, prepare(connection, store_id, entries, key))


def find(databases: Databases, holder: str = C, key: Key = KEY, store_id: int = 1) -> Customer:
    with reading(databases.main) as connection:
        return customers(connection, store_id, [holder], key)[holder]


def entry(at: datetime = START, rank: int = 0, holder: str = C, **values: Any) -> Entry:
    return Entry(holder, at, rank, values)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({}, Customer(C)),
        ({"name": " Elif  Kaya "}, Customer(C, name="Elif Kaya")),
        ({"first_name": "Elif", "last_name": "Kaya"}, Customer(C, name="Elif Kaya")),
        ({"name": "Dr. Kaya", "first_name": "Elif"}, Customer(C, name="Dr. Kaya")),
        ({"name": None, "last_name": "Kaya"}, Customer(C, name="Kaya")),
        ({"email": " a@b.example "}, Customer(C, email="a@b.example")),
        ({"email": "nobody"}, Customer(C)),
        ({"email": "a b@c.example"}, Customer(C)),
        ({"email": "a@b.example\nBcc: x@y"}, Customer(C)),
        ({"phone": ""}, Customer(C)),
    ],
)
def test_a_customer_from_what_is_known(values: dict[str, Any], expected: Customer) -> None:
    assert from_values(C, values) == expected


def test_the_newest_of_each_field_counts(databases: Databases) -> None:
    keep(databases, entry(on(2), email="new@b.example"), entry(on(1), email="old@b.example", phone="1"))
    keep(databases, entry(on(1.5), email="late@b.example", name="Elif"))
    assert find(databases) == Customer(C, "Elif", "new@b.example", "1")


def test_a_field_known_to_be_none_is_gone(databases: Databases) -> None:
    keep(databases, entry(on(1), email="a@b.example"), entry(on(2), email=None))
    assert find(databases).email is None
    with reading(databases.main) as connection:
        assert holders_by_email(connection, 1, "a@b.example", KEY) == []


def test_a_field_with_a_path_in_its_name(databases: Databases) -> None:
    keep(databases, entry(on(1), **{"ship_to/postal_code": "1"}))
    keep(databases, entry(on(2), **{"ship_to/postal_code": "2", "name": "E"}))
    assert find(databases).name == "E"


ENTRIES = st.lists(
    st.builds(
        lambda day, rank, name, value: entry(on(day), rank, **{name: value}),
        st.integers(0, 2),
        st.integers(0, 1),
        st.sampled_from(["email", "name", "phone"]),
        st.sampled_from([None, "a@b.example", "c@d.example"]),
    ),
    min_size=1,
    max_size=6,
)


def test_order_repetition_and_batches_do_not_matter(databases: Databases) -> None:
    @settings(max_examples=25, deadline=None)
    @given(ENTRIES, st.randoms(use_true_random=False), st.integers(1, 3))
    def check(entries: list[Entry], draw: Any, size: int) -> None:
        disturbed = entries * 2
        draw.shuffle(disturbed)
        with databases.main.begin() as connection:
            connection.execute(vault.delete())
        keep(databases, *entries)
        for start in range(0, len(disturbed), size):
            keep(databases, *disturbed[start : start + size], store_id=2)
        assert find(databases) == find(databases, store_id=2)

    check()


def test_nothing_is_readable_without_both_keys(databases: Databases) -> None:
    keep(databases, entry(email="elif@b.example", phone="+90 555"))
    with reading(databases.main) as connection:
        (row,) = connection.execute(sa.select(vault))
    assert "elif" not in repr(row)
    with pytest.raises(ConfigurationError):
        find(databases, key=new_key())


@pytest.mark.parametrize("moved", [{"holder": "standard:C2"}, {"store_id": 2}])
def test_a_row_moved_to_another_person_or_store_does_not_open(
    databases: Databases, moved: dict[str, Any]
) -> None:
    keep(databases, entry(email="elif@b.example"))
    with databases.main.begin() as connection:
        connection.execute(vault.update().values(**moved))
    with pytest.raises(ConfigurationError):
        find(databases, moved.get("holder", C), store_id=moved.get("store_id", 1))


def test_destroying_the_wrapped_key_destroys_the_person(databases: Databases) -> None:
    keep(databases, entry(email="elif@b.example"), entry(holder="standard:C2", email="other@b.example"))
    with databases.main.begin() as connection:
        connection.execute(vault.update().where(vault.c.holder == C).values(wrapped_key=b""))
    assert find(databases, "standard:C2").email == "other@b.example"
    with pytest.raises(ConfigurationError):
        find(databases)


@pytest.mark.parametrize("written", ["Elif@B.Example", "elif@b.example", " ELIF@B.EXAMPLE "])
def test_a_customer_is_found_by_address_however_it_is_written(databases: Databases, written: str) -> None:
    keep(databases, entry(email="elif@b.example"), entry(holder="standard:C2", email="x@b.example"))
    with reading(databases.main) as connection:
        assert holders_by_email(connection, 1, written, KEY) == [C]
        assert holders_by_email(connection, 2, written, KEY) == []
        assert holders_by_email(connection, 1, written, new_key()) == []


def test_who_is_not_there_has_no_fields(databases: Databases) -> None:
    assert find(databases) == Customer(C)


def test_a_field_is_read_by_the_path_under_which_it_was_kept(databases: Databases) -> None:
    keep(databases, entry(**{"reviews/r/1/text": "Geç geldi"}))
    with reading(databases.main) as connection:
        assert values_of(connection, 1, [C, "nobody"], KEY) == {
            C: {"reviews/r/1/text": "Geç geldi"},
            "nobody": {},
        }
