"""The store's settings as a document: STORE.json, options of the command line, the stored row."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any
from zoneinfo import available_timezones

from holidays import list_supported_countries
from marshmallow import RAISE, Schema, ValidationError, fields, validate, validates, validates_schema

from vefa.errors import ConfigurationError
from vefa.locales.money import RIAL, TOMAN
from vefa.stores.store import Evidence

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
STATUSES = ("placed", "paid", "shipped", "delivered", "cancelled", "refunded")
NO_REPLY = re.compile(r"^(no|do[-_.]?not)[-_.]?reply", re.IGNORECASE)
SLUG = re.compile(r"^[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?$")


# Addresses below /vefa that are no store's.
RESERVED = ("c", "embed", "in", "schemas", "sign-in")
# What an order is judged by: each order by the terms that stood when it was placed (see ``Store.at``).
TERMS = (
    "delivery_days", "handling_days", "cut_off", "weekend", "holidays", "extra_holidays", "delivery_evidence",
    "promise_keys", "arrival_keys", "lost_after", "status_map",
)  # fmt: skip
CHANGEABLE = (
    "name", "languages", "money_unit", "reply_to", "from_address", "signed_by", "phone", "brand_colour", "quiet_from",
    "quiet_until", "daily_cap", "weekly_cap", "notice_age", "raw_days", "ceiling", "ask_feedback", "soft_opt_in",
    *TERMS,
)  # fmt: skip


class SettingsError(ConfigurationError):
    """Settings that cannot be used; ``names`` are the settings at fault."""

    def __init__(self, text: str, names: Iterable[str] = ()) -> None:
        super().__init__(text)
        self.names = tuple(names)


class StoreSchema(Schema):
    """Every setting of a store; unknown names are refused, so that a typing error is seen."""

    class Meta:
        """Refuse what is not known."""

        unknown = RAISE

    slug = fields.String(
        required=True,
        validate=[
            validate.Regexp(SLUG, error="Use a-z, 0-9 and hyphens."),
            validate.NoneOf(RESERVED, error="This word is part of Vefa's own addresses."),
        ],
    )
    name = fields.String(validate=validate.Length(1, 200))
    platform = fields.String(load_default="standard", validate=validate.Length(1, 40))
    country = fields.String(allow_none=True, validate=validate.Regexp(r"^[A-Z]{2}$"))
    timezone = fields.String(load_default="UTC")
    currency = fields.String(allow_none=True, validate=validate.Regexp(r"^[A-Z]{3}$"))
    money_unit = fields.String(allow_none=True, validate=validate.OneOf((RIAL, TOMAN)))
    languages = fields.List(fields.String(validate=validate.Length(2, 20)), validate=validate.Length(1, 20))
    weekend = fields.List(fields.String(validate=validate.OneOf(WEEKDAYS)), allow_none=True)
    holidays = fields.String(allow_none=True, validate=validate.Regexp(r"^[A-Z]{2}$"))
    extra_holidays = fields.List(fields.Date())
    delivery_evidence = fields.String(validate=validate.OneOf([kind.value for kind in Evidence]))
    delivery_days = fields.Dict(fields.String(), fields.Integer(strict=True, validate=validate.Range(0, 365)))
    handling_days = fields.Integer(strict=True, allow_none=True, validate=validate.Range(0, 365))
    cut_off = fields.Time(allow_none=True)
    status_map = fields.Dict(fields.String(), fields.String(validate=validate.OneOf(STATUSES)))
    promise_keys = fields.List(
        fields.String(validate=validate.Length(1, 100)), validate=validate.Length(max=10)
    )
    arrival_keys = fields.List(
        fields.String(validate=validate.Length(1, 100)), validate=validate.Length(max=10)
    )
    reply_to = fields.Email(allow_none=True)
    from_address = fields.Email(allow_none=True)
    signed_by = fields.String(allow_none=True, validate=validate.Length(1, 120))
    phone = fields.String(allow_none=True, validate=validate.Length(3, 40))
    brand_colour = fields.String(validate=validate.Regexp(r"^#[0-9a-fA-F]{6}$"))
    quiet_from = fields.Time()
    quiet_until = fields.Time()
    daily_cap = fields.Integer(strict=True, validate=validate.Range(1, 20))
    weekly_cap = fields.Integer(strict=True, validate=validate.Range(1, 50))
    lost_after = fields.Integer(strict=True, validate=validate.Range(1, 120))
    notice_age = fields.Integer(strict=True, validate=validate.Range(1, 60))
    raw_days = fields.Integer(strict=True, validate=validate.Range(1, 3650))
    ask_feedback = fields.Boolean()
    soft_opt_in = fields.Boolean()
    ceiling = fields.Integer(strict=True, validate=validate.Range(1, 100_000))

    @validates("timezone")
    def known_zone(self, value: str, **_: Any) -> None:
        """Refuse a name that is not in the tz database."""
        if value not in available_timezones():
            raise ValidationError(f"{value!r} is not a time zone such as Europe/Istanbul.")

    @validates("weekend")
    def leaves_a_working_day(self, value: list[str] | None, **_: Any) -> None:
        """Refuse a week in which nobody works, in which no working day is ever found."""
        if value is not None and set(value) == set(WEEKDAYS):
            raise ValidationError("A week needs a working day.")

    @validates("holidays")
    def known_holidays(self, value: str | None, **_: Any) -> None:
        """Refuse a country whose public holidays are not known."""
        if value is not None and value not in list_supported_countries(include_aliases=False):
            raise ValidationError(f"The public holidays of {value!r} are not known; use extra_holidays.")

    @validates_schema
    def answerable(self, data: Mapping[str, Any], **_: Any) -> None:
        """Refuse addresses that nobody reads."""
        for name in ("reply_to", "from_address"):
            if data.get(name) and NO_REPLY.match(data[name]):
                raise ValidationError("Nobody reads a no-reply address; name one that a person reads.", name)


def load(document: Mapping[str, Any]) -> dict[str, Any]:
    """Check a settings document and return it as plain JSON values.

    Raises ``SettingsError`` that names every setting at fault.
    """
    schema = StoreSchema()
    try:
        loaded = schema.load(document)
    except ValidationError as error:
        faults = "; ".join(f"{name}: {_words(said)}" for name, said in sorted(error.messages_dict.items()))
        said = f"The store's settings cannot be used. {faults}"
        raise SettingsError(said, sorted(error.messages_dict)) from error
    return dict(schema.dump(loaded))


def _words(said: Any) -> str:
    if isinstance(said, dict):
        return ", ".join(f"{key}: {_words(value)}" for key, value in said.items())
    return " ".join(map(str, said)) if isinstance(said, list) else str(said)
