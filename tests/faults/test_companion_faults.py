"""Planted faults in tokens, in what a WordPress shop may ask, and in its plugin turn their checks red."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.companion.php import PLUGIN, TESTS, run
from tests.pages import test_from_shop
from tests.pages.shop import NOW, Pages, make_pages
from tests.plugins import test_jwt, test_woocommerce_privacy

from vefa.database import Databases
from vefa.pages import from_shop
from vefa.platforms import _jwt, _woocommerce_privacy

Patch = pytest.MonkeyPatch
RED = (AssertionError, pytest.fail.Exception)
AUDIENCE = {"aud": "https://other.example"}


def claims_hold_always(patch: Patch) -> None:
    patch.setattr(_jwt, "_hold", lambda claims, *_: claims)


def any_algorithm_will_do(patch: Patch) -> None:
    parse = _jwt._parse

    def named_by_the_token(token: str, _agreed: str) -> _jwt.Token:
        return parse(token, _jwt._object(token.split(".")[0])["alg"])

    patch.setattr(_jwt, "_parse", named_by_the_token)


def any_signature_will_do(patch: Patch) -> None:
    patch.setattr(_jwt.hmac, "compare_digest", lambda *_: True)


def the_topic_is_believed(patch: Patch) -> None:
    patch.setattr(
        _woocommerce_privacy, "_checked", lambda document, _: _woocommerce_privacy.REQUEST.load(document)
    )


@pytest.mark.parametrize(
    ("plant", "check", "given"),
    [
        (claims_hold_always, test_jwt.test_claims_that_do_not_hold_are_refused, (AUDIENCE,)),
        (any_algorithm_will_do, test_jwt.test_another_header_is_refused, ({"alg": "HS512"},)),
        (
            any_signature_will_do,
            test_jwt.test_what_is_no_token_of_ours_is_refused,
            (test_jwt.signed(secret="another"),),
        ),
        (
            the_topic_is_believed,
            test_woocommerce_privacy.test_what_is_not_meant_so_is_not_done,
            (
                test_woocommerce_privacy.ERASURE,
                test_woocommerce_privacy.BODY | {"topic": test_woocommerce_privacy.COPY},
                "topic",
            ),
        ),
    ],
)
def test_a_check_sees(
    plant: Callable[[Patch], None], check: Callable[..., None], given: tuple[Any, ...], monkeypatch: Patch
) -> None:
    check(*given)
    plant(monkeypatch)
    with pytest.raises(RED):
        check(*given)


@pytest.fixture
def pages(databases: Databases, monkeypatch: Patch) -> Iterator[Pages]:
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    for made in make_pages(databases):
        yield test_from_shop.connected(made)


def every_purpose_will_do(patch: Patch) -> None:
    verify = from_shop.verify_hs256
    patch.setattr(
        from_shop, "verify_hs256", lambda *given, **named: verify(*given, **named) | {"purpose": "problem"}
    )


def a_token_lasts(patch: Patch) -> None:
    patch.setattr(from_shop, "LONGEST_LIFE", from_shop.LONGEST_LIFE * 10)


def erasure_is_forgotten(patch: Patch) -> None:
    patch.setattr(from_shop, "erased", lambda *_: {})


@pytest.mark.parametrize(
    ("plant", "check"),
    [
        (every_purpose_will_do, test_from_shop.test_any_other_token_leads_nowhere),
        (a_token_lasts, test_from_shop.test_any_other_token_leads_nowhere),
        (erasure_is_forgotten, test_from_shop.test_an_erased_order_is_not_known),
    ],
)
def test_a_check_of_pages_sees(
    plant: Callable[[Patch], None], check: Callable[[Pages], None], pages: Pages, monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    with pytest.raises(RED):
        check(pages)


FAULTS = [
    ("Token", "$signed, $secret, true", "$signed, (string) base64_decode($secret), true"),
    ("Token", "$now + $seconds", "$now + 86400"),
    ("Token", "'owner';", "'manager';"),
    ("Sender", "$body, $settings->secret", "$body . ' ', $settings->secret"),
    ("Privacy", "'items_removed' => $taken", "'items_removed' => true"),
    ("Privacy", ", 'erasers'), 1)", ", 'erasers'))"),
    (
        "Problem",
        "$order instanceof \\WC_Order && current_user_can('view_order', $order->get_id())",
        "$order !== false",
    ),
    ("SettingsPage", "        check_admin_referer(self::NONCE);\n", ""),
    ("SettingsPage", "if (!current_user_can(self::MAY))", "if (false)"),
    ("SettingsPage", "value=\"' . esc_attr($value)", "value=\"' . $value"),
    ("Panel", "esc_attr($token)", "'a token of yesterday'"),
    ("Checkout", "$day = Day::read($chosen);", "$day = $chosen;"),
    ("Day", "$leap ? 30 : 29", "$leap ? 30 : 30"),
]


@pytest.mark.service
@pytest.mark.parametrize(("name", "right", "wrong"), FAULTS)
def test_the_plugins_own_tests_see(name: str, right: str, wrong: str, tmp_path: Path) -> None:
    tests = Path(shutil.copytree(TESTS, tmp_path / "tests" / "companion"))
    plugin = Path(shutil.copytree(PLUGIN, tmp_path / "companion" / "wordpress" / "vefa"))
    part = plugin / "includes" / f"{name}.php"
    text = part.read_text(encoding="utf-8")
    assert text.count(right) == 1
    part.write_text(text.replace(right, wrong), encoding="utf-8")
    run("php", "-l", str(part))
    done = subprocess.run(["phpunit", "-c", str(tests / "phpunit.xml")], capture_output=True, check=False)
    assert done.returncode in (1, 2) and b"Tests: " in done.stdout, done.stdout
