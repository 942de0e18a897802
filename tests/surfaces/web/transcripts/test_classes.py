"""The page of a class: what is missing, the word, the documents, for whom it waits, and the school's page."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import Protection
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.schoolday.results import tasks as making
from testamur.schoolday.results.queries import of_year
from testamur.schoolday.transcripts import queries, steps, tasks
from testamur.schoolday.transcripts.rules import Step
from testamur.surfaces.cli import demo_build
from testamur.trust.records.models import Record, Work
from testamur.trust.records.rules import State
from tests.surfaces.web.conftest import enter_as
from tests.surfaces.web.staff.ready import issue_all
from tests.surfaces.web.staff.test_signing import form_of, shown
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


def address(world: World) -> str:
    return reverse("transcripts:class", args=[world.vn_group])


def act(browser: Client, world: World, what: str, **more: str) -> Any:
    return browser.post(reverse("transcripts:class_act", args=[world.vn_group]), {"act": what, **more}, follow=True)


def digest_on(answer: Any) -> str:
    found = re.search(r'name="digest" value="([0-9a-f]{64})"', answer.content.decode())
    assert found is not None
    return found[1]


def work(browser: Client, world: World) -> None:
    act(browser, world, "make")
    tasks.make.call(str(Work.objects.get(ended=None).id))


@pytest.fixture
def teacher(world: World) -> Client:
    return enter_as(Client(), world, "vn_teacher")


@pytest.fixture
def principal(world: World) -> Client:
    return enter_as(Client(), world, "vn_principal")


@pytest.mark.feature("D13")
def test_what_is_missing_is_told_at_the_pupil_and_nothing_can_be_verified(world: World, teacher: Client) -> None:
    assert world.vn_school is not None
    assert world.vn_group is not None
    newcomer = world.persons["third"]  # nothing is decided about this one
    demo_build._enrol(
        operator(), world.vn_school, world.vn_group, [newcomer], 3, clock.now()
    )  # fmt: skip
    told = teacher.get(address(world)).content.decode()
    assert "chưa có mức đạt được cuối năm" in told
    assert "Next: complete the data" in told
    assert 'name="digest"' not in told
    assert "The data have changed" in act(teacher, world, "verify", digest="0" * 64).content.decode()
    look = queries.look(by=operator(), group=world.vn_group, now=clock.now())
    assert look is not None
    assert "Data of the class are missing" in act(teacher, world, "verify", digest=look.digest).content.decode()


@pytest.mark.feature("D10", "D11", "D12", "D18")
def test_the_chain_from_verified_to_sealed(world: World, teacher: Client, principal: Client) -> None:
    first = teacher.get(address(world))
    assert "Next: verify the data" in first.content.decode()
    told = act(teacher, world, "verify", digest=digest_on(first)).content.decode()
    assert "Next: make the documents" in told
    work(teacher, world)
    now = teacher.get(address(world)).content.decode()
    assert "Next: the class teacher signs" in now
    assert "Sign 2 documents" in now
    assert "Sign 2 documents" not in principal.get(address(world)).content.decode()
    _sign(teacher, teacher.get(address(world)))
    now = principal.get(address(world)).content.decode()
    assert "Next: the principal signs" in now
    assert "Sign 2 documents" in now
    assert "Sign all 2 documents" in principal.get(reverse("transcripts:home")).content.decode()
    _sign(principal, principal.get(reverse("transcripts:home")))
    issue_all()
    look = queries.look(by=operator(), group=world.vn_group, now=clock.now())  # type: ignore[arg-type]
    assert look is not None
    assert look.standing.step is Step.SEALED
    steps.refresh_all("/", now=clock.now())
    assert "2 of 2" in principal.get(reverse("transcripts:home")).content.decode()
    told = teacher.get(address(world)).content.decode()
    assert "Next: delivery" in told
    assert "Make the booklets" in told
    act(teacher, world, "booklets")
    tasks.make.call(str(Work.objects.get(ended=None).id))
    told = teacher.get(address(world)).content.decode()
    assert "Ready to sign: 2 pupils" in told
    assert "Make the booklets" not in told
    waiting = principal.get(reverse("staff:home")).content.decode()
    assert "Sign all 2 documents" in waiting


def _sign(browser: Client, answer: Any) -> None:
    """By the link of the page through the simulated app."""
    link = re.search(r'href="(/sign/review/[^"]+)"', answer.content.decode())
    assert link is not None
    fields = form_of(shown(browser, link[1].replace("&amp;", "&")), "/sign/start/")
    ceremony = browser.post("/sign/start/", {**fields, "method": "simulated"})["Location"]
    assert browser.post(ceremony + "answer/", {"answer": "sign"})["Location"] == ceremony


def test_the_office_marks_no_draft_ready_before_the_class_is_verified(world: World) -> None:
    school = str(world.vn_school)
    assert world.vn_school is not None
    post = NewPost(world.persons["vn_principal"], world.vn_school, Role.ADMINISTRATOR, date(2025, 7, 1))
    schools.add_posts(by=operator(), posts=[post], now=clock.now())
    principal = enter_as(Client(), world, "vn_principal", hat=f"administrator@{world.vn_path}")
    made = principal.post(reverse("office:act"), {"act": "make", "school": school, "term": "2025/2026 HK2"})
    assert made.status_code == 302
    making.make.call(str(Work.objects.get(ended=None).id))
    assert Record.objects.filter(state=State.DRAFTED).count() == 2
    principal.post(reverse("office:act"), {"act": "ready", "school": school, "term": "2025/2026 HK2"})
    assert Record.objects.filter(state=State.READY).count() == 0


def test_a_protected_pupil_stands_under_an_alias_for_who_may_not_see(world: World, teacher: Client) -> None:
    people.set_protection(
        by=operator(), person=world.persons["vn_pupil"], level=Protection.PROTECTED_REGISTRATION, now=clock.now()
    )
    assert world.names["vn_pupil"] not in teacher.get(address(world)).content.decode()


def test_a_school_of_other_rules_has_no_transcripts(world: World, log_in: Any) -> None:
    browser = log_in("principal")
    assert "No transcripts that are verified" in browser.get(reverse("transcripts:home")).content.decode()
    assert browser.get(reverse("transcripts:class", args=[world.group])).status_code == 404
    assert 'href="/transcripts/"' not in browser.get(reverse("office:home")).content.decode()


def test_the_documents_of_all_verified_classes_are_made_with_one_button(
    world: World, teacher: Client, principal: Client
) -> None:
    home = reverse("transcripts:home")
    assert "Make the documents" not in principal.get(home).content.decode()
    act(teacher, world, "verify", digest=digest_on(teacher.get(address(world))))
    assert "Make the documents of 1 verified class" in principal.get(home).content.decode()
    answer = principal.post(reverse("transcripts:act"), {"school": str(world.vn_school), "year": "2025/2026"})
    assert answer.status_code == 303
    assert Work.objects.filter(kind="transcripts.make", ended=None).count() == 1


@pytest.mark.feature("D12", "D17")
def test_a_class_teacher_corrects_an_own_slip_and_the_class_waits_for_a_new_word(world: World, teacher: Client) -> None:
    act(teacher, world, "verify", digest=digest_on(teacher.get(address(world))))
    pupil = world.persons["vn_pupil"]
    page = reverse("transcripts:correct", args=[pupil])
    listed = teacher.get(page).content.decode()
    row = next(
        one
        for one in of_year(unit=world.vn_school, school_year="2025/2026", pupil=pupil)  # type: ignore[arg-type]
        if (one.facts.kind, one.facts.code) == ("test", "TV")
    )
    assert f"?decision={row.id}" in listed
    form = teacher.get(f"{page}?decision={row.id}").content.decode()
    assert 'name="value"' in form
    value = "10" if row.facts.value == "9" else "9"
    sent = {"decision": str(row.id), "value": value, "explanation": "Ghi nhầm cột."}
    assert teacher.post(page, sent).status_code == 422
    answer = teacher.post(page, {**sent, "sure": "on"}, follow=True).content.decode()
    assert "The correction stands" in answer
    assert "they have changed since" in answer
    assert "1 pupil has a correction" in answer


def test_whoever_did_not_decide_corrects_nothing(world: World, principal: Client) -> None:
    pupil = world.persons["vn_pupil"]
    rows = of_year(unit=world.vn_school, school_year="2025/2026", pupil=pupil)  # type: ignore[arg-type]
    row = next(one for one in rows if (one.facts.kind, one.facts.code) == ("test", "TV"))
    page = reverse("transcripts:correct", args=[pupil])
    assert "Whoever decided it corrects it" in principal.get(page).content.decode()
    sent = {
        "decision": str(row.id),
        "value": "9" if row.facts.value != "9" else "10",
        "explanation": "Nhầm",
        "sure": "on",
    }
    assert principal.post(page, sent).status_code == 422
