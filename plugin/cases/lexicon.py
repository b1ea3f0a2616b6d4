"""The words by which a message is read: what it is about, whether it complains, whether there is danger.

Rows stand in the order in which they are tried: danger before causes, causes before wishes. Phrases are written as
people write them and folded before they are compared, so that case, accents, dotless i, Arabic letters and half
spaces make no difference. A hyphen at a phrase's end lets any ending follow; a blank may be missing in the text.
The rows of all languages are tried together, because people mix them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from vefa.cases import words_en, words_fa, words_tr
from vefa.cases.case import Reason
from vefa.cases.words import ANGRY, EXCHANGE, MEANS, OWED, PRAISE, SAFETY
from vefa.locales import fold

LEXICON = {"en": words_en.ROWS, "tr": words_tr.ROWS, "fa": words_fa.ROWS}
NAMES = tuple(name for name, _ in words_en.ROWS)
# What is wished for, the firmest wish first.
WISHES: Mapping[Reason | str, str] = {
    Reason.CANCEL: "cancel",
    EXCHANGE: "exchange",
    OWED: "refund",
    Reason.REFUND: "refund",
    Reason.RETURN: "refund",
}
SILENT = str.maketrans(dict.fromkeys("'’`"))


@dataclass(frozen=True, slots=True)
class Topic:
    """What the words of a message speak of.

    ``owed`` means that money should have come back and did not; ``wanted`` is what the customer asks for: cancel,
    exchange, refund, or nothing in particular.
    """

    reason: Reason | None = None
    safety: bool = False
    angry: bool = False
    owed: bool = False
    wanted: str = ""


def topic(text: str) -> Topic:
    """Read a message in any of the languages."""
    plain = _pattern(PRAISE).sub(" . ", _plain(text))
    named = [name for name in NAMES if _pattern(name).search(plain)]
    reasons = [name if isinstance(name, Reason) else MEANS.get(name) for name in named]
    return Topic(
        next((reason for reason in reasons if reason is not None), None),
        safety=SAFETY in named,
        angry=ANGRY in named,
        owed=OWED in named,
        wanted=next((wish for name, wish in WISHES.items() if name in named), ""),
    )


def _plain(text: str) -> str:
    return fold(text.translate(SILENT))


@cache
def _pattern(name: Reason | str) -> re.Pattern[str]:
    phrases = [phrase for rows in LEXICON.values() for phrase in dict(rows)[name].split("|")]
    return re.compile(rf"(?<!\w)(?:{'|'.join(map(_expression, phrases))})")


def _expression(phrase: str) -> str:
    written = phrase.strip()
    plain = re.escape(_plain(written.removesuffix("-"))).replace(r"\ ", " ?")
    return plain if written.endswith("-") else rf"{plain}(?!\w)"
