"""Every screen of the panel and every page of customers, measured by axe in each language, theme and width."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.browser.conftest import Site, served, sync_api
from tests.browser.walk import Screen, customer_screens, furnish, panel_screens
from tests.pages.shop import NOW, Pages, make_pages
from tests.panel.shop import PASSWORD

from vefa import clock, locales
from vefa.clock import Shown
from vefa.database import Databases
from vefa.staff.account import Theme

LONG = bool(os.environ.get("VEFA_LONG"))
pytestmark = pytest.mark.skipif(not LONG, reason="belongs to the longer runs: VEFA_LONG=1")
package = pytest.importorskip("axe_playwright_python", reason="axe-playwright-python is not installed")
AXE = (Path(package.__path__[0]) / "axe.min.js").read_text(encoding="utf-8")

SHOTS = os.environ.get("VEFA_SHOTS")
LOOKS = [(theme, width) for theme in (Theme.LIGHT, Theme.DARK) for width in (1280, 390)]
EVERY = len(LOOKS) * len(locales.languages())
NOT_200 = {"nowhere": 404, "c-nowhere": 404, "c-expired": 410}
# Whatever opens by a press is part of the screen too.
OPEN = "document.querySelectorAll('details').forEach((one) => { one.open = true; })"
# A letter of a person's own words, alone without a style sheet, needs no heading.
RUN = """() => axe.run(document, {resultTypes: ["violations"], iframes: false,
  rules: {"page-has-heading-one": {enabled: !!document.querySelector("link[rel=stylesheet]")}}}).then((found) =>
  found.violations.map((one) => [one.id, one.nodes.length, one.nodes[0].html.slice(0, 200),
                                 one.nodes[0].failureSummary].join(" | ")))"""
WIDE = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@dataclass
class Walk:
    """A furnished store that is served, and the pages to walk through."""

    site: Site
    pages: Pages

    def screens(self, language: str) -> list[Screen]:
        return [*panel_screens(self.site.shop), *customer_screens(self.pages, language)]

    def tab(self, theme: Theme, width: int, *, inside: bool, language: str) -> sync_api.Page:
        """Return a tab in this look, of somebody who is signed in or of a stranger."""
        tab = self.site.tab(width)
        tab.emulate_media(color_scheme="dark" if theme is Theme.DARK else "light")
        tab.set_extra_http_headers({"Accept-Language": language})
        if inside:
            tab.goto(self.site.link())
            tab.fill("input[name=password]", PASSWORD)
            tab.click("button.btn-primary")
            tab.wait_for_url(lambda address: "sign-in" not in address)
        return tab


@pytest.fixture
def walk(
    databases: Databases, chromium: sync_api.Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Iterator[Walk]:
    monkeypatch.setattr("vefa.clock.real_now", lambda: NOW)
    # A demonstration has every screen of a store at work, and some besides.
    clock.write(tmp_path / "clock.json", Shown(NOW, NOW, 1.0, paused=True))
    monkeypatch.setenv(clock.VARIABLE, str(tmp_path / "clock.json"))
    for pages in make_pages(databases, "http://127.0.0.1"):
        furnish(pages)
        with served(pages.shop) as address:
            site = Site(address, chromium, pages.shop)
            yield Walk(site, pages)
            for context in site.opened:
                context.close()


@pytest.mark.parametrize("language", locales.languages())
def test_axe_finds_nothing(walk: Walk, language: str) -> None:
    """Each screen is seen once, languages and looks by turns; with VEFA_LONG=1 in every language and look."""
    found: list[str] = []
    for turn, (theme, width) in enumerate(LOOKS):
        walk.site.prefer(language, theme)
        mine = locales.languages().index(language) * len(LOOKS) + turn
        screens = [one for at, one in enumerate(walk.screens(language)) if LONG or at % EVERY == mine]
        for inside in (True, False):
            tab = walk.tab(theme, width, inside=inside, language=language)
            for one in screens:
                if one.inside == inside:
                    found += look(tab, one, f"{one.name} {language} {theme.value} {width}")
            tab.context.close()
            walk.site.opened.clear()
    said = [
        line for line in walk.site.complaints if "status of 404" not in line and "status of 410" not in line
    ]
    assert said == []
    assert found == [], "\n".join(found)


def look(tab: sync_api.Page, screen: Screen, title: str) -> list[str]:
    """Return what axe finds on a screen as it opens and again with everything unfolded."""
    answer = tab.goto(screen.address)
    assert answer is not None
    if answer.status != (NOT_200.get(screen.name) or 200):
        return [f"{title}: answered {answer.status}"]
    if not answer.headers["content-type"].startswith("text/html"):
        return []
    if "sandbox" in answer.headers.get("content-security-policy", ""):
        # A letter stands in a sandbox in which no script runs, not even axe: its copy is measured outside.
        letter = answer.text()
        tab.goto("about:blank")
        tab.set_content(letter)
    if SHOTS:
        tab.screenshot(path=Path(SHOTS) / f"{title.replace(' ', '-')}.png", full_page=True)
    found = [f"{title}: {tab.evaluate(WIDE)} px too wide"] if tab.evaluate(WIDE) else []
    tab.evaluate(AXE)
    found += [f"{title}: {line}" for line in tab.evaluate(RUN)]
    if tab.locator("details:not([open])").count():
        tab.evaluate(OPEN)
        found += [f"{title}, unfolded: {line}" for line in tab.evaluate(RUN)]
    refused = tab.evaluate("window.refused || []")
    return list(dict.fromkeys([*found, *(f"{title}: {line}" for line in refused)]))
