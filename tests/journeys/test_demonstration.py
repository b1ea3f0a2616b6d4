"""``make run``: a demonstration store starts, twice in a row, and its sign-in link opens the panel."""

from __future__ import annotations

import re
import subprocess
import sys
import urllib.request
from pathlib import Path

RUN = Path(__file__).parents[2] / "examples" / "run.py"


class Demonstration:
    """A running demonstration and what it printed."""

    def __init__(self, folder: Path) -> None:
        self.printed = ""
        command = [sys.executable, str(RUN), "--port", "0", "--folder", str(folder)]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        for line in self.process.stdout or ():
            self.printed += line
            if "Ctrl+C" in line:
                return
        raise AssertionError(f"It ended by itself: {self.printed}")

    @property
    def link(self) -> str:
        found = re.search(r"Sign in +(\S+)", self.printed)
        assert found, self.printed
        return found[1]

    def stop(self) -> int:
        self.process.terminate()
        self.process.communicate(timeout=20)
        return self.process.returncode


def test_it_starts_each_time_and_lets_the_owner_in(tmp_path: Path) -> None:
    links = []
    for _ in range(2):
        running = Demonstration(tmp_path / "demo")
        try:
            links.append(running.link)
            with urllib.request.urlopen(running.link, timeout=10) as answer:
                assert answer.status == 200
                assert b'type="password"' in answer.read()
        finally:
            code = running.stop()
        assert code == 0
    assert links[0] != links[1]
