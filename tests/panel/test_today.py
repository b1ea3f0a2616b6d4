"""Today: what needs attention, and numbers that are the numbers of their rows."""

from __future__ import annotations

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import sqlalchemy as sa
from tests.panel.busy import HOUR, asked_back, make_busy, promise, said
from tests.panel.shop import NOW, Browser, Shop, placed, plain

from vefa.insights import feed, people, promised, today
from vefa.insights.figure import Figure
from vefa.promises.given import GivenKind, given
from vefa.stores import feeds
from vefa.stores.records import by_slug

HOME = "/vefa/mercan/"
FIGURES = (
    "late",
    "late_since_yesterday",
    "at_risk",
    "at_risk_today",
    "waiting",
    "first_replies_overdue",
    "to_decide",
    "owed",
    "owed_overdue",
    "silent",
    "quiet",
    "noticed",
    "overdue",
    "due_today",
)


def figures(shop: Shop, slug: str = "mercan") -> dict[str, Figure]:
    with shop.world.databases.main.connect() as connection:
        store = by_slug(connection, slug)
        found = today.figures(connection, store, NOW)
        heard = feed.feed(connection, store.id, NOW)
    return {name: getattr(found, name) for name in FIGURES} | {"unreadable": heard.unreadable}


def rows_behind(browser: Browser, address: str) -> int:
    """Count the rows of a list on all its pages."""
    count, target = 0, address
    while target:
        page = browser.get(target)
        assert page.status_code == 200, target
        count += len(re.findall(r"<tr [^>]*data-row", page.text))
        following = re.search(r'href="([^"]+)" rel="next"', page.text)
        target = unescape(following[1]) if following else ""
    return count


@pytest.mark.parametrize("seed", range(6))
def test_a_figure_counts_the_rows_that_it_leads_to(shop: Shop, seed: int) -> None:
    make_busy(shop, seed=seed)
    browser = shop.browser("mercan")
    for name, figure in figures(shop).items():
        if figure.screen != "settings":
            assert rows_behind(browser, HOME + figure.path) == figure.count, name


def test_the_page_shows_each_figure_with_its_address(shop: Shop) -> None:
    make_busy(shop, seed=3)
    text = shop.browser("mercan").get(HOME).text
    links = {
        unescape(address): plain(words) for address, words in re.findall(r'href="([^"]+)">([^<]+)</a>', text)
    }
    shown = figures(shop)
    for name in ("late", "at_risk", "waiting", "to_decide", "silent"):
        assert links[HOME + shown[name].path] == str(shown[name].count), name


def test_a_count_that_disagrees_with_its_rows_is_found(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    """The planted fault: a figure that counts one case more than wait."""
    real = today.waiting
    monkeypatch.setattr(
        today, "waiting", lambda *args: Figure(real(*args).count + 1, "complaints", {"view": "open"})
    )
    with pytest.raises(AssertionError):
        test_a_figure_counts_the_rows_that_it_leads_to(shop, 1)


def test_what_vefa_did_leads_to_the_rows(shop: Shop) -> None:
    browser = shop.browser("mercan")
    text = browser.get(HOME).text
    night = text.partition('id="night-title"')[2].partition("</section>")[0]
    links = [(unescape(one), int(count)) for one, count in re.findall(r'href="([^"]+)">(\d+)</a>', night)]
    assert len(links) >= 2
    for address, count in links:
        assert rows_behind(browser, address) == count, address


def test_promises_kept_and_broken_lead_to_the_rows(shop: Shop) -> None:
    browser = shop.browser("mercan")
    with shop.world.databases.main.connect() as connection:
        rate = promised.kept_rate(connection, by_slug(connection, "mercan"), NOW)
    assert rate.broken and rate.number == sum(kept + broken for _, kept, broken in rate.days)
    for view, count in (("kept", rate.kept), ("broken", rate.broken)):
        assert rows_behind(browser, f"{HOME}promises?view={view}") == count


def test_the_law_comes_first_and_then_the_next_broken_word(shop: Shop) -> None:
    with shop.world.databases.main.begin() as connection:
        case_id = said(connection, shop, "mercan", "1002", "Nerede kaldı?", NOW - HOUR)
        promise(connection, "mercan", case_id, "1002", GivenKind.CALLBACK, NOW - 2 * HOUR)
        promise(connection, "mercan", case_id, "1002", GivenKind.REPLY, NOW - 3 * HOUR)
        asked_back(connection, "mercan", "1003", 1, state="received", refund_due_at=NOW - HOUR)
        asked_back(connection, "mercan", "1004", 2, state="received", refund_due_at=NOW + HOUR)
    text = shop.browser("mercan").get(HOME).text
    table = text.partition('class="v-table v-due"')[2].partition("</table>")[0]
    titles = re.findall(r'<a class="v-strong" data-open href="[^"]+">([^<]+)', table)
    assert titles[:3] == ["Refund", "Reply", "Call back"]
    assert titles.index("Refund", 1) > titles.index("Call back")
    assert "required by law" in plain(table) and "not before" in plain(table)


def test_a_calm_day_says_so(empty_shop: Shop) -> None:
    empty_shop.add("mercan")
    empty_shop.feed("mercan", [placed("1", NOW - HOUR, "2026-12-20")])
    text = plain(empty_shop.browser("mercan").get(HOME).text)
    assert "Nothing is late, nothing looks late, and nobody waits for an answer." in text
    assert "No promise waits for anything today." in text


def test_an_untouched_store_is_told_how_to_begin(empty_shop: Shop) -> None:
    empty_shop.add("mercan")
    page = empty_shop.browser("mercan").get(HOME)
    assert "How to begin" in page.text and "/vefa/mercan/settings/connect/standard" in page.text


def test_silence_of_the_feed_is_shown(empty_shop: Shop) -> None:
    empty_shop.add("mercan")
    empty_shop.feed("mercan", [placed(str(n), NOW - (60 + n) * HOUR, "2026-12-20") for n in range(1, 41)])
    with empty_shop.world.databases.main.begin() as connection:
        feeds.open_gap(connection, 1, "standard", NOW - 61 * HOUR, "silent")
    text = plain(empty_shop.browser("mercan").get(HOME).text)
    assert "has sent nothing for unusually long. Messages wait. Check the connection" in text


def test_the_address_can_be_read_or_is_refused(owner: Browser) -> None:
    for address in ("view=x", "kind=x", "after=x", "after=2026-01-01~1"):
        assert owner.get(f"{HOME}promises?{address}").status_code == 400, address


def test_the_next_page_of_promises_goes_on(shop: Shop) -> None:
    with shop.world.databases.main.begin() as connection:
        case_id = said(connection, shop, "mercan", "1002", "Nerede kaldı?", NOW)
        row: dict[str, Any] = {
            "store_id": by_slug(connection, "mercan").id,
            "case_id": case_id,
            "holder": "standard:c1002",
            "kind": "other",
            "made_at": NOW,
        }
        connection.execute(
            given.insert(),
            [row | {"id": f"p{n}", "due_at": NOW + timedelta(minutes=n // 2)} for n in range(1, 120)],
        )
    browser = shop.browser("mercan")
    assert rows_behind(browser, f"{HOME}promises?view=open") == 120
    assert figures(shop)["due_today"].count == rows_behind(browser, f"{HOME}promises?view=today")


def test_silent_are_those_who_neither_wrote_nor_were_written_to(shop: Shop) -> None:
    def silent() -> set[str]:
        with shop.world.databases.main.connect() as connection:
            found = people.page(connection, by_slug(connection, "mercan").id, people.View.SILENT)
            return {one.holder for one in found}

    before = silent()
    assert {"standard:c1001", "standard:c1006", "standard:c1008"} <= before
    with shop.world.databases.main.begin() as connection:
        said(connection, shop, "mercan", "1001", "Nerede?", NOW)
        connection.execute(
            sa.text("UPDATE messages SET state = 'sent', shadow = 0 WHERE order_id = 'standard:1008'")
        )
    assert silent() == before - {"standard:c1001", "standard:c1008"}
