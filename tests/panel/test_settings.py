"""The settings screen."""

from __future__ import annotations

from datetime import timedelta

from tests.panel.shop import NOW, Browser, Shop, plain

from vefa.work import work

PAGE = "/vefa/mercan/settings"


def test_the_store_is_told_where_its_events_go(owner: Browser) -> None:
    text = plain(owner.get(PAGE).text)
    assert "Own software (Standard Webhooks) https://vefa.example/vefa/in/mercan/standard" in text
    assert "Last event: 20 Nov, 15:30" in text


def test_settings_stand_in_words(empty_shop: Shop) -> None:
    empty_shop.add("mercan", delivery_days={"Express": 1, "*": 4}, weekend=["friday"], cut_off="14:00:00")
    text = plain(empty_shop.browser("mercan").get(PAGE).text)
    for words in (
        "Country Türkiye",
        "Express: 1 working day",
        "Any other method: 4 working days",
        "Weekend Friday",
        "Last hour for orders of the day 14:00",
        "Quiet hours 21:00 to 09:00, in the customer's time zone",
        "Answers go to care@mercan.example",
        "Telephone not known",
        "Received events are kept for 90 days",
    ):
        assert words in text, words


def test_an_event_that_could_not_be_read_is_shown_with_its_reason(shop: Shop, owner: Browser) -> None:
    assert "Every event could be read." in owner.get(PAGE).text
    broken = {"id": "broken", "type": "order.placed", "timestamp": NOW.isoformat(), "data": {"order": {}}}
    shop.feed("mercan", [broken])
    text = plain(owner.get(PAGE).text)
    assert "Every event could be read." not in text
    assert "order.placed The field order.id is missing." in text


def test_events_that_wait_are_counted(shop: Shop, owner: Browser) -> None:
    assert "waits to be read" not in owner.get(PAGE).text
    waiting = {
        "id": "later",
        "type": "order.paid",
        "timestamp": NOW.isoformat(),
        "data": {"order_id": "1001"},
    }
    shop.feed("mercan", [waiting], work=False)
    assert "1 event waits to be read." in owner.get(PAGE).text


def test_work_that_was_set_aside_is_shown(shop: Shop, owner: Browser) -> None:
    assert "Could not be done" not in owner.get(PAGE).text
    with shop.world.databases.main.begin() as connection:
        connection.execute(
            work.insert().values(
                store_id=1, package="lateness", subject="standard:1", attempts=8, error="E: <x>"
            )
        )
    text = owner.get(PAGE).text
    assert "Could not be done" in text and "E: &lt;x&gt;" in text


def test_a_feed_without_events_says_so(empty_shop: Shop) -> None:
    empty_shop.add("new")
    assert "nothing yet" in empty_shop.browser("new").get("/vefa/new/settings").text


def test_old_events_do_not_count_as_todays(shop: Shop, owner: Browser) -> None:
    day_old = {"id": "d", "type": "order.paid", "timestamp": (NOW - timedelta(hours=3)).isoformat()}
    shop.feed("mercan", [day_old | {"data": {"order_id": "1001"}}])
    assert "Events in 24 hours: 1 Last event: 21 Nov, 12:30" in plain(owner.get(PAGE).text)
