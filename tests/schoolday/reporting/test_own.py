"""What a student sees of the own results."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from testamur.access.accounts.queries.hats import actor as actor_of
from testamur.access.accounts.queries.hats import hats
from testamur.access.accounts.rules.hats import SELF
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed
from testamur.schoolday.reporting.queries import own
from tests.schoolday.reporting.university import LAB, RETAKEN, University

pytestmark = pytest.mark.django_db


def student(u: University, name: str) -> Actor:
    person = u.persons[name]
    me = next(hat for hat in hats(person=person, on=u.now.date()) if hat.role == SELF)
    return actor_of(me, person=person, identified_by="simulated")


@pytest.mark.feature("B37")
def test_a_student_sees_own_results_the_latest_first(university: University):
    u = university
    seen = own.results(by=student(u, "graded"), person=u.persons["graded"])
    assert [(one.course_code, one.module_code, one.value, one.examined_on) for one in seen] == [
        ("DV1574", "1415", "G", LAB),
        ("DV1574", "1405", "C", RETAKEN),
    ]
    assert (seen[1].course_name, seen[1].course_name_en) == ("Databasteknik", "Database Technology")
    assert (seen[1].module_name, seen[1].credits, seen[1].passed) == ("Salstentamen", Decimal(4), True)
    assert (seen[1].certificate, seen[1].replaced) == (None, False)
    assert isinstance(seen[1].decided_on, date)


def test_nobody_sees_those_of_another(university: University):
    u = university
    for by in (student(u, "ready"), u.actor("teacher"), u.actor("examiner")):
        with pytest.raises(NotAllowed):
            own.results(by=by, person=u.persons["graded"])
