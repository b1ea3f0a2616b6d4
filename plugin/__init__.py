"""Vefa keeps an online store's word: promises, lateness, and the customers who suffer in silence."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["Vefa", "__version__", "order_event"]
_PLACES = {"Vefa": "vefa.extension", "order_event": "vefa.inbound.host"}


def __getattr__(name: str) -> Any:
    """Import what a host needs only when it is asked for: every package lies above this one and may import it."""
    if name not in _PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
