"""Pupil codes on the labels of a class: made where there are none, handed out by the class teacher."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people import queries as people_queries
from testamur.register.people.rules import Protection
from testamur.register.schools import queries
from tests.register.conftest import DAY, House, actor, enrol, invented, register

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E18"), pytest.mark.feature("E31")]

TEACHES = ("schools.group.see", "people.code.*")


def class_teacher(house: House) -> Actor:
    """Somebody whose powers are limited to 9A."""
    return actor(*TEACHES, groups=frozenset({house.class_9a}))


def test_only_those_without_a_code_get_one(by: Actor, now: datetime, django_assert_num_queries: Any):
    ids = register(by, now, *(invented(f"Elev{n}", "Provsson", serial=980 + n) for n in range(4)))
    old = people.issue_pupil_codes(by=by, persons=ids[:1], now=now)
    people.issue_pupil_codes(by=by, persons=ids[1:2], now=now)
    people.revoke_pupil_codes(by=by, persons=ids[1:2], now=now)
    made = people.issue_missing_codes(by=by, persons=ids, now=now)
    assert set(made) == set(ids[1:])
    assert people_queries.label_codes(by=by, persons=ids) == {**old, **made}
    assert Entry.objects.latest("id").refs["count"] == 3
    before = Entry.objects.count()
    assert people.issue_missing_codes(by=by, persons=ids, now=now) == {}
    assert Entry.objects.count() == before
    with django_assert_num_queries(2):
        people_queries.label_codes(by=by, persons=ids)


def test_a_class_teacher_makes_and_prints_the_codes_of_the_class_and_of_nobody_else(
    house: House, by: Actor, now: datetime, django_assert_num_queries: Any
):
    hidden = invented("Hemlig", "Aaa", serial=981, protection=Protection.CONFIDENTIALITY_MARK)
    *mine, other = register(by, now, invented("Ada", "Provsson"), hidden, invented("Ben", "Annansson", serial=982))
    enrol(house, mine, now)
    teacher = class_teacher(house)
    with pytest.raises(NotAllowed):
        people.issue_missing_codes(by=teacher, persons=mine, now=now)  # people does not know who is in the class
    here = queries.among(by=teacher, group=house.class_9a, on=DAY)
    people.issue_missing_codes(by=here, persons=mine, now=now)
    with pytest.raises(NotAllowed):
        people.issue_missing_codes(by=here, persons=[other], now=now)
    with django_assert_num_queries(7):
        found = queries.labels(by=teacher, group=house.class_9a, on=DAY)
    assert len(found) == 2
    assert {len(label.code) for label in found} == {11}
    told = repr(found)
    assert "Ada" in told
    assert "Hemlig" not in told
    assert people_queries.holder_of_code(found[0].code) in mine


def test_a_grant_for_a_group_reaches_its_members_of_the_day_for_acts_about_persons_alone(
    house: House, by: Actor, now: datetime
):
    (pupil,) = register(by, now, invented("Ada", "Provsson"))
    enrol(house, [pupil], now)
    teacher = class_teacher(house)
    here = queries.among(by=teacher, group=house.class_9a, on=DAY)
    assert here.may("people.code.see", "/testkoping/skolan-1/", person=pupil)
    assert not here.may("people.code.see", "/testkoping/skolan-1/", person=new_id())
    assert not here.may("schools.group.see", "/testkoping/skolan-1/", person=pupil)
    assert queries.among(by=teacher, group=house.class_9a, on=date(2025, 8, 1)) == teacher  # before they came
    assert queries.among(by=teacher, group=new_id(), on=DAY) == teacher
    elsewhere = Actor(teacher.id, "test", (Grant("t", "/annan/", TEACHES, groups=frozenset({house.class_9a})),))
    assert queries.among(by=elsewhere, group=house.class_9a, on=DAY) == elsewhere


def test_labels_without_the_right_to_codes_have_none(house: House, by: Actor, now: datetime):
    (pupil,) = register(by, now, invented("Ada", "Provsson"))
    enrol(house, [pupil], now)
    people.issue_missing_codes(by=by, persons=[pupil], now=now)
    assert [one.code for one in queries.labels(by=actor("schools.group.see"), group=house.class_9a, on=DAY)] == [""]
    with pytest.raises(NotAllowed):
        queries.labels(by=actor("people.code.see"), group=house.class_9a, on=DAY)
