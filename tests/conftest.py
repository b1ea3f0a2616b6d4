"""What every test shares: a guard on the network, the reference data, and empty databases."""

from __future__ import annotations

import importlib
import ipaddress
import os
import pkgutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

import vefa
from vefa.database import Databases, open_databases

ROOT = Path(__file__).parents[1]
# Alembic alone can run its own, and the last one starts the command line.
NOT_TO_IMPORT = ("vefa.migrations.env", "vefa.migrations.versions.", "vefa.cli.__main__")
# How fast a loaded machine draws examples says nothing about the program.
settings.register_profile("vefa", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("vefa")


def _is_here(family: int, address: Any) -> bool:
    if family == socket.AF_UNIX:
        return True
    host = str(address[0])
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host == "localhost"


@pytest.fixture(autouse=True, scope="session")
def only_this_machine() -> Iterator[None]:
    """Let sockets connect to this machine alone; a test that reaches further fails."""
    kept = {name: getattr(socket.socket, name) for name in ("connect", "connect_ex")}

    def guarded(name: str) -> Any:
        def connect(self: socket.socket, address: Any) -> Any:
            if not _is_here(self.family, address):
                raise AssertionError(f"A test tried to connect to {address!r}.")
            return kept[name](self, address)

        return connect

    with pytest.MonkeyPatch.context() as patch:
        for name in kept:
            patch.setattr(socket.socket, name, guarded(name))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the checkout."""
    return ROOT


@pytest.fixture(scope="session")
def modules() -> list[ModuleType]:
    """Import every module of Vefa."""
    names = [module.name for module in pkgutil.walk_packages(vefa.__path__, "vefa.")]
    return [importlib.import_module(name) for name in names if not name.startswith(NOT_TO_IMPORT)]


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the reference data beside the checkout, or skip the test."""
    folder = Path(os.environ.get("VEFA_SHARED") or ROOT.parent / "shared")
    if not (folder / "reference" / "events.md").is_file():
        pytest.skip(f"the reference data is not at {folder}; VEFA_SHARED names another place")
    return folder


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run the tests of a file that says ``pytestmark = pytest.mark.contract`` on both databases."""
    if "databases" not in metafunc.fixturenames or not metafunc.definition.get_closest_marker("contract"):
        return
    both = [pytest.param("sqlite"), pytest.param("postgresql", marks=pytest.mark.service)]
    metafunc.parametrize("databases", both, indirect=True)


@pytest.fixture
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Databases]:
    """Open a main and an intake database with every table and no row.

    ``VEFA_TEST_ON=postgresql`` runs every test on PostgreSQL that does not ask for another.
    """
    from tests import postgres

    from vefa.cli.migrate import upgrade

    if getattr(request, "param", os.environ.get("VEFA_TEST_ON")) == "postgresql":
        with postgres.empty(tmp_path) as opened:
            yield opened
        return

    opened = open_databases(tmp_path / "vefa.db")
    upgrade(opened)
    yield opened
    opened.dispose()


def pytest_sessionfinish() -> None:
    """Drop what this process made on the PostgreSQL server."""
    if postgres := sys.modules.get("tests.postgres"):
        postgres.finish()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Any:
    """Turn a ``service`` test that lacks its service into a failure where VEFA_SERVICES=required."""
    report = yield
    if (
        report.skipped
        and "VEFA_LONG" not in str(report.longrepr)
        and item.get_closest_marker("service")
        and os.environ.get("VEFA_SERVICES") == "required"
    ):
        report.outcome = "failed"
        report.longrepr = f"A service is missing on this machine: {report.longrepr[2]}"
    return report
