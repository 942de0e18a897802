"""The tables of access and what follows from them."""

from __future__ import annotations

from datetime import timedelta
from importlib import import_module
from pathlib import Path

import pytest

import testamur
from testamur.access.accounts.rules import (
    ABSOLUTE,
    BEGIN,
    IDLE,
    NEEDED,
    POWER,
    STEP_UP,
    TRANSITIONS,
    Allowance,
    ConfirmAgain,
    Level,
    LevelTooLow,
    may_confirm,
    must_be_confirmed,
    must_be_fresh_for,
    must_reach_level,
    waits,
)
from testamur.access.accounts.rules.hats import AREAS
from tests.access.conftest import NOW


@pytest.mark.parametrize("act", sorted(NEEDED))
def test_the_one_table_says_what_each_level_may(act: str) -> None:
    need = NEEDED[act]
    for level in Level:
        if level < need.level:
            with pytest.raises(LevelTooLow):
                must_reach_level(act, level)
        else:
            must_reach_level(act, level)
    if need.fresh is None:
        must_be_confirmed(act, NOW - timedelta(days=1), NOW)
    else:
        must_be_confirmed(act, NOW - need.fresh, NOW)
        with pytest.raises(ConfirmAgain):
            must_be_confirmed(act, NOW - need.fresh - timedelta(seconds=1), NOW)


def test_marks_and_documents_are_never_shown_at_the_low_level() -> None:
    low = {act for act, need in NEEDED.items() if need.level is Level.LOW}
    assert not {act for act in low if act.startswith(("staff.", "office.")) or "record" in act or "share" in act}


def test_a_code_by_sms_confirms_no_login_by_e_id() -> None:
    assert not may_confirm(Level.HIGH, Level.LOW)
    assert not may_confirm(Level.SUBSTANTIAL, Level.LOW)
    assert may_confirm(Level.HIGH, Level.SUBSTANTIAL)
    assert may_confirm(Level.LOW, Level.LOW)


def test_a_weightier_hat_needs_a_fresh_identification() -> None:
    late = NOW - STEP_UP - timedelta(seconds=1)
    with pytest.raises(ConfirmAgain):
        must_be_fresh_for("principal", worn="guardian", confirmed_at=late, now=NOW)
    must_be_fresh_for("principal", worn="guardian", confirmed_at=NOW - STEP_UP, now=NOW)
    must_be_fresh_for("guardian", worn="principal", confirmed_at=late, now=NOW)
    assert set(POWER) == set(AREAS)


def test_the_window_slides() -> None:
    allowance = Allowance("", 2, timedelta(seconds=100))
    at = NOW.timestamp()
    assert waits([], allowance, NOW) == ([], 0.0)
    assert waits([at - 100, at - 50], allowance, NOW) == ([at - 50], 0.0)
    assert waits([at - 90, at - 50], allowance, NOW) == ([at - 90, at - 50], 10.0)


def test_the_database_keeps_the_same_transitions() -> None:
    migration = import_module("testamur.access.accounts.migrations.0002_attempts_limits_factors")
    assert {(old.value, new.value) for old, news in TRANSITIONS.items() for new in news} == set(migration.ALLOWED)


def test_the_handbook_shows_the_same_tables() -> None:
    text = (Path(testamur.__file__).parents[2] / "docs" / "security.md").read_text()
    for act, need in NEEDED.items():
        fresh = f"{int(need.fresh.total_seconds()) // 60} min" if need.fresh else "–"
        line = f"| `{act}` | {need.level.name.lower()} | {fresh} |"
        assert line in text, f"docs/security.md lacks the line {line}"
    for level in Level:
        idle, absolute = int(IDLE[level].total_seconds()) // 60, int(ABSOLUTE[level].total_seconds()) // 3600
        assert f"| {level.name.lower()} | {idle} min | {absolute} h |" in text
    for method, allowances in BEGIN.items():
        for one in allowances:
            minutes = int(one.within.total_seconds()) // 60
            line = f"| {method or 'every method'} | {one.key} | {one.most} in {minutes} min |"
            assert line in text
