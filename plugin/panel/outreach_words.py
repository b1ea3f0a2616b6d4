"""The sentence for every code about messages: why one is written, waits, is not written, or was wrong."""

from __future__ import annotations

from vefa.locales import mark
from vefa.outreach import records
from vefa.outreach.decide import Purpose
from vefa.outreach.listing import Outcome

PURPOSES = {
    Purpose.DELAY_NOTICE: mark("Delay notice"),
    Purpose.APOLOGY: mark("Apology after late delivery"),
}

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
    "too_old": (
        mark("The reason is more than %(days)s days old, so a message would come too late to help."),
        mark("no message: too old"),
    ),
    "before_sending": (
        mark("This happened before sending was switched on, and nothing old is sent."),
        mark("no message: before sending"),
    ),
    "no_address": (mark("No e-mail address is known."), mark("no message: no address")),
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
}
OUTCOME_UNKNOWN = mark(
    "The connection broke while the message left. It may have arrived, so Vefa does not send it again by itself."
)

# Why a message was written.
WRITTEN = {
    Purpose.DELAY_NOTICE: mark("Was due on %(due)s and had not arrived."),
    Purpose.APOLOGY: mark("Was due on %(due)s and arrived later."),
}
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
