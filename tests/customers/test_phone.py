"""Phone numbers are taken as people write them, and kept in one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from vefa.customers.phone import examples, to_e164


@pytest.mark.parametrize(
    ("written", "region", "kept"),
    [
        ("۰۹۱۲ ۳۴۵ ۶۷۸۹", "IR", "+989123456789"),
        ("٠٩١٢٣٤٥٦٧٨٩", "IR", "+989123456789"),
        ("09123456789", "ir", "+989123456789"),
        ("۰۲۱-۹۱۰۰۲۲۳۳", "IR", "+982191002233"),
        ("0555 111 22 33", "TR", "+905551112233"),
        ("5551112233", "TR", "+905551112233"),
        ("(0212) 900 22 33", "TR", "+902129002233"),
        ("00905551112233", "TR", "+905551112233"),
        ("+49 151 23456789", "TR", "+4915123456789"),
        ("+49 151 23456789", None, "+4915123456789"),
        ("۰۰۹۸۹۱۲۳۴۵۶۷۸۹", "IR", "+989123456789"),
    ],
)
def test_a_number_is_kept_in_one_form(written: str, region: str | None, kept: str) -> None:
    assert to_e164(written, region) == kept


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("", "TR"),
        ("12", "TR"),
        ("0912 345 6789", "TR"),
        ("09123456789", None),
        ("call me", "TR"),
        ("0555 111 22 33 ext. 4", "TR"),
        ("5" * 500, "TR"),
        ("+999 123 456 789", "TR"),
        ("05551112233", "XX"),
    ],
)
def test_what_cannot_be_called_is_refused(written: str, region: str | None) -> None:
    assert to_e164(written, region) is None


@pytest.mark.parametrize("region", ["TR", "IR", "DE", "GB", "US", "SE", None, "XX"])
def test_every_example_would_be_taken(region: str | None) -> None:
    assert examples(region)
    assert all(to_e164(written, region) for written in examples(region))


@given(st.text(max_size=60), st.sampled_from(["TR", "IR", "DE", None]))
def test_any_text_is_answered_and_what_is_kept_stays(written: str, region: str | None) -> None:
    kept = to_e164(written, region)
    assert kept is None or (kept.startswith("+") and to_e164(kept, None) == kept)
