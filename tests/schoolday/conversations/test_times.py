"""What is planned goes out when its time has come; who is away is stood in for."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import Role
from testamur.schoolday.conversations import actions, queries, steps
from testamur.schoolday.conversations.rules import Circle, Closed, Sent, To
from tests.schoolday.conversations.conftest import answer, new, seen, start, subjects
from tests.schoolday.diary.school import NOW, TODAY, School

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]
DUE = NOW + timedelta(hours=5)


def test_a_planned_message_is_seen_by_its_writer_alone_until_it_is_sent_once(school: School):
    teacher, mother = school.actor("class_teacher"), school.actor("guardian")
    one = start(teacher, new(school, due_at=DUE))
    assert seen(teacher, one).state == "planned"
    assert subjects(mother) == []
    with pytest.raises(Closed):
        answer(teacher, one, "Mer")
    assert steps.send_due(by=operator(), now=NOW) == 0
    assert steps.send_due(by=operator(), now=DUE) == 1
    assert steps.send_due(by=operator(), now=DUE) == 0
    assert subjects(mother, DUE) == ["Utflykt"]
    assert [entry.refs.get("group") for entry in Entry.objects.filter(kind="conversations.conversation.sent/1")] == [
        str(school.group)
    ]
    with pytest.raises(Sent):
        actions.call_off(by=teacher, conversation=one, now=DUE)


def test_a_planned_message_can_be_called_off_by_its_writer(school: School):
    teacher = school.actor("class_teacher")
    one = start(teacher, new(school, due_at=DUE))
    with pytest.raises(NotFound):
        actions.call_off(by=school.actor("principal"), conversation=one, now=NOW)
    actions.call_off(by=teacher, conversation=one, now=NOW)
    assert steps.send_due(by=operator(), now=DUE) == 0
    assert seen(teacher, one, DUE).state == "off"
    with pytest.raises(Closed):
        actions.call_off(by=teacher, conversation=one, now=NOW)


def test_what_a_writer_planned_who_has_left_is_not_sent(school: School):
    one = start(school.actor("principal"), new(school, due_at=NOW + timedelta(days=30)))
    post = next(row for row in school_queries.posts_at(unit=school.school, on=TODAY) if row.role is Role.PRINCIPAL)
    schools.end_posts(by=operator(), ends={post.id: TODAY}, now=NOW)
    assert steps.send_due(by=operator(), now=NOW + timedelta(days=31)) == 0
    assert subjects(school.actor("guardian"), NOW + timedelta(days=31)) == []
    assert Entry.objects.latest("id").kind == "conversations.conversation.called_off/1"
    assert one is not None


def test_only_the_step_sends(school: School):
    one = start(school.actor("class_teacher"), new(school, due_at=DUE))
    with pytest.raises(NotAllowed):
        actions.send_planned(by=school.actor("principal"), conversation=one, now=DUE)


def test_a_substitute_reads_what_comes_meanwhile_and_answers(school: School):
    teacher, mother, stranger = (school.actor(one) for one in ("class_teacher", "guardian", "stranger"))
    old = start(mother, new(school, Circle.SCHOOL, child=school.pupils[0], to=(To(desk=Role.CLASS_TEACHER),),
                            subject="Gammalt"), NOW - timedelta(days=5))  # fmt: skip
    away = actions.say_away(
        by=teacher, unit=school.school, first=TODAY, last=TODAY + timedelta(days=4), note="Kurs",
        substitute=school.persons["stranger"], now=NOW,
    )  # fmt: skip
    one = start(mother, new(school, Circle.SCHOOL, child=school.pupils[0], to=(To(desk=Role.CLASS_TEACHER),)))
    assert subjects(stranger) == ["Utflykt"]
    assert [(each.note, each.substitute_name) for each in seen(mother, one).away] == [("Kurs", "Stranger Измислен")]
    answer(stranger, one, "Jag svarar i stället")
    answer(mother, old, "Nu igen")
    assert subjects(stranger) == ["Gammalt", "Utflykt"] or subjects(stranger) == ["Utflykt", "Gammalt"]
    assert subjects(stranger, NOW + timedelta(days=6)) == []  # the days are over
    actions.end_away(by=teacher, away=away, now=NOW)
    assert subjects(stranger) == []
    with pytest.raises(NotFound):
        actions.end_away(by=teacher, away=away, now=NOW)


@pytest.mark.parametrize(
    ("first", "last", "name", "code"),
    [
        (date(2026, 3, 12), date(2026, 3, 11), "", "conversations.away.invalid"),
        (date(2026, 3, 1), date(2026, 3, 10), "", "conversations.away.invalid"),
        (TODAY, TODAY, "class_teacher", "conversations.away.substitute"),
        (TODAY, TODAY, "guardian", "conversations.away.substitute"),
    ],
)
def test_an_absence_that_is_none(school: School, first: date, last: date, name: str, code: str):
    with pytest.raises(Refused) as refused:
        actions.say_away(
            by=school.actor("class_teacher"), unit=school.school, first=first, last=last, now=NOW,
            substitute=school.persons[name] if name else None,
        )  # fmt: skip
    assert refused.value.code == code
    assert queries.own_away(by=school.actor("class_teacher"), unit=school.school, on=TODAY) == ()
