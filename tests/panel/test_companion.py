"""The plugin for WordPress is there for those who may connect a store, and for nobody else."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

from tests.build import SECRET
from tests.panel.shop import Browser, Shop
from tests.panel.test_roles import member, signed_in

from vefa.staff.account import Role
from vefa.stores.records import by_slug, key_of
from vefa.stores.shops import connect

PAGE = "/vefa/mercan/settings/connections"
FILE = f"{PAGE}/companion.zip"


def test_an_owner_gets_the_plugin_where_the_shop_is_a_wordpress(shop: Shop, owner: Browser) -> None:
    assert FILE not in owner.get(PAGE).text
    with shop.world.databases.main.begin() as connection:
        store = by_slug(connection, "mercan")
        key = key_of(connection, store.id, shop.world.master)
        connect(connection, store.id, "woocommerce", [SECRET], key)
    assert FILE in owner.get(PAGE).text
    answer = owner.get(FILE)
    assert (answer.status_code, answer.content_type) == (200, "application/zip")
    assert 'filename="vefa-wordpress.zip"' in answer.headers["Content-Disposition"]
    with ZipFile(BytesIO(answer.data)) as archive:
        assert archive.testzip() is None and "vefa/vefa.php" in archive.namelist()


def test_nobody_else_gets_it(shop: Shop) -> None:
    for role in (Role.MANAGER, Role.AGENT, Role.VIEWER):
        browser = signed_in(shop, member(shop, "mercan", role))
        assert browser.get(FILE).status_code == 403
        assert FILE not in browser.get(PAGE).text
    assert shop.browser().get(FILE).status_code == 303
