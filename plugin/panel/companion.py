"""What a shop installs on its own side, for those who may connect a store."""

from __future__ import annotations

from flask import Response

from vefa import companion
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.staff.permission import Act


@panel.get("/settings/connections/companion.zip", endpoint="companion_plugin")
def download() -> Response:
    """Answer with the plugin as the zip that WordPress's Plugins screen takes."""
    return _zip(companion.wordpress(), companion.NAME)


@panel.get("/settings/connections/medusa.zip", endpoint="companion_medusa")
def package() -> Response:
    """Answer with the package for Medusa, to be unpacked beside the store's application."""
    return _zip(companion.medusa(), companion.MEDUSA)


def _zip(made: bytes, name: str) -> Response:
    visit.require(Act.CONNECT)
    answer = Response(made, content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
