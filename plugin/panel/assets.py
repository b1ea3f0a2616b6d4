"""Style sheets, scripts, type and icons: each under an address that changes with its content, so it is kept."""

from __future__ import annotations

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Response, abort, request, url_for
from werkzeug.security import safe_join

from vefa.resources import static

TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".woff2": "font/woff2",
}
FOR_GOOD = "public, max-age=31536000, immutable"


@cache
def fingerprint() -> str:
    """Return a short digest of every static file."""
    together = hashlib.sha256()
    for path in sorted(static().rglob("*")):
        if path.suffix in TYPES:
            together.update(path.relative_to(static()).as_posix().encode() + b"\0" + path.read_bytes())
    return together.hexdigest()[:12]


def address(name: str) -> str:
    """Return where a page finds a static file."""
    return url_for("entrance.serve", version=fingerprint(), name=name)


@cache
def _squeezed(path: Path) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)


def serve(version: str, name: str) -> Response:
    """Answer with a static file, compressed where the browser can take it."""
    found = safe_join(str(static()), name)
    path = Path(found) if found else None
    if path is None or path.suffix not in TYPES or not path.is_file():
        abort(404)
    squeezed = path.suffix != ".woff2" and request.accept_encodings.quality("gzip") > 0
    answer = Response(
        _squeezed(path) if squeezed else path.read_bytes(), headers={"Content-Type": TYPES[path.suffix]}
    )
    if squeezed:
        answer.headers["Content-Encoding"] = "gzip"
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = FOR_GOOD if version == fingerprint() else "no-cache"
    return answer
