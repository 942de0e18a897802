"""Letters to the staff: that messages wait, as each chose, and that a day changes a lesson."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from testamur.exchange.notifications import steps, tasks
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.delivery.models import Message
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact, Protection
from testamur.schoolday.conversations import actions as conversations
from testamur.schoolday.conversations import queries
from testamur.schoolday.conversations.rules import Circle, NewConversation, Pace, To
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.rules.lessons import LessonKey, Move
from tests.exchange.notifications.family import Families
from tests.schoolday.diary.school import TODAY

pytestmark = pytest.mark.django_db

STAFF = ("teacher", "class_teacher", "administrator", "stranger")


@pytest.fixture
def staff(families: Families) -> Families:
    """Everybody of the staff has an address at work, and what happened before is told."""
    school = families.school
    new = [(school.persons[name], NewContact(ContactKind.EMAIL, f"{name}@work.example", "work")) for name in STAFF]
    people.add_contacts(by=operator(), contacts=new, now=families.clock())
    steps.follow_colleagues(by=tasks.STEP, names=tasks.NAMES, now=families.clock())
    return families


def told(families: Families, **passed: float) -> list[Message]:
    """The letters that go after so much time."""
    families.clock.forward(**passed)
    known = set(Message.objects.values_list("id", flat=True))
    steps.follow_colleagues(by=tasks.STEP, names=tasks.NAMES, now=families.clock())
    return list(Message.objects.exclude(id__in=known).order_by("to"))


def morning(families: Families, day: datetime) -> list[Message]:
    """The letters of that morning about messages."""
    families.clock.at = day
    known = set(Message.objects.values_list("id", flat=True))
    steps.morning_rounds(by=tasks.STEP, names=tasks.NAMES, now=day)
    return list(Message.objects.exclude(id__in=known).filter(kind="notices.messages").order_by("to"))


def ask(families: Families, guardian: str = "guardian", pupil: int = 0, to: str = "class_teacher") -> UUID:
    """A family writes to somebody of the staff."""
    school = families.school
    new = NewConversation(
        school.school, Circle.SCHOOL, "A secret subject", "A secret text", "sv", child=school.pupils[pupil],
        to=(To(person=school.persons[to]),),
    )  # fmt: skip
    return conversations.start(by=school.actor(guardian, "guardian"), new=new, now=families.clock())


def choose(families: Families, name: str, pace: Pace) -> None:
    by, unit = families.school.actor(name), families.school.school
    conversations.choose_pace(by=by, unit=unit, pace=pace, now=families.clock())


def replaced(families: Families, by: Actor, teacher: str, version: int = 0) -> int:
    key = LessonKey(families.school.slots[1], TODAY)
    new = families.school.persons[teacher]
    return diary.assign_substitute(by=by, lesson=key, teacher=new, seen_version=version, now=families.clock())


@pytest.mark.feature("C5")
def test_whoever_chose_nothing_has_one_letter_on_the_next_morning(staff: Families) -> None:
    ask(staff)
    ask(staff, "other_guardian")
    assert told(staff, seconds=20) == []
    tomorrow = staff.clock().replace(day=12, hour=6)
    (letter,) = morning(staff, tomorrow)
    name = staff.school.persons["class_teacher"]
    assert (letter.to, letter.person) == ("class_teacher@work.example", name)
    assert "2" in letter.text
    assert "secret" not in letter.text + letter.subject
    assert morning(staff, tomorrow) == []


@pytest.mark.feature("C5")
def test_a_morning_tells_of_nothing_that_was_read_nor_of_what_an_earlier_one_told(staff: Families) -> None:
    one = ask(staff)
    conversations.note_read(by=staff.school.actor("class_teacher"), conversation=one, now=staff.clock())
    assert morning(staff, staff.clock().replace(day=12, hour=6)) == []
    ask(staff)
    assert len(morning(staff, staff.clock().replace(day=13, hour=6))) == 1
    assert morning(staff, staff.clock().replace(day=16, hour=6)) == []


@pytest.mark.feature("C5")
def test_one_may_be_told_at_once_or_never(staff: Families) -> None:
    choose(staff, "class_teacher", Pace.NOW)
    one = ask(staff)
    (letter,) = told(staff, seconds=20)
    assert letter.to == "class_teacher@work.example"
    assert told(staff, seconds=20) == []
    teacher = staff.school.actor("class_teacher")
    conversations.answer(by=teacher, conversation=one, text="Ja.", language="sv", now=staff.clock())
    assert told(staff, seconds=20) == [], "one's own words are no news"
    choose(staff, "class_teacher", Pace.OFF)
    ask(staff)
    assert told(staff, seconds=20) == []
    assert morning(staff, staff.clock().replace(day=12, hour=6)) == []
    assert queries.pace_of(teacher.id) is Pace.OFF


@pytest.mark.feature("C5")
def test_a_letter_names_who_wrote_but_nobody_who_is_hidden_or_writes_about_a_hidden_child(staff: Families) -> None:
    school = staff.school
    choose(staff, "class_teacher", Pace.NOW)
    ask(staff)
    (letter,) = told(staff, seconds=20)
    shown = queries.listed(by=school.actor("class_teacher"), now=staff.clock())[0][0].who
    assert shown
    assert shown in letter.text
    people.set_protection(
        by=operator(), person=school.pupils[0], level=Protection.CONFIDENTIALITY_MARK, now=staff.clock()
    )
    ask(staff)
    (letter,) = told(staff, seconds=20)
    assert shown not in letter.text


@pytest.mark.feature("C5")
def test_whoever_stands_in_is_told_and_whoever_left_the_school_is_not(staff: Families) -> None:
    school = staff.school
    by = school.actor("class_teacher")
    choose(staff, "class_teacher", Pace.NOW)
    choose(staff, "administrator", Pace.NOW)
    conversations.say_away(
        by=by, unit=school.school, first=TODAY, last=TODAY, substitute=school.persons["administrator"],
        now=staff.clock(),
    )  # fmt: skip
    ask(staff)
    letters = told(staff, seconds=20)
    assert [one.to for one in letters] == ["administrator@work.example", "class_teacher@work.example"]


@pytest.mark.feature("C5")
def test_the_letters_know_of_the_same_messages_as_the_pages(staff: Families) -> None:
    """Everybody who has something unread waits for a letter, with the same number, and nobody else."""
    school = staff.school
    teacher = school.actor("class_teacher")
    one = ask(staff)
    conversations.answer(by=teacher, conversation=one, text="Ja.", language="sv", now=staff.clock())
    guardian = school.actor("guardian", "guardian")
    conversations.answer(by=guardian, conversation=one, text="Tack.", language="sv", now=staff.clock())
    ask(staff, to="teacher")
    new = NewConversation(school.school, Circle.STAFF, "Till alla", "Hej", "sv")
    conversations.start(by=school.actor("principal"), new=new, now=staff.clock())
    staff.clock.forward(minutes=1)
    now = staff.clock()
    found = queries.waiting(by=tasks.NAMES, path="/", since=now.replace(day=1), now=now)
    counts = {name: found[key].count for name, key in school.persons.items() if key in found}
    seen = {
        name: n for name in ("principal", *STAFF) if (n := queries.unread(by=school.actor(name), now=now).get(None))
    }
    assert counts == seen
    assert len(seen) > 2


@pytest.mark.feature("C6")
def test_whoever_is_given_a_lesson_hears_of_it_and_so_does_who_gave_it(staff: Families) -> None:
    office = staff.school.actor("administrator")
    version = replaced(staff, office, "stranger")
    letters = told(staff, seconds=20)
    assert [one.to for one in letters] == ["stranger@work.example", "teacher@work.example"]
    assert Entry.objects.filter(kind="notices.sent/1", refs__kind="lessons").count() == 1
    assert told(staff, seconds=20) == []
    replaced(staff, office, "teacher", version)
    assert [one.to for one in told(staff, seconds=20)] == ["stranger@work.example", "teacher@work.example"]


@pytest.mark.feature("C6")
def test_the_teacher_of_a_lesson_that_is_moved_or_called_off_hears_of_it_unless_it_is_the_own_act(
    staff: Families,
) -> None:
    key = LessonKey(staff.school.slots[1], TODAY)
    office, teacher = staff.school.actor("administrator"), staff.school.actor("teacher")
    hour = staff.clock().replace(hour=13).time()
    move = Move(hour.replace(minute=0), hour.replace(minute=40), "B12")
    version = diary.move_lesson(by=office, lesson=key, move=move, seen_version=0, now=staff.clock())
    (letter,) = told(staff, seconds=20)
    assert letter.to == "teacher@work.example"
    assert "13:00–13:40" in letter.text
    assert "B12" in letter.text
    version = diary.move_lesson(by=teacher, lesson=key, move=None, seen_version=version, now=staff.clock())
    assert told(staff, seconds=20) == []
    diary.cancel_lesson(by=office, lesson=key, seen_version=version, now=staff.clock())
    assert [one.to for one in told(staff, seconds=20)] == ["teacher@work.example"]


def test_a_family_and_a_step_without_the_right_may_not_ask_who_waits(staff: Families) -> None:
    with pytest.raises(NotAllowed):
        queries.waiting(by=staff.school.actor("teacher"), path="/", since=staff.clock(), now=staff.clock())
    with pytest.raises(NotAllowed):
        conversations.choose_pace(
            by=staff.school.actor("guardian", "guardian"), unit=staff.school.school, pace=Pace.NOW, now=staff.clock()
        )


def test_what_is_a_day_old_when_it_is_read_is_told_to_nobody(staff: Families) -> None:
    replaced(staff, staff.school.actor("administrator"), "stranger")
    assert told(staff, days=2) == []
