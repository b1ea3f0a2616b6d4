"""The store that tests ask really is a server, and really misbehaves."""

from __future__ import annotations

import pytest
from tests.fake_shop import Visit, answer, busy, failing, fake_shop, html, needing

from vefa.errors import UnreachableError


def test_it_answers_by_routes_and_misbehaves_on_demand() -> None:
    routes = {"GET /orders/{id}": lambda asked: answer([asked.parts["id"], asked.query])}
    with fake_shop({**routes, "POST /in": needing("x-key", "k", lambda asked: answer(asked.json))}) as shop:
        visit = Visit(shop.url)
        assert visit.ask("GET", "/orders/7", query={"a": "b c"}).body == b'["7", {"a": "b c"}]'
        assert visit.ask("POST", "/in", headers={"X-Key": "k"}, body=b"[1]").body == b"[1]"
        assert [visit.ask("POST", "/in").status, visit.ask("GET", "/").status] == [401, 404]
        shop.trouble.extend((busy("3"), html(), failing(), shop.drop, shop.hang))
        assert visit.ask("GET", "/orders/7").headers["retry-after"] == "3"
        assert visit.ask("GET", "/orders/7").body.startswith(b"<html>")
        assert visit.ask("GET", "/orders/7").status == 500
        for timeout in (1.0, 0.05):
            with pytest.raises(UnreachableError):
                Visit(shop.url, timeout=timeout).ask("GET", "/orders/7")
        assert len(shop.said("GET /orders/{id}")) == 6
