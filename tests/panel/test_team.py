"""The team: invitations, roles, removal, forgotten passwords, and one's own account."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.panel.shop import NOW, PASSWORD, Browser, Shop
from tests.panel.test_roles import member, signed_in

from vefa.staff import enter, mail, records, session_records, team
from vefa.staff.account import Role
from vefa.staff.enter import Refusal
from vefa.staff.mail_records import staff_messages
from vefa.staff.team import LastOwnerError
from vefa.stores.records import with_key

PAGE = "/vefa/mercan/settings/team"
OTHER = "another long password"


def letters(shop: Shop) -> list[dict[str, str]]:
    with shop.world.databases.main.connect() as connection:
        rows = connection.execute(sa.select(staff_messages).order_by(staff_messages.c.id)).all()
        return [mail.content(row, with_key(connection, row.store_id, shop.world.master)[1]) for row in rows]


def link_in(letter: dict[str, str]) -> str:
    found = re.search(r"https://vefa\.example(/vefa/sign-in/\S+)", letter["text"])
    assert found, letter["text"]
    return found[1]


def invited(owner: Browser, **fields: str) -> int:
    given = {"email": "Nur@Example.com", "role": "agent", "language": "tr"} | fields
    return owner.post(f"{PAGE}/invite", PAGE, **given).status_code


def role_of(shop: Shop, email: str) -> Role | None:
    with shop.world.databases.main.connect() as connection:
        account = records.by_email(connection, email)
        assert account is not None
        return records.role_in(connection, 1, account.id)


def actions(shop: Shop) -> list[str]:
    with shop.world.databases.main.connect() as connection:
        return list(connection.scalars(sa.select(records.audit.c.action).order_by(records.audit.c.id)))


def test_who_is_invited_chooses_a_name_and_a_password_and_is_in(shop: Shop, owner: Browser) -> None:
    assert invited(owner) == 303
    assert "nur@example.com" in owner.get(PAGE).text
    assert role_of(shop, "nur@example.com") is None
    letter = letters(shop)[-1]
    assert letter["to"] == "nur@example.com" and "Shop mercan" in letter["subject"]
    address, browser = link_in(letter), shop.browser()
    for _ in range(3):
        assert "Shop mercan" in browser.get(address).text
    answer = browser.post(address, address, name="Nur Ak", password=OTHER)
    assert answer.status_code == 303
    assert browser.get("/vefa/mercan/deliveries").status_code == 200
    assert role_of(shop, "nur@example.com") is Role.AGENT
    assert "Nur Ak" in owner.get(PAGE).text
    assert shop.browser().get(address).status_code == 404
    assert {"member_invited", "joined"} <= set(actions(shop))


def test_who_has_an_account_just_joins(shop: Shop, owner: Browser) -> None:
    shop.add("kilim")
    shop.browser("kilim")
    assert invited(owner, email="owner@kilim.example", role="manager") == 303
    address, browser = link_in(letters(shop)[-1]), shop.browser()
    assert "with the password you have" in browser.get(address).text
    browser.post(address, address, password=OTHER)
    known = {"email": "owner@kilim.example", "password": OTHER}
    answer = shop.browser().post("/vefa/sign-in", "/vefa/sign-in", **known)
    assert answer.status_code == 401, "an invitation changes no password"
    assert browser.post(address, address, join="1").status_code == 303
    assert browser.get("/vefa/mercan/deliveries").status_code == 303, "joining signs nobody in"
    assert role_of(shop, "owner@kilim.example") is Role.MANAGER
    text = shop.browser("kilim").get("/vefa/kilim/deliveries").text
    assert "Other stores" in text and "/vefa/mercan/" in text


def test_an_invitation_ends_after_seven_days_or_when_it_is_taken_back(shop: Shop, owner: Browser) -> None:
    invited(owner)
    first = link_in(letters(shop)[-1]).rpartition("/")[2]
    invited(owner)
    second = link_in(letters(shop)[-1]).rpartition("/")[2]
    engine, later = shop.world.databases.main, NOW + timedelta(days=7)
    assert enter.by_link(engine, first, OTHER, now=NOW) is Refusal.LINK_GONE
    assert enter.by_link(engine, second, OTHER, now=later) is Refusal.LINK_GONE
    token = re.search(r'name="token" value="([^"]+)"', owner.get(PAGE).text)
    assert token
    assert owner.post(f"{PAGE}/withdraw", PAGE, token=token[1]).status_code == 303
    assert enter.by_link(engine, second, OTHER, now=NOW) is Refusal.LINK_GONE
    with engine.connect() as connection:
        assert records.by_email(connection, "nur@example.com") is None, "nothing of them is left"


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"email": "nur"}, "Write an e-mail address"),
        ({"email": ""}, "This is needed."),
        ({"email": "owner@mercan.example"}, "a member already"),
        ({"role": "king"}, "This cannot be used."),
    ],
)
def test_what_is_wrong_with_an_invitation_stands_at_its_field(
    shop: Shop, owner: Browser, fields: dict[str, str], words: str
) -> None:
    before = len(letters(shop))
    given = {"email": "nur@example.com", "role": "agent", "language": "tr"} | fields
    answer = owner.post(f"{PAGE}/invite", PAGE, **given)
    assert answer.status_code == 422 and words in answer.text
    assert f'value="{given["email"]}"' in answer.text
    assert len(letters(shop)) == before


def test_a_removed_member_loses_the_store_at_once(shop: Shop, owner: Browser) -> None:
    agent = member(shop, "mercan", Role.AGENT)
    browser = signed_in(shop, agent)
    assert browser.get("/vefa/mercan/deliveries").status_code == 200
    assert owner.post(f"{PAGE}/remove", PAGE, account=agent.id).status_code == 303
    assert browser.get("/vefa/mercan/deliveries").status_code == 404


def test_a_role_counts_from_the_next_request(shop: Shop, owner: Browser) -> None:
    agent = member(shop, "mercan", Role.AGENT)
    browser = signed_in(shop, agent)
    assert browser.post("/vefa/mercan/outreach/stop", "/vefa/mercan/outreach").status_code == 403
    assert owner.post(f"{PAGE}/role", PAGE, account=agent.id, role="manager").status_code == 303
    assert browser.post("/vefa/mercan/outreach/stop", "/vefa/mercan/outreach").status_code == 303


@pytest.mark.parametrize("way", ["remove", "role"])
def test_the_last_owner_stays(shop: Shop, owner: Browser, way: str) -> None:
    last = shop.owners["mercan"]
    answer = owner.post(f"{PAGE}/{way}", PAGE, account=last.id, role="viewer")
    assert answer.status_code == 422 and "keeps at least one owner" in answer.text
    assert role_of(shop, last.email) is Role.OWNER
    second = member(shop, "mercan", Role.OWNER, "Second")
    assert owner.post(f"{PAGE}/{way}", PAGE, account=last.id, role="viewer").status_code == 303
    with shop.world.databases.main.begin() as connection, pytest.raises(LastOwnerError):
        team.remove(connection, 1, second.id)


def test_without_the_check_the_last_owner_would_go(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: the test above rests on this one check."""
    monkeypatch.setattr(team, "_keep_an_owner", lambda *_: None)
    with shop.world.databases.main.begin() as connection:
        team.remove(connection, 1, shop.owners["mercan"].id)
        assert team.members(connection, 1) == []


def test_another_stores_members_and_invitations_are_out_of_reach(shop: Shop, owner: Browser) -> None:
    shop.add("kilim")
    stranger = shop.owners["kilim"].id
    for way in ("role", "remove"):
        assert owner.post(f"{PAGE}/{way}", PAGE, account=stranger, role="viewer").status_code == 404
    kilim = shop.browser("kilim")
    there = "/vefa/kilim/settings/team"
    kilim.post(f"{there}/invite", there, email="x@example.com", role="agent", language="en")
    token = re.search(r'name="token" value="([^"]+)"', kilim.get(there).text)
    assert token
    assert owner.post(f"{PAGE}/withdraw", PAGE, token=token[1]).status_code == 404
    assert "x@example.com" in kilim.get(there).text


def test_members_are_listed_with_when_they_were_last_seen(shop: Shop, owner: Browser) -> None:
    member(shop, "mercan", Role.VIEWER, "Quiet")
    text = owner.get(PAGE).text
    assert "Owner of mercan" in text and "Quiet" in text and "21 Nov, 15:30" in text


def forgot(browser: Browser, email: str) -> str:
    answer = browser.post("/vefa/sign-in/forgot", "/vefa/sign-in/forgot", email=email)
    assert answer.status_code == 200
    return re.sub(r'value="[^"]{40,}"', "", answer.text)


def test_a_forgotten_password_is_answered_the_same_for_everybody(shop: Shop, owner: Browser) -> None:
    browser = shop.browser()
    known, stranger = forgot(browser, "OWNER@mercan.example"), forgot(browser, "nobody@mercan.example")
    assert known == stranger
    assert [letter["to"] for letter in letters(shop)] == ["owner@mercan.example"]
    for _ in range(5):
        assert forgot(browser, "owner@mercan.example") == known
    assert len(letters(shop)) == 3, "three in a quarter of an hour are enough"
    answer = browser.post("/vefa/sign-in", "/vefa/sign-in", email="owner@mercan.example", password=PASSWORD)
    assert answer.status_code == 303, "asking shuts nobody out"


def test_the_reset_link_works_once_for_an_hour_and_ends_every_session(shop: Shop, owner: Browser) -> None:
    forgot(shop.browser(), "owner@mercan.example")
    address, browser = link_in(letters(shop)[-1]), shop.browser()
    engine, secret = shop.world.databases.main, address.rpartition("/")[2]
    assert enter.by_link(engine, secret, OTHER, now=NOW + timedelta(hours=1)) is Refusal.LINK_GONE
    assert browser.post(address, address, password=OTHER).status_code == 303
    assert owner.get("/vefa/mercan/deliveries").status_code == 303
    assert browser.get("/vefa/mercan/deliveries").status_code == 200
    assert shop.browser().get(address).status_code == 404
    assert enter.by_link(engine, secret, PASSWORD, now=NOW) is Refusal.LINK_GONE


def test_a_link_that_is_not_used_up_would_work_twice(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """A planted fault: what is tested above rests on using the link up, and on dropping the others."""
    engine = shop.world.databases.main
    with engine.begin() as connection:
        secret = session_records.make_link(connection, shop.owners["mercan"].id, 1, now=NOW)
    monkeypatch.setattr(session_records, "use_link", lambda *_, **__: True)
    monkeypatch.setattr(session_records, "drop_links", lambda *_: None)
    for _ in range(2):
        assert not isinstance(enter.by_link(engine, secret, OTHER, now=NOW), Refusal)


ACCOUNT = "/vefa/mercan/settings/account"


def test_one_changes_ones_own_name_and_password(shop: Shop, owner: Browser) -> None:
    elsewhere = signed_in(shop, shop.owners["mercan"])
    assert owner.post(f"{ACCOUNT}/name", ACCOUNT, name="  Derya   Su ").status_code == 303
    assert "Derya Su" in owner.get(ACCOUNT).text
    wrong = owner.post(f"{ACCOUNT}/password", ACCOUNT, current="not this one", password=OTHER)
    assert wrong.status_code == 422 and "not your current password" in wrong.text
    short = owner.post(f"{ACCOUNT}/password", ACCOUNT, current=PASSWORD, password="short")
    assert short.status_code == 422 and "too short" in short.text
    assert PASSWORD not in short.text
    done = owner.post(f"{ACCOUNT}/password", ACCOUNT, current=PASSWORD, password=OTHER)
    assert done.status_code == 303
    assert owner.get(ACCOUNT).status_code == 200, "one's own session goes on"
    assert elsewhere.get(ACCOUNT).status_code == 303, "the others end"


def test_guessing_the_current_password_ends_after_five(shop: Shop, owner: Browser) -> None:
    for _ in range(5):
        owner.post(f"{ACCOUNT}/password", ACCOUNT, current="a wrong guess", password=OTHER)
    answer = owner.post(f"{ACCOUNT}/password", ACCOUNT, current=PASSWORD, password=OTHER)
    assert answer.status_code == 422 and "Too many attempts" in answer.text
