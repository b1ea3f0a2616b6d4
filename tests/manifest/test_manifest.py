"""manifest.json says what the code does, and the code does what manifest.json says."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from click.testing import CliRunner
from jsonschema import Draft202012Validator
from tests.conftest import ROOT

from vefa.cli import vefa
from vefa.cli.migrate import VERSION_TABLE
from vefa.database import Databases
from vefa.manifest import compare, document
from vefa.panel.frame import PLACES
from vefa.platforms import platforms
from vefa.platforms._standard_schema import TYPES
from vefa.resources import static
from vefa.staff.account import Role
from vefa.staff.permission import Act, may
from vefa.stores import schema
from vefa.stores.schema import SettingsError

Manifest = dict[str, Any]
FILE = ROOT / "manifest.json"
VARIABLE = re.compile(r"\bVEFA_[A-Z]+(?:_[A-Z]+)*\b")
# What a platform sends to every application without being asked for access.
UNASKED = {"customers/data_request", "customers/redact", "shop/redact", "app/uninstalled"}


@pytest.fixture(scope="module")
def code() -> Manifest:
    return document.build()


@pytest.fixture
def file() -> Manifest:
    found: Manifest = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def names(entries: list[dict[str, Any]], key: str) -> list[str]:
    return [entry[key] for entry in entries]


def test_the_file_agrees_with_the_code(code: Manifest, file: Manifest) -> None:
    found = list(compare.differences(code, file))
    assert not found, "\n".join([*found, compare.RENEW])
    assert FILE.read_text(encoding="utf-8") == document.dumps(code), compare.RENEW


def test_the_package_carries_the_same_file(file: Manifest) -> None:
    import vefa as package

    assert json.loads((Path(package.__path__[0]) / "manifest.json").read_text(encoding="utf-8")) == file


def test_the_file_fulfils_its_schema(file: Manifest) -> None:
    described = document.json_schema()
    Draft202012Validator.check_schema(described)
    faults = Draft202012Validator(described).iter_errors(file)
    assert [f"{fault.json_path}: {fault.message}" for fault in faults] == []


def test_topics_are_those_that_platforms_describe(file: Manifest) -> None:
    assert list(file["event_hooks"]) == list(platforms())
    for name, platform in platforms().items():
        described, hook = platform.describe(), file["event_hooks"][name]
        assert names(hook["topics"], "topic") == list(described.topics)
        assert names(hook["ignored"], "topic") == list(described.ignored)
        assert not set(described.topics) & set(described.ignored)
    standard = file["event_hooks"]["standard"]
    assert sorted(names(standard["topics"], "topic") + names(standard["ignored"], "topic")) == sorted(TYPES)


def test_every_topic_is_covered_by_a_permission(file: Manifest) -> None:
    for name, scopes in file["permissions"]["platforms"].items():
        needed = {topic for scope in scopes for topic in scope["needed_by"]}
        if scopes:
            assert needed | UNASKED >= set(names(file["event_hooks"][name]["topics"], "topic"))
            assert not needed & UNASKED


def test_places_are_those_of_the_menu(file: Manifest) -> None:
    entries = file["panel"]["entries"]
    assert [(one["id"], one["icon"], one["label"]["en"]) for one in entries] == list(PLACES)
    drawn = (static() / "vendor" / "tabler-icons.svg").read_text(encoding="utf-8")
    assert [one["icon"] for one in entries if f'id="{one["icon"]}"' not in drawn] == []
    known = set(names(file["permissions"]["staff"], "id"))
    assert {one["permission"] for one in entries} <= known


def test_roles_may_do_what_is_said(file: Manifest) -> None:
    said = {one["id"]: one["roles"] for one in file["permissions"]["staff"]}
    assert set(said) == {"read", *Act}
    for act in Act:
        assert said[act] == [role.value for role in Role if may(role, act)]


def test_every_variable_of_the_environment_is_there_and_none_besides(file: Manifest) -> None:
    sources = [path for path in (ROOT / "plugin").rglob("*.py") if "manifest" not in path.parts]
    used = {name for path in sources for name in VARIABLE.findall(path.read_text(encoding="utf-8"))}
    said = set(file["settings"]["process"]["properties"])
    assert used - said == set(), "Describe them in plugin/manifest/process_settings.py. " + compare.RENEW
    assert said - used == set(), "Take them out of plugin/manifest/process_settings.py. " + compare.RENEW


def test_tables_are_those_of_a_migrated_database(file: Manifest, databases: Databases) -> None:
    for place, engine in (("main", databases.main), ("intake", databases.intake)):
        there = set(sa.inspect(engine).get_table_names()) - {VERSION_TABLE}
        assert there == {one["table"] for one in file["data"] if one["database"] == place}


def test_settings_have_titles_and_fitting_defaults(file: Manifest) -> None:
    described = file["settings"]["store"]
    for name, one in described["properties"].items():
        assert one.get("titles"), f"Give {name} a title in plugin/panel/setting_titles.py."
        if "default" in one and one["default"] is not None:
            assert list(Draft202012Validator(one).iter_errors(one["default"])) == [], name


USABLE = {"slug": "mercan", "name": "Mercan", "languages": ["tr"], "cut_off": "14:30", "weekend": ["sunday"]}
FAULTY: dict[str, Any] = {
    "no slug": {"slug": None},
    "an address with capitals": {"slug": "Mercan"},
    "a reserved word": {"slug": "in"},
    "an unknown setting": {"colour": "#123456"},
    "a country by name": {"country": "Turkey"},
    "no language": {"languages": []},
    "a day that is none": {"weekend": ["someday"]},
    "a number as text": {"daily_cap": "2"},
    "too many a day": {"daily_cap": 21},
    "none a day": {"daily_cap": 0},
    "a method with half a day": {"delivery_days": {"*": 1.5}},
    "a method with too many days": {"delivery_days": {"*": 366}},
    "a status that means nothing": {"status_map": {"x": "gone"}},
    "a colour by name": {"brand_colour": "blue"},
    "an hour that is none": {"cut_off": "late"},
    "too many keys": {"promise_keys": ["k"] * 11},
    "an unknown proof": {"delivery_evidence": "hope"},
    "no ceiling": {"ceiling": None},
}


@pytest.mark.parametrize("change", FAULTY.values(), ids=FAULTY)
def test_the_schema_of_settings_refuses_what_the_program_refuses(
    change: dict[str, Any], file: Manifest
) -> None:
    described = Draft202012Validator(file["settings"]["store"])
    assert described.is_valid(USABLE)
    schema.load(USABLE)
    faulty = {**USABLE, **change}
    assert not described.is_valid(faulty)
    with pytest.raises(SettingsError):
        schema.load(faulty)


def test_the_demonstration_store_fits_the_schema_of_settings(file: Manifest) -> None:
    for path in (ROOT / "examples").rglob("store*.json"):
        found = json.loads(path.read_text(encoding="utf-8"))
        described = Draft202012Validator(file["settings"]["store"])
        assert list(described.iter_errors({"slug": "given-by-command"} | found)) == [], path


def lose_a_topic(found: Manifest) -> None:
    del found["event_hooks"]["standard"]["topics"][0]


def invent_a_place(found: Manifest) -> None:
    found["panel"]["entries"].append({**found["panel"]["entries"][0], "id": "mirror"})


def forget_a_table(found: Manifest) -> None:
    found["data"] = [one for one in found["data"] if one["table"] != "vault"]


def keep_longer(found: Manifest) -> None:
    next(one for one in found["data"] if one["table"] == "raw_bodies")["kept"] = "for good"


def allow_more(found: Manifest) -> None:
    found["settings"]["store"]["properties"]["daily_cap"]["maximum"] = 200


def invent_a_variable(found: Manifest) -> None:
    found["settings"]["process"]["properties"]["VEFA_MAGIC"] = {"type": "string"}


def let_viewers_answer(found: Manifest) -> None:
    next(one for one in found["permissions"]["staff"] if one["id"] == "answer")["roles"].append("viewer")


def turn_the_menu_round(found: Manifest) -> None:
    found["panel"]["entries"].reverse()


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (lose_a_topic, "event_hooks → standard → topics → order.placed: is in the code and not in the file."),
        (invent_a_place, "panel → entries → mirror: is in the file and not in the code."),
        (forget_a_table, "data → vault: is in the code and not in the file."),
        (
            keep_longer,
            "data → raw_bodies → kept: the code says 'raw_days of the store, 90 unless set', the file 'for good'.",
        ),
        (allow_more, "settings → store → properties → daily_cap → maximum: the code says 20, the file 200."),
        (
            invent_a_variable,
            "settings → process → properties → VEFA_MAGIC: is in the file and not in the code.",
        ),
        (
            let_viewers_answer,
            "permissions → staff → answer → roles: the code says ['owner', 'manager', 'agent'], "
            "the file ['owner', 'manager', 'agent', 'viewer'].",
        ),
        (turn_the_menu_round, "panel → entries: the entries stand in another order."),
    ],
)
def test_a_planted_difference_is_told(plant: Callable[[Manifest], None], told: str, code: Manifest) -> None:
    planted = copy.deepcopy(code)
    plant(planted)
    assert list(compare.differences(code, planted)) == [told]


def test_the_command_prints_and_compares(code: Manifest, tmp_path: Path) -> None:
    printed = CliRunner().invoke(vefa, ["manifest"])
    assert (printed.exit_code, printed.stdout) == (0, document.dumps(code))
    path = tmp_path / "manifest.json"
    path.write_text(printed.stdout, encoding="utf-8")
    assert CliRunner().invoke(vefa, ["manifest", "--check", str(path)]).exit_code == 0
    path.write_text(printed.stdout.replace('"vefa"', '"other"', 1), encoding="utf-8")
    refused = CliRunner().invoke(vefa, ["manifest", "--check", str(path)])
    assert refused.exit_code == 1
    assert "id: the code says 'vefa', the file 'other'." in refused.output
    assert compare.RENEW in refused.output
    path.write_text("{", encoding="utf-8")
    assert "is not JSON" in CliRunner().invoke(vefa, ["manifest", "--check", str(path)]).output
