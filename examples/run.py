"""Starts Vefa with a demonstration: two invented shops, 60 days of history, and then live on a clock of its own.

``make run`` calls it. Each start makes a fresh database in var/demo, with a key of its own; nothing else is touched.
Mail goes to a server inside this process and no further.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from demonstration.clockwork import SPEEDS, USUAL, Clock, beginning
from demonstration.live import Live
from demonstration.mailbox import Mailbox
from demonstration.orders import Life
from demonstration.shops import MERCAN, SHOPS
from demonstration.stream import Stream
from demonstration.terminal import act, keys

from demonstration import desk, signing, stream

ROOT = Path(__file__).resolve().parents[1]
OWNER = "owner@demo.example"
PATIENCE = 60.0
SEED = 7


def vefa(*arguments: str) -> list[str]:
    """Return the command line of Vefa in this same environment."""
    return [str(Path(sys.executable).with_name("vefa")), *arguments]


def free_port(wanted: int) -> int:
    """Return the wanted port, or another one if it is taken."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            number: int = probe.getsockname()[1]
            return number
    raise SystemExit("No free port was found on this machine.")


class Demonstration:
    """A folder with a fresh database, the shops in it, and the program that serves them."""

    def __init__(self, folder: Path, port: int, *, share: float, seed: int, days: int, speed: float) -> None:
        self.folder, self.seed, self.speed = folder, seed, speed
        # Beside the folder and not in it: what the simulator has planted is nothing that Vefa could look up.
        self.truth = folder.with_name(f"{folder.name}-planted") / "truth.json"
        self.address = f"http://127.0.0.1:{port}"
        self.mailbox = Mailbox(free_port(0))
        self.clock = Clock(folder / "clock.json")
        self.start = beginning(datetime.now(UTC), MERCAN.zone)
        self.streams = [Stream(shop, self.start, seed, share=share, days=days) for shop in SHOPS]
        self.secrets = {shop.slug: signing.new_secret() for shop in SHOPS}
        self.history: dict[str, list[Life]] = {}
        # Mail of an invented store goes nowhere, whatever this machine is set up for.
        kept = {name: value for name, value in os.environ.items() if not name.startswith("VEFA_")}
        self.environment = kept | {
            "VEFA_DATABASE": str(folder / "demo.db"),
            "VEFA_PUBLIC_URL": self.address,
            "VEFA_CLOCK": str(self.clock.path),
            "VEFA_SMTP_URL": f"smtp://127.0.0.1:{self.mailbox.port}?tls=none",
        }

    def prepare(self) -> None:
        """Take the history of every shop through the whole program into a fresh database."""
        self.folder.mkdir(parents=True, exist_ok=True)
        # Only what an earlier demonstration has left; whatever else lies in the folder is not ours.
        for name in ("demo", "clock", "vefa", *(shop.slug for shop in SHOPS)):
            for leftover in self.folder.glob(f"{name}.*"):
                leftover.unlink()
        self.clock.start(self.start, self.speed, paused=True)
        for one in self.streams:
            self.history[one.shop.slug] = lives = one.until(self.start)
            self._replay(one, lives)
        self.plant([life for lives in self.history.values() for life in lives])

    def plant(self, lives: list[Life]) -> None:
        """Write what is true about every order where Vefa does not look."""
        stream.write_truth(lives, self.truth)

    def _replay(self, one: Stream, lives: list[Life]) -> None:
        shop, files = (
            one.shop,
            {name: self.folder / f"{one.shop.slug}.{name}" for name in ("jsonl", "json", "acts")},
        )
        secret = self.folder / f"{shop.slug}.secret"
        secret.touch(mode=0o600)
        secret.write_text(self.secrets[shop.slug] + "\n", encoding="utf-8")
        stream.write(lives, self.start, files["jsonl"])
        desk.write(lives, self.start, self.seed, files["acts"])
        files["json"].write_text(json.dumps(shop.settings, ensure_ascii=False), encoding="utf-8")
        until = self.start.astimezone(shop.zone).strftime("%Y-%m-%dT%H:%M")
        command = vefa(
            "replay", str(files["jsonl"]), "--store", str(files["json"]), "--acts", str(files["acts"])
        )
        command += ["--database", str(self.folder / "demo.db"), "--add", "--secret-file", str(secret)]
        command += ["--until", until, "--shadow" if shop.shadow else "--keep-sending", "--json"]
        subprocess.run(command, env=self.environment, check=True, stdout=subprocess.DEVNULL)
        for file in (secret, *files.values()):
            file.unlink()

    def sign_in_link(self) -> str:
        """Make the owner of both shops and return the link with which they sign in once."""
        link = ""
        for shop in reversed(SHOPS):
            command = vefa("user", "add", OWNER, "--store", shop.slug, "--name", "Demo")
            answer = subprocess.run(command, env=self.environment, check=True, capture_output=True, text=True)
            link = json.loads(answer.stdout)["sign_in"]
        return link

    def live(self, say: Any) -> Live:
        """Return the simulator, ready to play on from where the history ends."""
        return Live(
            self.streams, self.history, self.start, self.clock, self.address, self.secrets, self.mailbox,
            self.plant, say, self.seed,
        )  # fmt: skip


def wait_until_up(address: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the server answers, or end with its exit code."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        if process.poll() is not None:
            raise SystemExit(process.returncode or 1)
        try:
            with urllib.request.urlopen(f"{address}/healthz", timeout=2):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
    raise SystemExit("Vefa did not answer in time.")


def play(demo: Demonstration, link: str, process: subprocess.Popen[bytes], *, quiet: bool) -> None:
    """Say where to look, and play on until the program ends."""
    wait_until_up(demo.address, process)
    demo.clock.start(demo.start, demo.speed)
    live = demo.live((lambda _line: None) if quiet else (lambda line: print(f"  {line}", flush=True)))
    live.start()
    print(
        f"\n  Vefa is running with two demonstration stores.\n\n"
        f"  Panel     {demo.address}/vefa/\n"
        f"  Sign in   {link}\n"
        f"            (works once; choose a password there)\n"
        f"  Clock     keys 1 2 3 4: {', '.join(f'{speed:g}×' for speed in SPEEDS)}; p: pause\n"
        f"  Stop      Ctrl+C\n",
        flush=True,
    )
    try:
        with keys() as pressed:
            while process.poll() is None:
                act(pressed(), demo.clock)
    finally:
        live.stopping.set()
        live.join(5)


def interrupt(_number: int, _frame: object) -> None:
    """Stop as Ctrl+C does."""
    raise KeyboardInterrupt


def main() -> None:
    """Prepare the demonstration, start Vefa, and play on."""
    parser = argparse.ArgumentParser(description="Start Vefa with a demonstration.")
    parser.add_argument("--port", type=int, default=8000, help="the port to try first")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "demo", help="where the database lies")
    parser.add_argument("--speed", type=float, default=USUAL, help="how many times as fast as real time")
    parser.add_argument("--seed", type=int, default=SEED, help="another seed makes other shops")
    parser.add_argument("--share", type=float, default=1.0, help="how many of the usual orders come")
    parser.add_argument("--days", type=int, default=stream.HISTORY, help="how long the history is")
    parser.add_argument("--quiet", action="store_true", help="do not print what happens")
    options = parser.parse_args()
    if not 0 < options.speed <= 3600:
        parser.error("the speed must be above 0 and at most 3600")
    demo = Demonstration(
        options.folder, free_port(options.port),
        share=options.share, seed=options.seed, days=options.days, speed=options.speed,
    )  # fmt: skip
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, interrupt)
    process = None
    try:
        print("Taking the past of two demonstration stores through Vefa, half a minute ...", flush=True)
        demo.prepare()
        link = demo.sign_in_link()
        demo.mailbox.start()
        command = vefa("up", "--host", "127.0.0.1", "--port", demo.address.rpartition(":")[2])
        # In a group of its own, so that Ctrl+C reaches it once, from here.
        process = subprocess.Popen(command, env=demo.environment, start_new_session=True)
        play(demo, link, process, quiet=options.quiet)
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)
        if process is not None and process.poll() is None:
            process.terminate()
            process.wait()
        demo.mailbox.stop()


if __name__ == "__main__":
    main()
