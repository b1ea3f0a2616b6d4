"""The places in manifest.json open for whom it says, and the menu leads to no other."""

from __future__ import annotations

import json
import re

from tests.conftest import ROOT
from tests.panel.shop import Shop
from tests.panel.test_roles import member, signed_in

from vefa.staff.account import Role

MENU = re.compile(r'<a class="v-nav-i[^"]*" href="([^"]+)"')


def paths() -> list[str]:
    entries = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))["panel"]["entries"]
    return [one["path"].replace("{store}", "mercan") for one in entries]


def test_every_place_opens_for_a_viewer_and_for_nobody_outside(shop: Shop) -> None:
    shop.add("lale")
    viewer = signed_in(shop, member(shop, "mercan", Role.VIEWER))
    stranger = shop.browser("lale")
    for path in paths():
        assert viewer.get(path).status_code == 200, path
        assert stranger.get(path).status_code == 404, path


def test_the_menu_leads_to_these_places_and_no_other(shop: Shop) -> None:
    assert MENU.findall(shop.browser("mercan").get("/vefa/mercan/").text) == paths()
