"""The addresses of a customer's own pages, as a letter carries them: signed, and good for 60 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from vefa.customers.link import LIFETIME, Link, Scope, address
from vefa.stores.sealing import Key
from vefa.stores.store import Store

SCORES = (1, 2, 3, 4, 5)


@dataclass(frozen=True)
class Links:
    """The pages of one customer about one order; every address is made when it is first asked for.

    ``message_id`` is the row of the message that carries them, ``language`` the tag in which the pages open.
    """

    slug: str
    key: Key
    public_url: str
    holder: str
    order_id: str | None
    message_id: str | None
    language: str | None
    expires_at: datetime

    def _address(self, scope: Scope, case_id: str | None = None) -> str:
        link = Link(
            scope,
            self.holder,
            self.expires_at,
            order_id=self.order_id,
            case_id=case_id,
            message_id=self.message_id,
            language=self.language,
        )
        return address(self.public_url, self.slug, link, self.key)

    @cached_property
    def status(self) -> str:
        """How the order stands."""
        return self._address(Scope.STATUS)

    @cached_property
    def person(self) -> str:
        """A way to a person: words, or a telephone number to be called at."""
        return self._address(Scope.PERSON)

    @property
    def cancel(self) -> str:
        """The way to a person, for somebody who wants to cancel."""
        return f"{self.person}?about=cancel"

    @cached_property
    def ask_return(self) -> str:
        """Asks for a return."""
        return self._address(Scope.RETURN)

    @cached_property
    def preferences(self) -> str:
        """What the customer wants to be written, and the way to refuse all that is not needed."""
        return self._address(Scope.PREFERENCES)

    @cached_property
    def _question(self) -> str:
        return self._address(Scope.FEEDBACK)

    def feedback(self, score: int | None = None) -> str:
        """Return the address of the one question, with an answer from 1 to 5 marked beforehand."""
        return self._question if score is None else f"{self._question}?score={score}"

    def case(self, case_id: str) -> str:
        """Return the address of a conversation."""
        return self._address(Scope.CASE, case_id)


def links_for(
    store: Store,
    key: Key,
    public_url: str,
    *,
    holder: str,
    order_id: str | None,
    message_id: str | None,
    language: str | None,
    now: datetime,
) -> Links:
    """Return the links that a letter of ``now`` carries for a customer; ``key`` is the store's own."""
    return Links(
        store.slug, key, public_url, holder, order_id, message_id, language, expires_at=now + LIFETIME
    )
