"""What a customer is told about a return: accepted with everything that is needed, refused with a way on, settled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from vefa import locales
from vefa.locales import Language, mark
from vefa.outreach.links import Links
from vefa.outreach.paper import Letter
from vefa.outreach.words import WordsFacts, paragraphs, render
from vefa.policy.table import Days, Payer
from vefa.returns.request import Wanted
from vefa.stores.store import Store


@dataclass(frozen=True, slots=True)
class Approval:
    """What an accepted return needs the customer to know.

    ``refund_by`` is the last day for the money, or None where its days run from goods that are not here yet.
    ``here`` says that the goods have arrived already, so that nothing is left to send.
    """

    code: str
    send_by: date
    payer: Payer
    refund: Days
    address: str = ""
    instructions: str = ""
    refund_by: date | None = None
    here: bool = False


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a return is refused, and what is offered in its place; never one without the other."""

    reason: str
    alternative: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """Whom a letter about a return is for, and what it is about.

    ``items`` are titles with quantities; empty where the store did not say what comes back.
    """

    store: Store
    links: Links
    language: str
    signed_by: str
    customer_name: str | None
    order_number: str
    items: Sequence[tuple[str, int]]
    requested_on: date
    wanted: Wanted


PAYS = {
    Payer.STORE: mark("We pay for sending it back; you pay nothing."),
    Payer.CUSTOMER: mark("The cost of sending it back is yours."),
}
AFTERWARDS = {
    Wanted.EXCHANGE: mark("When it has arrived, we send you the replacement."),
    Wanted.STORE_CREDIT: mark("When it has arrived, we credit the amount to you in our store."),
    Wanted.REPAIR: mark("When it has arrived, we repair it and send it back to you."),
}
NEXT = {
    Wanted.EXCHANGE: mark("Next we send you the replacement."),
    Wanted.STORE_CREDIT: mark("Next we credit the amount to you in our store."),
    Wanted.REPAIR: mark("Next we repair it and send it back to you."),
}
ARRIVED = mark("What you sent back has arrived.")
PERSON = mark("Talk to a person")
ORDER = mark("See how the order stands")


def approved(envelope: Envelope, approval: Approval) -> Letter:
    """Return the letter that accepts a return: code or address, until when, who pays, when the money comes back."""
    language = locales.get(envelope.language)
    write = language.gettext
    parts = [write(mark("We accept your return.")) + _items(envelope, language)]
    if approval.here:
        parts.append(_arrived(envelope.wanted, approval.refund_by, language))
    else:
        parts += _way_back(approval, language)
        parts.append(_money(envelope.wanted, approval, language))
    parts += paragraphs(approval.instructions)
    subject = write(
        mark("We accept your return: order %(order)s"), order=language.isolate(envelope.order_number)
    )
    return _letter(envelope, subject, parts, ((write(ORDER), envelope.links.status),))


def _way_back(approval: Approval, language: Language) -> list[str]:
    write = language.gettext
    parts = [
        write(
            mark("Write this code on the parcel or put it inside: %(code)s"),
            code=language.isolate(approval.code),
        )
    ]
    if approval.address.strip():
        parts.append(write(mark("Send it to:")) + "\n" + approval.address.strip())
    until = write(mark("Please send it by %(day)s."), day=language.date_both(approval.send_by))
    return [*parts, f"{until} {write(PAYS[approval.payer])}"]


def _arrived(wanted: Wanted, refund_by: date | None, language: Language) -> str:
    """Say that the goods are here, and what follows."""
    here = language.gettext(ARRIVED)
    if wanted is not Wanted.REFUND:
        return f"{here} {language.gettext(NEXT[wanted])}"
    if refund_by is None:
        return here
    text = mark("Your money comes back by %(day)s at the latest.")
    return f"{here} {language.gettext(text, day=language.date_both(refund_by))}"


def _money(wanted: Wanted, approval: Approval, language: Language) -> str:
    if wanted is not Wanted.REFUND:
        return language.gettext(AFTERWARDS[wanted])
    if approval.refund_by is not None:
        text = mark(
            "Your money comes back by %(day)s at the latest. We may wait until the goods, or the proof that you sent "
            "them, have reached us."
        )
        return language.gettext(text, day=language.date_both(approval.refund_by))
    days = approval.refund
    if days.working:
        return language.ngettext(
            "Your money comes back within %(n)s working day of the goods reaching us.",
            "Your money comes back within %(n)s working days of the goods reaching us.",
            days.count,
        )
    return language.ngettext(
        "Your money comes back within %(n)s day of the goods reaching us.",
        "Your money comes back within %(n)s days of the goods reaching us.",
        days.count,
    )


def refused(envelope: Envelope, refusal: Refusal) -> Letter:
    """Return the letter that refuses a return: why, what is offered instead, and a way to a person."""
    language = locales.get(envelope.language)
    write = language.gettext
    text = mark("You asked for a return on %(day)s. We have looked at it and cannot accept it.")
    parts = [write(text, day=language.date_both(envelope.requested_on)) + _items(envelope, language)]
    parts += paragraphs(refusal.reason)
    offer = write(mark("What we can do for you instead:")) + " " + refusal.alternative.strip()
    parts += paragraphs(offer)
    parts.append(
        write(
            mark("If you see it differently, write to us or ask for a call: a person reads it and answers.")
        )
    )
    subject = write(
        mark("About the return you asked for: order %(order)s"), order=language.isolate(envelope.order_number)
    )
    return _letter(envelope, subject, parts, ((write(PERSON), envelope.links.person),))


def received(envelope: Envelope, refund_by: date | None) -> Letter:
    """Return the letter that says that the goods are here, and by when the money follows."""
    language = locales.get(envelope.language)
    write = language.gettext
    parts = [_arrived(envelope.wanted, refund_by, language) + _items(envelope, language)]
    subject = write(
        mark("What you sent back has arrived: order %(order)s"), order=language.isolate(envelope.order_number)
    )
    return _letter(envelope, subject, parts, ((write(ORDER), envelope.links.status),))


def _items(envelope: Envelope, language: Language) -> str:
    return "".join(
        f"\n{language.number(quantity)} × {language.isolate(title)}" for title, quantity in envelope.items
    )


def _letter(
    envelope: Envelope, subject: str, parts: Sequence[str], buttons: tuple[tuple[str, str], ...]
) -> Letter:
    store = envelope.store
    return render(
        WordsFacts(
            subject=subject,
            paragraphs=tuple(parts),
            language=envelope.language,
            store_name=store.name,
            brand_colour=store.brand_colour,
            signed_by=envelope.signed_by,
            phone=store.phone,
            reply_to=store.reply_to or "",
            buttons=buttons,
            greet=True,
            customer_name=envelope.customer_name,
            order_number=envelope.order_number,
        )
    )
