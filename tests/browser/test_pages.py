"""The customer's pages in a real browser, without script, as a person on a telephone uses them."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest
from tests.browser.conftest import Quiet, sync_api
from tests.pages.shop import GOOD, NOTHING, NOW, ORDER, Pages, make_pages
from werkzeug.serving import make_server

from vefa.customers.link import Scope
from vefa.database import Databases

pytestmark = pytest.mark.service
SCOPES = [scope for scope in Scope if scope is not Scope.CASE]


@pytest.fixture
def pages(databases: Databases, monkeypatch: pytest.MonkeyPatch) -> Iterator[Pages]:
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    yield from make_pages(databases, "http://127.0.0.1")


@pytest.fixture
def tab(pages: Pages, chromium: sync_api.Browser) -> Iterator[sync_api.Page]:
    """Yield a narrow tab without script in front of the served pages; it may have complained of nothing."""
    server = make_server("127.0.0.1", 0, pages.shop.app, threaded=True, request_handler=Quiet)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    context = chromium.new_context(
        viewport={"width": 320, "height": 700},
        java_script_enabled=False,
        base_url=f"http://127.0.0.1:{server.server_port}",
    )
    tab = context.new_page()
    complaints: list[str] = []
    tab.on("console", lambda said: complaints.append(said.text) if said.type == "error" else None)
    yield tab
    context.close()
    server.shutdown()
    thread.join()
    server.server_close()
    assert complaints == []


@pytest.mark.parametrize("tag", ["en", "tr", "fa"])
def test_nothing_scrolls_sideways_on_the_narrowest_screen(pages: Pages, tab: sync_api.Page, tag: str) -> None:
    addresses = [
        pages.address(scope, one, language=tag) for scope in SCOPES for one in (ORDER, GOOD, NOTHING)
    ]
    for address in (*addresses, f"/vefa/c/mercan/policy?language={tag}"):
        tab.goto(address)
        wide = tab.locator("body *").evaluate_all(
            "found => found.filter(one => one.getBoundingClientRect().right > 320.5"
            " || one.getBoundingClientRect().left < -0.5).map(one => one.outerHTML.slice(0, 80))"
        )
        assert wide == []


def test_one_tap_and_one_button_answer_the_question(pages: Pages, tab: sync_api.Page) -> None:
    tab.goto(f"{pages.address(Scope.FEEDBACK, GOOD)}?score=4")
    choices = tab.locator(".p-choice")
    for index in range(choices.count()):
        box = choices.nth(index).bounding_box()
        assert box and box["height"] >= 52
    assert tab.get_by_role("radio", name="4 Satisfied", exact=False).first.is_checked()
    tab.get_by_text("Very dissatisfied").click()
    tab.get_by_label("What should we know?").fill("The lid was broken.")
    tab.get_by_role("button", name="Send my answer").click()
    sync_api.expect(tab.get_by_role("heading", level=1)).to_have_text("Thank you for your answer")
    tab.get_by_role("link", name="How the order stands").click()
    sync_api.expect(tab.get_by_role("heading", level=1)).to_contain_text("#1009")


def test_a_call_is_asked_for_with_persian_digits(pages: Pages, tab: sync_api.Page) -> None:
    tab.goto(pages.address(Scope.PERSON, language="fa"))
    sync_api.expect(tab.locator("#phone")).to_be_hidden()
    tab.locator("input[value=call]").check()
    tab.locator("#phone").fill("۰۵۵۵ ۱۱۱ ۲۲ ۳۳")
    tab.locator("#slot").select_option(index=1)
    tab.locator("button.p-go").click()
    sync_api.expect(tab.get_by_role("status")).to_contain_text("با شما تماس می‌گیرد")
    assert [row.kind for row in pages.promises()].count("callback") == 1
