"""What each setting of a store is called."""

from __future__ import annotations

from vefa.locales import mark

TITLES = {
    "slug": mark("Short name in addresses"),
    "name": mark("Name"),
    "platform": mark("Platform"),
    "country": mark("Country"),
    "timezone": mark("Time zone"),
    "currency": mark("Currency"),
    "money_unit": mark("Money is shown in"),
    "languages": mark("Languages, the store's own first"),
    "weekend": mark("Weekend"),
    "holidays": mark("Public holidays"),
    "extra_holidays": mark("Own holidays"),
    "delivery_evidence": mark("Proof of delivery"),
    "delivery_days": mark("Delivery days by shipping method"),
    "handling_days": mark("Days until dispatch"),
    "cut_off": mark("Last hour for orders of the day"),
    "status_map": mark("Statuses of the store's own"),
    "promise_keys": mark("Order fields that hold a delivery date"),
    "arrival_keys": mark("Parcel fields that say it arrived"),
    "reply_to": mark("Answers go to"),
    "from_address": mark("Messages come from"),
    "signed_by": mark("Signed by"),
    "phone": mark("Telephone"),
    "brand_colour": mark("Brand colour"),
    "quiet_from": mark("Quiet hours begin"),
    "quiet_until": mark("Quiet hours end"),
    "daily_cap": mark("To one customer in a day, at most"),
    "weekly_cap": mark("To one customer in 7 days, at most"),
    "lost_after": mark("Suspected lost after"),
    "notice_age": mark("A reason is too old after"),
    "raw_days": mark("Received events are kept for"),
    "ask_feedback": mark("Ask one question two days after a good delivery"),
    "soft_opt_in": mark("The checkout tells customers of this question and how to refuse it"),
    "ceiling": mark("To all customers in an hour, at most"),
}
