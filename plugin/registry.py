"""Finds plugins: one module in a folder is one plugin, without a list to edit."""

from __future__ import annotations

import pkgutil
from functools import cache
from importlib import import_module
from typing import Any


@cache
def discover(package: str) -> dict[str, Any]:
    """Return the ``PLUGIN`` object of every module in a package, by module name, sorted.

    Modules that begin with an underscore or carry no ``PLUGIN`` are helpers, not plugins.
    """
    found: dict[str, Any] = {}
    for module in sorted(pkgutil.iter_modules(import_module(package).__path__), key=lambda entry: entry.name):
        if module.name.startswith("_"):
            continue
        plugin = getattr(import_module(f"{package}.{module.name}"), "PLUGIN", None)
        if plugin is not None:
            found[module.name] = plugin
    return found
