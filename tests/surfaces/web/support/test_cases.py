"""The reception of a protected person, an alias in the lists, those who need to know."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.schoolday.support.models import Case, CaseStep
from testamur.trust.records.models import Sight
from tests.surfaces.web.family.diaries import Families
from tests.surfaces.web.support.conftest import Enter

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C19")]


def _act(browser: Client, sheltered: UUID, what: str, /, **told: str) -> int:
    return browser.post(reverse("support:case_act", args=[sheltered]), {"act": what, **told}).status_code


def _names(person: UUID) -> tuple[str, str]:
    view = people.person(by=operator(), id=person)
    assert view is not None
    return view.given, view.family


def test_the_reception_leads_through_its_steps_and_is_followed_up(families: Families, enter: Enter) -> None:
    office, person = enter("administrator"), families.bg.pupils[2]
    listed = office.get(reverse("support:cases")).content.decode()
    assert _names(person)[0] in listed
    assert "Reception not begun" in listed
    assert _act(office, person, "open") == 303
    assert _act(office, person, "do", step="received") == 303
    assert _act(office, person, "do", step="alias") == 303
    assert _act(office, person, "undo", step="alias") == 303
    assert [one.step for one in CaseStep.objects.all()] == ["received"]
    day = clock.now().date() + timedelta(days=10)
    assert _act(office, person, "follow_up", day=day.isoformat()) == 303
    assert Case.objects.get().follow_up == day
    assert _act(office, person, "follow_up", day="2020-01-01") == 422
    assert Sight.objects.filter(person=person, actor=families.bg.persons["administrator"]).exists()


def test_whoever_may_not_see_protected_persons_sees_no_case(families: Families, enter: Enter) -> None:
    person = families.bg.pupils[2]
    for browser in (enter("class_teacher"), enter("guardian")):
        assert browser.get(reverse("support:cases")).status_code == 403
        assert browser.get(reverse("support:case", args=[person])).status_code == 403
    office = enter("administrator")
    assert office.get(reverse("support:case", args=[families.bg.pupils[0]])).status_code == 404  # not protected
    assert office.get(reverse("support:case", args=[families.se.pupils[0]])).status_code == 404  # of another school


def test_an_alias_looks_like_every_other_name_in_the_teachers_pages(families: Families, enter: Enter) -> None:
    office, teacher, person = enter("administrator"), enter("class_teacher"), families.bg.pupils[2]
    remarks = reverse("diary:remarks", args=[families.bg.group])
    assert "name not shown" in teacher.get(reverse("diary:absences", args=[families.bg.group])).content.decode() or (
        "Person " in teacher.get(remarks).content.decode()
    )
    assert _act(office, person, "alias", given="Robin", family="Aliasova") == 303
    page = teacher.get(remarks).content.decode()
    assert "Robin Aliasova" in page
    assert "Protected identity" not in page
    assert "Person " not in page
    assert _names(person)[0] not in page
    assert _act(office, person, "alias", given=_names(person)[0], family="Aliasova") == 422


def test_whoever_needs_to_know_sees_the_name_until_the_need_ends(families: Families, enter: Enter) -> None:
    office, teacher, person = enter("administrator"), enter("class_teacher"), families.bg.pupils[2]
    remarks, (family, _family) = reverse("diary:remarks", args=[families.bg.group]), _names(person)
    assert family not in teacher.get(remarks).content.decode()
    today = clock.now().date()
    told = {
        "person": str(families.bg.persons["class_teacher"]), "starts": today.isoformat(),
        "ends": (today + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    assert _act(office, person, "need", **told) == 303
    assert family in teacher.get(remarks).content.decode()
    assert family not in enter("stranger", f"teacher@{families.bg.path}").get("/diary/").content.decode()
    assert Sight.objects.filter(person=person, actor=families.bg.persons["class_teacher"]).exists()
    need = people.needs(by=operator(), person=person)[0]
    assert _act(office, person, "end_need", need=str(need.id)) == 303
    assert family not in teacher.get(remarks).content.decode()
