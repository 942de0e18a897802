"""Who reads what: circles by the register, threads of one's own, windows of time, protected persons."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import operator
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, Protection, Relation
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import EnrolmentUpdate, NewEnrolment, Role
from testamur.schoolday.conversations import actions, queries
from testamur.schoolday.conversations.rules import Circle, Closed, To, Withdrawn
from tests.schoolday.conversations.conftest import answer, new, seen, start, subjects, texts
from tests.schoolday.diary.school import NOW, TODAY, School

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C5")]
LATER = NOW + timedelta(days=10)


def enrolment(school: School, pupil: int) -> UUID:
    """The pupil's place in the class."""
    return next(
        row.id
        for row in school_queries.enrolments_of(person=school.pupils[pupil])
        if row.group == school.group and row.ends is None
    )


def guard(school: School, guardian: str, child: int) -> None:
    """One more guardian."""
    one = NewGuardianship(school.pupils[child], school.persons[guardian], Relation.PARENT, date(2015, 1, 1))
    people.add_guardianships(by=operator(), guardianships=[one], now=NOW)


def test_answers_stand_between_one_recipient_and_the_staff(school: School):
    teacher, mother, far = (school.actor(one) for one in ("class_teacher", "guardian", "far_guardian"))
    one = start(teacher, new(school))
    answer(mother, one, "Ada har feber.")
    assert texts(seen(far, one)) == ["Ta med matsäck."]
    view = seen(teacher, one)
    assert [thread.posts[0].text for thread in view.threads] == ["Ada har feber."]
    answer(teacher, one, "Krya på er!", thread=view.threads[0].id)
    assert texts(seen(mother, one)) == ["Ta med matsäck.", "Ada har feber.", "Krya på er!"]
    assert texts(seen(far, one)) == ["Ta med matsäck."]
    assert texts(seen(school.actor("other_guardian"), one)) == ["Ta med matsäck."]  # not even of the same child
    assert not seen(mother, one).may_all
    with pytest.raises(NotFound):
        answer(teacher, one, "?", thread=UUID(int=9))


def test_those_who_take_no_part_see_nothing(school: School):
    one = start(school.actor("class_teacher"), new(school))
    for name, role in (("stranger", ""), ("teacher", ""), ("principal", ""), ("administrator", ""), ("0", "")):
        actor = school.actor(name, role)
        assert subjects(actor) == []
        with pytest.raises(NotFound):
            seen(actor, one)
        with pytest.raises(NotFound):
            answer(actor, one, "Hej")
    with pytest.raises(NotFound):
        seen(school.actor("class_teacher", "self"), one)  # under another hat


def test_whoever_may_talk_with_all_is_named_to_all_but_a_hidden_family(school: School):
    guard(school, "far_guardian", 2)  # of the protected pupil too; and of 3 no more
    teacher, mother, far = (school.actor(one) for one in ("class_teacher", "guardian", "far_guardian"))
    one = start(teacher, new(school, talk=True))
    answer(mother, one, "Vem kör?")
    assert [(post.text, post.author) for post in seen(far, one).posts][1] == ("Vem kör?", "Guardian Примерен")
    people.set_protection(
        by=operator(), person=school.pupils[0], level=Protection.CONFIDENTIALITY_MARK, now=NOW
    )  # fmt: skip
    later = seen(far, one).posts[1]
    assert (later.author, later.child, later.author_id) == ("", "", None)
    by_teacher = seen(teacher, one).posts[1]
    assert by_teacher.author == ""
    assert "Ученик0" not in by_teacher.child
    assert seen(school.actor("principal"), start(school.actor("principal"), new(school))).who  # still works
    assert "Ученик0" not in str(queries.lines(by=far, now=NOW))


def test_receipts_name_the_children_and_count_the_hidden_ones(school: School):
    guard(school, "far_guardian", 2)
    teacher, mother = school.actor("class_teacher"), school.actor("guardian")
    one = start(teacher, new(school))
    before = seen(teacher, one).receipts
    assert before is not None
    assert (before.read, before.of, before.hidden) == (0, 3, 1)
    assert len(before.missing) == 4
    actions.note_read(by=mother, conversation=one, now=NOW + timedelta(seconds=1))
    after = seen(teacher, one).receipts
    assert after is not None
    assert (after.read, len(after.missing)) == (1, 2)
    assert seen(mother, one).receipts is None
    assert "Ученик2" not in str(after)


def test_who_comes_later_sees_what_comes_later_and_who_leaves_sees_no_more(school: School):
    teacher, far = school.actor("class_teacher"), school.actor("far_guardian")
    start(teacher, new(school, subject="Före"))
    schools.update_enrolments(
        by=operator(), updates=[EnrolmentUpdate(enrolment(school, 3), ends=TODAY + timedelta(days=1))], now=NOW
    )
    back = TODAY + timedelta(days=8)
    schools.add_enrolments(
        by=operator(), enrolments=[NewEnrolment(school.pupils[3], school.school, back)], now=NOW
    )  # in the school, in no class
    start(teacher, new(school, subject="Efter"), LATER)
    assert subjects(far, LATER) == ["Före"]
    one = start(school.actor("principal"), new(school, group=None, subject="Hela skolan"), LATER)
    assert subjects(far, LATER) == ["Hela skolan", "Före"]
    assert subjects(far, LATER - timedelta(days=7)) == []  # in no school then
    schools.add_enrolments(
        by=operator(),
        enrolments=[NewEnrolment(school.pupils[3], school.school, LATER.date(), group=school.group)],
        now=LATER,
    )
    assert subjects(far, LATER) == ["Hela skolan", "Efter", "Före"]
    assert seen(far, one, LATER).may_write


def test_pupils_read_what_is_written_to_pupils_and_their_guardians_do_not(school: School):
    one = start(school.actor("class_teacher"), new(school, Circle.PUPILS))
    assert subjects(school.actor("0")) == ["Utflykt"]
    assert subjects(school.actor("guardian")) == []
    answer(school.actor("0"), one, "Ja")
    assert texts(seen(school.actor("1"), one)) == ["Ta med matsäck."]
    assert Entry.objects.filter(kind="conversations.conversation.sent/1").latest("id").refs["only"] == "self"


def test_one_childs_guardians_talk_with_the_teacher_unless_one_of_them_is_protected(school: School):
    teacher, mother, father = (school.actor(one) for one in ("class_teacher", "guardian", "other_guardian"))
    one = start(teacher, new(school, Circle.CHILD, child=school.pupils[0]))
    answer(mother, one, "Från mamma")
    assert "Från mamma" in texts(seen(father, one))
    people.set_protection(
        by=operator(), person=school.persons["guardian"], level=Protection.PROTECTED_REGISTRATION, now=NOW
    )
    answer(mother, one, "Bara till skolan")
    view = seen(father, one)
    assert "Bara till skolan" not in texts(view)
    assert "Guardian" not in " ".join(post.author for post in view.posts[1:])
    assert "Bara till skolan" in texts(seen(teacher, one))
    with pytest.raises(NotFound):
        seen(school.actor("far_guardian"), one)
    with pytest.raises(NotFound):
        start(teacher, new(school, Circle.CHILD, child=UUID(int=4)))


def test_a_family_writes_to_posts_and_teachers_of_the_child_and_the_others_read_it_only_if_let_in(school: School):
    mother, father = school.actor("guardian"), school.actor("other_guardian")
    child = school.pupils[0]
    closed = start(mother, new(school, Circle.SCHOOL, child=child, to=(To(desk=Role.CLASS_TEACHER),), subject="Eget"))
    shared = start(
        mother,
        new(
            school, Circle.SCHOOL, child=child, talk=True, to=(To(person=school.persons["teacher"]),), subject="Delat"
        ),
    )  # fmt: skip
    assert subjects(father) == ["Delat"]
    assert subjects(school.actor("class_teacher")) == ["Eget"]
    assert subjects(school.actor("teacher")) == ["Delat"]
    answer(school.actor("class_teacher"), closed, "Svar")
    assert texts(seen(mother, closed)) == ["Ta med matsäck.", "Svar"]
    office = start(mother, new(school, Circle.SCHOOL, child=child, to=(To(desk=Role.ADMINISTRATOR),), subject="Kansli"))
    assert subjects(school.actor("administrator")) == ["Kansli"]
    assert seen(school.actor("administrator"), office).may_close
    assert shared != closed


@pytest.mark.parametrize(
    ("name", "circle", "more", "code"),
    [
        ("stranger", Circle.GUARDIANS, {}, "not_allowed"),
        ("teacher", Circle.GUARDIANS, {"group": None}, "not_allowed"),
        ("teacher", Circle.STAFF, {}, "not_allowed"),
        ("guardian", Circle.GUARDIANS, {}, "not_allowed"),
        ("guardian", Circle.COLLEAGUES, {}, "not_allowed"),
        ("class_teacher", Circle.COLLEAGUES, {"to": ()}, "conversations.recipient.nobody"),
        ("class_teacher", Circle.GUARDIANS, {"subject": " "}, "conversations.text.missing"),
        ("class_teacher", Circle.GUARDIANS, {"text": "x" * 10_001}, "conversations.text.too_long"),
        ("class_teacher", Circle.GUARDIANS, {"due_at": NOW}, "conversations.due.invalid"),
        ("class_teacher", Circle.GUARDIANS, {"group": UUID(int=1)}, "not_found"),
    ],
)
def test_whom_one_may_not_write_to(school: School, name: str, circle: Circle, more: dict[str, object], code: str):
    with pytest.raises(Refused) as refused:
        start(school.actor(name), new(school, circle, **more))
    assert refused.value.code == code


def test_a_family_reaches_no_stranger_and_nobody_for_the_child_of_others(school: School):
    mother, stranger = school.actor("guardian"), To(person=school.persons["stranger"])
    for child, to, code in (
        (school.pupils[0], (stranger,), "conversations.recipient.nobody"),
        (school.pupils[0], (), "conversations.recipient.nobody"),
        (school.pupils[3], (To(desk=Role.PRINCIPAL),), "not_allowed"),
    ):
        with pytest.raises(Refused) as refused:
            start(mother, new(school, Circle.SCHOOL, child=child, to=to))
        assert refused.value.code == code


def test_colleagues_and_all_staff(school: School):
    teacher, principal = school.actor("class_teacher"), school.actor("principal")
    one = start(teacher, new(school, Circle.COLLEAGUES, to=(To(person=school.persons["stranger"]),), subject="Kaffe"))
    answer(school.actor("stranger"), one, "Ja tack")
    assert texts(seen(teacher, one)) == ["Ta med matsäck.", "Ja tack"]
    assert subjects(school.actor("teacher")) == []
    all_ = start(principal, new(school, Circle.STAFF, subject="Möte"))
    answer(school.actor("teacher"), all_, "Jag kan inte")
    assert texts(seen(school.actor("stranger"), all_)) == ["Ta med matsäck."]
    assert texts(seen(principal, all_)) == ["Ta med matsäck.", "Jag kan inte"]
    assert subjects(school.actor("guardian")) == []


def test_a_post_is_withdrawn_by_its_writer_and_stands_as_withdrawn(school: School):
    teacher, mother = school.actor("class_teacher"), school.actor("guardian")
    one = start(teacher, new(school))
    post = answer(mother, one, "Fel ord")
    with pytest.raises(NotFound):
        actions.withdraw(by=teacher, post=post, now=NOW)
    assert actions.withdraw(by=mother, post=post, now=NOW) == one
    shown = seen(teacher, one).threads[0].posts[0]
    assert (shown.text, shown.withdrawn) == ("", True)
    assert queries.lines(by=teacher, now=NOW, text="fel") == ()
    with pytest.raises(Withdrawn):
        actions.withdraw(by=mother, post=post, now=NOW)
    entry = Entry.objects.latest("id")
    assert (entry.kind, set(entry.refs)) == ("conversations.post.withdrawn/1", {"conversation", "post"})


def test_a_closed_conversation_takes_nothing_until_it_is_opened_again(school: School):
    teacher, mother = school.actor("class_teacher"), school.actor("guardian")
    one = start(teacher, new(school))
    with pytest.raises(NotAllowed):
        actions.close(by=mother, conversation=one, now=NOW)
    actions.close(by=teacher, conversation=one, now=NOW)
    with pytest.raises(Closed):
        answer(mother, one, "Hej")
    with pytest.raises(Closed):
        actions.close(by=teacher, conversation=one, now=NOW)
    actions.close(by=teacher, conversation=one, closed=False, now=NOW)
    answer(mother, one, "Hej")


def test_unread_is_counted_by_child_until_it_is_read_or_muted(school: School):
    teacher, mother = school.actor("class_teacher"), school.actor("guardian")
    one = start(teacher, new(school))
    assert queries.unread(by=mother, now=NOW) == {school.pupils[0]: 1, school.pupils[1]: 1}
    actions.note_read(by=mother, conversation=one, now=NOW)
    assert queries.unread(by=mother, now=NOW) == {}
    answer(teacher, one, "En sak till", NOW + timedelta(minutes=1))
    assert queries.unread(by=mother, now=NOW)[school.pupils[0]] == 1
    actions.mute(by=mother, conversation=one, muted=True, now=NOW)
    assert queries.unread(by=mother, now=NOW) == {}
    answer(teacher, one, "Och en", NOW + timedelta(minutes=2))
    assert Entry.objects.latest("id").refs["without"] == [str(mother.id)]
    assert queries.unread(by=teacher, now=NOW) == {}


def test_all_words_are_found_in_what_one_sees_oneself(school: School):
    teacher, mother, far = (school.actor(one) for one in ("class_teacher", "guardian", "far_guardian"))
    one = start(teacher, new(school, text="Vi åker till Örebro."))
    answer(mother, one, "Glutenfri matsäck, tack")
    assert subjects(teacher, text="orebro GLUTENFRI") == ["Utflykt"]
    assert subjects(far, text="orebro") == ["Utflykt"]
    assert subjects(far, text="glutenfri") == []


def test_entries_hold_ids_alone(school: School):
    start(school.actor("class_teacher"), new(school))
    entry = Entry.objects.latest("id")
    assert entry.path == school.group_path
    assert set(entry.refs) == {"conversation", "circle", "message", "group"}


def test_the_list_asks_the_database_as_often_for_many_as_for_one(school: School, django_assert_max_num_queries: Any):
    teacher, mother = school.actor("class_teacher"), school.actor("guardian")
    for n in range(12):
        start(teacher, new(school, subject=f"Brev {n}"))
    with django_assert_max_num_queries(16):
        assert len(subjects(mother)) == 12
    with django_assert_max_num_queries(16):
        assert len(subjects(teacher)) == 12
