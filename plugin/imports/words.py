"""What is said of a file, its rows and a look back, in words."""

from __future__ import annotations

from collections.abc import Mapping

from vefa.imports.difference import Change
from vefa.locales import mark

# What is wrong with a cell; ``text`` is the beginning of what stands there.
ISSUES: Mapping[str, str] = {
    "missing": mark("This is empty, but is needed."),
    "too_long": mark("“%(text)s…” is too long."),
    "not_a_day": mark("“%(text)s” is no day that can be read."),
    "in_the_future": mark("“%(text)s” lies after the day of which the file tells."),
    "too_long_ago": mark("“%(text)s” lies before the year 2000."),
    "not_an_amount": mark("“%(text)s” is no amount that can be read."),
    "negative": mark("“%(text)s” is less than nothing."),
    "unknown_currency": mark("“%(text)s” names a currency that is not known."),
    "other_currency": mark("“%(text)s” is another currency than that of the amount."),
    "not_a_count": mark("“%(text)s” is no number of pieces."),
    "not_an_email": mark("“%(text)s” is no e-mail address. It is left out."),
    "not_a_phone": mark("“%(text)s” is no phone number that can be called. It is left out."),
    "unknown_country": mark("“%(text)s” is no country that is known. It is left out."),
    "unknown_status": mark("What the status “%(text)s” means is not known. The word itself is kept."),
    "too_many_rows": mark("The order “%(text)s” has more rows or parcels than an order can have."),
    "not_known": mark("There is no such order yet, and the row does not say when it was placed."),
    "erased": mark("The data of this order were erased. It stays so."),
}
CHANGES: Mapping[str, str] = {
    Change.NEW: mark("New orders"),
    Change.CHANGED: mark("Orders that change"),
    Change.SAME: mark("Orders that stay the same"),
}
# Why it cannot be said of an order whether it was late.
NOT_JUDGED: Mapping[str, str] = {
    "no_promise": mark("no delivery date was promised"),
    "promise_before_order": mark("the promised day lies before the order"),
    "promise_withdrawn": mark("the promised day was taken back"),
    "not_placed": mark("it is not known when it was placed"),
    "awaits_payment": mark("it was not paid"),
    "cancelled": mark("it was cancelled"),
    "refunded": mark("it was refunded"),
    "deleted": mark("it was deleted"),
    "no_evidence": mark("nothing says whether the parcel arrived"),
    "status_after_due": mark("it arrived on a day that is not known"),
    "arrival_not_heard": mark("it arrived on a day that is not known"),
    "delivered_some_day": mark("it arrived on a day that is not known"),
    "ended_some_day": mark("it was cancelled or returned on a day that is not known"),
    "arrival_not_told": mark("the file never says whether a parcel arrived"),
    "shop_tells_no_arrival": mark("the shop never says whether a parcel arrived"),
    "unreadable": mark("the shop's answer could not be read"),
    "too_many": mark("only the newest 50,000 orders are looked at"),
}
