"""Letters to the people of a store that nobody asked for: the daily digest, and what must not go unnoticed.

Two rows of work a store, which re-arm themselves: ``digest`` each morning, ``watch`` each hour, and at once when a
feed is in trouble. A reason is told once to each member, because the letter's key names it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import Connection, Engine

from vefa import locales
from vefa.customers.privacy import COPY_WITHIN
from vefa.customers.records import copies_wanted
from vefa.database import reading, upsert
from vefa.insights import digest, feed, feeds, today
from vefa.insights.alarm import Copy, Watched, alarms
from vefa.insights.feed import Feed
from vefa.insights.today import Figures
from vefa.insights.trouble import worst
from vefa.locales import Language
from vefa.outreach.records import sent_since
from vefa.promises.calendar import DAY, local_date
from vefa.staff import mail, wishes
from vefa.staff.account import Account
from vefa.staff.letter import Paragraph
from vefa.stores.records import with_key
from vefa.stores.sealing import Key
from vefa.stores.store import Store
from vefa.work import Result, dead_letters, work

PACKAGE = "notices"
DIGEST, WATCH = "digest", "watch"
MORNING = time(8)
HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Seen:
    """What a look has read about a store."""

    store: Store
    key: Key
    base: str
    members: Sequence[tuple[Account, bool]]
    feed: Feed
    figures: Figures | None
    watched: Watched


@dataclass(frozen=True, slots=True)
class Notice:
    """One letter: ``key`` names its reason."""

    account: Account
    kind: str
    key: str
    subject: str
    paragraphs: Sequence[Paragraph]
    link: tuple[str, str]


def arm(connection: Connection, stores: Iterable[Store], now: datetime) -> None:
    """Let the two rows of work of every store be there; those that are there stay as they are."""
    rows = [
        {"store_id": store.id, "package": PACKAGE, "subject": subject, "due_at": due}
        for store in stores
        for subject, due in ((DIGEST, next_morning(store, now)), (WATCH, now))
    ]
    upsert(connection, work, rows, update=())


def next_morning(store: Store, now: datetime) -> datetime:
    """Return the next time at which it is eight in the morning in the store's time zone."""
    day = local_date(now, store.zone)
    at = datetime.combine(day, MORNING, store.zone).astimezone(UTC)
    return at if at > now else datetime.combine(day + DAY, MORNING, store.zone).astimezone(UTC)


def look(
    engine: Engine, master: Key, public_url: str, store_id: int, subjects: Sequence[str], now: datetime
) -> Result:
    """Write the letters that are due for a store, and say when to look again."""
    with reading(engine) as connection:
        seen = _read(connection, master, public_url, store_id, subjects, now)
    notices: list[Notice] = []
    if DIGEST in subjects:
        notices += _digests(seen, now)
    if WATCH in subjects:
        notices += _warnings(seen, now)
    again = {DIGEST: next_morning(seen.store, now), WATCH: now + HOUR}

    def write(connection: Connection) -> None:
        for one in notices:
            mail.queue(
                connection,
                seen.store,
                seen.key,
                one.account,
                kind=one.kind,
                key=one.key,
                subject=one.subject,
                paragraphs=one.paragraphs,
                link=one.link,
                now=now,
            )

    return Result(write, {subject: at for subject, at in again.items() if subject in subjects})


def _read(
    connection: Connection,
    master: Key,
    public_url: str,
    store_id: int,
    subjects: Sequence[str],
    now: datetime,
) -> Seen:
    store, key = with_key(connection, store_id, master)
    heard = feed.feed(connection, store_id, now)
    health = feeds.health(connection, store, key, now)
    return Seen(
        store,
        key,
        f"{public_url}/vefa/{store.slug}/",
        wishes.readers_of(connection, store_id),
        heard,
        today.figures(connection, store, now) if DIGEST in subjects else None,
        Watched(
            store,
            health,
            sent_since(connection, store_id, now - HOUR),
            sorted({package for package, _, _ in dead_letters(connection, store_id)}),
            [
                Copy(request, asked_at, asked_at + COPY_WITHIN)
                for request, _, asked_at in copies_wanted(connection, store_id)
            ],
        ),
    )


def _language(seen: Seen, account: Account) -> Language:
    return locales.get(mail.language_of(account, seen.store))


def _digests(seen: Seen, now: datetime) -> list[Notice]:
    day = local_date(now, seen.store.zone)
    found = []
    for account, wants in seen.members:
        language = _language(seen, account)
        told = (
            digest.lines(language, seen.figures, seen.feed, seen.base, worst(seen.watched.feeds, now))
            if wants and seen.figures
            else []
        )
        if told:
            found.append(
                Notice(
                    account,
                    DIGEST,
                    f"{DIGEST}:{day.isoformat()}",
                    language.gettext(
                        "%(store)s, %(day)s: what needs attention",
                        store=language.isolate(seen.store.name),
                        day=language.date(day),
                    ),
                    told,
                    (language.gettext("Open today"), seen.base),
                )
            )
    return found


def _warnings(seen: Seen, now: datetime) -> list[Notice]:
    found: list[Notice] = []
    for account, _ in seen.members:
        language = _language(seen, account)
        for one in alarms(seen.watched, language, now):
            link = (language.gettext("See it in the panel"), seen.base + one.path)
            found.append(Notice(account, one.kind, one.key, one.subject, [one.text], link))
    return found
