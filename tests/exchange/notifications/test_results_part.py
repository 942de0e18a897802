"""When the results of the year became a part of their own, nobody was told more or less than before."""

from __future__ import annotations

from collections.abc import Sequence
from importlib import import_module

import pytest
import time_machine
from django.db import connection

from testamur.exchange.notifications.models import Choice, Item
from testamur.exchange.notifications.queries.choices import choices
from testamur.exchange.notifications.rules.families import KINDS, Chosen, Pace, Way
from testamur.kernel.base.ids import new_id
from testamur.schoolday.diary.models import Visit
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.results.actions import close_moment
from testamur.schoolday.results.models import Decision
from tests.exchange.notifications.family import Families
from tests.schoolday.diary.school import NOW, build
from tests.surfaces.web.yearend.conftest import fill

pytestmark = pytest.mark.django_db
NOTICES = import_module("testamur.exchange.notifications.migrations.0004_results_of_the_year")
DIARY = import_module("testamur.schoolday.diary.migrations.0006_results_of_the_year")


def run(statements: Sequence[str]) -> None:
    with connection.cursor() as cursor:
        for one in statements:
            cursor.execute(one)


def moved() -> None:
    run(NOTICES.CHOSEN[connection.vendor][0])


def test_results_of_the_year_are_a_part_and_assessments_another() -> None:
    assert KINDS["results.decisions.recorded"] is KINDS["results.decision.corrected"] is Part.RESULTS
    assert KINDS["diary.assessments.published"] is Part.ASSESSMENTS


@pytest.mark.feature("C20")
def test_who_had_turned_assessments_off_gets_nothing_of_results_and_who_chose_keeps_it(families: Families) -> None:
    families.choose("guardian", 0)
    families.choose("guardian", 1, Way.SMS, Way.PHONE, pace=Pace.WEEKLY)
    Choice.objects.filter(part="results").delete()
    moved()
    guardian, (one, two) = families.school.persons["guardian"], families.school.pupils[:2]
    kept = choices(person=guardian, children=[one, two])
    assert kept[one][Part.RESULTS] == Chosen(frozenset(), Pace.NOW)
    assert kept[two][Part.RESULTS] == Chosen(frozenset({Way.SMS, Way.PHONE}), Pace.WEEKLY)
    assert kept[two] == dict.fromkeys(Part, kept[two][Part.RESULTS])
    families.choose("guardian", 0, Way.EMAIL)  # the rows can be changed like any other
    assert choices(person=guardian, children=[one])[one][Part.RESULTS].ways == {Way.EMAIL}
    run(NOTICES.CHOSEN[connection.vendor][1])
    assert not Choice.objects.filter(part="results").exists()
    assert Choice.objects.filter(part="assessments").count() == len(kept)


def test_what_waits_to_be_told_goes_to_the_part_that_it_is_of(db: None) -> None:
    school = build("vn.primary", pupils=1)
    with time_machine.travel(NOW, tick=False):
        fill(school, "HK1")
        close_moment(by=school.actor("class_teacher"), group=school.group, moment="HK1", now=NOW)
    decided, written = Decision.objects.values_list("id", flat=True)[0], new_id()
    for entry, ref in enumerate((decided, written)):
        Item.objects.create(
            person=school.persons["guardian"], child=school.pupils[0], part="assessments", ref=ref, entry=entry,
            way="email", path=school.path, at=NOW, due_at=NOW,
        )  # fmt: skip
    moved()
    assert dict(Item.objects.values_list("ref", "part")) == {decided: "results", written: "assessments"}
    run(NOTICES.CHOSEN[connection.vendor][1])
    assert set(Item.objects.values_list("part", flat=True)) == {"assessments"}


def test_what_was_seen_does_not_become_new_again(families: Families) -> None:
    guardian, (one, two) = families.school.persons["guardian"], families.school.pupils[:2]
    Visit.objects.create(person=guardian, pupil_id=one, part="assessments", seen_at=NOW)
    Visit.objects.create(person=guardian, pupil_id=two, part="marks", seen_at=NOW)
    run([DIARY.SEEN])
    assert list(Visit.objects.filter(part="results").values_list("person", "pupil", "seen_at")) == [
        (guardian, one, NOW)
    ]
    run([DIARY.UNSEEN])
    assert sorted(Visit.objects.values_list("part", flat=True)) == ["assessments", "marks"]
