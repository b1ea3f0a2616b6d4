"""Tries an installed Vefa from outside its checkout: serve, take a signed order, replay a month, write notices.

Run it with the Python of the environment that has the wheel, in a folder that holds ``examples``.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import hmac
import json
import os
import re
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import zipfile
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

SECRET = base64.b64encode(os.urandom(24)).decode()
PATIENCE = 30.0


def vefa(*arguments: str) -> str:
    """Run a command of Vefa and return what it printed."""
    command = [str(Path(sys.executable).with_name("vefa")), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"vefa {arguments[0]}: {done.stdout[-2000:]} {done.stderr[-2000:]}")
    return done.stdout


def check(holds: object, said: str) -> None:
    """End with a sentence unless the thing holds."""
    if not holds:
        raise SystemExit(f"smoke test: {said}")


def ask(url: str, body: bytes | None = None, headers: dict[str, str] | None = None) -> tuple[int, bytes]:
    """Send a request and return status and body."""
    request = urllib.request.Request(url, data=body, headers=headers or {})
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def until(question: Any, said: str) -> Any:
    """Ask again until the answer is true."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError):
            if answer := question():
                return answer
        time.sleep(0.2)
    raise SystemExit(f"smoke test: {said}")


def signed(body: bytes, identity: str) -> dict[str, str]:
    """Sign a body by the Standard Webhooks scheme."""
    stamp = str(int(time.time()))
    mac = hmac.new(base64.b64decode(SECRET), f"{identity}.{stamp}.".encode() + body, hashlib.sha256)
    return {
        "webhook-id": identity,
        "webhook-timestamp": stamp,
        "webhook-signature": "v1," + base64.b64encode(mac.digest()).decode(),
        "content-type": "application/json",
    }


def order() -> bytes:
    """Return an order placed a minute ago."""
    placed = datetime.now(UTC) - timedelta(minutes=1)
    document = {
        "id": "smoke-1",
        "number": "SMOKE-1",
        "placed_at": placed.isoformat(),
        "currency": "TRY",
        "total": "100.00",
        "customer": {"id": "c1", "email": "c1@customer.example", "name": "Ayşe Yıldırım", "locale": "tr"},
        "promise": {"deliver_by": (placed + timedelta(days=3)).date().isoformat(), "source": "checkout"},
    }
    event = {
        "id": "event-1",
        "type": "order.placed",
        "timestamp": placed.isoformat(),
        "data": {"order": document},
    }
    return json.dumps(event).encode()


@contextlib.contextmanager
def server(port: int) -> Iterator[None]:
    """Run ``vefa up`` and stop it afterwards."""
    command = [str(Path(sys.executable).with_name("vefa")), "up", "--host", "127.0.0.1", "--port", str(port)]
    process = subprocess.Popen(command)
    try:
        yield
        check(process.poll() is None, "vefa up ended by itself.")
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            raise SystemExit("smoke test: vefa up did not stop within 15 seconds.") from None


def main() -> None:
    """Try everything once."""
    import vefa as package

    check(
        "site-packages" in str(package.__file__),
        f"Vefa was imported from {package.__file__}, not from the wheel.",
    )
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    os.environ |= {"VEFA_DATABASE": "var/vefa.db", "VEFA_PUBLIC_URL": address}
    Path("secret").write_text(f"whsec_{SECRET}\n", encoding="ascii")
    added = json.loads(
        vefa("store", "add", "smoke", "--country", "TR", "--language", "tr", "--secret-file", "secret")
    )
    check(added["intake"].startswith(f"{address}/vefa/in/smoke/standard"), f"the intake address is {added}.")
    with server(port):
        until(lambda: ask(f"{address}/healthz")[0] == 200, "/healthz never answered 200.")
        status, page = ask(f"{address}/vefa/sign-in")
        check(status == 200, f"the sign-in page answered {status}.")
        files = re.findall(rb'(?:href|src)="([^"]+[.](?:css|js|svg))"', page)
        check(len(files) > 1, "the sign-in page names no static files.")
        for file in files:
            status, content = ask(address + file.decode())
            check(status == 200 and content, f"{file.decode()} answered {status}.")
        body = order()
        check(
            ask(added["intake"], body, signed(body, "event-1"))[0] == 200,
            "a signed event was not answered 200.",
        )
        check(
            ask(added["intake"], body + b" ", signed(body, "event-1"))[0] == 401,
            "a changed body was not refused.",
        )
        until(lambda: "SMOKE-1" in vefa("order", "list", "smoke", "--json"), "the order never arrived.")
        vefa("doctor")
    shipped = Path(package.__path__[0]) / "manifest.json"
    check(vefa("manifest", "--check", str(shipped)), "the manifest in the wheel is not that of its code.")
    vefa("companion", "wordpress", "--output", "plugin.zip")
    with zipfile.ZipFile("plugin.zip") as plugin:
        check("vefa/vefa.php" in plugin.namelist(), "the plugin for WordPress is not in the wheel.")
    vefa("companion", "medusa", "--output", "medusa.zip")
    with zipfile.ZipFile("medusa.zip") as package_zip:
        check("medusa/src/sign.ts" in package_zip.namelist(), "the package for Medusa is not in the wheel.")
    report = json.loads(vefa("replay", "examples/orders.jsonl", "--store", "examples/store.json", "--json"))
    check(report["orders"] == 40, f"the replay knows {report['orders']} orders.")
    for purpose in ("delay_notice", "apology_after_late_delivery"):
        check(report["messages"][purpose]["sent"] > 0, f"no {purpose} was sent: {report['messages']}")
    print("The wheel serves, takes orders and writes messages outside its checkout.")


if __name__ == "__main__":
    main()
