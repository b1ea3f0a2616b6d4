"""Signing in: one-time links, passwords, sessions, and what is refused."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from tests.support import everything

from vefa.database import Databases
from vefa.staff import enter, passwords, records, session_records
from vefa.staff.account import Account
from vefa.staff.enter import Entry, Refusal

pytestmark = pytest.mark.contract

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PASSWORD = "kırmızı vosvos 1974"
HOME = "192.0.2.7"


@pytest.fixture
def engine(databases: Databases) -> Engine:
    return databases.main


@pytest.fixture
def account(engine: Engine) -> Account:
    with engine.begin() as connection:
        account = records.add(connection, " Deniz@Example.com ", language="tr", now=NOW)
        records.join(connection, 7, account.id, now=NOW)
    return account


def link(engine: Engine, account: Account, now: datetime = NOW) -> str:
    with engine.begin() as connection:
        return session_records.make_link(connection, account.id, 7, now=now)


def choose_password(engine: Engine, account: Account) -> Entry:
    entry = enter.by_link(engine, link(engine, account), PASSWORD, now=NOW)
    assert isinstance(entry, Entry)
    return entry


def signed_in(engine: Engine, session: str, now: datetime = NOW) -> Account | None:
    with engine.connect() as connection:
        found = session_records.session_account(connection, session, now=now)
    return found and found[0]


def test_an_address_is_folded_and_added_once(engine, account):
    with engine.begin() as connection:
        again = records.add(connection, "DENIZ@example.com", now=NOW)
        records.join(connection, 7, account.id, now=NOW)
        assert records.stores_of(connection, account.id) == [7]
    assert again == account
    assert account.email == "deniz@example.com"
    assert account.name == "Deniz"


def test_a_link_lets_in_once(engine, account):
    secret = link(engine, account)
    entry = enter.by_link(engine, secret, PASSWORD, now=NOW)
    assert isinstance(entry, Entry)
    assert signed_in(engine, entry.session) == account
    assert enter.by_link(engine, secret, PASSWORD, now=NOW) is Refusal.LINK_GONE


def test_a_link_ends_after_a_day(engine, account):
    secret = link(engine, account)
    assert enter.by_link(engine, secret, PASSWORD, now=NOW + timedelta(hours=24)) is Refusal.LINK_GONE


def test_a_short_password_does_not_use_the_link_up(engine, account):
    secret = link(engine, account)
    assert enter.by_link(engine, secret, "short", now=NOW) is Refusal.PASSWORD_UNFIT
    assert isinstance(enter.by_link(engine, secret, PASSWORD, now=NOW), Entry)


def test_choosing_a_password_ends_every_other_way_in(engine, account):
    first = choose_password(engine, account)
    other_link, used_link = link(engine, account), link(engine, account)
    enter.by_link(engine, used_link, "another long password", now=NOW)
    assert signed_in(engine, first.session) is None
    assert enter.by_link(engine, other_link, PASSWORD, now=NOW) is Refusal.LINK_GONE
    assert enter.by_password(engine, account.email, PASSWORD, HOME, now=NOW) is Refusal.WRONG


def test_the_password_opens_a_new_session_each_time(engine, account):
    first = choose_password(engine, account)
    second = enter.by_password(engine, "Deniz@example.com", PASSWORD, HOME, now=NOW)
    assert isinstance(second, Entry)
    assert second.session != first.session
    assert signed_in(engine, first.session) == signed_in(engine, second.session) == account


def test_nothing_secret_stands_in_the_database(databases, engine, account):
    entry = choose_password(engine, account)
    secret = link(engine, account)
    kept = everything(databases)
    assert account.id.encode() in kept
    for plain in (entry.session, secret, PASSWORD):
        assert plain.encode() not in kept


@pytest.mark.parametrize("email", ["deniz@example.com", "nobody@example.com"])
def test_five_failures_close_the_door_for_a_quarter_of_an_hour(engine, account, email):
    choose_password(engine, account)
    for number in range(5):
        refused = enter.by_password(engine, email, "a wrong password", f"198.51.100.{number}", now=NOW)
        assert refused is Refusal.WRONG
    assert enter.by_password(engine, email, PASSWORD, HOME, now=NOW) is Refusal.TOO_MANY
    later = NOW + timedelta(minutes=15)
    assert enter.by_password(engine, email, PASSWORD, HOME, now=later) is not Refusal.TOO_MANY


def test_twenty_failures_close_the_door_for_an_address(engine, account):
    choose_password(engine, account)
    for number in range(20):
        enter.by_password(engine, f"guess{number}@example.com", "a wrong password", HOME, now=NOW)
    assert enter.by_password(engine, account.email, PASSWORD, HOME, now=NOW) is Refusal.TOO_MANY
    assert isinstance(enter.by_password(engine, account.email, PASSWORD, "192.0.2.8", now=NOW), Entry)


def test_getting_in_forgets_earlier_failures(engine, account):
    choose_password(engine, account)
    for _ in range(3):
        for _ in range(4):
            enter.by_password(engine, account.email, "a wrong password", HOME, now=NOW)
        assert isinstance(enter.by_password(engine, account.email, PASSWORD, HOME, now=NOW), Entry)


def test_an_account_without_a_password_cannot_sign_in(engine, account):
    assert enter.by_password(engine, account.email, "", HOME, now=NOW) is Refusal.WRONG
    assert not passwords.matches(None, "nobody has this password")


def test_a_session_ends_when_idle_and_after_a_week(engine, account):
    session = choose_password(engine, account).session
    assert signed_in(engine, session, NOW + timedelta(hours=12)) is None
    at = NOW
    while at < NOW + timedelta(days=7):
        assert signed_in(engine, session, at) == account
        with engine.begin() as connection:
            session_records.touch_session(connection, session, now=at)
        at += timedelta(hours=11)
    assert signed_in(engine, session, at) is None


def test_a_session_can_be_ended(engine, account):
    session = choose_password(engine, account).session
    with engine.begin() as connection:
        session_records.end_session(connection, session)
    assert signed_in(engine, session) is None


def test_what_has_expired_is_deleted(engine, account):
    choose_password(engine, account)
    enter.by_password(engine, account.email, "a wrong password", HOME, now=NOW)
    link(engine, account)
    later = NOW + timedelta(days=8)
    link(engine, account, later)
    assert isinstance(enter.by_password(engine, account.email, PASSWORD, HOME, now=later), Entry)
    with engine.connect() as connection:
        for table in (session_records.links, session_records.sessions):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 1
        assert connection.scalar(sa.select(sa.func.count()).select_from(session_records.failures)) == 0


def test_two_encodings_of_one_password_are_equal():
    assert passwords.matches(passwords.hashed("ﬁve long words here"), "five long words here")


@pytest.mark.parametrize(("password", "fit"), [("x" * 11, False), ("x" * 12, True), ("x" * 201, False)])
def test_passwords_have_a_length(password, fit):
    assert passwords.fits(password) is fit


def test_a_stranger_has_no_role(engine, account):
    with engine.connect() as connection:
        assert records.role_in(connection, 8, account.id) is None
        assert records.role_in(connection, 7, account.id) == "owner"
