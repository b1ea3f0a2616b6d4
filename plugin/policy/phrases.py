"""The words for everything that a policy's cells may hold: clauses for sentences, a few words for the cells."""

from __future__ import annotations

from vefa.locales import mark
from vefa.policy.table import (
    Alternative,
    Authority,
    Column,
    Delivery,
    Kind,
    Paid,
    Payer,
    Refusal,
    Tier,
    Wanted,
    Window,
)

REASONS = {
    "late": mark("a late order"),
    "not_received": mark("an order that did not arrive"),
    "damaged": mark("a damaged item"),
    "wrong_item": mark("a wrong item"),
    "missing_part": mark("a missing part"),
    "quality": mark("the quality"),
    "return": mark("sending something back"),
    "refund": mark("a refund"),
    "cancel": mark("a cancellation"),
    "service": mark("the service"),
    "comment": mark("a comment"),
    "other": mark("something else"),
}
DELIVERY = {
    Delivery.NOT_SHIPPED.value: mark("not shipped yet"),
    Delivery.UNDER_WAY.value: mark("on its way"),
    Delivery.DELIVERED.value: mark("delivered"),
}
PAID = {
    Paid.PAID.value: mark("paid"),
    Paid.UNPAID.value: mark("not paid"),
    Paid.ON_DELIVERY.value: mark("to be paid on delivery"),
}
WINDOW = {
    Window.OPEN.value: mark("the withdrawal period still runs"),
    Window.OVER.value: mark("the withdrawal period is over"),
}
WANTED = {
    Wanted.REFUND.value: mark("money back"),
    Wanted.EXCHANGE.value: mark("an exchange"),
    Wanted.STORE_CREDIT.value: mark("store credit"),
    Wanted.REPAIR.value: mark("a repair"),
    Wanted.CANCEL.value: mark("to cancel"),
    Wanted.NOTHING.value: mark("nothing in particular"),
}
TIER = {
    Tier.FIRST_TIME.value: mark("a first order"),
    Tier.RETURNING.value: mark("2 to 4 orders"),
    Tier.LOYAL.value: mark("5 orders or more"),
}
AUTHORITY = {
    Authority.AGENT: mark("any member of the team"),
    Authority.MANAGER: mark("a manager"),
    Authority.OWNER: mark("the owner"),
}
PAYER = {
    Payer.STORE: mark("the store"),
    Payer.CUSTOMER: mark("the customer"),
}
# The kinds as a merchant chooses them.
KINDS = {
    Kind.CANCEL_REFUND_ALL: mark("Cancel and give everything back"),
    Kind.CANCEL_NOTHING_TO_PAY: mark("Cancel, nothing to pay"),
    Kind.REFUND_SHIPPING: mark("Give the delivery cost back"),
    Kind.GOODWILL: mark("Goodwill"),
    Kind.REPLACE: mark("Send a replacement"),
    Kind.ACCEPT_RETURN: mark("Take back"),
    Kind.EXCHANGE: mark("Exchange"),
    Kind.REFUSE: mark("Refuse"),
    Kind.ASK_A_PERSON: mark("Ask a person"),
}
REFUSALS = {
    Refusal.WINDOW_OVER: mark("The withdrawal period is over."),
    Refusal.EXCLUDED: mark("Goods of this kind cannot be sent back."),
    Refusal.ALREADY_SHIPPED: mark("The parcel is already on its way, so the order can no longer be stopped."),
    Refusal.NOT_LATE_YET: mark("The promised day has not passed yet."),
    Refusal.NOT_OFFERED: mark("We do not offer this."),
}
ALTERNATIVES = {
    Alternative.EXCHANGE: mark("What we can do: if it is unused, we exchange it."),
    Alternative.STORE_CREDIT: mark("What we can do: if it is unused, we take it back for store credit."),
    Alternative.REPAIR: mark("What we can do: if it has a fault, we repair or replace it at our cost."),
    Alternative.RETURN_AFTER_DELIVERY: mark("What we can do: once it has arrived, you can send it back."),
    Alternative.WAIT: mark(
        "What we can do: once the promised day has passed, you can cancel and get your money back."
    ),
}
# Whole clauses, for the sentences that customers read.
CLAUSES = {
    Column.REASON: {
        "late": mark("your order is late"),
        "not_received": mark("your order did not arrive"),
        "damaged": mark("an item came damaged"),
        "wrong_item": mark("a wrong item came"),
        "missing_part": mark("something is missing"),
        "quality": mark("the quality disappointed you"),
        "return": mark("you want to send something back"),
        "refund": mark("you ask about a refund"),
        "cancel": mark("you ask us to cancel"),
        "service": mark("our service disappointed you"),
        "comment": mark("you tell us your opinion"),
        "other": mark("it is about something else"),
    },
    Column.DELIVERY: {
        Delivery.NOT_SHIPPED.value: mark("the parcel has not left yet"),
        Delivery.UNDER_WAY.value: mark("the parcel is on its way"),
        Delivery.DELIVERED.value: mark("the parcel has been delivered"),
    },
    Column.PAID: {
        Paid.PAID.value: mark("the order is paid"),
        Paid.UNPAID.value: mark("the order is not paid yet"),
        Paid.ON_DELIVERY.value: mark("the order is to be paid on delivery"),
    },
    Column.WINDOW: WINDOW,
    Column.WANTED: {
        Wanted.REFUND.value: mark("you want your money back"),
        Wanted.EXCHANGE.value: mark("you want an exchange"),
        Wanted.STORE_CREDIT.value: mark("you want store credit"),
        Wanted.REPAIR.value: mark("you want a repair"),
        Wanted.CANCEL.value: mark("you want to cancel"),
        Wanted.NOTHING.value: mark("you have not said what you want"),
    },
    Column.TIER: {
        Tier.FIRST_TIME.value: mark("this is your first order"),
        Tier.RETURNING.value: mark("you have ordered 2 to 4 times"),
        Tier.LOYAL.value: mark("you have ordered 5 times or more"),
    },
}
EXCLUDED = {
    True: mark("the item cannot be sent back"),
    False: mark("the item can be sent back"),
}
