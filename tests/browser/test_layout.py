"""What stands side by side on a desk's screen stays side by side, in every language."""

from __future__ import annotations

import pytest
from tests.browser.conftest import Site

from vefa import locales

pytestmark = pytest.mark.service

LINES = (
    "(list) => new Set([...list.querySelectorAll('a')].map((one) => one.getBoundingClientRect().top)).size"
)


@pytest.mark.parametrize("language", locales.languages())
def test_the_views_of_promises_stand_in_one_line(site: Site, language: str) -> None:
    site.prefer(language)
    tab = site.signed_in(1280)
    tab.goto("/vefa/mercan/promises")
    views = tab.locator("nav.v-views")
    assert views.locator("a").count() == 7
    assert views.evaluate(LINES) == 1


def test_a_policy_that_is_tried_shows_its_decision_beside_the_question(site: Site) -> None:
    tab = site.signed_in(1280)
    tab.goto("/vefa/mercan/policy/try?order=1003&reason=return&wanted=refund")
    asked, decided = (tab.locator(one).bounding_box() for one in (".v-trial > form", ".v-trial > div"))
    assert asked and decided
    assert abs(asked["y"] - decided["y"]) < 2
    assert asked["x"] + asked["width"] <= decided["x"]
