"""The web process that ``vefa up`` starts: Granian with one worker process and many threads."""

from __future__ import annotations

import logging
import os
import sys
from importlib import import_module
from typing import Any

from granian import Granian
from granian.constants import Interfaces
from granian.log import LogLevels

from vefa.cli._parent import end_with
from vefa.settings import read_settings


def app() -> Any:
    """Make the application in Granian's worker, which must not outlive Granian's main process."""
    end_with(os.getppid())
    return import_module("vefa.extension").create_app()


def serve(host: str, port: int, parent: int) -> None:
    """Serve until told to stop, or until ``parent`` is gone."""
    end_with(parent)
    # Threads here mostly wait for the disk, so their number is no matter of processors, of which Granian warns.
    logging.getLogger("_granian").addFilter(lambda record: "Python threads" not in record.getMessage())
    Granian(
        "vefa.cli._web:app",
        address=host,
        port=port,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=read_settings().threads,
        log_level=LogLevels.warning,
        factory=True,
    ).serve()


if __name__ == "__main__":
    serve(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
