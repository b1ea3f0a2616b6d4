"""The plugin for WordPress: its own tests pass, it is clean, and its zip is the same wherever it is made."""

from __future__ import annotations

import configparser
import re
import shutil
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import pytest
from click.testing import CliRunner
from tests.companion.php import PLUGIN, SOURCES, TESTS, run
from tests.conftest import ROOT

from vefa import companion
from vefa.cli.companion import companion as command


@pytest.mark.service
def test_the_plugins_own_tests_pass() -> None:
    said = run("phpunit", "-c", str(TESTS / "phpunit.xml"))
    counted = re.search(r"OK \((\d+) tests", said)
    assert counted and int(counted[1]) > 80, said


@pytest.mark.service
def test_the_plugin_is_clean_and_runs_on_an_older_php() -> None:
    for path in SOURCES:
        run("php", "-d", "error_reporting=-1", "-l", str(path))
    files = [str(path) for path in SOURCES]
    assert run("phpcs", f"--standard={TESTS / 'phpcs.xml'}", str(TESTS), *files) == ""
    assert run("php", str(TESTS / "old.php"), *files) == ""


def test_nothing_of_the_plugin_comes_from_elsewhere() -> None:
    files = [path for path in PLUGIN.rglob("*.*") if path.suffix != ".mo"]
    whole = "\n".join(path.read_text(encoding="utf-8") for path in files)
    hosts = set(re.findall(r"https?://([\w.-]*\w)", whole))
    assert hosts <= {"vefa.example", "www.gnu.org"}


def test_the_zip_is_that_of_its_sources_wherever_they_lie(tmp_path: Path) -> None:
    copy = shutil.copytree(PLUGIN, tmp_path / "vefa")
    for path in copy.rglob("*"):
        path.touch()
    (copy / ".DS_Store").write_text("x")
    assert companion.zipped(copy) == companion.wordpress()
    with ZipFile(BytesIO(companion.wordpress())) as archive:
        kept = {name: archive.read(name) for name in archive.namelist()}
        assert {entry.date_time for entry in archive.infolist()} == {companion.MOMENT}
    assert list(kept) == sorted(kept)
    files = [path for path in PLUGIN.rglob("*") if path.is_file()]
    assert kept == {f"vefa/{path.relative_to(PLUGIN).as_posix()}": path.read_bytes() for path in files}
    assert {"vefa/vefa.php", "vefa/readme.txt", "vefa/uninstall.php"} < set(kept)


def test_the_command_writes_the_zip(tmp_path: Path) -> None:
    file = tmp_path / "plugin.zip"
    done = CliRunner().invoke(command, ["wordpress", "--output", str(file)])
    assert (done.exit_code, done.stdout) == (0, "")
    assert file.read_bytes() == companion.wordpress()
    assert CliRunner().invoke(command, ["wordpress"]).stdout_bytes == companion.wordpress()


def test_without_sources_there_is_no_zip(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        companion.zipped(tmp_path / "vefa")


def test_the_plugin_bears_the_number_of_the_release() -> None:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    number = re.escape(parser["metadata"]["version"])
    for name, line in (
        ("vefa.php", rf"^ \* Version: {number}$"),
        ("includes/Settings.php", rf"VERSION = '{number}';"),
        ("readme.txt", rf"^Stable tag: {number}$"),
    ):
        assert re.search(line, (PLUGIN / name).read_text(encoding="utf-8"), re.MULTILINE), name
