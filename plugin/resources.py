"""Where templates, static files, migrations, catalogues and carriers lie, in a checkout and in a wheel alike."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path


def templates() -> Path:
    """Return the folder of the templates."""
    return Path(str(files("vefa.admin_templates")))


def static() -> Path:
    """Return the folder of style sheets, scripts, type and vendored assets."""
    return templates() / "static"


def migrations() -> Path:
    """Return the folder that Alembic calls its script location."""
    return Path(str(files("vefa.migrations")))


def catalogues() -> Path:
    """Return the folder of the languages' catalogues."""
    return Path(str(files("vefa.locales")))


def carriers() -> Path:
    """Return the file of the carriers that are known by name."""
    return Path(str(files("vefa.carriers"))) / "carriers.toml"
