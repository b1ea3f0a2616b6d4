"""Vefa's errors, by what the caller can do about them."""

from __future__ import annotations


class VefaError(Exception):
    """An error that Vefa foresaw; its text is a whole sentence for a person."""


class ConfigurationError(VefaError):
    """A setting is missing or wrong; the operator mends it."""


class RefusedError(VefaError):
    """A request is refused and nothing of it is kept; ``status`` is the HTTP answer."""

    status = 400


class SignatureError(RefusedError):
    """The signature, its timestamp or its secret does not fit the body."""

    status = 401


class StaleKeysError(SignatureError):
    """The key that signed is not among those known here: the sender may have changed its keys since.

    The status is one after which senders try again.
    """

    status = 503


class UnknownAddressError(RefusedError):
    """No such store, or the store has no such platform."""

    status = 404


class TooLargeError(RefusedError):
    """The body is larger than the setting allows."""

    status = 413


class UnprovedShopError(RefusedError):
    """A shop's event, signed by its application, for a store of which nobody has shown that it is that shop.

    ``slug`` is the store's. The answer is a good one, since the sender does nothing wrong.
    """

    status = 200

    def __init__(self, slug: str) -> None:
        super().__init__("Nobody has shown yet that this store is the shop.")
        self.slug = slug


class UnreadableError(VefaError):
    """A signed body cannot be read; it is kept, shown, and answered 200."""


class NotFoundError(VefaError):
    """The thing asked for does not exist in this store."""


class ConflictError(VefaError):
    """What is asked for does not fit how things stand by now; reading them again tells why."""

    status = 409


class ShopError(VefaError):
    """A store's interface could not be asked, or did not answer what it should."""


class UnreachableError(ShopError):
    """There is no sound answer: no connection, one that broke, a status of 500 and above, or no such document."""


class RefusedByShopError(ShopError):
    """The store does not take the key, or the key may not do what was asked."""


class BusyError(ShopError):
    """The store wants to be left alone for ``wait`` seconds."""

    def __init__(self, text: str, wait: float) -> None:
        super().__init__(text)
        self.wait = wait


class ChannelError(VefaError):
    """A message could not be handed over.

    ``permanent`` means that trying again cannot help (the recipient was refused);
    ``unknown`` means that the server may have taken the message before the connection broke.
    """

    def __init__(self, text: str, *, permanent: bool = False, unknown: bool = False) -> None:
        super().__init__(text)
        self.permanent = permanent
        self.unknown = unknown
