"""What a shop installs on its side, as zips: the plugin that WordPress takes, and the package for Medusa.

A wheel carries the zips; a checkout has their sources instead, from which they are made at that moment. The same
sources give the same zip. The build runs this module before anything else is installed, so it needs the standard
library alone.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

NAME = "vefa-wordpress.zip"
# The folder's own name is that of the plugin within WordPress.
SOURCES = Path("companion", "wordpress", "vefa")
MEDUSA = "vefa-medusa.zip"
# Each zip by its name, with the sources that it is made of.
ZIPS = {NAME: SOURCES, MEDUSA: Path("companion", "medusa")}
# What installing and building leave behind in a folder of sources.
MADE = ("node_modules", "package-lock.json")
# Every file bears this moment, so that a zip says nothing of when and where it was made.
MOMENT = (2026, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16
UNIX = 3


def wordpress() -> bytes:
    """Return the plugin as a zip; raises ``FileNotFoundError`` where neither it nor its sources are there."""
    return _carried(NAME)


def medusa() -> bytes:
    """Return the package for Medusa as a zip; raises ``FileNotFoundError`` as ``wordpress`` does."""
    return _carried(MEDUSA)


def _carried(name: str) -> bytes:
    here = Path(__file__).resolve().parent
    carried = here / name
    return carried.read_bytes() if carried.is_file() else zipped(here.parent / ZIPS[name])


def zipped(sources: Path) -> bytes:
    """Return a folder as a zip, its files in order and without hidden ones; raises ``FileNotFoundError``."""
    if not sources.is_dir():
        raise FileNotFoundError(f"What the shop installs is not at {sources}.")
    collected = BytesIO()
    with ZipFile(collected, "w") as archive:
        for path in sorted(sources.rglob("*"), key=lambda found: found.relative_to(sources).as_posix()):
            name = path.relative_to(sources)
            if path.is_file() and not any(part.startswith(".") or part in MADE for part in name.parts):
                entry = ZipInfo(f"{sources.name}/{name.as_posix()}", MOMENT)
                entry.create_system, entry.external_attr, entry.compress_type = UNIX, READABLE, ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes(), compresslevel=9)
    return collected.getvalue()
