"""A change of the code that manifest.json does not follow turns its check red."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from types import MappingProxyType

import pytest
import sqlalchemy as sa
from marshmallow import fields, validate
from tests.manifest import test_manifest

from vefa.database import Declaration, Kind, metadata, table
from vefa.manifest import document, panel, process_settings
from vefa.platforms import platforms
from vefa.staff import permission
from vefa.staff.account import Role
from vefa.stores.schema import StoreSchema

Patch = pytest.MonkeyPatch


def a_platform_hears_more(patch: Patch) -> None:
    standard = type(platforms()["standard"])
    before = platforms()["standard"].describe()
    topics = {**before.topics, "basket.left": "Baskets that were left."}
    patch.setattr(standard, "describe", lambda _self: replace(before, topics=MappingProxyType(topics)))


def a_place_is_taken_away(patch: Patch) -> None:
    patch.setattr(panel, "PLACES", panel.PLACES[:-1])


def viewers_answer(patch: Patch) -> None:
    patch.setitem(permission.MAY, Role.VIEWER, frozenset({permission.Act.ANSWER}))


def a_setting_grows(patch: Patch) -> None:
    wider = fields.Integer(strict=True, validate=validate.Range(1, 200))
    patch.setitem(StoreSchema._declared_fields, "daily_cap", wider)


def a_variable_goes(patch: Patch) -> None:
    patch.delitem(process_settings.VARIABLES, "VEFA_KEY")


@pytest.mark.parametrize(
    ("plant", "told"),
    [
        (a_platform_hears_more, "standard → topics → basket.left: is in the code and not in the file."),
        (a_place_is_taken_away, "panel → entries → settings: is in the file and not in the code."),
        (viewers_answer, "permissions → staff → answer → roles"),
        (a_setting_grows, "daily_cap → maximum: the code says 200, the file 20."),
        (a_variable_goes, "VEFA_KEY: is in the file and not in the code."),
    ],
)
def test_the_check_sees(plant: Callable[[Patch], None], told: str, monkeypatch: Patch) -> None:
    plant(monkeypatch)
    file = json.loads(test_manifest.FILE.read_text(encoding="utf-8"))
    with pytest.raises(AssertionError, match=r"vefa manifest > manifest\.json") as seen:
        test_manifest.test_the_file_agrees_with_the_code(document.build(), file)
    assert told in str(seen.value)


def test_the_check_sees_a_table_that_nobody_named() -> None:
    file = json.loads(test_manifest.FILE.read_text(encoding="utf-8"))
    planted = table(
        "planted",
        Declaration(Kind.PRIMARY, "customer", "for good"),
        sa.Column("store_id", sa.Integer, primary_key=True),
    )
    try:
        with pytest.raises(AssertionError, match="data → planted: is in the code and not in the file"):
            test_manifest.test_the_file_agrees_with_the_code(document.build(), file)
    finally:
        metadata.remove(planted)
