"""Runs PHP for the tests of the plugin for WordPress."""

from __future__ import annotations

import json
import shutil
import subprocess
from typing import Any

import pytest
from tests.conftest import ROOT

TESTS = ROOT / "tests" / "companion"
PLUGIN = ROOT / "companion" / "wordpress" / "vefa"
SOURCES = sorted(PLUGIN.rglob("*.php"))


def run(*command: str, given: str = "") -> str:
    """Run a program of PHP's and return what it printed; the test is skipped where it is not installed."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not installed")
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def say(*cases: dict[str, Any]) -> list[Any]:
    """Return what the plugin says in each case."""
    found: list[Any] = json.loads(run("php", str(TESTS / "say.php"), given=json.dumps(cases)))
    return found
