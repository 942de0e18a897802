"""Own settings, the desks, feedback."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.urls import reverse

from testamur.register.people import reach
from testamur.register.people.rules import ContactKind
from testamur.schoolday.reporting.queries import desks, preferences
from testamur.schoolday.reporting.rules.states import Desk as Matter
from testamur.schoolday.reporting.rules.views import PreferenceView
from testamur.surfaces.web.results.settings import hidden
from tests.schoolday.reporting.university import University
from tests.surfaces.web.results.conftest import Enter, text
from tests.surfaces.web.results.office_desk import administrator, letters

pytestmark = pytest.mark.django_db


@pytest.mark.feature("B4")
def test_what_one_chooses_is_kept_and_the_directorys_telephone_is_told_without_its_middle(
    university: University, enter: Enter
) -> None:
    u, examiner = university, enter("examiner")
    phone = next(one.value for one in reach.points(persons=[u.persons["examiner"]], kind=ContactKind.PHONE) if one.work)
    page = text(examiner.get(reverse("results:settings")))
    assert hidden(phone) in page
    assert phone not in page
    assert "goes to this telephone and to no other" in page
    form = {"sort": "given", "enter_moves": "right", "mail_returned": "on"}
    page = text(examiner.post(reverse("results:settings"), form, follow=True))
    assert "Your settings are saved" in page
    wanted = PreferenceView(sort="given", enter_moves="right", mail_signed=False, mail_returned=True)
    assert preferences.of(person=u.persons["examiner"]) == wanted
    assert preferences.of(person=u.persons["teacher"]) == PreferenceView()
    assert examiner.post(reverse("results:settings"), {"sort": "number", "enter_moves": "up"}).status_code == 422


def test_most_of_an_address_is_left_out() -> None:
    assert hidden("+46701740601") == "+46•••••01"
    assert hidden("eva.exempel@uni.example") == "ev•••@uni.example"


@pytest.mark.feature("B27")
def test_feedback_goes_to_one_desk_and_questions_about_registrations_to_another(
    university: University, enter: Enter
) -> None:
    u, teacher, page = university, enter("teacher"), reverse("results:feedback")
    form = {"desk": "system", "where": "List 7", "tried": "To paste a column", "proposal": "Take tabs too"}
    refused = teacher.post(page, form)
    assert refused.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "Ask the programme office to enter the address" in text(refused)
    office = administrator(u)
    given = {"system": "system@uni.example", "registration": "reg@uni.example", "office": ""}
    assert "The addresses are saved" in text(office.post(reverse("results:desks"), given, follow=True))
    assert office.post(reverse("results:desks"), {"system": "nobody"}).status_code == 422
    assert desks.of(path=u.data) == {Matter.SYSTEM: "system@uni.example", Matter.REGISTRATION: "reg@uni.example"}
    assert teacher.post(page, form).status_code == HTTPStatus.FOUND
    assert teacher.post(page, {**form, "desk": "registration"}).status_code == HTTPStatus.FOUND
    assert teacher.post(page, {**form, "desk": "office"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    empty = teacher.post(page, {**form, "tried": " ", "proposal": ""})
    assert empty.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    first, second = letters("reporting.feedback")
    assert (first.to, second.to) == ("system@uni.example", "reg@uni.example")
    for words in ("List 7", "To paste a column", "Take tabs too", u.names["teacher"]):
        assert words in first.text
