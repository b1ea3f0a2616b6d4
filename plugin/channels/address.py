"""E-mail addresses as they travel."""

from __future__ import annotations

import re

from vefa.errors import ChannelError

_LOCAL = re.compile(r"[\w!#$%&'*+/=?^`{|}~-]+(?:\.[\w!#$%&'*+/=?^`{|}~-]+)*", re.ASCII)
_DOMAIN = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?", re.ASCII | re.IGNORECASE)
_LONGEST_LOCAL, _LONGEST = 64, 254


def on_the_wire(address: str, *, permanent: bool = True) -> str:
    """Return a bare address with its domain in ASCII (IDNA).

    Raises ChannelError, permanent unless said otherwise, for what is not one address, and for a local part
    outside ASCII, which few servers can deliver to.
    """
    local, _, domain = address.strip().rpartition("@")
    try:
        ascii_domain = domain.encode("idna").decode("ascii")
    except UnicodeError:
        ascii_domain = ""
    wire = f"{local}@{ascii_domain}"
    well_formed = _LOCAL.fullmatch(local) and _DOMAIN.fullmatch(ascii_domain)
    if not well_formed or len(local) > _LONGEST_LOCAL or len(wire) > _LONGEST:
        raise ChannelError(f"The address {address!r} cannot be written to.", permanent=permanent)
    return wire
