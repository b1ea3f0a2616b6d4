"""Starts Vefa with a demonstration store: 40 invented orders of the last month, in three languages.

``make run`` calls it. Each start makes a fresh database in var/demo, with a key of its own; nothing else is touched.
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
from datetime import datetime, timedelta
from pathlib import Path

import make_orders

ROOT = Path(__file__).resolve().parents[1]
OWNER = "owner@demo.example"
PATIENCE = 30.0


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


def prepare(database: Path, environment: dict[str, str]) -> None:
    """Make the last month's orders and replay them into a fresh database."""
    database.parent.mkdir(parents=True, exist_ok=True)
    for leftover in database.parent.glob("demo*.db*"):
        leftover.unlink()
    # The replay ends with yesterday; from there on the worker goes on by the real clock.
    today = datetime.now(make_orders.ISTANBUL).replace(hour=0, minute=0, second=0, microsecond=0)
    end = today - timedelta(minutes=1)
    orders = database.with_name("orders.jsonl")
    make_orders.write(end, orders)
    command = vefa("replay", str(orders), "--store", str(Path(__file__).with_name("store.json")))
    command += ["--database", str(database), "--until", end.date().isoformat(), "--json"]
    subprocess.run(command, env=environment, check=True, stdout=subprocess.DEVNULL)


def sign_in_link(environment: dict[str, str]) -> str:
    """Make the store's owner and return the link with which they sign in once."""
    command = vefa("user", "add", OWNER, "--store", "demo")
    answer = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    link: str = json.loads(answer.stdout)["sign_in"]
    return link


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


def main() -> None:
    """Prepare the demonstration, start Vefa, and say where to look."""
    parser = argparse.ArgumentParser(description="Start Vefa with a demonstration store.")
    parser.add_argument("--port", type=int, default=8000, help="the port to try first")
    parser.add_argument("--folder", type=Path, default=ROOT / "var" / "demo", help="where the database lies")
    options = parser.parse_args()
    port, database = free_port(options.port), options.folder / "demo.db"
    address = f"http://127.0.0.1:{port}"
    # Mail of an invented store goes nowhere, whatever this machine is set up for.
    environment = {name: value for name, value in os.environ.items() if not name.startswith("VEFA_")}
    environment |= {"VEFA_DATABASE": str(database), "VEFA_PUBLIC_URL": address}
    print("Replaying the last month of the demonstration store ...", flush=True)
    prepare(database, environment)
    link = sign_in_link(environment)
    process = subprocess.Popen(vefa("up", "--host", "127.0.0.1", "--port", str(port)), env=environment)
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        wait_until_up(address, process)
        print(
            f"\n  Vefa is running with the demonstration store DEMO Mercan.\n\n"
            f"  Panel     {address}/vefa/\n"
            f"  Sign in   {link}\n"
            f"            (works once; choose a password there)\n"
            f"  Stop      Ctrl+C\n",
            flush=True,
        )
        process.wait()
    except KeyboardInterrupt:
        print("\nStopping ...", flush=True)
    finally:
        # An interrupt from the keyboard has reached the server too; a second signal would only hurry it.
        if process.poll() is None:
            process.terminate()
        process.wait()


if __name__ == "__main__":
    main()
