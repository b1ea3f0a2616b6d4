"""What the columns of a policy may hold, and what its rows may do."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

LAST_ROW = "last"
# What a case can be about; the cases' own list stands above this package and equals it.
REASONS = (
    "late",
    "not_received",
    "damaged",
    "wrong_item",
    "missing_part",
    "quality",
    "return",
    "refund",
    "cancel",
    "service",
    "comment",
    "other",
)


class Column(StrEnum):
    """What a row may ask about."""

    REASON = "reason"
    DELIVERY = "delivery"
    DAYS_LATE = "days_late"
    VALUE = "value"
    PAID = "paid"
    SINCE_DELIVERY = "since_delivery"
    WINDOW = "window"
    EXCLUDED = "excluded"
    WANTED = "wanted"
    TIER = "tier"
    COUNTRY = "country"


class Delivery(StrEnum):
    """How far the goods have come."""

    NOT_SHIPPED = "not_shipped"
    UNDER_WAY = "under_way"
    DELIVERED = "delivered"


class Paid(StrEnum):
    """How the order stands with money."""

    PAID = "paid"
    UNPAID = "unpaid"
    ON_DELIVERY = "on_delivery"


class Window(StrEnum):
    """Whether the time for sending goods back still runs."""

    OPEN = "open"
    OVER = "over"


class Wanted(StrEnum):
    """What the customer asks for."""

    REFUND = "refund"
    EXCHANGE = "exchange"
    STORE_CREDIT = "store_credit"
    REPAIR = "repair"
    CANCEL = "cancel"
    NOTHING = "nothing"


class Tier(StrEnum):
    """How long the customer has been one: by the number of their orders."""

    FIRST_TIME = "first_time"
    RETURNING = "returning"
    LOYAL = "loyal"


class Kind(StrEnum):
    """What a row does."""

    CANCEL_REFUND_ALL = "cancel_refund_all"
    CANCEL_NOTHING_TO_PAY = "cancel_nothing_to_pay"
    REFUND_SHIPPING = "refund_shipping"
    GOODWILL = "goodwill"
    REPLACE = "replace"
    ACCEPT_RETURN = "accept_return"
    EXCHANGE = "exchange"
    REFUSE = "refuse"
    ASK_A_PERSON = "ask_a_person"


class Payer(StrEnum):
    """Who pays for sending goods back."""

    STORE = "store"
    CUSTOMER = "customer"


class Refusal(StrEnum):
    """Why something is refused."""

    WINDOW_OVER = "window_over"
    EXCLUDED = "excluded"
    ALREADY_SHIPPED = "already_shipped"
    NOT_LATE_YET = "not_late_yet"
    NOT_OFFERED = "not_offered"


class Alternative(StrEnum):
    """What is offered in place of what is refused."""

    EXCHANGE = "exchange"
    STORE_CREDIT = "store_credit"
    REPAIR = "repair"
    RETURN_AFTER_DELIVERY = "return_after_delivery"
    WAIT = "wait"


class Authority(StrEnum):
    """The least role that may carry an outcome out."""

    AGENT = "agent"
    MANAGER = "manager"
    OWNER = "owner"


CHOICES: Mapping[Column, type[StrEnum]] = {
    Column.DELIVERY: Delivery,
    Column.PAID: Paid,
    Column.WINDOW: Window,
    Column.WANTED: Wanted,
    Column.TIER: Tier,
}
RANGES = (Column.DAYS_LATE, Column.VALUE, Column.SINCE_DELIVERY)
