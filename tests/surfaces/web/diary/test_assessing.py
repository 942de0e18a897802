"""The page on which a class is assessed: saved as it is written, nobody overwritten, published after a last look."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.diary.models import Assessment
from tests.schoolday.diary.school import School, build
from tests.surfaces.web.diary.conftest import Enter


def address(school: School, name: str = "diary:assessments") -> str:
    """Of the first subject."""
    return reverse(name, kwargs={"group": school.group, "subject": school.subjects[0]})


def save(browser: Client, school: School, text: str, seen: int = 0, *, script: bool = True, **more: str) -> Any:
    """One pupil's text, as the script or the button sends it."""
    headers = {"Accept": "application/json"} if script else {}
    form = {"pupil": str(school.pupils[0]), "seen": str(seen), "text": text, **more}
    return browser.post(address(school), form, headers=headers)


@pytest.mark.feature("C8")
def test_text_is_saved_as_it_is_written_and_a_colleagues_is_not_overwritten(swedish: School, enter: Enter) -> None:
    teacher, head = enter(swedish, "teacher"), enter(swedish, "principal")
    assert save(teacher, swedish, "Räknar säkert.").json() == {"version": 1, "changed": True}
    answer = save(head, swedish, "Något annat.")
    assert answer.status_code == 409
    assert answer.json()["theirs"]["text"] == "Räknar säkert."
    assert answer.json()["theirs"]["by"].startswith("Teacher")
    plain = save(head, swedish, "Något annat.", script=False)
    assert plain.status_code == 409
    page = plain.content.decode()
    assert "Räknar säkert." in page
    assert "Något annat." in page
    assert 'name="seen" value="1"' in page, "saving again is knowing of the other text"
    assert save(head, swedish, "Något annat.", 1, script=False).status_code == 303
    assert Assessment.objects.get().text == "Något annat."


@pytest.mark.feature("C3")
def test_a_level_off_the_scale_is_refused_in_its_place(enter: Enter, db: None) -> None:
    young = build("se.compulsory", level=4, now=clock.now())
    teacher = enter(young, "teacher")
    assert "The way forward" in teacher.get(address(young)).content.decode()
    answer = save(teacher, young, "Läser.", value="Z")
    assert answer.status_code == 422
    assert answer.json()["error"]
    assert save(teacher, young, "Läser.", value="Z", script=False).status_code == 422
    assert save(teacher, young, "x" * 6001).status_code == 422
    assert not Assessment.objects.exists()


@pytest.mark.feature("C8")
def test_published_is_what_was_read_through(swedish: School, enter: Enter) -> None:
    teacher = enter(swedish, "teacher")
    save(teacher, swedish, "Räknar säkert.")
    save(teacher, swedish, "Kan mer.", pupil=str(swedish.pupils[1]))
    page = teacher.get(address(swedish, "diary:publish")).content.decode()
    assert "Räknar säkert." in page
    ready = [f"{swedish.pupils[0]}:1", f"{swedish.pupils[1]}:7", "nonsense"]
    assert teacher.post(address(swedish, "diary:publish"), {"ready": ready}).status_code == 303
    assert [row.pupil_id for row in Assessment.objects.filter(published_at__isnull=False)] == [swedish.pupils[0]]
    answer = teacher.post(address(swedish, "diary:publish"), {"ready": ready[:1]}, follow=True)
    assert "nothing among them" in answer.content.decode()


def test_the_sheet_is_for_who_teaches_the_subject(swedish: School, bulgarian: School, enter: Enter) -> None:
    other = reverse("diary:assessments", kwargs={"group": swedish.group, "subject": "SV"})
    assert enter(swedish, "teacher").get(other).status_code == 404
    assert enter(swedish, "class_teacher").get(other).status_code == 200
    for name in ("administrator", "stranger"):
        assert enter(swedish, name).get(address(swedish)).status_code == 403
    assert enter(bulgarian, "teacher").get(address(bulgarian)).status_code == 409, "no assessments in year 8"


def test_the_sheet_asks_as_much_for_thirty_pupils_as_for_five(
    db: None, enter: Enter, django_assert_max_num_queries: Any
) -> None:
    large = build("se.compulsory", now=clock.now(), pupils=30)
    teacher = enter(large, "teacher")
    with django_assert_max_num_queries(32):
        assert teacher.get(address(large)).content.decode().count("data-assess") == 30
