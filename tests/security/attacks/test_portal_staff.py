"""Staff whose post has ended, former guardians, and names that tell of a hidden child."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

import pytest
import time_machine

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotFound
from testamur.register.people import actions as people
from testamur.register.people.models import Guardianship
from testamur.register.people.rules import Protection
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.models import Enrolment, Post, Slot
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup, NewPost, Role
from testamur.schoolday.conversations import actions as conversations
from testamur.schoolday.conversations import queries as threads
from testamur.schoolday.conversations import steps
from testamur.schoolday.conversations.queries import telling
from testamur.schoolday.conversations.rules import Circle, Closed, NewConversation, To
from testamur.schoolday.support import actions, queries
from testamur.schoolday.support.rules import NewQuestion
from tests.schoolday.diary.school import NOW, TODAY, School, build
from tests.surfaces.web.family.diaries import browse

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5", "C19", "C25")]

BEFORE = NOW - timedelta(days=3)


@pytest.fixture
def school(db: None) -> School:
    """Pupil 0 has two guardians."""
    return build("se.compulsory")


def ask(school: School, title: str = "Om Ada") -> UUID:
    """A guardian asks the class teacher."""
    teacher = school.persons["class_teacher"]
    new = NewQuestion(school.school, title, "Hur mår hon?", school.pupils[0], school.group, teacher)
    return actions.ask(by=school.actor("guardian"), question=new, now=NOW)


def take_class(school: School, who: str) -> None:
    """Somebody teaches the class no more, and another one of the school instead."""
    group = NewGroup(school.school, school.year, GroupKind.CLASS, "8Z", year_level=8)
    (other,) = schools.add_groups(by=operator(), groups=[group], now=NOW)
    ended = Post.objects.filter(person=school.persons[who], group=school.group)
    schools.end_posts(by=operator(), ends={one.id: TODAY - timedelta(days=1) for one in ended}, now=NOW)
    Slot.objects.filter(teacher=school.persons[who]).update(valid_to=TODAY - timedelta(days=1))
    new = NewPost(school.persons[who], school.school, Role.CLASS_TEACHER, date(2025, 7, 1), group=other)
    schools.add_posts(by=operator(), posts=[new], now=NOW)


def test_a_teacher_who_has_the_class_no_more_reads_no_question_of_its_families(school: School) -> None:
    ask(school)
    assert queries.to_answer(by=school.actor("class_teacher"), path=school.path)
    take_class(school, "class_teacher")
    former = school.actor("class_teacher")
    assert queries.to_answer(by=former, path=school.path) == ()
    assert queries.to_answer(by=former, path=school.path, done=True) == ()


def test_who_is_a_guardian_no_more_asks_nothing_more_and_reads_no_new_answer(school: School) -> None:
    question = ask(school)
    one = Guardianship.objects.get(child=school.pupils[0], guardian=school.persons["guardian"])
    people.end_guardianships(by=operator(), ends={one.id: TODAY - timedelta(days=1)}, now=NOW)
    former = school.actor("guardian")  # of another child still
    actions.answer(by=school.actor("class_teacher"), question=question, text="Hon bor hos mormor nu.", now=NOW)
    with pytest.raises(NotFound):
        actions.ask_more(by=former, question=question, text="Var?", now=NOW)
    with pytest.raises(NotFound):
        queries.question(by=former, question=question)
    assert queries.asked(by=former) == ()


def test_who_asks_about_a_hidden_child_is_hidden_too(school: School) -> None:
    question = ask(school)
    level = Protection.CONFIDENTIALITY_MARK
    people.set_protection(by=operator(), person=school.pupils[0], level=level, now=NOW)
    with time_machine.travel(NOW, tick=True):
        teacher = browse(school.persons["class_teacher"], f"class_teacher@{school.path}")
        told = teacher.get(f"/support/question/{question}/").content.decode()
    assert "Hur mår hon?" in told
    assert "Guardian Примерен" not in told


def test_what_a_teacher_planned_who_has_the_class_no_more_reaches_none_of_its_families(school: School) -> None:
    due = NOW + timedelta(days=2)
    new = NewConversation(
        school.school, Circle.GUARDIANS, "Möte", "Kom hem till mig.", "sv", group=school.group, due_at=due
    )
    conversations.start(by=school.actor("class_teacher"), new=new, now=NOW)
    take_class(school, "class_teacher")
    assert steps.send_due(by=operator(), now=due) == 0
    assert threads.lines(by=school.actor("guardian"), now=due) == ()


def test_what_was_planned_for_a_childs_guardians_stays_when_the_child_has_left(school: School) -> None:
    due = NOW + timedelta(days=2)
    child = school.pupils[0]
    new = NewConversation(
        school.school, Circle.CHILD, "Möte", "Om ert barn", "sv", group=school.group, child=child, due_at=due
    )
    conversations.start(by=school.actor("class_teacher"), new=new, now=NOW)
    Enrolment.objects.filter(person=child).update(ends=TODAY)
    assert school_queries.placement(person=child, on=due.date()) is None
    assert steps.send_due(by=operator(), now=due) == 0


@pytest.mark.parametrize("marked", [0, 1])
def test_whoever_writes_to_all_is_hidden_with_either_of_two_children(school: School, marked: int) -> None:
    """A guardian of two children of the class writes about both: the name tells the hidden one's, whichever it is."""
    by = school.actor("class_teacher")
    new = NewConversation(school.school, Circle.GUARDIANS, "Resa", "Hej", "sv", group=school.group, talk=True)
    one = conversations.start(by=by, new=new, now=NOW)
    conversations.answer(by=school.actor("guardian"), conversation=one, text="Vem kör?", language="sv", now=NOW)
    level = Protection.CONFIDENTIALITY_MARK
    people.set_protection(by=operator(), person=school.pupils[marked], level=level, now=NOW)
    seen = threads.conversation(by=school.actor("far_guardian"), id=one, now=NOW).posts[1]
    assert (seen.text, seen.author, seen.author_id) == ("Vem kör?", "", None)


def test_a_teacher_who_has_the_class_no_more_reads_and_tells_its_families_nothing_more(school: School) -> None:
    """Nor what families wrote in a thread of their own; and these are told that nobody reads there."""
    new = NewConversation(school.school, Circle.GUARDIANS, "Resa", "Hej", "sv", group=school.group)
    one = conversations.start(by=school.actor("class_teacher"), new=new, now=BEFORE)
    conversations.answer(by=school.actor("guardian"), conversation=one, text="Tack!", language="sv", now=BEFORE)
    take_class(school, "class_teacher")
    former, family = school.actor("class_teacher"), school.actor("guardian")
    assert threads.lines(by=former, now=NOW) == ()
    with pytest.raises(NotFound):
        conversations.answer(by=former, conversation=one, text="Kom hem till mig.", language="sv", now=NOW)
    seen = threads.conversation(by=family, id=one, now=NOW)
    assert (seen.may_write, seen.deserted) == (False, True)
    with pytest.raises(Closed):
        conversations.answer(by=family, conversation=one, text="Hej?", language="sv", now=NOW)
    with time_machine.travel(NOW, tick=True):
        page = browse(school.persons["guardian"]).get(f"/messages/{one}/").content.decode()
    assert "Nobody of the school reads this any more" in page


def written_to(school: School, *who: str) -> UUID:
    """A guardian writes to these of the school about pupil 0."""
    to, child = tuple(To(person=school.persons[name]) for name in who), school.pupils[0]
    new = NewConversation(school.school, Circle.SCHOOL, "Om Ada", "Hon sover dåligt.", "sv", child=child, to=to)
    return conversations.start(by=school.actor("guardian"), new=new, now=BEFORE)


def test_what_a_family_wrote_goes_on_with_those_who_have_the_child_still(school: School) -> None:
    one = written_to(school, "class_teacher", "teacher")
    take_class(school, "class_teacher")
    with pytest.raises(NotFound):
        threads.conversation(by=school.actor("class_teacher"), id=one, now=NOW)
    seen = threads.conversation(by=school.actor("guardian"), id=one, now=NOW)
    assert (seen.may_write, len(seen.to)) == (True, 1)  # the family sees who reads
    conversations.answer(by=school.actor("guardian"), conversation=one, text="Nu bättre.", language="sv", now=NOW)
    assert len(threads.conversation(by=school.actor("teacher"), id=one, now=NOW).posts) == 2
    told = telling.waiting(by=operator(), path=school.path, since=NOW - timedelta(days=1), now=NOW)
    assert school.persons["teacher"] in told
    assert school.persons["class_teacher"] not in told


def test_a_teacher_whose_pupil_changed_classes_reads_of_it_no_more(school: School) -> None:
    written_to(school, "teacher")
    group = NewGroup(school.school, school.year, GroupKind.CLASS, "8Z", year_level=8)
    (other,) = schools.add_groups(by=operator(), groups=[group], now=NOW)
    Enrolment.objects.filter(person=school.pupils[0]).update(ends=TODAY - timedelta(days=1))
    new = NewEnrolment(school.pupils[0], school.school, TODAY, group=other, year_level=8)
    schools.add_enrolments(by=operator(), enrolments=[new], now=NOW)
    assert threads.lines(by=school.actor("teacher"), now=NOW) == ()


def test_in_the_holidays_those_who_had_the_child_have_it_still(school: School) -> None:
    """The child has been in no class since yesterday, and comes into the next one in autumn."""
    one = written_to(school, "teacher")
    Enrolment.objects.filter(person=school.pupils[0]).update(ends=TODAY - timedelta(days=1))
    assert threads.conversation(by=school.actor("teacher"), id=one, now=NOW).posts
    assert len(threads.conversation(by=school.actor("guardian"), id=one, now=NOW).to) == 1
