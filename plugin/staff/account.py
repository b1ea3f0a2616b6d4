"""A person's account, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """What a member may do in a store; an owner may do everything."""

    OWNER = "owner"


class Theme(StrEnum):
    """How the panel is lit; ``auto`` follows the device."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True, slots=True)
class Account:
    """One person, who may belong to several stores.

    ``email`` is folded, ``language`` a tag that the panel speaks or None to follow the browser.
    """

    id: str
    email: str
    name: str
    language: str | None = None
    theme: Theme = Theme.AUTO
