"""What automatic messages are for."""

from __future__ import annotations

from enum import StrEnum


class Purpose(StrEnum):
    """What a message is for; the order is their rank when a customer's capacity is short."""

    DELAY_NOTICE = "delay_notice"
    APOLOGY = "apology_after_late_delivery"
    FEEDBACK = "feedback_request"
