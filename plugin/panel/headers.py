"""What every answer of Vefa tells the browser: run nothing foreign, frame nothing, keep nothing."""

from __future__ import annotations

from flask import Response, g, request

from vefa.panel.state import state

POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
}


# What a Flask store may show inside its own admin: the pages of somebody who is signed in, and that one is missing.
FRAMED = {"entrance.home", "entrance.prefer", None}


def framed_by() -> str:
    """Return who may frame this page: nobody, the admin that opened it, or pages of the Flask store around Vefa."""
    if origins := _admin():
        return " ".join(origins)
    inside = request.blueprint == "panel" or request.endpoint in FRAMED
    return "'self'" if inside and state().mounted else "'none'"


def _admin() -> tuple[str, ...]:
    """Return the origins of the platform's admin in which this page is open, as its session or its store has them."""
    given: tuple[str, ...] = g.get("vefa_framed_by", ())
    session = g.get("vefa_embedded")
    return given or (session.framed_by if session and not session.over else ())


def policy(**changed: str) -> str:
    """Return a content security policy; a name like ``frame_src`` adds or changes one of its directives."""
    directives = (
        POLICY
        | {"frame-ancestors": framed_by()}
        | {name.replace("_", "-"): value for name, value in changed.items()}
    )
    return "; ".join(f"{name} {value}" for name, value in directives.items())


def protect(response: Response) -> Response:
    """Set the headers that the answer has not set for itself."""
    response.headers.setdefault("Content-Security-Policy", policy())
    if origins := _admin():
        # A letter in a frame of the panel has the admin above it too.
        own = response.headers["Content-Security-Policy"]
        wider = own.replace("frame-ancestors 'self'", f"frame-ancestors 'self' {' '.join(origins)}")
        response.headers["Content-Security-Policy"] = wider
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    response.headers.setdefault("Cache-Control", "no-store")
    return response
