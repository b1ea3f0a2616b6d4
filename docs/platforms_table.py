"""Writes what each platform can do into platforms.md, between its marks: run it after a platform has changed."""

from __future__ import annotations

from pathlib import Path

from vefa.panel.connect_words import NAMES
from vefa.platforms import OPTIONAL, Platform, capabilities, platforms

PAGE = Path(__file__).with_name("platforms.md")
BEGIN, END = "<!-- made by docs/platforms_table.py -->", "<!-- end -->"
MUST = ("verify", "read", "describe")
# Nothing pays back by itself: a person does it in the store's own admin.
CAN = (*OPTIONAL, "refund")


def table() -> str:
    """Return the generated part of the page: what each platform can do, and what it sends."""
    found = {name: platform for name, platform in platforms().items() if platform.describe().headers}
    return "\n".join([*_capabilities(found), "", *(line for one in found.values() for line in _topics(one))])


def _capabilities(found: dict[str, Platform]) -> list[str]:
    head = ("platform", *MUST, *CAN)
    rows = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name, platform in found.items():
        able = {*MUST, *capabilities(platform)}
        marks = ["yes" if one in able or hasattr(platform, one) else "–" for one in (*MUST, *CAN)]
        rows.append(f"| {_title(name)} | " + " | ".join(marks) + " |")
    return rows


def _topics(platform: Platform) -> list[str]:
    described = platform.describe()
    lines = [f"### {_title(platform.name)}", ""]
    lines.append(
        f"A request carries {_listed(described.headers)}. Read of persons: {_listed(described.personal)}."
    )
    if described.access:
        lines.append(f"Its interface is asked with {_listed(one.name for one in described.access)}.")
    lines += ["", "| topic | what it is used for |", "|---|---|"]
    lines += [f"| `{topic}` | {use} |" for topic, use in described.topics.items()]
    if described.ignored:
        lines += ["", f"Passed over: {_listed(described.ignored)}."]
    return [*lines, ""]


def _title(name: str) -> str:
    return str(NAMES.get(name, name))


def _listed(names: object) -> str:
    return ", ".join(f"`{one}`" for one in names)  # type: ignore[attr-defined]


def renewed(page: str) -> str:
    """Return the page with its generated part made anew."""
    head, _, rest = page.partition(BEGIN)
    _, _, tail = rest.partition(END)
    return f"{head}{BEGIN}\n\n{table()}\n{END}{tail}"


if __name__ == "__main__":
    PAGE.write_text(renewed(PAGE.read_text(encoding="utf-8")), encoding="utf-8")
