"""The steps of a Dockerfile, carried out without an engine: each stage in a root of its own over this machine's.

Needs root and overlay mounts; what the steps change lies in a temporary folder and is gone afterwards.
"""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from dataclasses import dataclass, field
from pathlib import Path


@dataclass
class Stage:
    """One stage: its name, its steps in order, its environment, and what it runs as and at the end."""

    name: str
    steps: list[tuple[str, str]] = field(default_factory=list)
    env: dict[str, str] = field(default_factory=dict)
    user: str = "root"
    folder: str = "/"
    entry: list[str] = field(default_factory=list)
    command: list[str] = field(default_factory=list)
    health: list[str] = field(default_factory=list)


def stages(path: Path) -> list[Stage]:
    """Read a Dockerfile; raises ``ValueError`` for an instruction that is not known here."""
    text = re.sub(r"\\\n\s*", " ", path.read_text(encoding="utf-8"))
    found: list[Stage] = []
    for line in filter(None, (line.strip() for line in text.splitlines())):
        if line.startswith("#"):
            continue
        word, rest = line.split(" ", 1)
        if word == "FROM":
            found.append(Stage(rest.partition(" AS ")[2] or "last"))
            continue
        stage = found[-1]
        if word in ("RUN", "COPY"):
            stage.steps.append((word, rest))
        elif word == "ENV":
            stage.env |= dict(one.split("=", 1) for one in shlex.split(rest))
        elif word == "WORKDIR":
            stage.folder = rest
            stage.steps.append(("RUN", f"mkdir -p {rest}"))
        elif word == "USER":
            stage.user = rest
        elif word == "ENTRYPOINT":
            stage.entry = json.loads(rest)
        elif word == "CMD":
            stage.command = json.loads(rest)
        elif word == "HEALTHCHECK":
            stage.health = json.loads(rest.partition("CMD ")[2])
        elif word not in ("VOLUME", "EXPOSE"):
            raise ValueError(f"{word} is not known here.")
    return found


def script(found: list[Stage], context: Path, place: Path, then: str) -> str:
    """Return the shell script that carries the stages out below ``place`` and ``then`` runs in the last of them."""
    lines = ["set -eu", f"mount -t tmpfs tmpfs {place} -o size=3g"]
    for stage in found:
        root = place / stage.name
        lines += [
            f"mkdir -p {root}/up {root}/work {root}/all",
            f"mount -t overlay overlay -o lowerdir=/,upperdir={root}/up,workdir={root}/work {root}/all",
            f"mount --rbind /dev {root}/all/dev",
            f"mount --rbind /proc {root}/all/proc",
            # The image's Python is everybody's; this machine's may lie in the folder of its owner.
            f"chmod go+x {root}/all/root",
        ]
        for word, rest in stage.steps:
            if word == "RUN":
                lines.append(f"chroot {root}/all sh -euc {shlex.quote(rest)}")
                continue
            source, target = rest.split()[-2:]
            origin = re.match(r"--from=(\w+)", rest)
            start = f"{place}/{origin[1]}/all{source}" if origin else f"{context}/{source}"
            lines += [f"mkdir -p {root}/all{target}", f"cp -a {start}/. {root}/all{target}/"]
    last = found[-1]
    env = " ".join(shlex.quote(f"{name}={value}") for name, value in last.env.items())
    as_user = f"setpriv --reuid {last.user} --regid {last.user} --clear-groups"
    run = f"cd {last.folder} && exec {as_user} env -i {env} sh -euc"
    lines.append(f"chroot {place / last.name}/all sh -euc {shlex.quote(f'{run} {shlex.quote(then)}')}")
    return "\n".join(lines)


def carry_out(text: str, timeout: float) -> subprocess.CompletedProcess[str]:
    """Run a script with mounts that nobody else sees."""
    return subprocess.run(
        ["unshare", "--mount", "--", "sh", "-c", text],
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
