"""A figure: a count together with the place where the rows stand that it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

COUNT_UP_TO = 1000


@dataclass(frozen=True, slots=True)
class Figure:
    """A count, and the screen and its filters that show exactly these rows.

    A count is at most one more than ``COUNT_UP_TO``: it says then that there are more.
    """

    count: int
    screen: str
    filters: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The address of the rows within the store's part of the panel."""
        return f"{self.screen}?{urlencode(self.filters)}" if self.filters else self.screen
