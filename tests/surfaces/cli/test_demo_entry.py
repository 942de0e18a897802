"""The demo's Vietnamese class: one moment is closed, and families read it; the next is half entered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.schoolday.results import families, moments
from testamur.surfaces.cli import demo_entry, demo_schools
from testamur.surfaces.cli.demo_people import under_hat

pytestmark = pytest.mark.django_db


def test_a_family_reads_the_closed_moment_and_the_class_teacher_sees_what_the_next_lacks(
    tmp_path: Path,
) -> None:
    by, now = operator(), clock.now()
    land = replace(demo_schools.LANDS[2], size=5)
    kept = demo_schools.build(by, land, data=tmp_path, public_url="http://localhost", now=now)
    demo_entry.fill(by, [kept], None, now)
    group, pupils = next(iter(kept.classes.items()))
    family = under_hat(kept.guardians[pupils[-1]], "guardian", now)
    (told,) = families.year_of(by=family, pupil=pupils[-1], path=kept.path).moments
    assert told.english == "Middle of term 1"
    assert {one.name for one in told.subjects} >= {"Tiếng Việt", "Toán"}
    states = moments.states(by=under_hat(kept.heads[group], "class_teacher", now), group=group, on=now.date())
    first, second, *later = [state for _moment, state in states]
    assert (bool(first.missing), bool(second.missing), bool(second.fresh)) == (False, True, True)
    assert not any(state.fresh for state in later)
