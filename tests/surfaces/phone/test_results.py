"""By telephone one hears that something of the year was decided and not yet read, and of which moment; never what."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.urls import reverse

from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, Relation
from testamur.schoolday.diary.models import Visit
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.results.actions import close_moment
from tests.gateways.caller import Caller
from tests.schoolday.diary.school import BEGINS, NOW, School, build
from tests.surfaces.phone.conftest import PIN, known, opted
from tests.surfaces.web.family.diaries import browse
from tests.surfaces.web.yearend.conftest import fill

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E24", "D14")]
Dial = Callable[..., Caller]
NUMBER = "+84912345678"
NEW, FIRST, OTHER = "1", "2", "6"
VALUES = ("Toán", "Tiếng Việt", "Hoàn thành", "Tốt", "Chăm chỉ", "9")


@pytest.fixture
def closed(db: None) -> School:
    """A Vietnamese class whose first term is closed; what was written in it was read."""
    made = known(build("vn.primary"), NUMBER)
    fill(made, "HK1")
    close_moment(by=made.actor("class_teacher"), group=made.group, moment="HK1", now=NOW)
    return made


def said(call: Dial, key: str, child: str = FIRST) -> str:
    return str(call(NUMBER, "en").press(f"{PIN}#").press(child).press(key).text)


def test_who_did_not_choose_the_telephone_hears_how_many_moments_were_decided(closed: School, call: Dial) -> None:
    opted(closed, closed.pupils[0], Part.ASSESSMENTS)
    for key in (NEW, OTHER):
        told = said(call, key)
        assert "1 new result of the year" in told
        assert "choose the telephone for this" in told
        assert "Cuối học kì I" not in told, "assessments are a choice of their own"


def test_who_chose_it_hears_the_moment_and_its_day_but_nothing_of_what_was_decided(closed: School, call: Dial) -> None:
    opted(closed, closed.pupils[0], Part.RESULTS)
    for key in (NEW, OTHER):
        told = said(call, key)
        assert "Results of the year. Cuối học kì I. 11 March." in told
        assert not [word for word in VALUES if word in told]
    assert not Visit.objects.filter(part="results").exists(), "what was decided was not read by hearing of it"


def test_it_is_said_until_the_page_of_the_year_was_opened(closed: School, call: Dial) -> None:
    opted(closed, closed.pupils[0], Part.RESULTS)
    family = browse(closed.persons["guardian"])
    family.get(reverse("family:assessments", args=[closed.pupils[0]]))
    assert "Cuối học kì I" in said(call, OTHER), "it does not stand on the page of assessments"
    family.get(reverse("family:year", args=[closed.pupils[0]]))
    assert "Cuối học kì I" not in said(call, OTHER)
    assert "1 new result of the year" in said(call, OTHER, child="3"), "the sister's was not opened"


def test_of_a_protected_pupil_it_is_only_counted(closed: School, call: Dial) -> None:
    hidden, own = closed.pupils[2], closed.persons["guardian"]
    new = NewGuardianship(hidden, own, Relation.PARENT, BEGINS)
    people.add_guardianships(by=operator(), guardianships=[new], now=NOW)
    opted(closed, hidden, *Part)
    told = said(call, NEW, child="4")
    assert "1 new result of the year" in told
    assert "Cuối" not in told


def test_schools_whose_law_closes_no_moments_say_nothing_of_it(school: School, call: Dial) -> None:
    opted(school, school.pupils[0], *Part)
    told = call().press(f"{PIN}#").press(FIRST).press(OTHER).text
    assert "There is nothing" in told
    assert "of the year" not in told
