"""What a guardian gets of a child's extract and of who saw the child, while the other guardian is not to be found."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
import time_machine
from django.conf import settings

from testamur.kernel.base.actor import operator
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.models import Guardianship
from testamur.register.people.rules import ContactKind, NewContact, Protection
from testamur.schoolday.conversations import actions as conversations
from testamur.schoolday.conversations.rules import Circle, NewConversation, To
from testamur.schoolday.keeping import actions, steps
from testamur.schoolday.keeping.extract.files import file_of
from testamur.schoolday.keeping.models import Extract
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.models import Event, Time
from testamur.trust.records.models import Sight
from tests.schoolday.diary.school import NOW, School, build
from tests.surfaces.web.family.diaries import browse

pytestmark = [pytest.mark.django_db(databases=["default", "log"]), pytest.mark.feature("C18", "C19")]


@pytest.fixture(autouse=True)
def _data(tmp_path: Path) -> Iterator[None]:
    """A data folder of one test, on the Wednesday of the class."""
    former, settings.DATA = settings.DATA, tmp_path / "data"
    settings.DATA.mkdir()
    with time_machine.travel(NOW, tick=True):
        yield
    shutil.rmtree(settings.DATA, ignore_errors=True)
    settings.DATA = former


@pytest.fixture
def school(db: None) -> School:
    """Pupil 0 has two guardians."""
    return build("se.compulsory")


def extract(school: School, who: str, person: UUID) -> str:
    """The whole file, as whoever asked for it gets it."""
    made = actions.ask_extract(by=school.actor(who), person=person, now=NOW)
    steps.make_extract(extract=made, now=NOW)
    return file_of(made).read_text()


def hide(school: School, who: str) -> None:
    """That guardian's identity is protected from now on."""
    level = Protection.PROTECTED_REGISTRATION
    people.set_protection(by=operator(), person=school.persons[who], level=level, now=NOW)


def test_what_a_pupil_wrote_to_the_school_in_confidence_is_in_no_guardians_extract(school: School) -> None:
    child = school.pupils[0]
    to = (To(person=school.persons["teacher"]),)
    new = NewConversation(school.school, Circle.SCHOOL, "Hjälp mig", "Hemma slår de.", "sv", child=child, to=to)
    conversations.start(by=school.actor("0"), new=new, now=NOW)
    told = extract(school, "guardian", child)
    assert "Hemma slår de." not in told
    assert "Hjälp mig" not in told
    assert "Hemma slår de." in extract(school, "0", child)


def test_a_guardian_gets_the_own_messages_about_the_child(school: School) -> None:
    child = school.pupils[0]
    to = (To(person=school.persons["teacher"]),)
    new = NewConversation(school.school, Circle.SCHOOL, "Fråga", "Hur går det?", "sv", child=child, to=to)
    conversations.start(by=school.actor("guardian"), new=new, now=NOW)
    assert "Hur går det?" in extract(school, "guardian", child)
    assert "Hur går det?" not in extract(school, "other_guardian", child)


def test_where_the_child_lives_with_a_protected_guardian_is_in_no_extract_of_the_other(school: School) -> None:
    child = school.pupils[0]
    contact = NewContact(ContactKind.ADDRESS, "Gömda gatan 1")
    people.add_contacts(by=operator(), contacts=[(child, contact)], now=NOW)
    assert "Gömda gatan 1" in extract(school, "guardian", child)
    hide(school, "other_guardian")
    Extract.objects.all().delete()
    assert "Gömda gatan 1" not in extract(school, "guardian", child)
    assert "Gömda gatan 1" in extract(school, "other_guardian", child)


def test_when_the_other_guardian_comes_to_the_school_is_in_no_extract(school: School) -> None:
    child = school.pupils[0]
    event = Event.objects.create(
        unit=school.school, path=school.path, title="Samtal", kind="meeting", audience="family", starts_at=NOW,
        ends_at=NOW + timedelta(days=9), made_by=school.persons["teacher"], made_at=NOW, changed_at=NOW,
    )  # fmt: skip
    Time.objects.create(
        event=event, host=school.persons["teacher"], starts_at=NOW + timedelta(days=8),
        ends_at=NOW + timedelta(days=8, minutes=20), room="Rum 77", child=child,
        guardian=school.persons["other_guardian"], booked_at=NOW,
    )  # fmt: skip
    assert "Rum 77" not in extract(school, "guardian", child)
    assert "Rum 77" in extract(school, "other_guardian", child)
    mine, theirs = school.actor("other_guardian"), school.actor("guardian")
    assert board.times_of(by=theirs, children=[child], since=NOW)  # parents who are not in hiding come together
    hide(school, "other_guardian")
    assert board.times_of(by=theirs, children=[child], since=NOW) == ()
    assert [one.child for one in board.times(by=theirs, event=event.id)] == [None]
    assert [one.child for one in board.times_of(by=mine, children=[child], since=NOW)] == [child]
    assert [one.child for one in board.times(by=school.actor("teacher"), event=event.id)] == [child]


def test_what_a_guardian_in_hiding_writes_with_is_not_told_of_to_the_other(school: School) -> None:
    """The conversation was shared before the mark; from then on the other neither reads nor hears of it."""
    child = school.pupils[0]
    to = (To(person=school.persons["teacher"]),)
    new = NewConversation(school.school, Circle.SCHOOL, "Fråga", "Hur går det?", "sv", child=child, to=to, talk=True)
    one = conversations.start(by=school.actor("other_guardian"), new=new, now=NOW)
    hide(school, "other_guardian")
    conversations.answer(by=school.actor("teacher"), conversation=one, text="Bra!", language="sv", now=NOW)
    refs = Entry.objects.filter(kind="conversations.post.written/1").latest("id").refs
    assert refs["only"] == str(school.persons["other_guardian"])


@pytest.mark.parametrize("former", [False, True])
def test_another_guardian_is_not_named_among_those_who_saw_the_child(school: School, former: bool) -> None:
    """Neither one of today nor one who was: when somebody looked tells how that one lives."""
    child, other = school.pupils[0], school.persons["other_guardian"]
    hour = NOW.replace(minute=0)
    Sight.objects.create(person=child, actor=other, hour=hour, at=NOW, path=school.path, where="family.home")
    if former:
        one = Guardianship.objects.get(child=child, guardian=other)
        people.end_guardianships(by=operator(), ends={one.id: NOW.date() - timedelta(days=1)}, now=NOW)
    shown = browse(school.persons["guardian"]).get(f"/mine/seen/{child}/").content.decode()
    assert "Other_Guardian" not in shown
    assert "the family" in shown
