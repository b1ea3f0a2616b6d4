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
    parts = urlsplit(settings.public_url)
    host = (parts.hostname or "").lower()
    near = host in settings.allow_private
    if not near and _is_here(host):
        return Reach.PRIVATE
    if not near and parts.scheme != "https":
        return Reach.UNENCRYPTED
    try:
        answer = http.get(settings.public_url + PATH, timeout=TIMEOUT, limit=LIMIT, allow_private=near)
    except http.HttpError as error:
        return _why(error)
    return Reach.REACHED if _is_ours(answer.body) else Reach.ANOTHER


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
