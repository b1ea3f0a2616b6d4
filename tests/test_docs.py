"""What the documentation says can be done: commands, links, paths, variables, the words of the panel, a backup."""

from __future__ import annotations

import configparser
import json
import re
import shlex
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import click
import pytest
from tests.build import SECRET, START, placed, request
from tests.conftest import ROOT
from tests.support import make_world

from vefa import clock
from vefa.cli import vefa as program
from vefa.cli.migrate import upgrade
from vefa.database import open_databases, reading
from vefa.panel.frame import PLACES
from vefa.panel.outreach_words import DECISIONS
from vefa.platforms import Context, platforms
from vefa.stores import records as stores
from vefa.stores.sealing import master_key

PAGES = sorted(
    path
    for path in (*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").rglob("README.md"))
    if path.name != "CHANGELOG.md"
)
LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^\1```$", re.DOTALL | re.MULTILINE)
INLINE = re.compile(r"`([^`\n]+)`")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)
VARIABLE = re.compile(r"\bVEFA_[A-Z]+(?:_[A-Z]+)*\b")
FOLDERS = ("plugin/", "tests/", "docs/", "examples/", "migrations/", "admin_templates/", "benchmarks/")
# Variables of the tests, which no process of Vefa reads.
OF_TESTS = {"VEFA_LONG", "VEFA_POSTGRESQL", "VEFA_SERVICES", "VEFA_SHARED", "VEFA_SHOTS", "VEFA_TEST_ON"}
# Files that the documentation tells the reader to make.
TO_BE_MADE = {"plugin/platforms/kasa.py", "plugin/carriers/izci.py"}
ENDS = re.compile(r"\s+(?:#|>|\||&&|<)\s?.*$")


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def inline(text: str) -> list[str]:
    """Return every piece of code that stands in a line of text, also one that is broken over two lines."""
    prose = [line for line in FENCE.sub("", text).split("\n") if not line.startswith("    ")]
    found = []
    for paragraph in re.split(r"\n\s*\n|\n(?=\||[-*] |\d+\. )", "\n".join(prose)):
        assert paragraph.count("`") % 2 == 0, paragraph
        found += INLINE.findall(" ".join(paragraph.split()))
    return found


def lines_of_code(text: str) -> Iterator[str]:
    """Yield every line of code blocks that are fenced or indented, and every piece of code in a line."""
    for _, language, block in FENCE.findall(text):
        if language in ("", "sh", "console", "bash"):
            yield from (line.strip().removeprefix("$ ") for line in block.replace("\\\n", " ").splitlines())
    plain = FENCE.sub("", text)
    yield from (line.strip() for line in plain.splitlines() if line.startswith("    "))
    yield from inline(text)


def commands(text: str, name: str) -> list[str]:
    """Return the commands of a page that begin with a name, without comment, pipe and redirection."""
    found = []
    for line in lines_of_code(text):
        bare = re.sub(r"^(?:VEFA_\w+=\S+ +|sudo -u \S+ +)*(?:\S*/)?(?=(?:vefa|make|flask) )", "", line)
        bare = bare.removeprefix("flask ") if bare.startswith("flask vefa ") else bare
        if bare.startswith(f"{name} ") and not bare.startswith(f"{name} …"):
            found.append(ENDS.sub("", bare))
    return found


def fault(command: str) -> str | None:
    """Say what the command line would refuse in a command, or None."""
    words = shlex.split(command.replace("…", "x"))[1:]
    current: click.Command = program
    while isinstance(current, click.Group) and words and not words[0].startswith("-"):
        found = current.get_command(click.Context(current), words[0])
        if found is None:
            return f"{command}: there is no command {words[0]}."
        current, words = found, words[1:]
    options = {name: one for one in current.params for name in (*one.opts, *one.secondary_opts)}
    options["--help"] = options["--version"] = click.Option(["--help"], is_flag=True)
    given = 0
    while words:
        word, _, value = words.pop(0).partition("=")
        if not word.startswith("-"):
            given += 1
            continue
        if word not in options:
            return f"{command}: there is no option {word}."
        option = options[word]
        if isinstance(option, click.Option) and not option.is_flag and not option.count and not value:
            if not words:
                return f"{command}: {word} needs a value."
            words.pop(0)
    arguments = [one for one in current.params if isinstance(one, click.Argument)]
    many = any(one.nargs == -1 for one in arguments)
    if given > len(arguments) and not many:
        return f"{command}: {given} words are given, {len(arguments)} are taken."
    return None


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_command_is_understood(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert [said for one in commands(text, "vefa") if (said := fault(one))] == []
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert [one for one in commands(text, "make") if not set(one.split()[1:]) <= targets] == []


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("vefa up --host 127.0.0.1 --port 8000", None),
        ("vefa store add mercan --from a.json --secret-file secret", None),
        ("vefa dance", "there is no command dance."),
        ("vefa up --hostname x", "there is no option --hostname."),
        ("vefa user add a@b.c mercan", "2 words are given, 1 are taken."),
        ("vefa store add mercan --from", "--from needs a value."),
    ],
)
def test_a_wrong_command_is_found(command: str, said: str | None) -> None:
    assert fault(command) == (said and f"{command}: {said}")


def anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_link_leads_somewhere(path: Path) -> None:
    dead = []
    for target in LINK.findall(FENCE.sub("", path.read_text(encoding="utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        place, _, mark = target.partition("#")
        goal = (path.parent / place).resolve() if place else path
        if not goal.exists() or (
            mark and mark not in map(anchor, HEADING.findall(goal.read_text(encoding="utf-8")))
        ):
            dead.append(target)
    assert dead == []


@pytest.mark.parametrize("path", PAGES, ids=named)
def test_every_path_is_there(path: Path) -> None:
    said = {one for one in inline(path.read_text(encoding="utf-8")) if one.startswith(FOLDERS)}
    paths = {one for one in said if re.fullmatch(r"[\w./-]+", one)} - TO_BE_MADE
    assert [one for one in sorted(paths) if not (ROOT / one).exists()] == []


def test_every_variable_is_one_and_the_operator_is_told_of_all() -> None:
    file = json.loads((ROOT / "manifest.json").read_text(encoding="utf-8"))
    known = set(file["settings"]["process"]["properties"])
    for path in PAGES:
        said = set(VARIABLE.findall(path.read_text(encoding="utf-8")))
        assert said <= known | OF_TESTS, named(path)
    told = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    assert [name for name in sorted(known) if f"| `{name}` |" not in told] == []


def test_every_command_of_the_program_is_told_to_the_operator() -> None:
    text = (ROOT / "docs" / "operator.md").read_text(encoding="utf-8")
    told = commands(text, "vefa")
    known = program.list_commands(click.Context(program))
    assert [
        one for one in known if one not in {line.split()[1] for line in told if len(line.split()) > 1}
    ] == []


def rows(text: str, heading: str) -> list[str]:
    """Return the first column of the table below a heading."""
    part = text.partition(f"## {heading}\n")[2].partition("\n## ")[0]
    return [line.split("|")[1].strip() for line in part.splitlines() if line.startswith("|")][2:]


def test_the_merchant_reads_the_words_of_the_panel() -> None:
    text = (ROOT / "docs" / "merchant.md").read_text(encoding="utf-8")
    assert rows(text, "The screens") == [name for _, _, name in PLACES]
    shown = {short for _, short in DECISIONS.values()}
    said = rows(text, 'How to read "why not"')
    assert len(said) > 5 and [one for one in said if one not in shown] == []


def test_the_architecture_lists_the_packages_in_their_order() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    told = [one.strip("/") for cell in rows(text, "The packages") for one in INLINE.findall(cell)]
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", encoding="utf-8")
    layers = setup["importlinter:contract:direction"]["layers"].replace(":", " ").split()
    assert told == layers


def test_the_event_in_the_readme_is_read() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    (event,) = [json.loads(block) for _, language, block in FENCE.findall(text) if language == "json"]
    received_at = datetime.fromisoformat(event["timestamp"])
    body = json.dumps(event).encode()
    said = platforms()["standard"].read(body, Context(event["id"], event["type"], received_at))
    (fact,) = said.facts
    assert fact.subject == "order:standard:1042" and fact.values["promise/deliver_by"] == "2026-11-06"
    assert said.personal[0].values["email"] == "ayse@example.com"


BACKUP = re.compile(r"^    ((?:sqlite3|cp) .*)$", re.MULTILINE)


def test_a_backup_as_the_operator_makes_it_loses_nothing(tmp_path: Path) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("sqlite3 is not installed")
    steps = BACKUP.findall((ROOT / "docs" / "operator.md").read_text(encoding="utf-8"))
    assert [step.split()[-1].strip('"') for step in steps] == [
        "copy/vefa.intake.db",
        "copy/vefa.db",
        "elsewhere/vefa.key",
    ]
    for folder in ("var", "copy", "elsewhere"):
        (tmp_path / folder).mkdir()
    opened = open_databases(tmp_path / "var" / "vefa.db")
    upgrade(opened)
    world = replace(make_world(opened), master=master_key(None, opened.directory))
    world.add_store("shop", START, [SECRET])
    for number in ("1", "2"):
        world.inbound.keep(request(placed(order_id=number), "shop", clock.real_now()), START)
        if number == "1":
            world.work(START)
    for step in steps:
        subprocess.run(step, shell=True, cwd=tmp_path, check=True)
    opened.dispose()
    (tmp_path / "elsewhere" / "vefa.key").rename(tmp_path / "copy" / "vefa.key")
    copied = open_databases(tmp_path / "copy" / "vefa.db")
    again = replace(make_world(copied), master=master_key(None, copied.directory))
    again.work(START)
    with reading(copied.main) as connection:
        store = stores.by_slug(connection, "shop")
    assert sorted(again.numbers(store)) == ["standard:1", "standard:2"]
    copied.dispose()
