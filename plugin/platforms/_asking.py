"""Asking a store's interface: one answer, judged, as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from vefa.errors import BusyError, RefusedByShopError, UnreachableError
from vefa.exchange import Answer, Shop

DEFAULT_WAIT = timedelta(seconds=30)
LONGEST_WAIT = timedelta(hours=1)


def wait_of(answer: Answer, usual: timedelta = DEFAULT_WAIT) -> float:
    """Return for how many seconds a server wants to be left alone: its ``Retry-After``, an hour at most."""
    said = answer.headers.get("retry-after", "").strip()
    seconds = float(said) if said.replace(".", "", 1).isdecimal() else usual.total_seconds()
    return min(max(seconds, 1.0), LONGEST_WAIT.total_seconds())


def judge(answer: Answer, what: str) -> None:
    """Raise what an answer's status means; 404 is left to the caller.

    ``what`` names the request in the error's sentence. Raises ``RefusedByShopError``, ``BusyError`` or
    ``UnreachableError``.
    """
    if answer.status in (401, 403):
        raise RefusedByShopError(
            f"The store refuses {what} ({answer.status}): is the key good, and may it read orders?"
        )
    if answer.status == 429 or (answer.status == 503 and "retry-after" in answer.headers):
        raise BusyError(f"The store asks to wait before {what}.", wait_of(answer))
    if answer.status >= 300 and answer.status != 404:
        raise UnreachableError(f"The store answered {what} with {answer.status}.")


def decoded(answer: Answer, what: str) -> Any:
    """Return an answer's JSON; raises ``UnreachableError`` for anything else, such as a page of a firewall."""
    try:
        return json.loads(answer.body)
    except (ValueError, RecursionError) as error:
        kind = answer.headers.get("content-type", "of no kind").partition(";")[0][:60]
        raise UnreachableError(
            f"The store answered {what} with something that is no JSON ({kind})."
        ) from error


def json_of(
    shop: Shop,
    method: str,
    path: str,
    *,
    query: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    document: Any = None,
) -> tuple[Any, Answer]:
    """Ask once, with a JSON document or none, and return the JSON of the answer with the answer itself.

    The document is None where the store answers 404. Raises as ``judge`` and ``decoded`` do.
    """
    body = None if document is None else json.dumps(document, ensure_ascii=False).encode()
    given = {"Accept": "application/json", **(headers or {})}
    if body is not None:
        given["Content-Type"] = "application/json"
    what = f"{method} {path}"
    answer = shop.ask(method, path, query=query, headers=given, body=body)
    judge(answer, what)
    return (None if answer.status == 404 else decoded(answer, what)), answer
