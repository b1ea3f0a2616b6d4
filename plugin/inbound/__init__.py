"""What comes in: webhooks are kept before they are answered, and read afterwards."""

from vefa.inbound.keep import Inbound, Request

__all__ = ["Inbound", "Request"]
