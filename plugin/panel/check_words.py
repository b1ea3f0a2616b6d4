"""What a check of a connection found, in words, with what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup

from vefa.inbound.probe import Found, Probe
from vefa.inbound.reach import Reach
from vefa.locales import mark
from vefa.panel.frame import free, ltr
from vefa.panel.text import say

Words = tuple[str, str]

READ = mark("Your shop answers. Order %(number)s was read.")
FOUND: dict[Found, Words] = {
    Found.OPEN: (mark("Your shop answers, and its orders can be read."), ""),
    Found.EMPTY: (
        mark("Your shop answers, and the key is good. No order has changed in the last 90 days."),
        "",
    ),
    Found.BUSY: (
        mark("Your shop answers, and asks to be left alone for a while."),
        mark("Vefa goes on by itself."),
    ),
    Found.REFUSED: (
        mark("The shop refuses the key."),
        mark(
            "Make a new key in your shop that may read orders and set up webhooks, and enter all its parts here."
        ),
    ),
    Found.PAGE: (
        mark("The shop answers with a page for people: a firewall or a sign-in stands before it."),
        mark("Let Vefa pass the firewall, and look whether the shop's address is right."),
    ),
    Found.ELSEWHERE: (
        mark("The shop's address leads on to another one."),
        mark("Enter the address at which your shop opens in the end."),
    ),
    Found.NOWHERE: (
        mark("The shop's interface is not at this address."),
        mark("Look whether the address is right. In WordPress, permalinks must not be “Plain”."),
    ),
    Found.UNENCRYPTED: (
        mark("The shop's address is not encrypted, so no key is sent there."),
        mark("Enter an address that begins with https."),
    ),
    Found.PRIVATE: (
        mark("The shop's address lies inside a private network."),
        mark("Whoever runs Vefa has to allow it."),
    ),
    Found.UNKNOWN_HOST: (
        mark("There is no shop under this name."),
        mark("Look whether the shop's address is right."),
    ),
    Found.CERTIFICATE: (
        mark("The shop's certificate does not hold."),
        mark("Renew the certificate of the shop's address."),
    ),
    Found.FAILING: (
        mark("The shop answers with an error."),
        mark("Look whether the shop itself works, and try again."),
    ),
    Found.SILENT: (
        mark("The shop does not answer."),
        mark("Look whether the address is right, and whether a firewall keeps Vefa out."),
    ),
    Found.UNSOUND: (
        mark("Something other than the shop's interface answers at this address."),
        mark("Look whether the shop's address is right."),
    ),
}
# What each of these says is wrong lies in the address; of the others the keys are at fault.
OF_ADDRESS = frozenset(Found) - {Found.REFUSED}
REACHED: dict[Reach, Words] = {
    Reach.REACHED: (mark("Vefa was reached at %(address)s."), ""),
    Reach.PRIVATE: (
        mark("%(address)s lies inside a private network: no shop on the internet can send anything there."),
        mark("Whoever runs Vefa has to set VEFA_PUBLIC_URL to the address at which the world reaches it."),
    ),
    Reach.UNENCRYPTED: (
        mark("%(address)s is not encrypted."),
        mark("Whoever runs Vefa has to set VEFA_PUBLIC_URL to an address that begins with https."),
    ),
    Reach.UNKNOWN_HOST: (
        mark("Nobody knows the name in %(address)s."),
        mark("Whoever runs Vefa has to enter the name with the domain's provider, or mend VEFA_PUBLIC_URL."),
    ),
    Reach.CERTIFICATE: (
        mark("The certificate of %(address)s does not hold, so shops send nothing there."),
        mark("Whoever runs Vefa has to renew it."),
    ),
    Reach.SILENT: (
        mark("Vefa could not reach itself at %(address)s."),
        mark(
            "Whoever runs Vefa should look whether the address leads here. Some networks hide it only from within."
        ),
    ),
    Reach.ANOTHER: (
        mark("Something other than Vefa answers at %(address)s."),
        mark("Whoever runs Vefa should look where the address leads."),
    ),
}


@dataclass(frozen=True, slots=True)
class Said:
    """What a check found: how grave it is, in words, what to do, and the error's own sentence in English."""

    state: str
    text: Markup
    advice: Markup | None = None
    detail: str = ""


def of_probe(probe: Probe) -> Said:
    """Return what was found when a shop was asked."""
    text, advice = FOUND[probe.found]
    read = probe.found is Found.OPEN and probe.number
    told = say(READ, number=free(probe.number or "")) if read else say(text)
    state = "kept" if probe.found.is_good else "broken"
    return Said(state, told, say(advice) if advice else None, "" if probe.found.is_good else probe.said)


def of_reach(reach: Reach, public_url: str) -> Said:
    """Return what was found when Vefa asked its own address."""
    text, advice = REACHED[reach]
    state = "kept" if reach is Reach.REACHED else "broken" if reach.is_hopeless else "at-risk"
    return Said(state, say(text, address=ltr(public_url)), say(advice) if advice else None)


def whole(said: Said) -> Markup:
    """Return what was found and what to do as one text."""
    return Markup("{} {}").format(said.text, said.advice) if said.advice else said.text
