"""Families are told that a moment of the year is decided; what it says they read after logging in."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.urls import reverse

from testamur.exchange.notifications import actions as notices
from testamur.exchange.notifications.rules.families import Chosen, Pace, Way
from testamur.kernel.base import clock
from testamur.kernel.delivery.models import Message
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.results.models import Decision
from tests.exchange.notifications.family import Families, to
from tests.kernel.delivery.conftest import Clock
from tests.schoolday.diary.school import School
from tests.shipping import see_own_acts
from tests.surfaces.web.diary.conftest import Enter
from tests.surfaces.web.family.diaries import browse
from tests.surfaces.web.yearend.conftest import again, fill

pytestmark = [pytest.mark.django_db, pytest.mark.feature("D14", "E23")]


@pytest.fixture
def told(vietnamese: School, monkeypatch: pytest.MonkeyPatch) -> Families:
    """The class; its families hear at once, one of them wants to hear more."""
    see_own_acts(monkeypatch)
    made = Families(vietnamese, Clock(clock.now()))
    made.reach()
    for name, pupil in (("guardian", 0), ("guardian", 1), ("other_guardian", 0)):
        made.choose(name, pupil, Way.EMAIL)
        made.settings(name, quiet_from=made.clock().time(), quiet_to=made.clock().time(), details=name == "guardian")
    return made


def close(school: School, enter: Enter, moment: str) -> None:
    answer = enter(school, "class_teacher").post(reverse("yearend:close", args=[school.group, moment]), {})
    assert answer.status_code == HTTPStatus.FOUND


def after_a_minute(told: Families) -> list[Message]:
    told.clock.at = clock.now()
    return told.tell(minutes=1)


def test_a_closed_moment_is_told_once_and_says_nothing_of_what_was_decided(
    told: Families, vietnamese: School, enter: Enter
) -> None:
    fill(vietnamese, "HK1")
    after_a_minute(told)  # what the diary tells of by itself
    close(vietnamese, enter, "HK1")
    letters = after_a_minute(told)
    assert to(letters) == [("email", "guardian"), ("email", "other_guardian")]
    more, less = (one.text for one in letters)
    assert "Cuối học kì I" in more
    assert "Cuối học kì I" not in less
    for text in (more, less):
        for word in ("Toán", "Tiếng Việt", "Hoàn thành", "Tốt", "Chăm chỉ"):
            assert word not in text
        assert "9" not in text.replace(",", " ").split()
    assert after_a_minute(told) == []
    close(vietnamese, enter, "HK1")  # nothing is new
    assert after_a_minute(told) == []


def test_results_and_assessments_are_chosen_one_without_the_other(
    told: Families, vietnamese: School, enter: Enter
) -> None:
    fill(vietnamese, "HK1")
    after_a_minute(told)
    by_email, not_at_all = Chosen(frozenset({Way.EMAIL}), Pace.NOW), Chosen(frozenset(), Pace.NOW)
    for name, results, assessments in (
        ("guardian", not_at_all, by_email),
        ("other_guardian", by_email, not_at_all),
    ):
        notices.choose(
            by=vietnamese.actor(name, "guardian"),
            child=vietnamese.pupils[0],
            chosen={Part.RESULTS: results, Part.ASSESSMENTS: assessments},
            now=told.clock(),
        )
    notices.choose(
        by=vietnamese.actor("guardian"),
        child=vietnamese.pupils[1],
        chosen={Part.RESULTS: not_at_all},
        now=told.clock(),
    )
    close(vietnamese, enter, "HK1")
    assert to(after_a_minute(told)) == [("email", "other_guardian")]
    asked = browse(vietnamese.persons["guardian"]).get(f"/notices/child/{vietnamese.pupils[0]}/").content.decode()
    assert 'name="ways-results"' in asked


def test_the_entry_names_a_decision_of_each_pupil_and_of_nobody_else(vietnamese: School, enter: Enter) -> None:
    fill(vietnamese, "HK1")
    close(vietnamese, enter, "HK1")
    refs = Entry.objects.filter(kind="results.decisions.recorded/1").latest("id").refs
    assert sorted(refs["pupils"]) == sorted(map(str, vietnamese.pupils))
    assert [str(Decision.objects.get(id=one).pupil) for one in refs["decided"]] == refs["pupils"]


def test_a_value_that_is_put_right_when_the_moment_is_closed_again_is_told(
    told: Families, vietnamese: School, enter: Enter
) -> None:
    fill(vietnamese, "HK2")
    close(vietnamese, enter, "HK2")
    after_a_minute(told)
    again(vietnamese, 0, "TOAN", "test", "7", "teacher")
    after_a_minute(told)  # the mark itself
    form = {"explanation": "A slip."}
    enter(vietnamese, "class_teacher").post(reverse("yearend:close", args=[vietnamese.group, "HK2"]), form)
    assert Entry.objects.get(kind="results.decision.corrected/1").refs["pupil"] == str(vietnamese.pupils[0])
    assert to(after_a_minute(told)) == [("email", "guardian"), ("email", "other_guardian")]


def test_the_first_page_of_the_family_leads_there_until_it_was_read(vietnamese: School, enter: Enter) -> None:
    family = browse(vietnamese.persons["guardian"])
    there = reverse("family:year", args=[vietnamese.pupils[0]])
    new = f'<a class="ds-link" href="{there}">'
    assert new not in family.get(reverse("family:home")).content.decode()
    fill(vietnamese, "HK1")
    close(vietnamese, enter, "HK1")
    home = family.get(reverse("family:home")).content.decode()
    assert new in home
    assert "Cuối học kì I" in home
    family.get(reverse("family:assessments", args=[vietnamese.pupils[0]]))
    assert new in family.get(reverse("family:home")).content.decode(), "it does not stand among the assessments"
    family.get(there)
    assert new not in family.get(reverse("family:home")).content.decode()
