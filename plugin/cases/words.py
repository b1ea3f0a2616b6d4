"""What the rows of the lexicon are called."""

from __future__ import annotations

from vefa.cases.case import Reason

# Said before everything else: praise that would read as its contrary ("not damaged"), and danger.
PRAISE, SAFETY = "praise", "safety"
# Money that should have come back, and a day that was missed: told apart from merely asking for money or a date.
OWED, MISSED = "owed", "missed"
# The same thing again instead of the money.
EXCHANGE = "exchange"
ANGRY = "angry"
MEANS = {OWED: Reason.REFUND, MISSED: Reason.LATE, EXCHANGE: Reason.RETURN}

# A reason or one of the marks above, and its phrases, separated by bars.
Row = tuple[Reason | str, str]
