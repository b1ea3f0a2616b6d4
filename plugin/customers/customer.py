"""A customer, as a value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Customer:
    """What a message or a screen needs to know of a person; any of it may be unknown."""

    holder: str
    name: str | None = None
    email: str | None = None
    phone: str | None = None


def from_values(holder: str, values: Mapping[str, Any]) -> Customer:
    """Build a customer from the vault's fields; a full name wins over its parts."""
    parts = [str(values[part]).strip() for part in ("first_name", "last_name") if values.get(part)]
    name = str(values.get("name") or " ".join(parts)).strip()
    email = str(values.get("email") or "").strip()
    return Customer(
        holder,
        name=" ".join(name.split()) or None,
        email=email if "@" in email and not any(mark.isspace() for mark in email) else None,
        phone=values.get("phone") or None,
    )
