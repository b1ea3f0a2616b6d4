"""The form by which a store lets Vefa ask its platform's interface: an address, and keys by their names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from markupsafe import Markup

from vefa.locales import mark
from vefa.panel.forms import NEEDED, Form
from vefa.panel.frame import ltr
from vefa.panel.text import say
from vefa.platforms import AccessKey, Fetches, Platform, Renews
from vefa.stores.access import Access

LONGEST_ADDRESS, LONGEST_KEY = 500, 1000
EXAMPLE = "https://shop.example.com"
NOT_AN_ADDRESS = mark("Enter the address of your shop, such as https://shop.example.com.")
NOT_A_KEY = mark("A key has no such characters. Copy it once more.")
ANOTHER_SHOP = mark("This is another address, so enter its key as well.")
BEGINS = mark("It begins with %(start)s.")
STARTS = {"consumer_key": "ck_", "consumer_secret": "cs_", "api_key": "sk_"}
# What each key is called where the merchant finds it, and a hint.
KEYS: Mapping[str, tuple[str, str]] = {
    "consumer_key": (mark("Consumer key"), BEGINS),
    "consumer_secret": (mark("Consumer secret"), BEGINS),
    "api_key": (mark("Secret API key"), BEGINS),
    "auth_token": (
        mark("Token of the app"),
        mark("Saleor brings it by itself when you install Vefa as an app. Enter one only if you made it by hand."),
    ),
    "dashboard": (
        mark("Address of the dashboard"),
        mark("Only where the dashboard has another address than the store's interface."),
    ),
    "client_id": (mark("Client ID"), ""),
    "client_secret": (mark("Client secret"), ""),
    "access_token": (mark("Access token"), ""),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Field:
    """One key to enter: ``stands`` says that there is one already, of which nothing is shown."""

    name: str
    label: Markup
    hint: Markup | None
    secret: bool
    stands: bool


def field_of(name: str) -> str:
    """Return the name of a key's field in the form."""
    return f"key_{name}"


def fields_of(platform: Platform, given: Access | None) -> list[Field]:
    """Return the keys that a platform asks for."""
    found = []
    for one in platform.describe().access:
        label, hint = KEYS.get(one.name, (one.name, ""))
        stands = bool(given and given.keys.get(one.name))
        told = say(hint, start=ltr(STARTS.get(one.name, ""))) if hint else None
        found.append(Field(field_of(one.name), say(label), told, one.secret, stands))
    return found


def asks_address(platform: Platform, account: str | None) -> bool:
    """Say whether the address has to be entered; where the platform names its shops, it follows from the name."""
    return isinstance(platform, Fetches) and (account is None or platform.base(account, None) is None)


def shown(platform: Platform, given: Access | None) -> Form:
    """Return the form as it stands: the address and what is no secret."""
    values: dict[str, str | None] = {"url": given.url if given else ""}
    for one in platform.describe().access:
        if not one.secret and given:
            values[field_of(one.name)] = given.keys.get(one.name)
    return Form(values)


def read(form: Form, platform: Platform, account: str | None, before: Access | None) -> Access | None:
    """Return what was entered together with what stands, or None with the fault at its field.

    Keys that stand are kept, also those that the platform brought by itself; at another address none of them is
    used, since it would be shown to whoever answers there.
    """
    url = _address(form, platform, account, before)
    moved = before is not None and url is not None and url != before.url
    standing = dict(before.keys) if before and not moved else {}
    for one in platform.describe().access:
        typed = form.text(field_of(one.name), longest=LONGEST_KEY)
        _take(form, one, typed, standing, moved=moved)
    if form.faults or url is None:
        return None
    keys = joined(platform, before.keys, standing) if before and not moved else standing
    return Access(url, keys, before.pull if before and not moved else False)


def joined(platform: Platform, before: Mapping[str, str], entered: Mapping[str, str]) -> Mapping[str, str]:
    """Return the keys that stand together with those that were entered."""
    return platform.joined(before, entered) if isinstance(platform, Renews) else {**before, **entered}


def _take(form: Form, one: AccessKey, typed: str | None, standing: dict[str, str], *, moved: bool) -> None:
    name = field_of(one.name)
    if typed and not (typed.isascii() and typed.isprintable()):
        form.fault(name, NOT_A_KEY)
    elif typed:
        standing[one.name] = typed
    elif not one.secret and name in form.values:
        standing.pop(one.name, None)
    if one.needed and one.name not in standing:
        form.fault(name, ANOTHER_SHOP if moved and one.secret else NEEDED)


def _address(form: Form, platform: Platform, account: str | None, before: Access | None) -> str | None:
    if not isinstance(platform, Fetches):
        return None
    if not asks_address(platform, account):
        return before.url if before else platform.base(account, None)
    typed = form.text("url", longest=LONGEST_ADDRESS, needed=True)
    base = platform.base(account, typed) if typed else None
    if typed and base is None:
        form.fault("url", NOT_AN_ADDRESS)
    return base


def may_ask(platform: Platform, given: Access) -> bool:
    """Say whether any key stands by which the interface can be asked."""
    return any(one.secret and given.keys.get(one.name) for one in platform.describe().access)
