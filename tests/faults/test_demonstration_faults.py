"""Planted faults turn the checks against the simulator's truth red."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from tests.demonstration import Played, check_late, check_silent, play

from vefa.outreach import look
from vefa.promises.promise import Promise

Patch = pytest.MonkeyPatch


def a_day_of_grace(patch: Patch) -> None:
    is_kept_by = Promise.is_kept_by

    def later(self: Promise, at: datetime) -> bool:
        return is_kept_by(self, at - timedelta(days=1))

    patch.setattr(Promise, "is_kept_by", later)


def nobody_is_considered(patch: Patch) -> None:
    patch.setattr(look, "_consider", lambda *_: None)


@pytest.mark.parametrize(
    ("plant", "check"), [(a_day_of_grace, check_late), (nobody_is_considered, check_silent)]
)
def test_a_planted_fault_turns_the_check_red(
    plant: Callable[[Patch], None], check: Callable[[Played], None], tmp_path: Path, monkeypatch: Patch
) -> None:
    plant(monkeypatch)
    played = play("mercan", tmp_path, share=0.25, days=30)
    with pytest.raises(AssertionError):
        check(played)
