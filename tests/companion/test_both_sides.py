"""What PHP says, Python understands: tokens, signed requests, and days of the Iranian calendar."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from persiantools.jdatetime import JalaliDate
from tests.companion.php import say

from vefa.errors import SignatureError
from vefa.platforms import Asked, Context, Embeds, Incoming, Trust, Wish, platforms
from vefa.platforms._jwt import verify_hs256

pytestmark = pytest.mark.service
NOW = datetime(2026, 11, 21, 12, 30, tzinfo=UTC)
HERE = "https://vefa.example"
SECRETS = ("whsec_bWVyY2FuIG1lcmNhbg==", "vefa-woo-webhook-secret-&<1>", "gizli ş ۱ \\\"'", "x")


def test_the_token_of_each_secret_is_believed_and_no_changed_one() -> None:
    given = {"what": "panel", "address": HERE, "store": "mercan", "now": int(NOW.timestamp())}
    tokens = say(*({**given, "secret": secret} for secret in SECRETS))
    for secret, token in zip(SECRETS, tokens, strict=True):
        claims = verify_hs256(token, [secret], audience=HERE, now=NOW)
        assert (claims["sub"], claims["role"], claims["name"]) == ("7", "owner", "Ayşe & Ali")
        assert (claims["framed_by"], claims["iss"]) == ("https://shop.example", "https://shop.example")
        head, body, signature = token.split(".")
        for changed in (
            f"{head}.{body[:-2]}.{signature}",
            f"{head}.{body}.{signature[::-1]}",
            f"{head}.{body}.",
        ):
            with pytest.raises(SignatureError):
                verify_hs256(changed, [secret], audience=HERE, now=NOW)
        for late, audience in ((timedelta(seconds=71), HERE), (timedelta(0), "https://other.example")):
            with pytest.raises(SignatureError):
                verify_hs256(token, [secret], audience=audience, now=NOW + late)


def test_staff_is_named_by_its_own_token_and_not_by_a_customers() -> None:
    given = {"address": HERE, "store": "mercan", "secret": SECRETS[0], "now": int(NOW.timestamp())}
    staff, customer = say({**given, "what": "panel"}, {**given, "what": "problem", "order": 77})
    platform, trust = platforms()["woocommerce"], Trust([SECRETS[0]], HERE)
    assert isinstance(platform, Embeds)
    visitor = platform.visitor(staff, trust, NOW)
    assert (visitor.subject, visitor.email, visitor.role) == ("7", "ayse@shop.example", "owner")
    assert (visitor.framed_by, visitor.locale) == (("https://shop.example",), "tr_TR")
    address, _, token = customer.partition("?token=")
    assert address == f"{HERE}/vefa/c/mercan/woocommerce"
    with pytest.raises(SignatureError):
        platform.visitor(token, trust, NOW)


@pytest.mark.parametrize(("what", "wish"), [("erase", Wish.ERASE), ("export", Wish.COPY)])
def test_a_request_about_personal_data_is_understood(what: str, wish: Wish) -> None:
    given = {"what": what, "address": HERE, "store": "mercan", "orders": [77, 12]}
    answers = say(*({**given, "secret": secret, "email": "ayse@shop.example"} for secret in SECRETS))
    platform = platforms()["woocommerce"]
    for secret, sent in zip(SECRETS, answers, strict=True):
        assert sent["address"] == f"{HERE}/vefa/in/mercan/woocommerce"
        body = sent["body"].encode()
        incoming = Incoming({name.lower(): value for name, value in sent["headers"].items()}, body)
        platform.verify(incoming, [secret], NOW)
        with pytest.raises(SignatureError):
            platform.verify(Incoming(incoming.headers, body.replace(b"77", b"78")), [secret], NOW)
        topic = platform.identify(incoming, NOW).topic
        assert topic in platform.describe().topics
        (asked,) = platform.read(body, Context("k", topic, NOW)).asked
        orders = ("order:woocommerce:12", "order:woocommerce:77")
        assert asked == Asked(wish, asked.at, "woocommerce:7", orders, "ayse@shop.example")
        assert abs(asked.at - datetime.now(UTC)) < timedelta(minutes=5)


def test_days_of_the_iranian_calendar_are_those_of_everybody_else() -> None:
    days = [date(2021, 3, 20) + timedelta(days=passed) for passed in range(0, 6000, 3)]
    written = [JalaliDate(day).strftime("%Y/%m/%d", locale="fa" if day.day % 2 else "en") for day in days]
    (read,) = say({"what": "days", "written": written})
    assert read == [day.isoformat() for day in days]
