"""What an answer may be: a score from 1 to 5, words of a bounded length, changed for one day."""

from __future__ import annotations

from datetime import datetime, timedelta

from vefa.errors import VefaError

LOWEST, HIGHEST = 1, 5
BAD = 2
LONGEST_WORDS = 4_000
EDITABLE = timedelta(hours=24)


class AnswerError(VefaError):
    """An answer is no score from 1 to 5, or its words are too long."""


class LockedError(VefaError):
    """An answer stands for longer than a day and is not changed any more."""


def checked(score: int, words: str) -> str:
    """Return the words as they are kept: with plain line ends, without blanks around them.

    Raises ``AnswerError`` if they are too long or the score is none of the five.
    """
    if not LOWEST <= score <= HIGHEST:
        raise AnswerError(f"A score is a number from {LOWEST} to {HIGHEST}.")
    kept = "\n".join(line.rstrip() for line in words.splitlines()).strip()
    if len(kept) > LONGEST_WORDS:
        raise AnswerError(f"The words are longer than {LONGEST_WORDS} characters.")
    return kept


def is_locked(first_at: datetime, now: datetime) -> bool:
    """Say whether an answer first given at ``first_at`` can no longer be changed."""
    return now >= first_at + EDITABLE


def calls_for_case(score: int, *, has_words: bool) -> bool:
    """Say whether a person has to read an answer: its score is bad, or it says something."""
    return score <= BAD or has_words
