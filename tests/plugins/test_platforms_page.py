"""docs/platforms.md says of each platform what the code says."""

from __future__ import annotations

import runpy
from typing import Any

from tests.conftest import ROOT

from vefa.platforms import capabilities, platforms

MADE: dict[str, Any] = runpy.run_path(str(ROOT / "docs" / "platforms_table.py"))
PAGE = (ROOT / "docs" / "platforms.md").read_text(encoding="utf-8")


def test_the_page_is_as_it_would_be_made_now() -> None:
    assert MADE["renewed"](PAGE) == PAGE, "run: python docs/platforms_table.py"


def test_every_capability_has_its_mark() -> None:
    head, _, *rows = [line for line in PAGE.splitlines() if line.startswith("|")][: 2 + len(platforms())]
    columns = [one.strip() for one in head.strip("|").split("|")][1:]
    marks = {
        row.split("|")[1].strip(): [one.strip() for one in row.strip("|").split("|")][1:] for row in rows
    }
    for name, platform in platforms().items():
        if not platform.describe().headers:
            continue
        able = {
            column for column, said in zip(columns, marks[MADE["_title"](name)], strict=True) if said == "yes"
        }
        assert able == {"verify", "read", "describe", *capabilities(platform)}


def test_a_platform_that_can_more_changes_the_page() -> None:
    found = dict(platforms())
    able = type("Able", (type(found["standard"]),), {"install": lambda *_: None})()
    assert MADE["_capabilities"]({"standard": able}) != MADE["_capabilities"]({"standard": found["standard"]})
