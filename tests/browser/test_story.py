"""The whole story as people live it: a mail, one tap, a case, a reply, a call, a rule changed; in a real browser."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

import pytest
from tests.browser.conftest import Tabs, sync_api
from tests.journeys.test_customer_answers import TOLD, Words, late_order, mail_to, tell
from tests.journeys.test_customer_answers import box as box
from tests.journeys.test_customer_answers import place as place
from tests.mail import Mailbox
from tests.panel.shop import PASSWORD
from tests.running import Installation, until

pytestmark = pytest.mark.service
expect = sync_api.expect
LONG = bool(os.environ.get("VEFA_LONG"))
# A telephone number as people write it there, and as a person reads it in the panel.
PHONES = {"fa": ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "+989123456789"), "tr": ("0532 123 45 67", "+905321234567")}
MORE = {"fa": "سپاسگزارم. لطفاً زودتر.", "tr": "Teşekkür ederim, bekliyorum."}
CUSTOMER = "c7001@buyer.example"


@dataclass
class Story:
    """The customer's tab, the merchant's, and the mails between them."""

    place: Installation
    box: Mailbox
    told: Words
    customer: sync_api.Page
    merchant: sync_api.Page
    folder: Path
    keys: bool

    @property
    def home(self) -> str:
        return f"/vefa/{self.told.slug}"

    def open_mail(self, mail: EmailMessage) -> None:
        """Show the customer a mail as a mail program does."""
        part = mail.get_body(("html",))
        assert part is not None
        file = self.folder / "mail.html"
        file.write_text(part.get_content(), encoding="utf-8")
        self.customer.goto(file.as_uri())

    def press(self, tab: sync_api.Page, key: str, button: sync_api.Locator) -> None:
        """Press a key, or the button that it stands for where no script runs."""
        tab.wait_for_load_state()
        if self.keys:
            tab.keyboard.press(key)
        else:
            button.click()

    def main(self, selector: str) -> sync_api.Locator:
        return self.merchant.locator(f"main {selector}")


@pytest.fixture
def tabs(place: Installation, chromium: sync_api.Browser) -> Iterator[Tabs]:
    opened = Tabs(f"http://127.0.0.1:{place.port}", chromium)
    yield opened
    opened.close()


@pytest.mark.parametrize(("tag", "script"), [("fa", True), ("tr", False), *([("tr", True)] if LONG else [])])
def test_a_late_customer_and_a_merchant(
    place: Installation, box: Mailbox, tabs: Tabs, tmp_path: Path, tag: str, script: bool
) -> None:
    with place.up():
        story = Story(
            place, box, TOLD[tag], tabs.tab(390, script=script), tabs.tab(script=script), tmp_path, script
        )
        tell(place, story.told.slug, late_order(story.told, "7001"))
        one_tap(story)
        sign_in(story)
        the_case(story)
        the_reply(story)
        the_answer(story)
        the_call(story, tag)
        no_more_questions(story)
        another_rule(story)


def one_tap(story: Story) -> None:
    """The customer presses 1 in the mail, adds words with the keyboard, and sends."""
    tab, told = story.customer, story.told
    story.open_mail(mail_to(story.box, CUSTOMER, 1))
    tab.locator("a[href*='score=1']").first.click()
    expect(tab.locator("html")).to_have_attribute("lang", told.tag)
    expect(tab.locator("input[value='1']")).to_be_checked()
    tab.locator("input[value='1']").focus()
    tab.keyboard.press("Tab")
    tab.keyboard.type(told.said)
    tab.keyboard.press("Tab")
    tab.keyboard.press("Enter")
    expect(tab.locator("[role=status]")).to_contain_text(told.said)
    expect(tab.locator("form")).to_have_count(0)


def sign_in(story: Story) -> None:
    """The merchant takes the link of ``vefa user add`` and comes in."""
    email = f"owner@{story.told.slug}.example"
    added = story.place.json(
        "user", "add", email, "--store", story.told.slug, "--language", story.told.tag, "--name", "Deniz"
    )
    tab = story.merchant
    tab.goto(added["sign_in"])
    tab.fill("input[name=password]", PASSWORD)
    tab.keyboard.press("Enter")
    tab.wait_for_url(re.compile(rf"{story.home}/?$"))
    expect(tab.locator("html")).to_have_attribute("dir", story.told.direction)


def the_case(story: Story) -> None:
    """Today counts the case; the count leads to the list, and keys lead to the case and its history."""
    tab, count = story.merchant, story.main(".v-figure a[href*='/complaints']").first

    def waits() -> bool:
        tab.goto(f"{story.home}/")
        return count.inner_text() in {"1", "۱"}

    until(waits, "Today counts the case")
    count.click()
    tab.wait_for_url("**/complaints?*")
    if story.keys:
        for key in "jjk":
            tab.keyboard.press(key)
        tab.keyboard.press("Enter")
    else:
        story.main("[data-row] a[data-open]").click()
    tab.wait_for_url("**/complaints/1")
    expect(story.main(".v-case-talk")).to_contain_text(story.told.said)
    expect(story.main(".v-draft")).to_have_count(0)
    story.press(tab, "h", story.main("[data-key=KeyH]"))
    expect(story.main(".v-draft")).to_be_visible()
    story.main(".v-acts > details > summary").first.click()
    story.main("button[name=assignee]").click()
    expect(story.main(".v-marks")).to_contain_text("Deniz")


def the_reply(story: Story) -> None:
    """The merchant writes, the customer reads it by the link in the mail."""
    tab = story.merchant
    story.press(tab, "r", story.main(".v-draft"))
    expect(story.main(".v-draft")).to_be_focused()
    tab.keyboard.insert_text(story.told.reply)
    # The reply says "today", so that day is promised with it.
    story.main("select[name=promise]").select_option("reply")
    story.main("select[name=promise_day]").select_option(index=1)
    story.main(".v-draft").focus()
    if story.keys:
        tab.keyboard.press("Control+Enter")
    else:
        story.main("form[action$='/reply'] button.btn-primary").click()
    expect(story.main(".v-case-talk")).to_contain_text(story.told.reply)
    story.open_mail(mail_to(story.box, CUSTOMER, 2))
    expect(story.customer.locator("body")).to_contain_text(story.told.reply)
    for link in story.customer.locator(f"a[href*='/vefa/c/{story.told.slug}/']").all():
        if link.is_visible():
            link.click()
            break
    expect(story.customer.locator(".p-said--store")).to_contain_text(story.told.reply)


def the_answer(story: Story) -> None:
    """The customer writes more on the conversation's page, and the merchant sees it."""
    tab, words = story.customer, MORE[story.told.tag]
    tab.fill("#words", words)
    tab.locator("button.p-go").click()
    expect(tab.locator(".p-said").last).to_contain_text(words)

    def seen() -> bool:
        story.merchant.goto(f"{story.home}/complaints/1")
        return words in story.main(".v-case-talk").inner_text()

    until(seen, "the merchant sees what the customer added")


def the_call(story: Story, tag: str) -> None:
    """The customer asks to be called; whose promise it is stands on Today and among the promises."""
    tab, (typed, kept) = story.customer, PHONES[tag]
    tab.locator(".p-ways a").last.click()
    tab.locator("input[value=call]").check()
    tab.fill("#words", MORE[tag])
    tab.fill("#phone", typed)
    tab.locator("#slot").select_option(index=0)
    tab.locator("button.p-go").click()
    expect(tab.locator("[role=status]")).to_be_visible()
    merchant = story.merchant
    owned = story.main("tr[data-row]").filter(has_text="Deniz").filter(has_text="7001")
    merchant.goto(f"{story.home}/")
    expect(owned.first).to_be_visible()
    merchant.goto(f"{story.home}/promises?kind=callback")
    expect(owned).to_have_count(1)
    owned.locator("a[data-open]").click()
    expect(story.main(".v-case")).to_contain_text(kept)


def no_more_questions(story: Story) -> None:
    """The customer switches questions off by a button; looking at the page did not."""
    tab = story.customer
    tab.locator(".p-links a").last.click()
    expect(tab.locator("button[value=off]")).to_be_visible()
    tab.reload()
    tab.locator("button[value=off]").click()
    expect(tab.locator("[role=status]")).to_be_visible()
    expect(tab.locator("button[value=on]")).to_be_visible()


def another_rule(story: Story) -> None:
    """The merchant changes the first row that asks for a count of days, and publishes."""
    tab = story.merchant
    tab.goto(f"{story.home}/policy")
    story.main("a[href*='/policy/row?id=late']").first.click()
    tab.locator("input[name=days_late_from]").fill("9")
    tab.locator("main form .btn-primary").click()
    tab.wait_for_url(re.compile(r"/policy(#|$)"))
    story.main("a[href$='/policy/publish']").click()
    tab.locator("input[name=note]").fill("Bayram")
    tab.locator("main form .btn-primary").click()
    tab.wait_for_url(re.compile(r"/policy$"))
    expect(story.main("#versions-title + *, [aria-labelledby=versions-title]").first).to_contain_text(
        "Bayram"
    )
