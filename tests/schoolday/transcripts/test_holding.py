"""No transcript may be signed before its class is verified: the verb refuses, whichever way it is called."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.schools import actions as schools
from testamur.register.schools.models import Enrolment
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup, NewSchoolYear, NewTerm
from testamur.schoolday.transcripts import actions, queries, tasks
from testamur.schoolday.transcripts.rules import NotVerified
from testamur.surfaces.cli import demo_build, issue, issuing
from testamur.surfaces.web import refusals
from testamur.trust.records import actions as records
from testamur.trust.records import queries as records_read
from testamur.trust.records import steps
from testamur.trust.records.models import Record
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import State
from tests.schoolday.transcripts.classes import School, numbers
from tests.schoolday.transcripts.test_booklets import correct, equip, planned
from tests.schoolday.transcripts.test_booklets import issue as issue_all

pytestmark = [pytest.mark.django_db(databases=["default", "log"]), pytest.mark.feature("D13", "D18")]


def drafts(school: School, short: str = "hoc_ba_year") -> list[UUID]:
    made = planned(school, short)
    return list(
        steps.prepare(
            by=operator(),
            new=made.records,
            renderer=Renderer(),
            public_url="https://testamur.example",
            test=True,
            now=clock.now(),
        )
    )


def mark(school: School, some: list[UUID]) -> None:
    records.mark_ready(by=operator(), path=school.path, records=some, now=clock.now())


def verify(school: School) -> None:
    look = queries.look(by=school.class_teacher, group=school.group, now=clock.now())
    assert look is not None
    actions.verify(by=school.class_teacher, group=school.group, digest=look.digest, now=clock.now())


def states() -> set[str]:
    return set(Record.objects.values_list("state", flat=True))


def test_the_verb_refuses_with_a_code_and_changes_nothing(school: School) -> None:
    equip(school)
    some = drafts(school)
    with pytest.raises(NotVerified) as refused:
        mark(school, some)
    assert refused.value.code == "transcripts.class.not_verified"
    assert refused.value.code in refusals.SENTENCES
    assert states() == {State.DRAFTED}
    verify(school)
    mark(school, some)
    assert states() == {State.READY}


def test_a_word_that_is_taken_back_lets_nothing_through(school: School) -> None:
    equip(school)
    some = drafts(school)
    verify(school)
    actions.withdraw(by=school.class_teacher, group=school.group, now=clock.now())
    with pytest.raises(NotVerified):
        mark(school, some)


def test_the_command_line_leaves_them_drafts_and_says_why(school: School) -> None:
    equip(school)
    asked = issue.Asked(
        "099001", "2025/2026 HK2", ["hoc_ba_year"], False, Path(settings.DATA) / "out", None, "", 1, True, False
    )
    told = issue._issue(asked)
    assert told["refused"] == {"transcripts.class.not_verified": 3}
    assert (told["records"], told["waiting"], told["exit"]) == (0, {"drafted": 3}, 1)


def test_the_command_line_issues_on_the_operators_word(school: School) -> None:
    equip(school)
    asked = issue.Asked(
        "099001", "2025/2026 HK2", ["hoc_ba_year"], False, Path(settings.DATA) / "out", None, "", 1, True, True
    )
    told = issue._issue(asked)
    assert (told["records"], told["refused"], told["exit"]) == (3, {}, 0)
    assert queries.look(by=operator(), group=school.group, now=clock.now()).is_verified  # type: ignore[union-attr]


def test_no_word_is_given_for_a_class_that_lacks_data(school: School) -> None:
    equip(school)
    some = drafts(school)
    (newcomer,) = people.register_persons(
        by=operator(), path=school.path, persons=[demo_build._person(school.land, next(numbers(7, 2017)))],
        now=clock.now(),
    )  # fmt: skip
    demo_build._enrol(operator(), school.school, school.group, [newcomer], school.level, clock.now())
    issuing.vouch(operator(), some)
    assert issuing.mark_ready(operator(), some) == {"transcripts.class.not_verified": 3}
    assert states() == {State.DRAFTED}


def test_the_background_refuses_too(school: School) -> None:
    equip(school)
    with pytest.raises(NotVerified):
        tasks.request(by=operator(), groups=[school.group], now=clock.now())


def test_a_correction_of_a_former_year_rests_on_the_class_of_that_year(school: School) -> None:
    equip(school)
    issue_all(planned(school, "hoc_ba_year"))
    go_up(school)
    correct(school)
    verify(school)
    some = drafts(school)
    assert len(some) == 1
    mark(school, some)  # the pupil is in 4A now, which nobody has verified
    assert Record.objects.get(id=some[0]).state == State.READY


def test_a_draft_that_says_what_was_decided_before_is_held_although_the_class_is_verified(school: School) -> None:
    equip(school)
    some = drafts(school)
    correct(school)
    verify(school)
    views = records_read.by_ids(by=operator(), records=some)
    old = next(one.id for one in views if one.subject == school.pupils[0])
    assert queries.unverified(views, now=clock.now()) == {old}
    with pytest.raises(NotVerified):
        mark(school, some)
    mark(school, [one for one in some if one != old])


def test_what_is_signed_again_rests_on_the_class_as_well(school: School) -> None:
    equip(school)
    some = drafts(school)
    verify(school)
    mark(school, some)
    issuing.sign(operator(), some, issuing.Outcome(), lambda _what, _count: lambda _n: None)
    Record.objects.filter(id__in=some).update(held="seal.failed")
    correct(school)
    with pytest.raises(NotVerified):
        records.sign_again(by=operator(), path=school.path, records=some, now=clock.now())


def go_up(school: School) -> None:
    """The class ends with its year; its pupils are in 4A of the next, of which nothing is decided."""
    by, now = operator(), clock.now()
    year = schools.add_school_years(
        by=by, school_years=[NewSchoolYear(school.land.authority, "2026/2027", date(2026, 8, 18), date(2027, 5, 31))],
        now=now,
    )[0]  # fmt: skip
    terms = [
        NewTerm(year, "HK1", date(2026, 8, 18), date(2027, 1, 9)),
        NewTerm(year, "HK2", date(2027, 1, 11), date(2027, 5, 31)),
    ]
    schools.add_terms(by=by, terms=terms, now=now)
    group = schools.add_groups(
        by=by, groups=[NewGroup(school.school, year, GroupKind.CLASS, "4A", year_level=4)], now=now
    )[0]
    Enrolment.objects.filter(group=school.group).update(ends=date(2026, 5, 31))
    schools.add_enrolments(
        by=by,
        enrolments=[
            NewEnrolment(pupil, school.school, date(2026, 8, 18), group=group, year_level=4) for pupil in school.pupils
        ],
        now=now,
    )
