"""Vefa keeps an online store's word: promises, lateness, and the customers who suffer in silence."""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"
__all__ = ["Vefa", "__version__"]


def __getattr__(name: str) -> Any:
    """Import the extension only when it is asked for: every package lies above this one and may import it."""
    if name != "Vefa":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module("vefa.extension").Vefa
