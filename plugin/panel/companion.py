"""The companion plugin for WordPress, for those who may connect a store."""

from __future__ import annotations

from flask import Response

from vefa import companion
from vefa.panel import visit
from vefa.panel.blueprints import panel
from vefa.staff.permission import Act


@panel.get("/settings/connections/companion.zip", endpoint="companion_plugin")
def download() -> Response:
    """Answer with the plugin as the zip that WordPress's Plugins screen takes."""
    visit.require(Act.CONNECT)
    answer = Response(companion.wordpress(), content_type="application/zip")
    answer.headers["Content-Disposition"] = f'attachment; filename="{companion.NAME}"'
    return answer
