"""The customers' side: some read their letters, and answer on the page that the letter links to."""

from __future__ import annotations

import heapq
import html
import http.cookiejar
import itertools
import random
import re
import urllib.parse
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email.message import EmailMessage

from demonstration import words

LINK = re.compile(r"https?://127\.0\.0\.1[^\s\"<>]*/vefa/c/[^\s\"<>?]+\?score=\d")
MARK = re.compile(r'name="form" value="([^"]+)"')
TIMEOUT = 10


@dataclass(order=True)
class _Answer:
    """An answer that is due at an instant of the demonstration's clock."""

    at: datetime
    order: int
    link: str = field(compare=False)
    score: int = field(compare=False)
    text: str = field(compare=False)


class Customers:
    """Who was written to, and when they answer; what each does follows from the seed and their address."""

    def __init__(self, seed: int, say: Callable[[str], None]) -> None:
        self.seed, self.say = seed, say
        self._due: list[_Answer] = []
        self._count = itertools.count()

    def receive(self, recipient: str, mail: EmailMessage, now: datetime) -> None:
        """Read a letter; perhaps plan an answer some minutes or hours later."""
        body = mail.get_body(("plain",))
        link = LINK.search(html.unescape(body.get_content())) if body else None
        if link is None:
            return
        chance = random.Random(f"{self.seed}:{recipient}:{mail['Message-ID']}")
        language = str(mail.get("Content-Language", "en"))[:2]
        if language not in words.ANSWERS or chance.random() > 0.6:
            return
        asks = "feedback" in str(mail.get("List-Id", ""))
        score, text = words.PRAISE[language] if asks else chance.choice(words.ANSWERS[language])
        at = now + timedelta(minutes=chance.randrange(8, 150))
        address = link[0].partition("?")[0]
        heapq.heappush(self._due, _Answer(at, next(self._count), address, score, text))

    def answer(self, now: datetime) -> None:
        """Send the answers that are due by now."""
        while self._due and self._due[0].at <= now:
            one = heapq.heappop(self._due)
            if send(one.link, one.score, one.text):
                self.say(f"a customer answers: {one.score} of 5, {one.text}")


def send(link: str, score: int, text: str) -> bool:
    """Fill in the form of a letter's question as a browser would, and say whether it was taken."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()))
    try:
        with opener.open(link, timeout=TIMEOUT) as page:
            mark = MARK.search(page.read().decode())
        if mark is None:
            return False
        form = urllib.parse.urlencode({"form": html.unescape(mark[1]), "score": score, "words": text})
        with opener.open(link, form.encode(), timeout=TIMEOUT) as page:
            return page.status == 200
    except OSError:
        return False
