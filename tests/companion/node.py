"""Builds the package for Medusa and runs it; needs Node 20 and TypeScript on this machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tests.conftest import ROOT

PACKAGE = ROOT / "companion" / "medusa"
# Where .ci/run puts TypeScript; one on the path does as well.
BESIDE = Path(sys.prefix) / "node" / "node_modules" / ".bin" / "tsc"


def _run(*command: str, given: str = "", built: Path | None = None) -> str:
    environment = os.environ | ({"BUILT": str(built)} if built else {})
    done = subprocess.run(
        command, input=given, capture_output=True, text=True, check=False, cwd=PACKAGE, env=environment
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def build(folder: Path) -> Path:
    """Compile the package strictly into a folder and return it; skip the test where a tool is missing."""
    compiler = str(BESIDE) if BESIDE.is_file() else shutil.which("tsc")
    if shutil.which("node") is None or compiler is None:
        pytest.skip("Node or TypeScript is not installed")
    _run(compiler, "-p", ".", "--outDir", str(folder))
    return folder


def run_tests(built: Path) -> str:
    """Run the package's own tests and return their report."""
    tests = sorted(str(path) for path in (PACKAGE / "test").glob("*.test.js"))
    return _run("node", "--test", *tests, built=built)


def relay(built: Path, lines: list[str], secret: str) -> list[str]:
    """Run recorded events through the subscriber and return the requests that it makes of them."""
    script = ROOT / "tests" / "companion" / "relay.js"
    return _run("node", str(script), secret, given="\n".join(lines), built=built).splitlines()
