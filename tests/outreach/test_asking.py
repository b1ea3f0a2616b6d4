"""Whether somebody is asked how a good delivery was: two days later, never beside trouble or against their wish."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from pathlib import Path
from shutil import copytree
from tempfile import TemporaryDirectory
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.build import event, folded, on, parcel, placed, said, standard
from tests.shop import DUE, MORNING, WHO, Shop, late_order, make_shop, refused
from tests.support import PUBLIC_URL

from vefa import locales
from vefa.cli.migrate import upgrade
from vefa.customers.link import ExpiredLinkError, Scope, read
from vefa.database import Databases, open_databases, reading
from vefa.lateness.judgement import Assessment, assess
from vefa.lateness.look import assess_orders
from vefa.orders.records import page
from vefa.outreach import permission
from vefa.outreach.asking import Asking, is_good, suffers, why_not
from vefa.outreach.consent import denied
from vefa.outreach.decide import Decision, Situation, Verdict, contradiction, decide
from vefa.outreach.known import holder_of
from vefa.outreach.purpose import Purpose
from vefa.outreach.records import decisions
from vefa.promises.calendar import calendar_of
from vefa.stores.records import key_of
from vefa.stores.store import Evidence, Outgoing, Sending, Store

QUESTION = Purpose.FEEDBACK
STORE = Store(1, "s", "S", country="TR", outgoing=Outgoing(Sending.ON, since=on(-30)))
PLACED = placed(deliver_by=DUE, ship_to={"country": "TR"})
ARRIVED = parcel("delivered", on(3))
ASKED = on(5)
REVISED = said("promise.revised", on(1), deliver_by="2026-03-20")
Events = list[dict[str, Any]]


def look(now: datetime, *events: dict[str, Any], store: Store = STORE) -> Assessment:
    return assess(folded(standard(*events), now), store, calendar_of(store), now)


def situation(store: Store = STORE, **more: Any) -> Situation:
    return Situation(store, ZoneInfo("UTC"), **({"reachable": True} | more))


@pytest.mark.parametrize(
    ("events", "good", "trouble"),
    [
        ([PLACED], False, False),
        ([PLACED, ARRIVED], True, False),
        ([PLACED, parcel("created", on(1)), parcel("delivered", on(3), "S2")], False, False),
        ([placed(), ARRIVED], False, False),
        ([PLACED, ARRIVED, parcel("scanned", on(4), status="in_transit")], False, False),
        ([PLACED, REVISED, ARRIVED], True, False),
        ([placed(deliver_by="2026-03-04"), REVISED, ARRIVED], False, False),
        ([placed(deliver_by="2026-03-04"), REVISED], False, True),
        ([PLACED, parcel("scanned", on(4), status="exception")], False, True),
        ([placed(deliver_by="2026-03-05")], False, True),
        ([placed(deliver_by="2026-03-05"), parcel("delivered", on(4.5))], False, False),
        ([placed(deliver_by="2026-03-05"), said("order.cancelled", on(4))], False, False),
    ],
)
def test_what_is_good_and_what_is_trouble(events: Events, good: bool, trouble: bool) -> None:
    found = look(ASKED, *events)
    assert (is_good(found), suffers(found)) == (good, trouble)


def test_who_may_have_waited_in_vain_is_in_trouble() -> None:
    silent = replace(STORE, delivery_evidence=Evidence.NONE)
    assert suffers(look(on(9), PLACED, store=silent))


@pytest.mark.parametrize(
    ("asking", "store", "code"),
    [
        ({}, {}, None),
        ({"suffers": True, "said": True}, {"ask_feedback": False}, "asking_off"),
        ({"suffers": True, "said": True, "told": True}, {}, "another_suffers"),
        ({"said": True, "told": True}, {}, "told_already"),
        ({"said": True, "suppressed": True}, {}, "said_already"),
        ({"suppressed": True}, {}, "unsubscribed"),
        ({"asked": (on(-9, hours=1),)}, {}, "asked_lately"),
        ({"asked": (on(-9),)}, {}, None),
        ({"asked": (on(-20), on(-30), on(-40), on(-84))}, {}, "asked_lately"),
        ({"asked": (on(-20), on(-30), on(-40), on(-85))}, {}, None),
    ],
)
def test_what_speaks_against_a_question(
    asking: dict[str, Any], store: dict[str, Any], code: str | None
) -> None:
    assert why_not(look(ASKED, PLACED, ARRIVED), replace(STORE, **store), Asking(**asking), ASKED) == code


@pytest.mark.parametrize(
    ("country", "consent", "soft_opt_in", "suppressed", "code"),
    [
        # Golden case G17: a customer in Germany without consent, at a store without a soft opt-in.
        ("DE", None, False, False, "no_consent"),
        ("DE", False, False, False, "no_consent"),
        ("DE", True, False, False, None),
        ("DE", None, True, False, None),
        ("NO", None, False, False, "no_consent"),
        (None, None, False, False, "no_consent"),
        ("GB", None, False, False, None),
        ("TR", None, False, False, None),
        ("IR", False, False, False, None),
        ("US", None, False, False, None),
        ("TR", True, True, True, "unsubscribed"),
        ("DE", True, True, True, "unsubscribed"),
    ],
)
def test_the_gate(
    country: str | None, consent: bool | None, soft_opt_in: bool, suppressed: bool, code: str | None
) -> None:
    known = {"consent": consent, "soft_opt_in": soft_opt_in, "suppressed": suppressed}
    assert denied(QUESTION, country, **known) == code
    assert {denied(purpose, country, **known) for purpose in set(Purpose) - {QUESTION}} == {None}


@pytest.mark.parametrize("consent", [True, False, None])
def test_consent_stands_in_the_order(consent: bool | None) -> None:
    told = placed(
        deliver_by=DUE, ship_to={"country": "DE"}, customer={"id": "C1", "email_marketing_consent": consent}
    )
    found = look(ASKED, told, ARRIVED)
    assert why_not(found, STORE, Asking(), ASKED) == (None if consent else "no_consent")


@pytest.mark.parametrize(
    ("now", "more", "expected"),
    [
        (on(5) - timedelta(seconds=1), {}, Decision(Verdict.WAIT, "two_days", on(5))),
        (on(5), {}, Decision(Verdict.WRITE, "delivered_in_time")),
        (on(5), {"held": True}, Decision(Verdict.WAIT, "case_open")),
        (on(5), {"reachable": False, "held": True}, Decision(Verdict.SKIP, "no_address")),
        (on(5, hours=12), {}, Decision(Verdict.WAIT, "quiet_hours", on(6, hours=-1))),
        (on(12), {}, Decision(Verdict.WRITE, "delivered_in_time")),
        (on(12.1), {}, Decision(Verdict.SKIP, "too_old")),
    ],
)
def test_when_a_question_is_right(now: datetime, more: dict[str, Any], expected: Decision) -> None:
    assert decide(QUESTION, look(now, PLACED, ARRIVED), situation(**more), now) == expected


def test_an_open_case_holds_a_notice_too() -> None:
    now = on(8, hours=2)
    assert decide(Purpose.DELAY_NOTICE, look(now, PLACED), situation(held=True), now) == Decision(
        Verdict.WAIT, "case_open"
    )


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ([], None),
        ([said("order.cancelled", on(4))], "ended_before"),
        ([parcel("scanned", on(4), status="in_transit")], "not_delivered"),
        ([said("promise.revised", on(1), deliver_by="2026-03-04")], "delivered_late"),
    ],
)
def test_a_question_that_was_wrong(more: Events, code: str | None) -> None:
    assert contradiction(QUESTION, "delivered", ASKED, look(on(20), PLACED, ARRIVED, *more)) == code


@pytest.fixture
def shop(databases: Databases) -> Shop:
    return make_shop(databases, country="TR")


def good_order(order_id: str = "1", who: dict[str, Any] = WHO) -> Events:
    """Return an order of a known customer that arrives on the third day."""
    order = late_order(order_id)["data"]["order"] | {"customer": who}
    return [
        event("order.placed", on(0), order=order),
        parcel("delivered", on(3), f"S{order_id}", order_id=order_id),
    ]


def fates(shop: Shop) -> list[tuple[str, str]]:
    return [(row.verdict, row.reason) for row in shop.rows(decisions) if row.purpose == QUESTION]


def questions(shop: Shop) -> list[Any]:
    return [row for row in shop.messages if row.purpose == QUESTION]


def test_a_question_goes_two_days_after_a_good_delivery(shop: Shop) -> None:
    shop.tell(*good_order())
    shop.world.run(on(0), on(5) - timedelta(seconds=1))
    assert shop.messages == [] and shop.rows(decisions) == []
    shop.world.run(on(5), on(40))
    assert [(row.written_at, row.state) for row in shop.messages] == [(on(5), "sent")]
    assert fates(shop) == [("write", "delivered_in_time")]


def test_a_delivery_in_the_evening_is_asked_about_in_the_morning(shop: Shop) -> None:
    shop.tell(good_order()[0], parcel("delivered", on(3, hours=12)))
    shop.world.run(on(0), on(40))
    assert [row.written_at for row in shop.messages] == [on(6, hours=-1)]


def test_it_carries_a_refusal_by_one_click(shop: Shop) -> None:
    shop.world.connect = lambda: shop.world.sink
    late = late_order("2")["data"]["order"] | {"customer": WHO | {"id": "C2", "email": "can@buyer.example"}}
    shop.tell(*good_order(), event("order.placed", on(0), order=late))
    shop.world.run(on(0), on(9))
    (asked, noticed) = (
        message_from_bytes(one, policy=policy.default) for _, _, one in shop.world.sink.messages
    )
    address = str(asked["List-Unsubscribe"])
    assert asked["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert asked["List-Id"] == "<feedback.shop.example>"
    (row,) = questions(shop)
    with reading(shop.world.databases.main) as connection:
        key = key_of(connection, shop.store.id, shop.world.master)
    prefix = f"<{PUBLIC_URL}/vefa/c/shop/"
    assert address.startswith(prefix)
    link = read(address.removeprefix(prefix).removesuffix(">"), key, on(64))
    assert (link.scope, link.holder, link.order_id, link.message_id) == (
        Scope.PREFERENCES,
        "standard:C1",
        "standard:1",
        row.id,
    )
    with pytest.raises(ExpiredLinkError):
        read(address.removeprefix(prefix).removesuffix(">"), key, on(65))
    assert "List-Unsubscribe" not in noticed and "List-Id" not in noticed
    assert noticed["Auto-Submitted"] == asked["Auto-Submitted"] == "auto-generated"
    text = str(asked.get_body(("plain",)).get_content())  # type: ignore[union-attr, attr-defined]
    assert text.count("?score=") == 5 and address.strip("<>") in text
    columns = {name: value for name, value in row._mapping.items() if name != "sealed_content"}
    assert address.strip("<>") not in repr(columns)


@pytest.mark.parametrize(
    ("word", "reason"),
    [
        (said("review.posted", on(4), score=5), "said_already"),
        (said("customer.contacted_us", on(4), channel="email", text="Where is the bill?"), "said_already"),
        (said("order.cancelled", on(4)), None),
        (parcel("scanned", on(4), status="in_transit"), None),
    ],
)
def test_who_has_said_it_is_not_asked(shop: Shop, word: dict[str, Any], reason: str | None) -> None:
    shop.tell(*good_order(), word)
    shop.world.run(on(0), on(30))
    assert questions(shop) == []
    assert [found for _, found in fates(shop)] == ([reason] if reason else [])


def test_an_answer_on_a_page_is_an_answer(shop: Shop) -> None:
    shop.tell(*good_order())
    shop.world.run(on(0), on(4))
    with shop.world.databases.main.begin() as connection:
        permission.note_answer(connection, shop.store.id, "standard:1", on(4))
        permission.note_answer(connection, shop.store.id, "standard:1", on(4.1))
    shop.world.run(on(4), on(30))
    assert fates(shop) == [("skip", "said_already")]


@pytest.mark.parametrize("guest", [False, True])
def test_nobody_is_asked_while_another_order_of_theirs_is_late(shop: Shop, guest: bool) -> None:
    who = {"email": WHO["email"].upper(), "name": "Elif"} if guest else WHO
    late = late_order("2", promise={"deliver_by": "2026-03-05"})["data"]["order"] | {"customer": who}
    shop.tell(*good_order(), event("order.placed", on(0), order=late))
    shop.world.run(on(0), on(30))
    assert [row.order_id for row in shop.messages][:1] == ["standard:2"] and questions(shop) == []
    assert fates(shop) == [("skip", "another_suffers")]


def test_once_in_two_weeks(shop: Shop) -> None:
    shop.tell(*good_order("1"), *good_order("2"))
    shop.world.run(on(0), on(30))
    assert sorted(fates(shop)) == [("skip", "asked_lately"), ("write", "delivered_in_time")]


def test_who_said_no_is_left_alone(shop: Shop) -> None:
    shop.tell(*good_order())
    shop.world.run(on(0), on(4))
    index = shop_index(shop)
    with shop.world.databases.main.begin() as connection:
        permission.suppress(connection, shop.store.id, index, permission.FEEDBACK, "test", on(4))
    shop.world.run(on(4), on(30))
    assert fates(shop) == [("skip", "unsubscribed")]


def shop_index(shop: Shop) -> str:
    with reading(shop.world.databases.main) as connection:
        return key_of(connection, shop.store.id, shop.world.master).index(locales.fold_email(WHO["email"]))


def test_questions_take_no_room_from_notices(databases: Databases) -> None:
    shop = make_shop(databases, country="TR", daily_cap=1, weekly_cap=1)
    order = late_order("2")["data"]["order"] | {"promise": {"deliver_by": "2026-03-07"}}
    shop.tell(*good_order("1"), event("order.placed", on(0), order=order))
    shop.world.run(on(0), on(8))
    assert [(row.purpose, row.order_id) for row in shop.messages] == [
        (QUESTION, "standard:1"),
        (Purpose.DELAY_NOTICE, "standard:2"),
    ]


def test_a_hold_waits_and_its_end_lets_outreach_look_again(shop: Shop) -> None:
    shop.tell(*good_order(), late_order("2"))
    shop.world.run(on(0), on(4))
    main, store_id = shop.world.databases.main, shop.store.id
    with main.begin() as connection:
        for case in ("case:a", "case:b"):
            permission.hold(connection, store_id, "standard:C1", case, on(4))
    shop.world.run(on(4), on(8))
    assert shop.messages == []
    assert fates(shop) == shop.reasons[:1] == [("wait", "case_open")]
    with main.begin() as connection:
        permission.lift(connection, store_id, "case:a", on(8))
    shop.world.run(on(8), on(8, hours=1))
    assert shop.messages == []
    with main.begin() as connection:
        permission.lift(connection, store_id, "case:b", on(8, hours=1))
    shop.world.run(on(8, hours=1), on(30))
    assert [row.purpose for row in shop.messages][:1] == [Purpose.DELAY_NOTICE]
    assert fates(shop)[-1] == ("skip", "another_suffers")


def test_a_hold_on_a_guest_holds_everybody_with_the_address(shop: Shop) -> None:
    guest = {"email": WHO["email"]}
    shop.tell(*good_order("1", guest), *good_order("2", guest))
    shop.world.run(on(0), on(4))
    with shop.world.databases.main.begin() as connection:
        permission.hold(connection, shop.store.id, "order:standard:1", "case:a", on(4))
    shop.world.run(on(4), on(6))
    assert fates(shop) == [("wait", "case_open")] * 2
    with shop.world.databases.main.begin() as connection:
        permission.lift(connection, shop.store.id, "case:a", on(6))
    shop.world.run(on(6), on(20))
    assert len(questions(shop)) == 1


def test_a_hold_stops_what_is_written_already(shop: Shop) -> None:
    shop.tell(late_order())
    shop.world.run(on(0), MORNING - timedelta(minutes=1))
    shop.line.step, shop.line.trouble = "connect", refused()
    shop.world.work(MORNING)
    with shop.world.databases.main.begin() as connection:
        permission.hold(connection, shop.store.id, "standard:C1", "case:a", MORNING)
    shop.world.run(MORNING, MORNING + timedelta(hours=5))
    assert shop.states == [("written", None)] and shop.line.taken == []


KINDS = ("late", "cancelled", "revised", "review", "moved", "no", "yes", "hold", "lift")
# Hours after which each order arrives, if ever, and what happens besides before the questions would be due.
ARRIVALS = st.tuples(*[st.none() | st.integers(10, 70)] * 3)
STEPS = st.lists(
    st.tuples(st.sampled_from(KINDS), st.sampled_from(["1", "2", "3"]), st.integers(24, 125)), max_size=6
)


def happened(kind: str, order_id: str, at: datetime) -> dict[str, Any] | None:
    """Return the event of a step, or None where it is no event."""
    return {
        "shipped": lambda: parcel("shipped", at, f"S{order_id}", order_id=order_id),
        "delivered": lambda: parcel("delivered", at, f"S{order_id}", order_id=order_id),
        "late": lambda: parcel("scanned", at, f"S{order_id}", order_id=order_id, status="exception"),
        "moved": lambda: parcel("scanned", at, f"S{order_id}", order_id=order_id, status="in_transit"),
        "cancelled": lambda: said("order.cancelled", at, order_id),
        "revised": lambda: said("promise.revised", at, order_id, deliver_by="2026-03-12"),
        "review": lambda: said("review.posted", at, order_id, score=5),
    }.get(kind, lambda: None)()


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a folder with databases that hold nothing yet."""
    folder = tmp_path_factory.mktemp("empty")
    databases = open_databases(folder / "vefa.db", durable=False)
    upgrade(databases)
    databases.dispose()
    return folder


@settings(max_examples=30, deadline=None)
@example((20, None, 30), [("no", "1", 40), ("yes", "1", 60), ("no", "1", 61)])
@example((20, 30, 25), [("hold", "1", 40)])
@example((20, 30, 25), [])
@example((40, None, None), [])
@given(ARRIVALS, STEPS)
def test_nobody_is_asked_in_trouble_or_against_their_will(
    empty: Path, arrivals: tuple[int | None, ...], steps: list[tuple[str, str, int]]
) -> None:
    """Whatever happens in whatever order: no question beside an order in trouble, a hold or a refusal."""
    with TemporaryDirectory() as folder:
        copytree(empty, folder, dirs_exist_ok=True)
        databases = open_databases(Path(folder) / "vefa.db", durable=False)
        came = [("delivered", str(number + 1), hours) for number, hours in enumerate(arrivals) if hours]
        _live_through(databases, [*came, *steps])
        databases.dispose()


def _live_through(databases: Databases, steps: list[tuple[str, str, int]]) -> None:
    shop = make_shop(databases, country="TR", quiet_from="00:00:00", quiet_until="00:00:00")
    index = shop_index(shop)
    said_no: list[tuple[datetime, bool]] = []
    held: list[tuple[datetime, bool]] = []
    due = {"1": "2026-03-06", "2": "2026-03-05", "3": "2026-03-13"}
    shop.tell(*(placed(order_id=one, deliver_by=day, customer=WHO) for one, day in due.items()))
    now = on(0)
    for kind, order_id, hours in sorted(steps, key=lambda step: step[2]):
        at = on(0, hours=hours)
        # What happens at an instant is known when work is done at that instant.
        if at > now:
            shop.world.run(now, at - timedelta(microseconds=1))
        now = at
        with databases.main.begin() as connection:
            if kind == "no":
                permission.suppress(connection, shop.store.id, index, permission.FEEDBACK, "test", at)
                said_no.append((at, True))
            elif kind == "yes":
                permission.allow_again(connection, shop.store.id, index, permission.FEEDBACK, at)
                said_no.append((at, False))
            elif kind == "hold":
                permission.hold(connection, shop.store.id, "standard:C1", "case:a", at)
                held.append((at, True))
            elif kind == "lift":
                permission.lift(connection, shop.store.id, "case:a", at)
                held.append((at, False))
        told = happened(kind, order_id, at)
        if told:
            shop.tell(told)
        shop.world.work(at)
    shop.world.run(now, on(12))
    check_questions(shop, said_no, held)


def check_questions(
    shop: Shop, refusals: list[tuple[datetime, bool]], held: list[tuple[datetime, bool]]
) -> None:
    asked = questions(shop)
    assert len({row.order_id for row in asked}) == len(asked)
    for row in asked:
        at = row.written_at
        assert [no for when, no in refusals if when <= at][-1:] != [True]
        assert [is_held for when, is_held in held if when <= at][-1:] != [True]
        assert sum(timedelta() <= at - other.written_at < timedelta(days=14) for other in asked) == 1
        with reading(shop.world.databases.main) as connection:
            ids = page(connection, shop.store.id)
            # What is known now of that instant: an event of a step is told at its own time.
            found = assess_orders(connection, shop.store.id, ids, at)
        assert not [
            one.order.id for one in found.values() if holder_of(one) == "standard:C1" and suffers(one)
        ]
        assert is_good(found[row.order_id])
        notices = [one for one in shop.messages if one.order_id == row.order_id and one.purpose != QUESTION]
        assert not [one for one in notices if one.written_at <= at]
