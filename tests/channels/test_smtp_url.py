from __future__ import annotations

import pytest

from vefa.channels import smtp
from vefa.channels.email import connect
from vefa.errors import ConfigurationError


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "http://user:secret@mail.example",
        "smtp://",
        "smtp://user:secret@mail.example:secret",
        "smtp://user:sec/ret@mail.example",
        "smtp://user:secret@mail.example?tls=none",
        "smtp://user:secret@10.0.0.1?tls=none",
        "smtp://user:secret@localhost?tls=maybe",
        "smtp://user:secret@localhost?tls=none&x=1",
        "smtps://user:secret@localhost?tls=none",
        "smtp://[::1",
    ],
)
def test_a_wrong_address_of_the_server_is_refused_without_telling_the_password(url: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        connect(url)
    assert "sec" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "port", "security"),
    [
        ("smtp://mail.example", 587, "starttls"),
        ("smtps://mail.example", 465, "implicit"),
        ("smtp://[::1]:25?tls=none", 25, "none"),
    ],
)
def test_what_an_address_says(url: str, port: int, security: str) -> None:
    found = smtp.read_url(url)
    assert (found.port, found.security, found.user) == (port, security, "")
    assert "secret" not in repr(smtp.read_url("smtp://user:secret@mail.example"))
