"""A link opens one page of one customer of one store, and nothing else; everybody else finds nothing."""

from __future__ import annotations

import re
from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.pages.shop import GOOD, NOW, ORDER, Pages, plain

from vefa.cases.records import cases
from vefa.customers.link import Link, Scope, seal
from vefa.feedback.records import answers
from vefa.pages.nonce import issue
from vefa.stores.sealing import new_key

SCOPES = [scope for scope in Scope if scope is not Scope.CASE]
FORMS = {
    Scope.FEEDBACK: {"score": "1", "words": "x"},
    Scope.PERSON: {"how": "email", "words": "x"},
    Scope.RETURN: {"line.1": "1", "reason": "damaged", "wanted": "refund"},
    Scope.CASE: {"words": "x"},
    Scope.PREFERENCES: {"feedback": "off", "List-Unsubscribe": "One-Click"},
    Scope.STATUS: {"words": "x"},
}


def sent(pages: Pages, address: str, scope: Scope, slug: str = "mercan") -> int:
    """Send a form with a mark that would be good for this very address."""
    token = address.rpartition("/")[2]
    mark = issue(pages.store(slug)[1], token, scope.value, NOW)
    return pages.client.post(address, data={"form": mark} | FORMS[scope]).status_code


def test_a_link_of_another_store_is_not_found(pages: Pages) -> None:
    before = pages.rows()
    for scope in Scope:
        address = f"/vefa/c/mercan/{pages.token(scope, 'standard:7001', 'golestan', case_id='1')}"
        assert pages.get(address).status_code == 404
        assert sent(pages, address, scope) == 404
    assert pages.rows() == before


def test_a_link_that_nobody_of_ours_made_is_not_found(pages: Pages) -> None:
    before = pages.rows()
    for scope in Scope:
        link = Link(scope, "standard:c1001", NOW.replace(year=2030), order_id=ORDER, case_id="1")
        address = f"/vefa/c/mercan/{seal(link, new_key())}"
        assert pages.get(address).status_code == 404
        assert sent(pages, address, scope) == 404
    assert pages.rows() == before


def test_a_link_that_was_changed_is_not_found(pages: Pages) -> None:
    token = pages.token(Scope.STATUS)
    for place in (0, 5, 20, 60, len(token) - 4):
        changed = token[:place] + ("A" if token[place] != "A" else "Q") + token[place + 1 :]
        assert pages.get(f"/vefa/c/mercan/{changed}").status_code == 404
    for other in (f"mercan/{token[:-4]}", f"mercan/{token}AAAA", f"nowhere/{token}", f"golestan/{token}"):
        assert pages.get(f"/vefa/c/{other}").status_code == 404


def test_an_expired_link_takes_nothing(pages: Pages) -> None:
    before = pages.rows()
    for scope in Scope:
        address = pages.address(scope, GOOD, expires_at=NOW, case_id="1")
        assert pages.get(address).status_code == 410
        assert sent(pages, address, scope) == 410
    assert pages.rows() == before


def test_a_link_shows_its_own_order_alone(pages: Pages) -> None:
    pages.post(pages.address(Scope.FEEDBACK, GOOD), score="1", words="Mine alone")
    pages.post(pages.address(Scope.PERSON, GOOD), how="email", words="Mine alone")
    for scope in SCOPES:
        for query in ("", f"?order_id={GOOD}", "?done=1", "?case_id=1"):
            text = plain(pages.get(pages.address(scope, ORDER) + query).text)
            assert "1009" not in text and "Mine alone" not in text


def test_a_conversation_opens_for_its_own_customer_alone(pages: Pages) -> None:
    pages.post(pages.address(Scope.PERSON, GOOD), how="email", words="Mine alone")
    (case,) = pages.table(cases)
    assert pages.get(pages.address(Scope.CASE, GOOD, case_id=case.id)).status_code == 200
    for order in (ORDER, None):
        foreign = pages.address(Scope.CASE, order, case_id=case.id)
        assert pages.get(foreign).status_code == 404
        assert sent(pages, foreign, Scope.CASE) == 404
    elsewhere = pages.address(Scope.CASE, "standard:7001", "golestan", case_id=case.id)
    assert pages.get(elsewhere).status_code == 404


def test_a_mark_of_one_page_sends_no_form_of_another(pages: Pages) -> None:
    token = pages.token(Scope.FEEDBACK, GOOD)
    key = pages.store("mercan")[1]
    for mark in (
        issue(key, token, Scope.PERSON.value, NOW),
        issue(key, pages.token(Scope.FEEDBACK, GOOD), Scope.FEEDBACK.value, NOW),
        issue(pages.store("golestan")[1], token, Scope.FEEDBACK.value, NOW),
        "",
    ):
        answer = pages.client.post(f"/vefa/c/mercan/{token}", data={"form": mark, "score": "1"})
        assert answer.status_code == 400
    assert pages.table(answers) == []


def test_a_page_leads_to_pages_of_the_same_order_and_time(pages: Pages) -> None:
    text = pages.get(pages.address(Scope.STATUS, GOOD)).text
    links = [one for one in re.findall(r'href="(/vefa/c/mercan/[^"?]+)"', text) if len(one) > 60]
    assert len(links) >= 3
    for link in links:
        assert pages.get(link).status_code == 200
        assert "1001" not in pages.get(link).text


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=st.text(st.characters(codec="utf-8", exclude_characters="/?#"), min_size=1, max_size=200))
def test_any_other_text_is_not_found(pages: Pages, token: str) -> None:
    answer = pages.get(f"/vefa/c/mercan/{quote(token, safe='')}")
    assert answer.status_code == 404 or token in ("policy", "brand.css", ".", "..")
