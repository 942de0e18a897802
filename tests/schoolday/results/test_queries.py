"""Reading decisions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.law.contract import Period
from testamur.schoolday.results.actions import correct_decision
from testamur.schoolday.results.queries import earlier, history, standing
from tests.schoolday.results.conftest import NOW, VT, Class

pytestmark = pytest.mark.django_db

HT = Period("2025/2026", "HT", date(2025, 8, 18), date(2025, 12, 19))
BEFORE = Period("2024/2025", "VT", date(2025, 1, 8), date(2025, 6, 12))


def test_only_what_stands_is_read(school: Class) -> None:
    school.record(school.new())
    correct_decision(by=school.by, decision=school.grade().id, amendment=school.slip(), now=NOW)
    rows = standing(by=school.by, path=school.path, unit=school.school, school_year="2025/2026")
    assert [r.facts.value for r in rows[school.pupils[0]]] == ["A"]


def test_a_term_is_read_alone_and_a_year_whole(school: Class) -> None:
    school.record(school.new(), school.new(period=HT, decided_on=HT.ends))
    year = standing(by=school.by, path=school.path, unit=school.school, school_year="2025/2026")
    term = standing(by=school.by, path=school.path, unit=school.school, school_year="2025/2026", term="HT")
    assert len(year[school.pupils[0]]) == 2
    assert [r.facts.period.term for r in term[school.pupils[0]]] == ["HT"]


def test_only_the_pupils_asked_for_are_read(school: Class) -> None:
    school.graded()
    rows = standing(
        by=school.by, path=school.path, unit=school.school, school_year="2025/2026", pupils=school.pupils[1:]
    )
    assert list(rows) == school.pupils[1:]


def test_former_years_come_oldest_first_and_without_the_year_itself(school: Class) -> None:
    older = replace(BEFORE, school_year="2023/2024", starts=date(2024, 1, 8), ends=date(2024, 6, 12))
    for period in (BEFORE, older, VT):
        school.record(school.new(period=period, decided_on=period.ends, year_level=7))
    rows = earlier(by=school.by, path=school.path, pupils=school.pupils, before="2025/2026")
    assert [r.facts.period.school_year for r in rows[school.pupils[0]]] == ["2023/2024", "2024/2025"]


def test_reading_needs_the_right_at_the_school(school: Class) -> None:
    nobody = Actor(new_id(), "simulated", (Grant("teacher", "/elsewhere/", ("*",)),))
    with pytest.raises(NotAllowed):
        standing(by=nobody, path=school.path, unit=school.school, school_year="2025/2026")
    with pytest.raises(NotAllowed):
        earlier(by=nobody, path=school.path, pupils=school.pupils, before="2025/2026")


def test_the_history_of_a_decision_at_another_place_is_not_told(school: Class) -> None:
    school.record(school.new())
    with pytest.raises(NotFound):
        history(by=school.by, path="/elsewhere/", decision=school.grade().id)
