"""The lists and pages of the panel, as addresses: every view, its first page and a deep one, and searches."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

from flask.testing import FlaskClient

from large.kinds import email_of
from vefa.cases.listing import View as CaseView
from vefa.insights.people import View as PeopleView
from vefa.insights.promised import View as PromiseView
from vefa.outreach.decide import Purpose
from vefa.outreach.listing import Outcome
from vefa.panel.asked import VIEWS as DELIVERIES
from vefa.promises.given import GivenKind
from vefa.returns.listing import VIEWS as RETURNS

NEXT = re.compile(r'<a href="([^"]+)" rel="next">')
INSTANT = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00")
DEEP = (250, 60, 14, 3, 1)


@dataclass(frozen=True, slots=True)
class Page:
    """A page to open: what it is called in the table, and its address."""

    name: str
    address: str


def pages(folder: Path, slug: str, now: datetime) -> Iterator[Page]:
    """Name every page of a store's panel that is not behind another page's link."""
    base = f"/vefa/{slug}"
    yield Page("Today", f"{base}/")
    for view in DELIVERIES:
        yield Page(f"Deliveries: {view}", f"{base}/deliveries?view={view}")
    month = f"from={(now - timedelta(days=60)).date()}&to={(now - timedelta(days=30)).date()}"
    yield Page("Deliveries: all, one month", f"{base}/deliveries?view=all&{month}")
    lists = {
        "complaints": CaseView,
        "customers": PeopleView,
        "returns": RETURNS,
        "promises": PromiseView,
    }
    for screen, views in lists.items():
        for view in views:
            yield Page(f"{screen.title()}: {view}", f"{base}/{screen}?view={view}")
    for kind in GivenKind:
        yield Page(f"Promises: open, {kind}", f"{base}/promises?view=open&kind={kind}")
    yield from _outreach(base, now)
    yield from _found(folder, base)
    yield from _single(folder, base)
    yield from _settings(base)


def _outreach(base: str, now: datetime) -> Iterator[Page]:
    month = "since=" + quote((now - timedelta(days=30)).isoformat())
    for since, said in (("", ""), (f"&{month}", ", a month")):
        for show in ("messages", "silent", "held"):
            yield Page(f"Outreach: {show}{said}", f"{base}/outreach?show={show}{since}")
        for purpose in Purpose:
            yield Page(f"Outreach: {purpose}{said}", f"{base}/outreach?purpose={purpose}{since}")
        for outcome in Outcome:
            yield Page(f"Outreach: {outcome}{said}", f"{base}/outreach?outcome={outcome}{since}")
        yield Page(f"Outreach: silent, too old{said}", f"{base}/outreach?show=silent&reason=too_old{since}")


def _found(folder: Path, base: str) -> Iterator[Page]:
    """Search every list by a number and by an address that are there."""
    rows = {
        "deliveries": "SELECT number, holder FROM orders WHERE store_id = 1 AND status = 'delivered'",
        "complaints": "SELECT order_number, holder FROM cases WHERE store_id = 1 AND state = 'open'",
        "returns": "SELECT order_number, holder FROM returns WHERE store_id = 1 AND state = 'asked'",
        "customers": "SELECT number, holder FROM orders WHERE store_id = 1 AND status = 'shipped'",
    }
    for screen, statement in rows.items():
        number, holder = _row(folder, f"{statement} AND holder LIKE 'standard:1%'")
        yield Page(f"{screen.title()}: by number", f"{base}/{screen}?q={number}")
        address = quote(email_of(holder.removeprefix("standard:")))
        yield Page(f"{screen.title()}: by e-mail", f"{base}/{screen}?q={address}")


def _single(folder: Path, base: str) -> Iterator[Page]:
    """Name one order, case, return, customer and message, each with much to tell."""
    for state in ("late", "delivered_late"):
        statement = f"SELECT order_id FROM judgements WHERE store_id = 1 AND state = '{state}'"
        yield Page(f"One order: {state}", f"{base}/deliveries/{quote(_row(folder, statement)[0])}")
    for state in ("open", "waiting", "closed"):
        (number,) = _row(folder, f"SELECT number FROM cases WHERE store_id = 1 AND state = '{state}'")
        yield Page(f"One case: {state}", f"{base}/complaints/{number}")
    for state in ("asked", "received", "closed"):
        (number,) = _row(folder, f"SELECT number FROM returns WHERE store_id = 1 AND state = '{state}'")
        yield Page(f"One return: {state}", f"{base}/returns/{number}")
    often = "SELECT holder FROM orders WHERE store_id = 1 AND holder IS NOT NULL GROUP BY 1 ORDER BY COUNT(*) DESC"
    yield Page("One customer: most orders", f"{base}/customers/{quote(_row(folder, often)[0])}")
    complains = "SELECT holder FROM cases WHERE store_id = 1 AND state = 'open'"
    yield Page("One customer: with a case", f"{base}/customers/{quote(_row(folder, complains)[0])}")
    (identity,) = _row(folder, "SELECT id FROM messages WHERE store_id = 1 AND purpose = 'delay_notice'")
    yield Page("One message", f"{base}/messages/{identity}")


def _row(folder: Path, statement: str) -> tuple[str, ...]:
    database = sqlite3.connect(folder / "vefa.db")
    found: tuple[str, ...] = database.execute(f"{statement} LIMIT 1").fetchone()
    database.close()
    return found


def _settings(base: str) -> Iterator[Page]:
    for name in ("", "/page", "/row", "/try", "/windows"):
        yield Page(f"Policy: {name[1:] or 'table'}", f"{base}/policy{name}")
    screens = ("account", "brand", "calendar", "connections", "delivery-days", "new-store", "sending")
    for name in ("", *(f"/{screen}" for screen in (*screens, "statuses", "team"))):
        yield Page(f"Settings: {name[1:] or 'overview'}", f"{base}/settings{name}")


def behind(page: Page, client: FlaskClient) -> Page | None:
    """Return a deep page of a list that has a next one, as far from its beginning as there are rows."""
    after = _next(client, page.address)
    if after is None:
        return None
    second = _with(page.address, after)
    further = _next(client, second)
    here, there = (INSTANT.findall(one or "") for one in (after, further))
    if here and there:
        at, sign = datetime.fromisoformat(here[-1]), -1 if there[-1] < here[-1] else 1
        for days in DEEP:
            deep = _with(
                page.address, after.replace(here[-1], (at + sign * timedelta(days=days)).isoformat())
            )
            if _next(client, deep):
                return Page(f"{page.name}, {days} days on", deep)
    return Page(f"{page.name}, second", second)


def _next(client: FlaskClient, address: str) -> str | None:
    found = NEXT.search(client.get(address).text)
    return parse_qs(urlsplit(unescape(found[1])).query)["after"][0] if found else None


def _with(address: str, after: str) -> str:
    return f"{address}{'&' if '?' in address else '?'}after={quote(after)}"
