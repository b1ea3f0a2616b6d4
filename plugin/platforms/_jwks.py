"""The keys that platforms publish: read on the ground floor, by the name platforms know."""

from vefa.jwks import MOST_KEYS, public_keys

__all__ = ["MOST_KEYS", "public_keys"]
