"""What every answer tells the browser, and how static files are kept."""

from __future__ import annotations

import gzip
import re

import pytest
from tests.panel.shop import Browser, Shop

from vefa.resources import static

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/vefa/sign-in", 200),
        ("/vefa/mercan/", 200),
        ("/vefa/mercan/customers", 200),
        ("/vefa/mercan/settings", 200),
        ("/vefa/", 303),
        ("/vefa/nothing/here/at/all", 404),
        ("/healthz", 200),
    ],
)
def test_every_answer_is_protected(owner: Browser, address: str, status: int) -> None:
    answer = (
        Browser(owner.client.application.test_client()).get(address)
        if "sign-in" in address
        else owner.get(address)
    )
    assert answer.status_code == status
    assert answer.headers["Content-Security-Policy"] == POLICY
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize("page", ["deliveries", "outreach"])
def test_the_pages_that_show_messages_may_frame_their_own(owner: Browser, page: str) -> None:
    answer = owner.get(f"/vefa/mercan/{page}")
    assert answer.headers["Content-Security-Policy"] == f"{POLICY}; frame-src 'self'"


def test_static_files_are_kept_for_good_and_squeezed(owner: Browser) -> None:
    page = owner.get("/vefa/mercan/deliveries").text
    addresses = set(re.findall(r'(?:href|src)="(/vefa/-/[^"#]+)', page))
    assert {address.rpartition(".")[2] for address in addresses} == {"css", "js", "svg"}
    for address in addresses:
        answer = owner.get(address, headers={"Accept-Encoding": "gzip"})
        assert answer.status_code == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert answer.headers["Content-Encoding"] == "gzip"
        name = address.split("/", 4)[4]
        assert gzip.decompress(answer.data) == (static() / name).read_bytes()
        assert owner.get(address).data == (static() / name).read_bytes()


def test_the_first_visit_stays_within_its_weight(owner: Browser) -> None:
    page = owner.get("/vefa/mercan/deliveries")
    weight = len(page.data)
    for address in set(re.findall(r'(?:href|src)="(/vefa/-/[^"#]+)', page.text)):
        weight += len(owner.get(address, headers={"Accept-Encoding": "gzip"}).data)
    weight += sum(path.stat().st_size for path in (static() / "vendor").glob("*.woff2"))
    assert weight < 320_000


def test_an_old_address_of_a_static_file_is_asked_for_again(owner: Browser) -> None:
    answer = owner.get("/vefa/-/0123456789ab/tokens.css")
    assert answer.status_code == 200
    assert answer.headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize(
    "name", ["../database.py", "vendor/../../__init__.py", "vendor", "vendor/vendor.json", "x.css"]
)
def test_nothing_but_static_files_is_served(owner: Browser, name: str) -> None:
    assert owner.get(f"/vefa/-/0/{name}").status_code == 404


def test_a_form_has_a_size(shop: Shop, owner: Browser) -> None:
    answer = owner.post("/vefa/-/preferences", "/vefa/mercan/settings", language="x" * 100_000)
    assert answer.status_code == 413
    assert "too large" in answer.text


def test_a_method_that_is_not_meant_changes_nothing(owner: Browser) -> None:
    assert owner.get("/vefa/mercan/outreach/stop").status_code == 405


def test_a_fault_of_ours_is_owned_and_told(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    browser = shop.browser("mercan")
    shop.app.testing = False
    monkeypatch.setattr("vefa.lateness.listing.page", lambda *_args, **_kwargs: 1 / 0)
    answer = browser.get("/vefa/mercan/deliveries", headers={"Accept-Language": "tr"})
    assert answer.status_code == 500
    assert "Vefa bunu yapamadı" in answer.text
    assert "ZeroDivisionError" not in answer.text
