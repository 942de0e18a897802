"""The demo's university: a term under way, lists at every stage, one of them signed to the end."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from testamur.access.accounts.queries.hats import hats
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.studies import queries as studies
from testamur.schoolday.reporting import steps, tasks
from testamur.schoolday.reporting.queries import final, lists, own
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.reporting.rules.views import ListHead
from testamur.surfaces.cli import demo_university_lists as demo
from testamur.surfaces.cli import issuing
from testamur.surfaces.cli.demo_university_lists import Term
from testamur.trust.records.render import Renderer

pytestmark = pytest.mark.django_db
STUDENTS = 40


@pytest.fixture
def term(tmp_path: Path) -> Iterator[Term]:
    """The university of the demo with its lists, in a data folder of its own."""
    former, folder = settings.DATA, tmp_path / "data"
    folder.mkdir()
    settings.DATA = folder
    now = clock.now()
    made = demo.build(
        operator(), count=STUDENTS, data=folder, public_url=settings.PUBLIC_URL, now=now, told=lambda _what, _n: None
    )
    yield demo.report(operator(), made, renderer=Renderer, public_url=settings.PUBLIC_URL, now=now)
    settings.DATA = former


def heads(term: Term) -> dict[tuple[str, str], ListHead]:
    """The lists by codes of course and module."""
    found = lists.search(by=operator(), path=term.campus.authority.path)
    return {(one.course_code, one.module_code): one for one in found}


def test_there_is_a_list_for_everybody_to_go_on_with(term: Term):
    found = heads(term)
    half, hidden = found["DV1574", "1405"], found["MA1441", "2205"]
    assert {key: one.state for key, one in found.items()} == {
        ("DV1574", "1405"): ListState.DRAFT,
        ("MA1441", "2205"): ListState.DRAFT,
        ("PA2534", "4001"): ListState.DRAFT,
        ("DV1574", "1415"): ListState.SENT,
    }
    assert 0 < half.graded < half.rows == STUDENTS - demo.EARLIER
    assert (hidden.anonymous, hidden.graded) == (True, 0)
    assert found["PA2534", "4001"].title_en
    seen = lists.view(by=operator(), list=half.id, now=clock.now())
    assert {one.code for one in seen.checks} >= {"not_registered"}
    ready = final.ready(course=half.course, path=half.path)
    assert set(term.students[-demo.EARLIER :]) <= set(ready)
    assert len(studies.signups(exam=term.maths)) == hidden.rows


def test_the_list_that_waits_is_signed_issued_and_decided(term: Term):
    how = issuing.How(Path(settings.DATA), "demo", settings.PUBLIC_URL)
    outcome = issuing.run(operator(), [], how, lambda _what, _count: lambda _n: None, unfinished=term.records)
    assert outcome.published == len(term.records) > 1
    steps.settle(by=tasks.SETTLE_STEP, now=clock.now())
    sent = heads(term)["DV1574", "1415"]
    assert (sent.state, bool(sent.control_number)) == (ListState.SIGNED, True)
    role, student, _place = demo.who(term)[-1]
    assert role == "student"
    (result,) = own.results(by=operator(), person=student)
    assert (result.course_code, result.module_code, result.value, result.passed) == ("DV1574", "1415", "G", True)


def test_everybody_of_whom_the_demo_speaks_can_do_something(term: Term):
    assert [role for role, _person, _place in demo.who(term)] == [
        "teacher",
        "examiner",
        "programme office",
        "registrar",
        "rector",
        "student",
    ]
    for _role, person, place in demo.who(term):
        assert hats(person=person, on=clock.now().date())
        assert place
