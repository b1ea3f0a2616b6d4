"""Codes that customers write on a parcel: short, read aloud without doubt, and no two alike in a store."""

from __future__ import annotations

import base64

from sqlalchemy import Connection

from vefa.clock import token
from vefa.returns.records import code_taken

# Without 0 and O, 1 and I, which a hand writes alike; 32 signs, so that a byte's share of them is even.
SIGNS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
LETTERS = SIGNS[:16]
LENGTH = 8


def spell(secret: bytes) -> str:
    """Spell random bytes as a code of two groups.

    It begins with a letter, so that it keeps its order inside text that runs from right to left.
    """
    first, *rest = secret[:LENGTH]
    signs = LETTERS[first % len(LETTERS)] + "".join(SIGNS[byte % len(SIGNS)] for byte in rest)
    return f"{signs[:4]}-{signs[4:]}"


def new_code(connection: Connection, store_id: int) -> str:
    """Return a code that no return of the store has."""
    while True:
        drawn = token(LENGTH)
        code = spell(base64.urlsafe_b64decode(drawn + "=" * (-len(drawn) % 4)))
        if not code_taken(connection, store_id, code):
            return code
