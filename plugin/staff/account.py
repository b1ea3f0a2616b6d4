"""A person's account, as a value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Role(StrEnum):
    """A member's place in a store; ``vefa.staff.permission`` says what each may do."""

    OWNER = "owner"
    MANAGER = "manager"
    AGENT = "agent"
    VIEWER = "viewer"


class LinkPurpose(StrEnum):
    """What a one-time link lets its holder do: choose a first password, choose another one, or join a store."""

    PASSWORD = "password"  # noqa: S105
    RESET = "reset"
    INVITATION = "invitation"


class Theme(StrEnum):
    """How the panel is lit; ``auto`` follows the device."""

    AUTO = "auto"
    LIGHT = "light"
    DARK = "dark"


# Of people whose platform signs them in and gives no address: no mail server takes letters there (RFC 2606).
NO_MAILBOX = "embedded.invalid"


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

    @property
    def has_mailbox(self) -> bool:
        """Whether letters reach this person."""
        return not self.email.endswith(f"@{NO_MAILBOX}")
