"""Contrast of colours, by the definition of WCAG 2.2."""

from __future__ import annotations

import re

_WANTED = 4.5
_DEFAULT = "#26408b"


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio, 1 to 21, of two colours written as ``#rrggbb``."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def readable(colour: str, ground: str) -> str:
    """Return the colour, darkened or lightened until it has a contrast of 4.5 on the ground.

    What is not a colour written as ``#rrggbb`` is replaced by the default brand colour.
    """
    if not re.fullmatch(r"#[0-9a-fA-F]{6}", colour):
        colour = _DEFAULT
    towards = 0 if _luminance(ground) > 0.18 else 255
    for step in range(51):
        mixed = _hex([round(part + (towards - part) * step / 50) for part in _parts(colour)])
        if contrast(mixed, ground) >= _WANTED:
            return mixed
    return _hex([towards] * 3)


def _parts(colour: str) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)]


def _hex(parts: list[int]) -> str:
    return "#" + "".join(f"{part:02x}" for part in parts)


def _luminance(colour: str) -> float:
    shares = (part / 255 for part in _parts(colour))
    linear = [share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
