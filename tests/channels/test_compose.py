from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.channels import Envelope
from vefa.channels.email import compose
from vefa.errors import ChannelError

ENVELOPE = Envelope(
    sender_name="Çay & Kahve, “Mercan”",
    sender="info@mercan.example",
    recipient="elif@alıcı.example",
    reply_to="destek+ab12@mercan.example",
    subject="سفارش شما دیر شده است: \u2068#10482\u2069 " + "و باز هم " * 12,
    text="سلام\n.نقطه\n" + "ş" * 2000 + "\n",
    html="<p>" + "می‌شود " * 400 + "</p>\n",
    language="fa",
    message_id="0197-" + "a" * 90 + "@mercan.example",
    date=datetime(2026, 11, 24, 9, 30, tzinfo=UTC),
)


def parsed(envelope: Envelope) -> EmailMessage:
    message = message_from_bytes(compose(envelope), policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def test_a_message_reads_back_as_it_was_written() -> None:
    message = parsed(ENVELOPE)
    assert not message.defects
    sender = message["From"].addresses[0]
    assert (sender.display_name, sender.addr_spec) == (ENVELOPE.sender_name, ENVELOPE.sender)
    assert message["To"].addresses[0].domain.encode().decode("idna") == "alıcı.example"
    assert message["Reply-To"].addresses[0].addr_spec == ENVELOPE.reply_to
    assert message["Subject"] == " ".join(ENVELOPE.subject.split())
    assert message["Message-ID"] == f"<{ENVELOPE.message_id}>"
    assert message["Date"].datetime == ENVELOPE.date
    assert (body(message, "plain"), body(message, "html")) == (ENVELOPE.text, ENVELOPE.html)


def test_the_form_of_a_message() -> None:
    message = parsed(ENVELOPE)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message["Content-Language"] == "fa" and message["Auto-Submitted"] == "auto-generated"
    assert message["MIME-Version"] == "1.0" and "Precedence" not in message
    assert "Reply-To" not in parsed(replace(ENVELOPE, reply_to=None))


def test_the_wire_is_ascii_in_short_crlf_lines() -> None:
    data = compose(ENVELOPE)
    assert (
        data.isascii() and b"\n" not in data.replace(b"\r\n", b"") and b"\r" not in data.replace(b"\r\n", b"")
    )
    assert max(len(line) for line in data.split(b"\r\n")) <= 998
    for name in (b"From:", b"Date:", b"Message-ID:", b"Subject:", b"To:"):
        assert data.count(b"\r\n" + name) + data.startswith(name) == 1


@given(st.text(max_size=120), st.text(max_size=120))
def test_no_text_adds_a_header_or_is_refused(name: str, subject: str) -> None:
    message = parsed(
        replace(ENVELOPE, sender_name=f"{name}\r\nBcc: x@y.example", subject=f"{subject}\nBcc: x@y.example")
    )
    assert set(message.keys()) == set(parsed(ENVELOPE).keys())
    assert len(message["From"].addresses) == 1 and message["From"].addresses[0].addr_spec == ENVELOPE.sender
    assert str(message["Subject"]).endswith("Bcc: x@y.example")


@pytest.mark.parametrize(
    "address",
    [
        "",
        "elif",
        "elif@",
        "@x.example",
        "şule@x.example",
        "a b@x.example",
        "a@x.example\r\nBcc: b@x.example",
        "a@x.example,b@x.example",
        "a@" + "x" * 70 + ".example",
    ],
)
def test_an_address_that_cannot_be_written_is_refused_for_good(address: str) -> None:
    for envelope in (replace(ENVELOPE, recipient=address), replace(ENVELOPE, sender=address)):
        with pytest.raises(ChannelError) as caught:
            compose(envelope)
        assert caught.value.permanent is (envelope.recipient == address) and not caught.value.unknown


@pytest.mark.parametrize("identifier", ["", "x", "a@b\r\nBcc: c", "a b@c", "<a@b"])
def test_message_ids(identifier: str) -> None:
    if identifier == "<a@b":
        assert parsed(replace(ENVELOPE, message_id="<a@b>"))["Message-ID"] == "<a@b>"
        return
    with pytest.raises(ValueError, match="Message-ID"):
        compose(replace(ENVELOPE, message_id=identifier))


def test_a_date_needs_a_zone() -> None:
    with pytest.raises(ValueError, match="zone"):
        compose(replace(ENVELOPE, date=datetime(2026, 11, 24)))


IDS = tuple(f"<0197-{number:03}-{'b' * 60}@mercan.example>" for number in range(30))
REFUSAL = "https://vefa.example/vefa/c/mercan/" + "aB-_9" * 80


def header(envelope: Envelope, name: str) -> list[str]:
    """Return the lines of a header as they travel."""
    head = compose(envelope).partition(b"\r\n\r\n")[0].decode("ascii")
    lines = head.split("\r\n")
    start = next(place for place, line in enumerate(lines) if line.startswith(f"{name}:"))
    end = next(
        (place for place in range(start + 1, len(lines)) if not lines[place].startswith(" ")), len(lines)
    )
    return lines[start:end]


def test_a_conversation_is_named_whole() -> None:
    envelope = replace(ENVELOPE, references=IDS[:3])
    assert header(envelope, "References") == [f"References: {IDS[0]}", f" {IDS[1]}", f" {IDS[2]}"]
    assert header(envelope, "In-Reply-To") == [f"In-Reply-To: {IDS[2]}"]
    message = parsed(envelope)
    assert str(message["References"]).split() == list(IDS[:3]) and message["In-Reply-To"] == IDS[2]
    assert "References" not in parsed(ENVELOPE) and "In-Reply-To" not in parsed(ENVELOPE)


def test_of_a_long_conversation_its_beginning_and_its_end_are_named() -> None:
    message = parsed(replace(ENVELOPE, references=IDS))
    assert str(message["References"]).split() == [IDS[0], *IDS[-19:]] and message["In-Reply-To"] == IDS[-1]


def test_a_refusal_by_one_click() -> None:
    envelope = replace(ENVELOPE, unsubscribe=REFUSAL)
    assert header(envelope, "List-Unsubscribe") == [f"List-Unsubscribe: <{REFUSAL}>"]
    assert header(envelope, "List-Unsubscribe-Post") == ["List-Unsubscribe-Post: List-Unsubscribe=One-Click"]
    assert header(envelope, "List-Id") == ["List-Id: <feedback.mercan.example>"]
    assert max(len(line) for line in compose(envelope).split(b"\r\n")) <= 998
    assert not {"List-Unsubscribe", "List-Unsubscribe-Post", "List-Id"} & set(parsed(ENVELOPE).keys())


def test_what_a_person_wrote_asks_nobody_to_keep_silent() -> None:
    message = parsed(replace(ENVELOPE, automatic=False))
    assert "Auto-Submitted" not in message and "X-Auto-Response-Suppress" not in message


@pytest.mark.parametrize(
    "fault",
    [
        {"unsubscribe": "https://x.example/a\r\nBcc: all@x.example"},
        {"unsubscribe": "https://x.example/a b"},
        {"unsubscribe": "https://x.example/>,<mailto:a@x.example"},
        {"unsubscribe": "mailto:a@x.example"},
        {"unsubscribe": "https://x.example/" + "a" * 1000},
        {"references": ("<a@b>\r\nBcc: all@x.example",)},
        {"references": ("a b@c",)},
    ],
)
def test_no_header_is_smuggled_in(fault: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"Message-ID|refusal"):
        compose(replace(ENVELOPE, **fault))
