"""What stands in ``deploy/`` does what the operator's page says: image, containers, web server, units."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
import yaml
from tests.deployed import carry_out, script, stages
from tests.fake_shop import FakeShop, answer
from tests.running import free_port, until

from vefa.manifest.process_settings import VARIABLES

UNITS = ("vefa.service", "vefa-worker@.service")
LONG = os.environ.get("VEFA_LONG")


@pytest.fixture
def deploy(root: Path) -> Path:
    return root / "deploy"


@pytest.fixture
def compose(deploy: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((deploy / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_every_variable_is_one_that_vefa_reads(deploy: Path, compose: dict[str, Any]) -> None:
    mine = {*compose["services"]["vefa"]["environment"]}
    for name in ("vefa.env.example", "systemd/vefa.service", "Dockerfile"):
        mine |= set(re.findall(r"\bVEFA_\w+(?==)", (deploy / name).read_text(encoding="utf-8")))
    assert mine <= VARIABLES.keys()


def test_only_the_web_server_is_reached_from_outside(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert [name for name, one in services.items() if "ports" in one] == ["caddy"]
    assert services["vefa"]["network_mode"] == "service:caddy"
    command = services["vefa"]["command"]
    assert command[command.index("--host") + 1] == "127.0.0.1"


def test_what_has_to_stay_stands_in_volumes_that_are_named(compose: dict[str, Any]) -> None:
    used = {
        one.partition(":")[0]
        for service in compose["services"].values()
        for one in service["volumes"]
        if not one.startswith(".")
    }
    assert used == compose["volumes"].keys()


def test_no_image_is_just_the_newest(deploy: Path, compose: dict[str, Any]) -> None:
    images = [one["image"] for one in compose["services"].values() if "image" in one]
    images += re.findall(r"^FROM (\S+)", (deploy / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)
    assert all(re.search(r":\d", image) for image in images), images


def test_what_needs_an_answer_is_asked_for(compose: dict[str, Any]) -> None:
    services = compose["services"]
    assert ":?" in services["caddy"]["environment"]["SITE_HOST"]
    assert ":?" in services["database"]["environment"]["POSTGRES_PASSWORD"]


@pytest.mark.parametrize("unit", UNITS)
def test_a_unit_holds(deploy: Path, tmp_path: Path, unit: str) -> None:
    analyze = shutil.which("systemd-analyze")
    if analyze is None:
        pytest.skip("systemd-analyze is not installed")
    text = (deploy / "systemd" / unit).read_text(encoding="utf-8")
    assert "/opt/vefa/bin/vefa" in text
    place = tmp_path / unit.replace("@.", "@1.")
    place.write_text(text.replace("/opt/vefa/bin/vefa", "/bin/true"), encoding="utf-8")
    said = subprocess.run([analyze, "verify", str(place)], capture_output=True, text=True, check=False)
    assert (said.returncode, said.stderr) == (0, "")
    rated = subprocess.run(
        [analyze, "security", "--offline=yes", "--threshold=20", str(place)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert rated.returncode == 0, rated.stdout[-300:]


def test_units_start_what_the_command_line_knows(deploy: Path) -> None:
    for unit in UNITS:
        text = (deploy / "systemd" / unit).read_text(encoding="utf-8")
        (start,) = re.findall(r"^ExecStart=(.+)$", text, re.MULTILINE)
        _, *words = shlex.split(start)
        done = subprocess.run(
            [sys.executable, "-m", "vefa.cli", words[0], "--help"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0
        assert all(word in done.stdout for word in words[1:] if word.startswith("--"))


def test_the_web_server_passes_on_what_is_vefas_and_says_who_came(deploy: Path, tmp_path: Path) -> None:
    caddy = shutil.which("caddy")
    if caddy is None:
        pytest.skip("caddy is not installed")
    with_own = FakeShop({"GET /vefa/": lambda asked: answer({"from": asked.headers.get("x-forwarded-for")})})
    port = free_port()
    text = (deploy / "Caddyfile").read_text(encoding="utf-8")
    place = tmp_path / "Caddyfile"
    place.write_text(
        "{\n\tadmin off\n}\n" + text.replace("127.0.0.1:8000", with_own.url[7:]), encoding="utf-8"
    )
    address = f"http://127.0.0.1:{port}"
    environ = os.environ | {"SITE_HOST": address, "HOME": str(tmp_path)}
    server = subprocess.Popen(
        [caddy, "run", "--config", str(place), "--adapter", "caddyfile"],
        env=environ,
        stderr=subprocess.DEVNULL,
    )
    try:
        until(lambda: _status(address + "/other") == 404, "caddy answers")
        forged = Request(address + "/vefa/", headers={"X-Forwarded-For": "198.51.100.7"})
        assert urlopen(forged, timeout=5).read() == b'{"from": "127.0.0.1"}'
        assert _status(address + "/vefa/in/x/standard") == 404
        assert [one.path for one in with_own.asked] == ["/vefa/", "/vefa/in/x/standard"]
    finally:
        server.terminate()
        server.wait()
        with_own.close()


def _status(address: str) -> int:
    try:
        return int(urlopen(address, timeout=5).status)
    except HTTPError as error:
        return error.code
    except OSError:
        return 0


@pytest.mark.slow
def test_the_steps_of_the_image_end_in_a_vefa_that_answers(root: Path, deploy: Path, tmp_path: Path) -> None:
    """Each step in a clean root: build, install, start as a user of its own, and ask as the health check does."""
    if not LONG:
        pytest.skip("belongs to the longer runs: VEFA_LONG=1")
    if os.geteuid() != 0 or carry_out(f"mount -t tmpfs tmpfs {tmp_path}", 20).returncode:
        pytest.skip("needs root and mounts")
    context, place = tmp_path / "context", tmp_path / "roots"
    place.mkdir()
    subprocess.run(["git", "clone", "--quiet", str(root), str(context)], check=True)
    found = stages(deploy / "Dockerfile")
    last, port = found[-1], free_port()
    # The port of the image may be taken on this machine, whose network the steps share.
    start = (
        shlex.join([*last.entry, *last.command]).replace("0.0.0.0", "127.0.0.1").replace("8000", str(port))
    )
    health = shlex.join(last.health).replace("8000", str(port))
    then = f"""
        {shlex.join(last.entry)} --version
        {start} & server=$!
        for _ in $(seq 60); do sleep 1; if {health} 2>/dev/null; then echo healthy; break; fi; done
        id -un; ls -ld /var/lib/vefa | cut -c1-10; touch /opt/vefa/x 2>/dev/null && echo writable
        kill $server; wait $server; echo stopped
    """
    done = carry_out(script(found, context, place, then), 400)
    assert done.returncode == 0, done.stderr[-2000:]
    said = done.stdout.splitlines()
    mine = said[next(place for place, line in enumerate(said) if line.startswith("vefa, version")) + 1 :]
    assert "healthy" in mine, done.stderr[-3000:]
    assert [line for line in mine if line in ("healthy", "vefa", "writable", "stopped")] == [
        "healthy", "vefa", "stopped",
    ]  # fmt: skip
    assert "drwx------" in mine
