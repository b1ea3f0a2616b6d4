"""The events that Vefa listens to, platform by platform, as each platform describes itself."""

from __future__ import annotations

from typing import Any

from vefa.platforms import Description, platforms


def listened(platform: str) -> list[str]:
    """Return the topics of a platform from which something is read."""
    return list(platforms()[platform].describe().topics)


def hooks() -> dict[str, Any]:
    """Return for every platform where it writes to, the topics that are read, and those that are passed over."""
    return {name: _hook(name, platform.describe()) for name, platform in platforms().items()}


def _hook(name: str, described: Description) -> dict[str, Any]:
    return {
        "path": f"/vefa/in/{name}" if described.app_wide else f"/vefa/in/{{store}}/{name}",
        "for_all_stores": described.app_wide,
        "headers": list(described.headers),
        "personal_data": list(described.personal),
        "topics": [{"topic": topic, "purpose": use} for topic, use in described.topics.items()],
        "ignored": [{"topic": topic, "reason": why} for topic, why in described.ignored.items()],
    }
