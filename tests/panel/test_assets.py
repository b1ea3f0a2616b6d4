"""What is vendored is what was vendored, and nothing in a page needs more than the policy allows."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from vefa.resources import static, templates

VENDOR = static() / "vendor"
LOCK = json.loads((VENDOR / "vendor.json").read_text(encoding="utf-8"))
PAGES = sorted(path for kind in ("panel", "pages") for path in (templates() / kind).glob("*.html"))
SHEETS = sorted(static().glob("*.css"))

FORBIDDEN = {
    "an inline style": re.compile(r"<style|\sstyle\s*=", re.IGNORECASE),
    "an inline handler": re.compile(r"\son[a-z]+\s*=|hx-on|hx-vals\s*=\s*.?js:|javascript:", re.IGNORECASE),
    "an inline script": re.compile(r"<script(?![^>]*\bsrc=)", re.IGNORECASE),
    "a condition that needs eval": re.compile(r'hx-trigger="[^"]*\['),
    "another host": re.compile(r'(?:src|href)="(?:https?:)?//'),
    "markup taken as safe": re.compile(r"\|\s*safe\b"),
}


@pytest.mark.parametrize("package", LOCK, ids=lambda package: package["name"])
def test_a_vendored_file_is_the_one_that_was_locked(package: dict[str, object]) -> None:
    assert {"name", "version", "source", "licence", "files"} <= package.keys()
    for file in package["files"]:
        assert hashlib.sha256((VENDOR / file["path"]).read_bytes()).hexdigest() == file["sha256"], file[
            "path"
        ]
    assert any("LICENSE" in file["path"] for file in package["files"])


def test_nothing_is_vendored_without_a_lock() -> None:
    locked = {file["path"] for package in LOCK for file in package["files"]}
    assert {path.name for path in VENDOR.iterdir()} == locked | {"vendor.json"}


@pytest.mark.parametrize("template", PAGES, ids=lambda template: template.name)
@pytest.mark.parametrize("fault", FORBIDDEN)
def test_a_template_holds_nothing_that_the_policy_forbids(template: Path, fault: str) -> None:
    assert not FORBIDDEN[fault].findall(template.read_text(encoding="utf-8"))


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.name)
def test_a_style_sheet_knows_no_left_and_right(sheet: Path) -> None:
    text = re.sub(r"/\*.*?\*/", "", sheet.read_text(encoding="utf-8"), flags=re.DOTALL)
    assert not re.findall(r"\b(?:left|right)\b", text)
    assert not re.findall(r"url\(\s*[\"']?(?:https?:)?//", text)
    assert len(text.splitlines()) <= 250


def test_every_icon_and_shape_in_use_exists() -> None:
    icons = set(
        re.findall(r'<symbol id="([^"]+)"', (VENDOR / "tabler-icons.svg").read_text(encoding="utf-8"))
    )
    shapes = set(re.findall(r'<symbol id="([^"]+)"', (static() / "shapes.svg").read_text(encoding="utf-8")))
    written = "\n".join(page.read_text(encoding="utf-8") for page in PAGES)
    used = set(re.findall(r"icon\('([a-z-]+)'", written))
    assert used and used <= icons
    assert set(re.findall(r"(?:shape|state)\('([a-z-]+)'", written)) <= shapes


def test_the_words_for_codes_name_icons_and_shapes_that_exist() -> None:
    from vefa.panel import fact_words, frame, outreach_words, words

    icons = (VENDOR / "tabler-icons.svg").read_text(encoding="utf-8")
    for name in [kind[0] for kind in fact_words.KINDS.values()] + [
        sign for _, sign, _ in (*frame.PLACES, *frame.THEMES)
    ]:
        assert f'<symbol id="{name}"' in icons, name
    shapes = (static() / "shapes.svg").read_text(encoding="utf-8")
    tables = (words.LATENESS, words.PROMISE_STATES, outreach_words.MESSAGES, outreach_words.OUTCOMES)
    for name in {shape for table in tables for shape, _ in table.values()}:
        assert f'<symbol id="{name}"' in shapes, name


def test_the_script_is_small_and_evaluates_nothing() -> None:
    script = (static() / "vefa.js").read_text(encoding="utf-8")
    assert not re.findall(r"\beval\b|new Function|innerHTML|document\.write|\.style\b", script)
    assert len(script.splitlines()) < 100
