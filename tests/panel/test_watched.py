"""A store is called not watched wherever it is shown, until somebody says how long delivery takes."""

from __future__ import annotations

from tests.panel.shop import NOW, Browser, Shop, plain

from vefa.staff import records as staff

NOT_WATCHED = "This store is not watched."
DAYS = "/vefa/lale/settings/delivery-days"


def test_a_store_without_days_says_so_until_it_has_them(shop: Shop, owner: Browser) -> None:
    lale = shop.add("lale")
    with shop.world.databases.main.begin() as connection:
        staff.join(connection, lale.id, shop.owners["mercan"].id, now=NOW)
    places = ("/vefa/lale/", "/vefa/lale/settings/connections", "/vefa/lale/settings/connect/standard")
    for place in places:
        text = owner.get(place).text
        assert NOT_WATCHED in plain(text) and f'href="{DAYS}"' in text
    assert plain(owner.get("/vefa/").text).count("not watched") == 1 and DAYS in owner.text
    assert owner.post(DAYS, DAYS, any="4").status_code == 303
    assert not [place for place in (*places, "/vefa/") if NOT_WATCHED in plain(owner.get(place).text)]
    assert "not watched" not in plain(owner.get("/vefa/").text)


def test_dates_that_orders_bring_are_watched_and_told(owner: Browser) -> None:
    text = plain(owner.get("/vefa/mercan/settings/delivery-days").text)
    assert "7 orders of the last 90 days brought a delivery date of their own" in text
    assert NOT_WATCHED not in text and NOT_WATCHED not in plain(owner.get("/vefa/mercan/").text)
