"""What is declared is there, what is there is declared, and the house rules that no linter knows."""

from __future__ import annotations

import ast
import configparser
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).parents[1]
FOLDERS = {"vefa": "plugin", "vefa.migrations": "migrations", "vefa.admin_templates": "admin_templates"}
MODULES = sorted((ROOT / "plugin").rglob("*.py"))
LONGEST_FILE = 250
LONGEST_FUNCTION = 50


def setup_cfg() -> configparser.ConfigParser:
    parser = configparser.ConfigParser()
    parser.read(ROOT / "setup.cfg", encoding="utf-8")
    return parser


def words(text: str) -> list[str]:
    return text.replace(",", " ").split()


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def tracked() -> list[Path]:
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    if listed.returncode:
        pytest.skip("this is not a git checkout, so that nothing tells which files belong to the project")
    paths = (ROOT / name for name in listed.stdout.decode().split("\0") if name)
    return [path for path in paths if path.is_file() and not path.is_symlink()]


def packages_on_disk() -> set[str]:
    found = set()
    for package, folder in FOLDERS.items():
        for init in (ROOT / folder).rglob("__init__.py"):
            inner = init.parent.relative_to(ROOT / folder).parts
            found.add(".".join((package, *inner)))
    return found


def data_files() -> Iterator[tuple[str, Path]]:
    """Every file that is not a module, with the package that has to ship it."""
    for package, folder in FOLDERS.items():
        for path in (ROOT / folder).rglob("*"):
            if path.is_file() and path.suffix not in {".py", ".pyc"}:
                home = path.parent
                while home != ROOT / folder and not (home / "__init__.py").is_file():
                    home = home.parent
                inner = home.relative_to(ROOT / folder).parts
                yield ".".join((package, *inner)), path


def folder_of(package: str) -> Path:
    root = max((name for name in FOLDERS if f"{package}.".startswith(f"{name}.")), key=len)
    return ROOT.joinpath(FOLDERS[root], *package.removeprefix(root).lstrip(".").split(".")).resolve()


def test_every_package_is_declared() -> None:
    assert set(words(setup_cfg()["options"]["packages"])) == packages_on_disk()


def test_every_pattern_of_package_data_matches() -> None:
    empty = [
        f"{package}: {pattern}"
        for package, patterns in setup_cfg()["options.package_data"].items()
        for pattern in words(patterns)
        if not any(path.is_file() for path in folder_of(package).glob(pattern))
    ]
    assert empty == []


def test_every_data_file_is_shipped() -> None:
    patterns = {package: words(text) for package, text in setup_cfg()["options.package_data"].items()}
    shipped = {
        path.resolve()
        for package, found in patterns.items()
        for pattern in found
        for path in folder_of(package).glob(pattern)
    }
    assert [named(path) for _, path in data_files() if path.resolve() not in shipped] == []


def test_every_requirement_is_used() -> None:
    sources = "\n".join(
        path.read_text(encoding="utf-8")
        for folder in FOLDERS.values()
        for path in (ROOT / folder).rglob("*.py")
    )
    modules: dict[str, list[str]] = {}
    for module, distributions in packages_distributions().items():
        for distribution in distributions:
            modules.setdefault(re.sub(r"[-_.]+", "-", distribution).lower(), []).append(module)
    unused = []
    for requirement in setup_cfg()["options"]["install_requires"].strip().splitlines():
        name = re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0].lower()
        if not any(
            re.search(rf"\b(import|from) {module}\b|\"{module}\"", sources) for module in modules[name]
        ):
            unused.append(name)
    assert unused == []


def test_every_module_imports_under_one_name(modules: list[ModuleType]) -> None:
    assert {"vefa.facts", "vefa.orders.fold", "vefa.platforms.standard"} <= {
        module.__name__ for module in modules
    }
    assert [name for name in sys.modules if name == "plugin" or name.startswith("plugin.")] == []


@pytest.mark.parametrize("path", MODULES, ids=named)
def test_a_module_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "the module has no docstring"
    lines = text.count("\n")
    assert lines <= LONGEST_FILE
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            assert length <= LONGEST_FUNCTION, f"{node.name} has {length} lines"


def test_no_path_of_a_workplace() -> None:
    workplace = re.compile(rb"(?<![\w.-])/(?:work|home|root|Users)/")
    own = Path(__file__).resolve()
    found = [named(path) for path in tracked() if path != own and workplace.search(path.read_bytes())]
    assert found == []


def test_the_editable_install_finds_templates_and_migrations() -> None:
    from vefa import resources

    assert (resources.migrations() / "env.py").is_file()
    assert any(resources.templates().rglob("*.html"))
    assert resources.static().is_dir()
    assert any(resources.catalogues().glob("*.po"))
