"""Letters of the chain of help: they say that something waits, and nothing else."""

from __future__ import annotations

from uuid import UUID

import pytest

from testamur.exchange.notifications import steps, tasks
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.delivery.models import Message
from testamur.register.people import actions as people
from testamur.register.people.rules import ContactKind, NewContact
from testamur.schoolday.support import actions
from testamur.schoolday.support.models import Case
from testamur.schoolday.support.rules import NewQuestion
from tests.exchange.notifications.family import Families

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C25")]


@pytest.fixture
def question(families: Families) -> UUID:
    """The guardian of pupil 0 asks the class teacher, who has a mailbox."""
    school = families.school
    mail = [(school.persons[name], f"{name}@work.example") for name in ("class_teacher", "administrator")]
    new = [(person, NewContact(ContactKind.EMAIL, to)) for person, to in mail]
    people.add_contacts(by=operator(), contacts=new, now=families.clock())
    asked = NewQuestion(
        school.school,
        "A secret title",
        "A secret text",
        school.pupils[0],
        school.group,
        school.persons["class_teacher"],
    )
    return actions.ask(by=_guardian(families), question=asked, now=families.clock())


def _guardian(families: Families) -> Actor:
    return families.school.actor("guardian", "guardian")


def _told(families: Families, **passed: float) -> list[Message]:
    families.clock.forward(**passed)
    known = set(Message.objects.values_list("id", flat=True))
    steps.tell_helpers(by=tasks.HELPING, now=families.clock())
    return list(Message.objects.exclude(id__in=known).order_by("to"))


def test_whoever_has_the_question_is_told_once_and_reminded_after_days(families: Families, question: UUID) -> None:
    first = _told(families, seconds=20)
    assert [one.to for one in first] == ["class_teacher@work.example"]
    assert "secret" not in first[0].text + first[0].subject
    assert _told(families, hours=5) == []
    assert [one.to for one in _told(families, days=3)] == ["class_teacher@work.example"]
    assert _told(families, hours=5) == []


def test_the_office_is_told_when_it_is_handed_on_and_the_asker_when_it_is_answered(
    families: Families, question: UUID
) -> None:
    _told(families, seconds=20)
    teacher = families.school.actor("class_teacher")
    actions.hand_on(by=teacher, question=question, text="", now=families.clock())
    assert [one.to for one in _told(families, seconds=20)] == ["administrator@work.example"]
    office = families.school.actor("administrator")
    actions.answer(by=office, question=question, text="A secret answer", now=families.clock())
    told = _told(families, seconds=20)
    assert [one.to for one in told] == ["guardian@doma.example"]
    assert "secret" not in told[0].text
    assert _told(families, days=10) == []


@pytest.mark.feature("C19")
def test_a_case_is_followed_up_on_its_day_without_a_name(families: Families) -> None:
    school = families.school
    by, now = school.actor("administrator"), families.clock()
    new = [(school.persons["administrator"], NewContact(ContactKind.EMAIL, "administrator@work.example"))]
    people.add_contacts(by=operator(), contacts=new, now=now)
    case = actions.open_case(by=by, person=school.pupils[2], now=now)
    assert _told(families, days=80) == []
    told = _told(families, days=11)
    assert [one.to for one in told] == ["administrator@work.example"]
    assert "Ученик" not in told[0].text
    assert Case.objects.get(id=case).told_at is not None
    assert _told(families, days=2) == []
