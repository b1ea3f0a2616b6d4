"""What a check of ``vefa doctor`` found."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found, as a sentence for the operator."""

    check: str
    ok: bool
    said: str
