"""No transcript may be signed before its class is verified: the verb refuses, whichever way it is called."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.schoolday.transcripts import actions, queries, tasks
from testamur.schoolday.transcripts.rules import NotVerified
from testamur.surfaces.cli import demo_build, issue, issuing
from testamur.surfaces.web import refusals
from testamur.trust.records import actions as records
from testamur.trust.records import steps
from testamur.trust.records.models import Record
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import State
from tests.schoolday.transcripts.classes import School, numbers
from tests.schoolday.transcripts.test_booklets import equip, planned

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
