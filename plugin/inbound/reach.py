"""Asks Vefa's own public address, as a shop would, whether events can arrive there."""

from __future__ import annotations

import ipaddress
import json
from enum import StrEnum
from urllib.parse import urlsplit

from vefa import http
from vefa.settings import Settings

PATH = "/vefa/-/healthz"
TIMEOUT = 4.0
LIMIT = 4096


class Reach(StrEnum):
    """What was found at Vefa's public address."""

    REACHED = "reached"
    PRIVATE = "private"
    UNENCRYPTED = "unencrypted"
    UNKNOWN_HOST = "unknown_host"
    CERTIFICATE = "certificate"
    SILENT = "silent"
    ANOTHER = "another"

    @property
    def is_hopeless(self) -> bool:
        """Whether no shop on the internet can send anything there, wherever it stands."""
        return self in (Reach.PRIVATE, Reach.UNENCRYPTED, Reach.UNKNOWN_HOST)


def reach(settings: Settings) -> Reach:
    """Ask for Vefa's health under ``VEFA_PUBLIC_URL``; a host that ``VEFA_HTTP_ALLOW_PRIVATE`` names may be near."""
    if told := hopeless(settings):
        return told
    try:
        answer = http.get(
            settings.public_url + PATH, timeout=TIMEOUT, limit=LIMIT, allow_private=_is_named(settings)
        )
    except http.HttpError as error:
        return _why(error)
    return Reach.REACHED if _is_ours(answer.body) else Reach.ANOTHER


def hopeless(settings: Settings) -> Reach | None:
    """Return why no shop can send anything to Vefa's address, if the address itself tells, without asking it."""
    parts = urlsplit(settings.public_url)
    if _is_named(settings):
        return None
    if _is_here((parts.hostname or "").lower()):
        return Reach.PRIVATE
    return Reach.UNENCRYPTED if parts.scheme != "https" else None


def _is_named(settings: Settings) -> bool:
    return (urlsplit(settings.public_url).hostname or "").lower() in settings.allow_private


def _is_here(host: str) -> bool:
    try:
        return not ipaddress.ip_address(host).is_global
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local", ".internal"))


def _why(error: http.HttpError) -> Reach:
    if isinstance(error, http.LeadsElsewhereError):
        return Reach.ANOTHER
    if isinstance(error, http.ForbiddenAddressError):
        return Reach.PRIVATE
    if isinstance(error, http.UnknownHostError):
        return Reach.UNKNOWN_HOST
    return Reach.CERTIFICATE if isinstance(error, http.CertificateError) else Reach.SILENT


def _is_ours(body: bytes) -> bool:
    try:
        return json.loads(body) in ({"status": "ok"}, {"status": "cannot write"})
    except ValueError:
        return False
