"""How the feed of one platform of a store stands, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class FeedState:
    """How the feed of one platform stands; the fields are the columns of the table ``feeds``."""

    platform: str
    asked_until: datetime | None = None
    pass_since: datetime | None = None
    pass_began: datetime | None = None
    cursor: str | None = None
    pass_found: int = 0
    checked_at: datetime | None = None
    found: int = 0
    failing_since: datetime | None = None
    error: str | None = None
    tries: int = 0
    gap_from: datetime | None = None
    gap_until: datetime | None = None
    gap_reason: str | None = None
    installed_at: datetime | None = None
    mended_at: datetime | None = None
    mended: str | None = None
    watched_since: datetime | None = None
    silent_since: datetime | None = None
    refused: int = 0
    refused_since: datetime | None = None
    refused_reason: str | None = None

    @property
    def gap_open(self) -> bool:
        """Whether there is a hole in what came that is not filled yet."""
        return self.gap_from is not None and self.gap_until is None
