"""The guards that stand around every test do stop what they are there to stop."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

SKIPPED = """
import pytest

@pytest.mark.service
def test_with_a_service():
    pytest.skip("no such service")

@pytest.mark.shared
def test_with_data():
    pytest.skip("no such data")
"""


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("example.org", 443), ("10.0.0.1", 25)])
def test_a_test_cannot_leave_this_machine(address: tuple[str, int]) -> None:
    with socket.socket() as out, pytest.raises(AssertionError, match="tried to connect"):
        out.connect(address)
    with socket.socket() as out, pytest.raises(AssertionError, match="tried to connect"):
        out.connect_ex(address)


def test_this_machine_can_be_reached() -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        with socket.create_connection(server.getsockname(), timeout=5) as client:
            assert client.getpeername() == server.getsockname()


@pytest.mark.parametrize(("services", "code"), [("required", 1), ("", 0)])
def test_a_missing_service_fails_where_services_are_required(
    tmp_path: Path, services: str, code: int
) -> None:
    root = Path(__file__).parents[1]
    shutil.copy(root / "setup.cfg", tmp_path)
    (tmp_path / "tests").mkdir()
    shutil.copy(root / "tests" / "conftest.py", tmp_path / "tests")
    (tmp_path / "tests" / "test_skipped.py").write_text(SKIPPED, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider"],
        cwd=tmp_path,
        env={**os.environ, "VEFA_SERVICES": services},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == code, done.stdout
    assert ("A service is missing on this machine: Skipped: no such service" in done.stdout) is bool(code)
