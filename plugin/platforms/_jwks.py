"""The keys that platforms publish: read on the ground floor, by the name platforms know."""

from vefa.jwks import public_keys

__all__ = ["public_keys"]
