"""The companion plugin for WordPress as the zip that WordPress takes.

A wheel carries the zip; a checkout has its sources instead, from which it is made at that moment. The same sources
give the same zip. The build runs this module before anything else is installed, so it needs the standard library
alone.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

NAME = "vefa-wordpress.zip"
# The folder's own name is that of the plugin within WordPress.
SOURCES = Path("companion", "wordpress", "vefa")
# Every file bears this moment, so that a zip says nothing of when and where it was made.
MOMENT = (2026, 1, 1, 0, 0, 0)
READABLE = 0o100644 << 16
UNIX = 3


def wordpress() -> bytes:
    """Return the plugin as a zip; raises ``FileNotFoundError`` where neither it nor its sources are there."""
    here = Path(__file__).resolve().parent
    carried = here / NAME
    return carried.read_bytes() if carried.is_file() else zipped(here.parent / SOURCES)


def zipped(sources: Path) -> bytes:
    """Return a folder as a zip, its files in order and without hidden ones; raises ``FileNotFoundError``."""
    if not sources.is_dir():
        raise FileNotFoundError(f"The companion plugin is not at {sources}.")
    collected = BytesIO()
    with ZipFile(collected, "w") as archive:
        for path in sorted(sources.rglob("*"), key=lambda found: found.relative_to(sources).as_posix()):
            name = path.relative_to(sources)
            if path.is_file() and not any(part.startswith(".") for part in name.parts):
                entry = ZipInfo(f"{sources.name}/{name.as_posix()}", MOMENT)
                entry.create_system, entry.external_attr, entry.compress_type = UNIX, READABLE, ZIP_DEFLATED
                archive.writestr(entry, path.read_bytes(), compresslevel=9)
    return collected.getvalue()
