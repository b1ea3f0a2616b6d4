"""The sentence for every code about messages: why one is written, waits, is not written, or was wrong."""

from __future__ import annotations

from vefa.locales import mark
from vefa.outreach import records
from vefa.outreach.by_hand import ByHand
from vefa.outreach.listing import Outcome
from vefa.outreach.purpose import Purpose

PURPOSES: dict[str, str] = {
    Purpose.DELAY_NOTICE: mark("Delay notice"),
    Purpose.APOLOGY: mark("Apology after late delivery"),
    Purpose.FEEDBACK: mark("Question after a good delivery"),
    ByHand.CASE_REPLY: mark("Answer in a case"),
    ByHand.RETURN_APPROVED: mark("Return approved"),
    ByHand.RETURN_REFUSED: mark("Return refused"),
    ByHand.RETURN_SETTLED: mark("Return settled"),
}
# What Vefa writes by itself; the others are written by a person's hand.
AUTOMATIC = {purpose: PURPOSES[purpose] for purpose in Purpose}

# Why nobody is written to, or not yet: the whole sentence, and the words that fit into a row.
DECISIONS = {
    "quiet_hours": (
        mark("It is night where the customer lives; looked at again on %(until)s."),
        mark("waits: night"),
    ),
    "cap_reached": (
        mark("This customer was written to often enough; looked at again on %(until)s."),
        mark("waits: enough messages"),
    ),
    "feed_gap": (
        mark("Events of the store may be missing; nothing is written until the hole in them is filled."),
        mark("waits: events missing"),
    ),
    "case_open": (
        mark("A case of this customer is open; nothing is written automatically until it is closed."),
        mark("waits: case open"),
    ),
    "asking_off": (mark("The store does not ask its customers."), mark("not asked: switched off")),
    "another_suffers": (
        mark("Another order of this customer is in trouble, and that comes first."),
        mark("not asked: another order in trouble"),
    ),
    "told_already": (
        mark("A message about this order asked already."),
        mark("not asked: asked with the notice"),
    ),
    "said_already": (
        mark("The customer has said already how this order was."),
        mark("not asked: said already"),
    ),
    "unsubscribed": (
        mark("The customer does not want to be asked."),
        mark("not asked: the customer's wish"),
    ),
    "no_consent": (
        mark(
            "In the customer's country a question needs consent, and there is neither that nor a notice at checkout."
        ),
        mark("not asked: no consent"),
    ),
    "asked_lately": (
        mark("This customer was asked not long ago."),
        mark("not asked: asked lately"),
    ),
    "not_delivered_in_time": (
        mark("The order did not arrive in time after all."),
        mark("not asked: not in time"),
    ),
    "two_days": (
        mark("The customer is asked two days after the delivery, on %(until)s."),
        mark("waits: two days"),
    ),
    "too_old": (
        mark("The reason is more than %(days)s days old, so a message would come too late to help."),
        mark("no message: too old"),
    ),
    "before_sending": (
        mark("This happened before sending was switched on, and nothing old is sent."),
        mark("no message: before sending"),
    ),
    "no_address": (mark("No e-mail address is known."), mark("no message: no address")),
    "marketplace": (
        mark("The order came through a marketplace, whose customers are not written to."),
        mark("no message: marketplace"),
    ),
    "masked_address": (
        mark("The address is one that a marketplace lends and forwards, and nothing is written to it."),
        mark("no message: lent address"),
    ),
    "stopped": (mark("All messages of the store are stopped."), mark("no message: stopped")),
    "unconfirmed": (
        mark("Nobody knows whether the parcel arrived, so nobody is told that it is late."),
        mark("no message: unconfirmed"),
    ),
    "delivered_meanwhile": (mark("The parcel arrived in the meantime."), mark("no message: delivered")),
    "not_late": (mark("The order is not late any more."), mark("no message: not late")),
    "not_delivered_late": (
        mark("The order did not arrive late after all."),
        mark("no message: not delivered late"),
    ),
    "cancelled": (mark("The order is cancelled."), mark("no message: cancelled")),
    "refunded": (mark("The order is refunded."), mark("no message: refunded")),
    "deleted": (mark("The order was deleted in the store."), mark("no message: deleted")),
    "erased": (mark("The customer was erased before the message left."), mark("no message: erased")),
    "shadow": (mark("Sending is off, so the message was written and kept."), mark("in shadow")),
    "promise_changed": (
        mark("The date that the message speaks of had changed before it left."),
        mark("no message: date changed"),
    ),
    "refused": (mark("The mail server refused the address."), mark("no message: refused")),
}

MESSAGES = {
    records.WRITTEN: ("note", mark("Ready to leave")),
    records.CLAIMED: ("note", mark("Leaving")),
    records.SENDING: ("note", mark("Leaving")),
    records.SENT: ("kept", mark("Sent")),
    records.UNKNOWN: ("at-risk", mark("Outcome unknown")),
    records.DROPPED: ("held", mark("Not sent")),
}
IN_SHADOW = ("held", mark("In shadow"))
PROVED_WRONG = ("broken", mark("Proved wrong"))

CONTRADICTIONS = {
    "promise_changed": mark("The date that it speaks of was no longer the store's date."),
    "ended_before": mark("The order had ended before."),
    "delivered_before": mark("The parcel had been delivered before."),
    "not_delivered": mark("The parcel had not been delivered."),
    "delivered_in_time": mark("The parcel had been delivered in time."),
    "delivered_late": mark("The parcel had not been delivered in time."),
}
OUTCOME_UNKNOWN = mark(
    "The connection broke while the message left. It may have arrived, so Vefa does not send it again by itself."
)

# Why a message was written.
WRITTEN = {
    Purpose.DELAY_NOTICE: mark("Was due on %(due)s and had not arrived."),
    Purpose.APOLOGY: mark("Was due on %(due)s and arrived later."),
    Purpose.FEEDBACK: mark("Arrived in time, two days before."),
}
BY_HAND = mark("Written by a person.")
WAITS = ("held", mark("Waits"))
SILENT = ("held", mark("Not written"))

OUTCOMES = {
    Outcome.LEAVING: ("note", mark("Leaving")),
    Outcome.SENT: ("kept", mark("Sent")),
    Outcome.SHADOW: ("held", mark("In shadow")),
    Outcome.NOT_SENT: ("held", mark("Not sent")),
    Outcome.UNKNOWN: ("at-risk", mark("Outcome unknown")),
    Outcome.WRONG: ("broken", mark("Proved wrong")),
}
NO_REPLY_ADDRESS = mark(
    "Sending stays off: the store has no reply address, and customers must be able to answer."
)
