from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from tests.panel.shop import NOW, Browser, Shop, delivered, event, placed, plain, shipped

from vefa.outreach.records import messages
from vefa.policy.table import Kind
from vefa.returns.records import returns
from vefa.staff import records as staff
from vefa.staff.account import Role
from vefa.staff.records import audit, memberships

DAY = timedelta(days=1)
HOME = "/vefa/mercan/returns"


def asked(number: str, at: datetime, name: str, **more: Any) -> dict[str, Any]:
    return event("return.requested", at, order_id=number, **{"return": {"id": name} | more})


def bought(number: str, arrived: datetime, **more: Any) -> list[dict[str, Any]]:
    """Return the events of an order that arrived."""
    at = arrived - 5 * DAY
    return [placed(number, at, None, **more), shipped(number, at + DAY), delivered(number, arrived)]


def story() -> list[dict[str, Any]]:
    """Return four requests: within the period, after it, received a while ago, and closed."""
    found = [*bought("2001", NOW - 5 * DAY), *bought("2002", NOW - 40 * DAY)]
    found += [*bought("2003", NOW - 30 * DAY), *bought("2004", NOW - 30 * DAY)]
    found += [
        asked("2001", NOW - DAY, "R1", lines=[{"id": "1", "quantity": 1}], reason="Rengi <b>solmuş</b>"),
        asked("2002", NOW - 2 * DAY, "R2", reason="changed_mind"),
        asked("2003", NOW - 22 * DAY, "R3", reason="damaged"),
        event("return.received", NOW - 20 * DAY, order_id="2003", **{"return": {"id": "R3"}}),
        asked("2004", NOW - 22 * DAY, "R4", reason="damaged"),
        event("refund.created", NOW - 3 * DAY, order_id="2004", refund={"id": "F", "amount": "10.00"}),
    ]
    return sorted(found, key=lambda one: str(one["timestamp"]))


@pytest.fixture
def counter(shop: Shop) -> Shop:
    shop.feed("mercan", story())
    return shop


def row_of(shop: Shop, order: str) -> Any:
    with shop.world.databases.main.connect() as connection:
        return connection.execute(returns.select().where(returns.c.order_number == order)).one()


def page_of(shop: Shop, order: str) -> str:
    return f"{HOME}/{row_of(shop, order).number}"


def be(shop: Shop, role: Role) -> Browser:
    """Return the browser of a member who has this role."""
    browser = shop.browser("mercan")
    with shop.world.databases.main.begin() as connection:
        connection.execute(memberships.update().values(role=role.value))
    return browser


def letters(shop: Shop) -> list[Any]:
    with shop.world.databases.main.connect() as connection:
        return list(connection.execute(messages.select().where(messages.c.purpose.like("return_%"))))


def test_the_list_shows_each_request_with_what_the_policy_says_and_why(counter: Shop) -> None:
    text = plain(counter.browser("mercan").get(HOME).text)
    assert "2 to decide, 0 on the way back, 1 here and not settled. Money is overdue for 1 of them." in text
    assert "#2001" in text and "#2002" in text and "#2003" not in text
    assert "Take back" in text and "still runs" in text and "Refuse" in text and "is over" in text
    assert "row " in text


@pytest.mark.parametrize(
    ("view", "orders"),
    [
        ("decide", ["2002", "2001"]),
        ("owed", ["2003"]),
        ("closed", ["2004"]),
        ("refused", []),
        ("back", []),
        ("all", ["2001", "2002", "2003", "2004"]),
    ],
)
def test_views_hold_what_they_say(counter: Shop, view: str, orders: list[str]) -> None:
    text = counter.browser("mercan").get(HOME, query_string={"view": view}).text
    for order in ("2001", "2002", "2003", "2004"):
        assert (f">#{order}<" in text) == (order in orders)


@pytest.mark.parametrize("words", ["2002", "#2002", "c2002@example.com"])
def test_a_return_is_found_by_order_and_customer(counter: Shop, words: str) -> None:
    text = counter.browser("mercan").get(HOME, query_string={"q": words}).text
    assert ">#2002<" in text and ">#2001<" not in text


@pytest.mark.parametrize("query", ["view=lost", "after=yesterday~x", "after=2026-01-01T00:00:00~x"])
def test_what_cannot_be_read_is_refused(counter: Shop, query: str) -> None:
    assert counter.browser("mercan").get(f"{HOME}?{query}").status_code == 400


def test_empty_views_say_what_to_do_next(shop: Shop) -> None:
    browser = shop.browser("mercan")
    assert "Nobody has asked for a return yet" in browser.get(HOME).text
    shop.feed("mercan", [*bought("2003", NOW - 30 * DAY), asked("2003", NOW - DAY, "R")])
    assert "There is nothing in this view" in browser.get(f"{HOME}?view=closed").text


def test_pages_follow_each_other(counter: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vefa.panel.returns.PAGE", 1)
    browser = counter.browser("mercan")
    for view, orders in (("all", ["2001", "2002"]), ("decide", ["2002", "2001"])):
        first = browser.get(f"{HOME}?view={view}").text
        assert f">#{orders[0]}<" in first and f">#{orders[1]}<" not in first
        address = first.partition('rel="next"')[0].rpartition('href="')[2].partition('"')[0]
        second = browser.get(address.replace("&amp;", "&")).text
        assert f">#{orders[1]}<" in second and f">#{orders[0]}<" not in second


def test_one_return_shows_the_words_the_decision_and_the_way_on(counter: Shop) -> None:
    page = counter.browser("mercan").get(page_of(counter, "2001")).text
    assert "Rengi &lt;b&gt;solmuş&lt;/b&gt;" in page
    text = plain(page)
    for part in (
        "1 × Bakır cezve",
        "Take back",
        "Withdrawal period",
        "from this policy",
        "Story of the order",
    ):
        assert part in text, part
    assert "Ürünü geri alıyoruz" in text  # what the policy says to the customer, in the customer's language


def test_get_keeps_nothing(counter: Shop) -> None:
    browser, address = counter.browser("mercan"), page_of(counter, "2001")
    before = row_of(counter, "2001")
    for path in (address, f"{address}/letter/approve", f"{address}/letter/refuse?reason=x", HOME):
        assert browser.get(path).status_code == 200
    assert row_of(counter, "2001") == before and letters(counter) == []


def test_the_letter_is_seen_before_it_leaves_in_the_customers_language(counter: Shop) -> None:
    browser, address = counter.browser("mercan"), page_of(counter, "2001")
    answer = browser.post(
        f"{address}/letter", address, step="approve", send_to="Ege Depo", code="K7Q2-9FMX", payer="store"
    )
    text = plain(answer.text)
    assert "Ege Depo" in text and "K7Q2-9FMX" in text and "İade talebinizi kabul ediyoruz" in text
    assert "sandbox" in answer.headers["Content-Security-Policy"]
    assert letters(counter) == [] and row_of(counter, "2001").verdict is None


def test_accepting_tells_the_customer_and_leaves_a_trail(counter: Shop) -> None:
    browser, address = counter.browser("mercan"), page_of(counter, "2001")
    answer = browser.post(f"{address}/approve", address, send_to="Ege Depo, Bornova", payer="store")
    assert answer.status_code == 303
    assert "The letter is on its way." in browser.get(answer.location).text
    row = row_of(counter, "2001")
    assert (row.state, row.verdict) == ("approved", "approved") and row.code
    (letter,) = letters(counter)
    assert letter.purpose == "return_approved"
    counter.world.work(NOW)
    assert "c2001@example.com" in counter.world.sink.messages[-1]
    text = plain(browser.get(address).text)
    assert "What the customer was told" in text and row.code in text and "Ege Depo, Bornova" in text
    with counter.world.databases.main.connect() as connection:
        assert connection.scalars(sa.select(audit.c.action)).all()[-1] == "return_approved"


def test_a_way_back_has_to_be_named_and_nothing_typed_is_lost(counter: Shop) -> None:
    browser, address = counter.browser("mercan"), page_of(counter, "2001")
    answer = browser.post(f"{address}/approve", address, send_to=" ", code="K7Q2-9FMX", payer="store")
    assert answer.status_code == 409
    assert "Say where the goods go" in answer.text and "K7Q2-9FMX" in answer.text
    assert row_of(counter, "2001").verdict is None


def test_a_refusal_needs_reason_and_alternative(counter: Shop) -> None:
    browser, address = counter.browser("mercan"), page_of(counter, "2002")
    page = browser.get(address).text
    assert "Cayma süresi" in page  # the policy's own words stand in the form
    answer = browser.post(f"{address}/refuse", address, reason="Süre doldu.", alternative="")
    assert answer.status_code == 409 and "Süre doldu." in answer.text
    answer = browser.post(f"{address}/refuse", address, reason="Süre doldu.", alternative="Değişim")
    assert answer.status_code == 303
    assert row_of(counter, "2002").state == "refused"
    assert [one.purpose for one in letters(counter)] == ["return_refused"]


def test_a_refused_return_offers_its_acceptance_folded_away(counter: Shop) -> None:
    browser, address = counter.browser("mercan"), page_of(counter, "2001")
    assert "Your answer" in browser.get(address).text
    browser.post(f"{address}/refuse", address, reason="Süre doldu.", alternative="Değişim")
    text = browser.get(address).text
    assert "Your answer" not in text and "Refuse and tell" not in text
    folded = text.index('<details class="v-again"><summary')
    assert folded < text.index("Accept and tell the customer")
    assert browser.post(f"{address}/approve", address, send_to="Ege Depo", payer="store").status_code == 303


def test_goods_arrive_and_a_return_is_settled_by_hand(counter: Shop) -> None:
    browser, address = counter.browser("mercan"), page_of(counter, "2001")
    browser.post(f"{address}/approve", address, send_to="Ege Depo", payer="store")
    browser.post(f"{address}/sent", address)
    assert row_of(counter, "2001").state == "sent"
    browser.post(f"{address}/received", address, tell="1")
    row = row_of(counter, "2001")
    assert row.state == "received" and row.refund_due_at > NOW + 13 * DAY
    browser.post(f"{address}/close", address)
    assert row_of(counter, "2001").state == "closed"
    assert [one.purpose for one in letters(counter)] == ["return_approved", "return_settled"]
    assert browser.post(f"{address}/close", address).status_code == 409


def test_an_agent_decides_within_the_policy_alone(counter: Shop) -> None:
    browser = be(counter, Role.AGENT)
    within, beyond = page_of(counter, "2001"), page_of(counter, "2002")
    assert "a manager or the owner decides" in browser.get(beyond).text
    assert browser.post(f"{beyond}/approve", beyond, send_to="Ege Depo").status_code == 403
    assert browser.post(f"{within}/refuse", within, reason="a", alternative="b").status_code == 403
    answer = browser.post(f"{within}/approve", within, send_to="Ege Depo", payer="customer")
    assert answer.status_code == 403
    assert browser.post(f"{within}/approve", within, send_to="Ege Depo").status_code == 303
    assert browser.post(f"{beyond}/refuse", beyond, reason="a", alternative="b").status_code == 303


def test_a_viewer_reads_and_does_nothing(counter: Shop) -> None:
    browser, address = be(counter, Role.VIEWER), page_of(counter, "2001")
    assert "Accept and tell" not in browser.get(address).text
    for step in ("approve", "refuse", "received", "sent", "close", "letter"):
        assert browser.post(f"{address}/{step}", "/vefa/stores", step="approve").status_code in (400, 403)
    assert row_of(counter, "2001").verdict is None


def test_an_owner_may_decide_beyond_the_policy(counter: Shop) -> None:
    browser, address = counter.browser("mercan"), page_of(counter, "2002")
    assert browser.post(f"{address}/approve", address, send_to="Ege Depo", payer="store").status_code == 303


def test_without_a_reply_address_nothing_is_decided(empty_shop: Shop) -> None:
    empty_shop.add("mercan", reply_to=None)
    empty_shop.feed("mercan", story())
    browser, address = empty_shop.browser("mercan"), page_of(empty_shop, "2001")
    assert "Customers must be able to answer" in browser.get(address).text
    answer = browser.post(f"{address}/approve", address, send_to="Ege Depo", payer="store")
    assert answer.status_code == 409 and row_of(empty_shop, "2001").verdict is None


def test_another_stores_return_does_not_exist(counter: Shop) -> None:
    counter.add("kilim")
    events = [*bought("7001", NOW - 5 * DAY)]
    events += [asked("7001", NOW - DAY, f"K{number}", lines=[]) for number in range(6)]
    counter.feed("kilim", events)
    browser = counter.browser("mercan")
    for path in ("6", "6/letter/approve"):
        assert browser.get(f"{HOME}/{path}").status_code == 404
    for step in ("approve", "refuse", "received", "close", "letter", "sent"):
        answer = browser.post(
            f"{HOME}/6/{step}", HOME, step="approve", send_to="x", reason="a", alternative="b"
        )
        assert answer.status_code == 404, step
    assert browser.get("/vefa/kilim/returns").status_code == 404
    assert ">#7001<" not in browser.get(HOME, query_string={"q": "7001"}).text
    after = f"{(NOW - 300 * DAY).isoformat()}~0"
    assert ">#7001<" not in browser.get(HOME, query_string={"view": "decide", "after": after}).text


def test_the_orders_story_tells_of_its_returns(counter: Shop) -> None:
    browser, address = counter.browser("mercan"), page_of(counter, "2001")
    browser.post(f"{address}/refuse", address, reason="a", alternative="b")
    text = plain(browser.get("/vefa/mercan/deliveries/standard:2001").text)
    assert text.count("Return asked for") == 1 and "Return refused" in text and "Return 4" in text


@pytest.mark.parametrize("language", ["tr", "fa"])
def test_every_word_is_in_the_members_language(counter: Shop, language: str) -> None:
    browser = counter.browser("mercan")
    with counter.world.databases.main.begin() as connection:
        staff.set_language(connection, counter.owners["mercan"].id, language)
    for path in (HOME, page_of(counter, "2001"), page_of(counter, "2003")):
        text = plain(browser.get(path).text)
        for english in ("Return ", "The policy", "Your answer", "to decide", "Accept", "What comes back"):
            assert english not in text, (path, english)


def test_the_decision_is_recorded_once_for_a_request(counter: Shop) -> None:
    from vefa.policy import book

    with counter.world.databases.main.connect() as connection:
        found = book.records_of(connection, 1, f"return:{row_of(counter, '2001').id}")
    assert [one.decision.outcome for one in found] == [Kind.ACCEPT_RETURN]
