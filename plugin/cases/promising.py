"""A date given to a customer, in a letter or on the telephone, becomes a promise with an owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from vefa.cases.step import Step
from vefa.errors import ConflictError
from vefa.locales import Language, mark
from vefa.promises.calendar import local_date
from vefa.promises.given import GivenKind

ANSWERS = (GivenKind.FIRST_REPLY, GivenKind.REPLY)
SENTENCES = {
    GivenKind.REPLY: mark("You will hear from us again by %(day)s."),
    GivenKind.CALLBACK: mark("We will call you by %(day)s."),
    GivenKind.REFUND: mark("We will send your money back by %(day)s."),
    GivenKind.OTHER: mark("We will have this done by %(day)s."),
}
# A promise for a whole day is over at the midnight after it.
INSTANT = timedelta(microseconds=1)
LONGEST_FAREWELL = 40
ENDS_OF_SENTENCES = tuple(".!?…؟:;؛")


def add_sentence(text: str, sentence: str) -> str:
    """Put a sentence at the end of a letter as a paragraph of its own, before a farewell if there is one."""
    blocks = [block.strip() for block in text.replace("\r\n", "\n").split("\n\n") if block.strip()]
    at = len(blocks) - 1 if len(blocks) > 1 and _is_farewell(blocks[-1]) else len(blocks)
    return "\n\n".join((*blocks[:at], sentence, *blocks[at:]))


def _is_farewell(block: str) -> bool:
    lines = block.split("\n")
    return all(
        len(line) <= LONGEST_FAREWELL and not line.rstrip().endswith(ENDS_OF_SENTENCES) for line in lines
    )


@dataclass(frozen=True, slots=True)
class Promising:
    """What is promised, and until when; for a whole day ``due_at`` is the end of that day."""

    kind: GivenKind
    due_at: datetime

    def day(self, zone: ZoneInfo) -> date:
        """Return the day that the promise names to somebody in a zone."""
        return local_date(self.due_at - INSTANT, zone)

    def sentence(self, language: Language, zone: ZoneInfo) -> str:
        """Return the promise in words, the day in the customer's calendar."""
        return language.gettext(SENTENCES[self.kind], day=language.date_both(self.day(zone)))

    def check(self, now: datetime) -> None:
        """Raise ``ConflictError`` for what nobody can promise."""
        if self.kind not in SENTENCES:
            raise ConflictError(
                mark("Choose what you promise: an answer, a call, a refund, or something else.")
            )
        if self.due_at <= now:
            raise ConflictError(mark("A promise needs a time that is still to come."))

    def give(self, act: Step) -> str:
        """Write the promise down in the case of an act; whoever looks after the case has to keep it."""
        self.check(act.now)
        return act.promise(self.kind, self.due_at)
