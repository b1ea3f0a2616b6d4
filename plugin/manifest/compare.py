"""Where two manifests differ, in sentences."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

RENEW = "Run `vefa manifest > manifest.json` to renew it."
# What names an entry of a list, so that it is told by name and not by its place.
NAMES = ("id", "table", "topic", "scope")


def differences(code: Any, file: Any, place: str = "") -> Iterator[str]:
    """Yield a sentence for everything in which a manifest file differs from the code."""
    if isinstance(code, list) and isinstance(file, list):
        by_code, by_file = _by_name(code), _by_name(file)
        if by_code is not None and by_file is not None:
            if list(by_code) != list(by_file) and set(by_code) == set(by_file):
                yield f"{place}: the entries stand in another order."
            code, file = by_code, by_file
    if isinstance(code, dict) and isinstance(file, dict):
        for name in {**code, **file}:
            where = f"{place} → {name}" if place else str(name)
            if name not in file:
                yield f"{where}: is in the code and not in the file."
            elif name not in code:
                yield f"{where}: is in the file and not in the code."
            else:
                yield from differences(code[name], file[name], where)
    elif code != file or type(code) is not type(file):
        yield f"{place}: the code says {code!r}, the file {file!r}."


def _by_name(entries: list[Any]) -> dict[str, Any] | None:
    """Return entries by their names; None if they carry none or one name twice."""
    found = {}
    for one in entries:
        name = next((one[key] for key in NAMES if key in one), None) if isinstance(one, dict) else None
        if not isinstance(name, str) or name in found:
            return None
        found[name] = one
    return found
