from __future__ import annotations

import pytest

from vefa.outreach.colour import contrast, readable


@pytest.mark.parametrize("colour", ["#ffffff", "#000000", "#e07a5f", "#ffee00", "red", "#26408b", ""])
@pytest.mark.parametrize("ground", ["#ffffff", "#201a18"])
def test_a_brand_colour_can_be_read(colour: str, ground: str) -> None:
    assert contrast(readable(colour, ground), ground) >= 4.5


def test_contrast_is_that_of_wcag() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
    assert readable("#26408b", "#ffffff") == "#26408b"
