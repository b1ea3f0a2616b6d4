"""Makes the row of a new message: its identity, its sealed content, and the state in which it begins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from vefa import locales
from vefa.database import dump_json
from vefa.outreach import records
from vefa.outreach.paper import Letter
from vefa.stores.sealing import Key
from vefa.stores.store import Store


@dataclass(frozen=True, slots=True)
class Posted:
    """A letter with what its row states besides.

    ``reason`` tells messages of one purpose and order apart, so that each is written once. ``unsubscribe`` is the
    address of a one-click refusal. ``shadow`` keeps the message and sends nothing.
    """

    identity: str
    purpose: str
    order_id: str
    reason: str
    holder: str
    to: str
    letter: Letter
    shadow: bool = False
    unsubscribe: str | None = None
    case_id: str | None = None
    references: Sequence[str] = ()


def row(store: Store, key: Key, posted: Posted, now: datetime) -> dict[str, Any]:
    """Return the row of a message that is written at ``now``; ``key`` is the store's own."""
    letter = posted.letter
    content = {"to": posted.to, "subject": letter.subject, "text": letter.text, "html": letter.html}
    if posted.unsubscribe:
        content["unsubscribe"] = posted.unsubscribe
    return {
        "store_id": store.id,
        "id": posted.identity,
        "order_id": posted.order_id,
        "purpose": posted.purpose,
        "promise": posted.reason,
        "holder": posted.holder,
        "recipient_index": key.index(locales.fold_email(posted.to)),
        "language": letter.language,
        "message_id": f"<{posted.identity}@{(store.sender or 'vefa.invalid').rpartition('@')[2]}>",
        "case_id": posted.case_id,
        "references": " ".join(posted.references) or None,
        "sealed_content": key.seal(dump_json(content).encode(), f"message:{posted.identity}"),
        "state": records.DROPPED if posted.shadow else records.WRITTEN,
        "reason": "shadow" if posted.shadow else None,
        "shadow": posted.shadow,
        "tries": 0,
        "written_at": now,
        "settled_at": now if posted.shadow else None,
    }
