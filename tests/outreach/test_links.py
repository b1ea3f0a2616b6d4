"""The addresses in a letter open what they say, for whom they were made, for sixty days."""

from __future__ import annotations

from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.build import on

from vefa.customers.link import ExpiredLinkError, Link, LinkError, Scope, read
from vefa.outreach.links import SCORES, links_for
from vefa.stores.sealing import new_key
from vefa.stores.store import Store

KEY = new_key()
LINKS = links_for(
    Store(1, "mercan", "Mercan"),
    KEY,
    "https://vefa.example",
    holder="standard:C1",
    order_id="standard:1",
    message_id="m1",
    language="fa",
    now=on(0),
)


def opened(address: str) -> Link:
    parts = urlsplit(address)
    slug, token = parts.path.removeprefix("/vefa/c/").split("/")
    assert (parts.scheme, parts.netloc, slug) == ("https", "vefa.example", "mercan")
    return read(token, KEY, on(60) - timedelta(seconds=1))


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        (LINKS.status, Scope.STATUS),
        (LINKS.person, Scope.PERSON),
        (LINKS.cancel, Scope.PERSON),
        (LINKS.ask_return, Scope.RETURN),
        (LINKS.preferences, Scope.PREFERENCES),
        (LINKS.feedback(), Scope.FEEDBACK),
        (LINKS.case("c1"), Scope.CASE),
    ],
)
def test_each_opens_one_thing(address: str, scope: Scope) -> None:
    case = "c1" if scope is Scope.CASE else None
    assert opened(address) == Link(scope, "standard:C1", on(60), "standard:1", case, "m1", "fa")


def test_an_answer_is_marked_in_the_address_of_the_one_question() -> None:
    addresses = [LINKS.feedback(score) for score in SCORES]
    assert {one.partition("?")[0] for one in addresses} == {LINKS.feedback()}
    assert [parse_qs(urlsplit(one).query) for one in addresses] == [{"score": [str(n)]} for n in SCORES]
    assert parse_qs(urlsplit(LINKS.cancel).query) == {"about": ["cancel"]}


def test_a_link_ends_after_sixty_days_and_opens_with_no_other_key() -> None:
    token = LINKS.status.rpartition("/")[2]
    with pytest.raises(ExpiredLinkError):
        read(token, KEY, on(60))
    with pytest.raises(LinkError):
        read(token, new_key(), on(1))
