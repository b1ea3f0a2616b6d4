"""Origins, by which a browser tells whose page frames another: scheme, host and port, and nothing else."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

LONGEST = 300
ORIGIN = re.compile(r"https?://(?:[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::[0-9]{1,5})?")


def is_origin(text: object) -> bool:
    """Say whether a text is an origin as browsers write it, with no path, no user and no wildcard."""
    return isinstance(text, str) and len(text) <= LONGEST and ORIGIN.fullmatch(text) is not None


def origin_of(address: str | None) -> str | None:
    """Return the origin of an address, or None where there is none."""
    try:
        parts = urlsplit(address or "")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return None
    host = f"[{host}]" if ":" in host else host
    usual = {"https": 443, "http": 80}.get(parts.scheme)
    found = f"{parts.scheme}://{host}" + (f":{port}" if port not in (None, usual) else "")
    return found if is_origin(found) else None
