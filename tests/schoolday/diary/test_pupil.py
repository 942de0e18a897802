"""What a family reads of the diary: its own child alone, nothing hidden, and as cheaply for three as for one."""

from __future__ import annotations

from datetime import date, time, timedelta
from decimal import Decimal
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.kernel.base.refused import NotAllowed
from testamur.law.tables import PACKS
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, Relation
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewHoliday
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.models import Visit
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.states import Part
from tests.schoolday.diary import pages, school
from tests.schoolday.diary.school import NOW, TODAY, School

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 3, 9)


@pytest.fixture
def bg() -> School:
    """A Bulgarian class."""
    return school.build()


def guardian(*pupils: UUID) -> Actor:
    """A guardian of these children."""
    return Actor(UUID(int=99), "simulated", (Grant("guardian", "/", ("diary.family.*",), wards=frozenset(pupils)),))


@pytest.mark.feature("E6", "E27", "E28")
def test_marks_stand_by_subject_with_the_averages_of_the_law(bg: School) -> None:
    one = bg.pupils[0]
    test = pages.column(bg, kind="test", title="Дроби", on=TODAY - timedelta(days=9))
    talk, language = pages.column(bg), pages.column(bg, "BEL")
    pages.mark(test, one, "4")
    first = pages.mark(talk, one, "3", at=NOW - timedelta(hours=2))
    pages.mark(talk, one, "5", replaces=first, comment="след изпитване")
    pages.mark(language, one, "6")
    term = pages.column(bg, kind="term", closes="term", on=TODAY, weight=0)
    pages.mark(term, one, "5")
    found = diary.marks(by=bg.actor("guardian"), pupils=[one], on=TODAY)[one]
    subjects = {subject.code: subject for subject in found.subjects}
    maths = subjects["MAT"]
    assert [(m.value, m.name, m.kind, m.earlier) for m in maths.marks] == [
        ("4", "добър", "test", ""),
        ("5", "много добър", "current", "3"),
    ]
    assert [m.value for m in maths.closing] == ["5"]
    assert (maths.average, maths.word) == (Decimal("4.50"), "много добър")
    assert (found.success, found.word) == (Decimal("5.25"), "много добър")  # the mean of 4.50 and 6.00
    assert found.schooling.class_code == "8А"


@pytest.mark.feature("E27")
def test_what_a_teacher_keeps_hidden_is_not_there_until_it_is_shown(bg: School) -> None:
    one, by = bg.pupils[0], bg.actor("guardian")
    kept = pages.column(bg, hidden=True)
    pages.mark(kept, one, "2", at=NOW - timedelta(days=30))
    gone = pages.column(bg, retired=True)
    pages.mark(gone, one, "3")
    back = pages.mark(pages.column(bg), one, "4")
    pages.mark(back.task, one, "", replaces=back)
    pages.assessment(bg, one, "чернова")
    pages.remark(bg, one, "погрешка", withdrawn_at=NOW, withdrawn_by=bg.persons["teacher"])
    assert diary.marks(by=by, pupils=[one], on=TODAY)[one].every == ()
    assert diary.assessments(by=by, pupils=[one], on=TODAY)[one] == ()
    assert diary.remarks(by=by, pupils=[one], on=TODAY)[one] == ()
    assert diary.news(by=by, pupils=[one], now=NOW)[one].items == ()
    kept.shown_at = NOW - timedelta(minutes=1)
    kept.save()
    assert [m.value for m in diary.marks(by=by, pupils=[one], on=TODAY)[one].every] == ["2"]
    item = diary.news(by=by, pupils=[one], now=NOW)[one].items[0]
    assert (item.part, item.value, item.at) == (Part.MARKS, "2", kept.shown_at)


def test_nobody_reads_of_another_familys_child(bg: School) -> None:
    other = bg.pupils[3]
    for name in ("guardian", "0", "stranger"):
        by = bg.actor(name)
        for ask in (
            lambda by: diary.marks(by=by, pupils=[other], on=TODAY),
            lambda by: diary.absences(by=by, pupils=[other], first=TODAY, last=TODAY),
            lambda by: diary.remarks(by=by, pupils=[other], on=TODAY),
            lambda by: diary.assessments(by=by, pupils=[other], on=TODAY),
            lambda by: diary.health(by=by, pupils=[other], on=TODAY),
            lambda by: diary.week(by=by, pupils=[other], monday=MONDAY, on=TODAY),
            lambda by: diary.days(by=by, pupils=[other], first=TODAY, last=TODAY),
            lambda by: diary.homework(by=by, pupils=[other], on=TODAY),
            lambda by: diary.news(by=by, pupils=[other], now=NOW),
        ):
            with pytest.raises(NotAllowed):
                ask(by)


@pytest.mark.feature("E7", "E27")
def test_absences_are_counted_as_the_law_counts(bg: School) -> None:
    one = bg.pupils[0]
    days = [pages.lesson(bg, TODAY - timedelta(days=n)) for n in range(4)]
    pages.absence(days[0], one)
    ground = PACKS["bg.school"].diary.grounds[0]
    pages.absence(days[1], one, excused=True, ground=ground.code)
    pages.absence(days[2], one, excused=False, kind="late", minutes=10, weight=Decimal("0.5"))
    pages.absence(days[3], one, void=True)
    by = bg.actor("guardian")
    found = diary.absences(by=by, pupils=[one], first=MONDAY, last=TODAY)[one]
    assert [line.excused for line in found.lines] == [None, True, False]
    assert (found.excused, found.undecided, found.show(found.unexcused)) == (Decimal(1), Decimal(1), "1/2")
    assert found.lines[1].ground == ground.name
    assert diary.news(by=by, pupils=[one], now=NOW)[one].to_excuse == 1


@pytest.mark.feature("E8", "E9", "C3")
def test_remarks_health_and_assessments_of_ones_own_child(bg: School) -> None:
    one, by = bg.pupils[0], bg.actor("0")
    pages.remark(bg, one, "Без домашна работа")
    pages.health(bg, one, "Алергия към ядки")
    pages.health(bg, one, "Минало", ended_at=NOW, ended_by=bg.persons["principal"])
    old = pages.assessment(bg, one, "Старо", published_at=NOW - timedelta(days=9))
    new = pages.assessment(bg, one, "Ново", replaces=old)
    assert [r.text for r in diary.remarks(by=by, pupils=[one], on=TODAY)[one]] == ["Без домашна работа"]
    assert [h.text for h in diary.health(by=by, pupils=[one], on=TODAY)[one]] == ["Алергия към ядки"]
    assert [a.text for a in diary.assessments(by=by, pupils=[one], on=TODAY)[one]] == ["Старо"]
    new.published_at = NOW
    new.save()
    assert [a.text for a in diary.assessments(by=by, pupils=[one], on=TODAY)[one]] == ["Ново"]


@pytest.mark.feature("E29")
def test_the_week_is_the_timetable_as_the_days_changed_it(bg: School) -> None:
    one, by = bg.pupils[0], bg.actor("guardian")
    pages.lesson(bg, MONDAY, slot=bg.slots[0], state="cancelled")
    pages.lesson(
        bg, TODAY, slot=bg.slots[1], teacher=bg.persons["stranger"], homework="стр. 12", due=TODAY + timedelta(days=2)
    )
    pages.lesson(bg, TODAY, starts=time(12), ends=time(12, 45), subject="BEL")
    found = diary.week(by=by, pupils=[one], monday=MONDAY, on=TODAY)[one]
    assert [(x.on.isoweekday(), x.subject, x.cancelled, x.substitute) for x in found.lessons] == [
        (1, "MAT", True, False),
        (3, "MAT", False, True),
        (3, "BEL", False, False),
        (3, "BEL", False, False),
        (5, "MAT", False, False),
    ]
    assert [(h.text, h.due) for h in found.homework] == [("стр. 12", TODAY + timedelta(days=2))]
    assert [h.text for h in diary.homework(by=by, pupils=[one], on=TODAY)[one]] == ["стр. 12"]
    holiday = NewHoliday(bg.authority, MONDAY, MONDAY + timedelta(days=4), "Ваканция")
    schools.add_holidays(by=operator(), holidays=[holiday], now=NOW)
    free = diary.week(by=by, pupils=[one], monday=MONDAY, on=TODAY)[one]
    assert {name for _, name in free.free} == {"Ваканция"}
    assert len(free.free) == 5


@pytest.mark.feature("C17")
def test_what_came_since_the_last_visit_is_new(bg: School) -> None:
    one, by = bg.pupils[0], bg.actor("guardian")
    pages.mark(pages.column(bg), one, "5", at=NOW - timedelta(days=3))
    pages.mark(pages.column(bg), one, "6", at=NOW - timedelta(days=20))  # before anything is new
    pages.remark(bg, one, "Браво", positive=True, at=NOW - timedelta(hours=1))
    pages.absence(pages.lesson(bg), one, at=NOW - timedelta(hours=1))
    assert diary.news(by=by, pupils=[one], now=NOW)[one].counts == (("marks", 1), ("absences", 1), ("remarks", 1))
    actions.note_visit(by=by, pupil=one, part=Part.MARKS, now=NOW)
    assert diary.news(by=by, pupils=[one], now=NOW)[one].counts == (("absences", 1), ("remarks", 1))
    pages.mark(pages.column(bg), one, "4", at=NOW + timedelta(minutes=5))
    later = diary.news(by=by, pupils=[one], now=NOW + timedelta(hours=1))[one]
    assert [item.value for item in later.of(Part.MARKS)] == ["4"]
    # the other guardian has seen nothing of it
    assert len(diary.news(by=bg.actor("other_guardian"), pupils=[one], now=NOW)[one].of("marks")) == 2
    # whoever was here long ago is told of the last weeks alone
    Visit.objects.update(seen_at=NOW - timedelta(days=200))
    pages.remark(bg, one, "Отдавна", at=NOW - timedelta(days=90))
    assert len(diary.news(by=by, pupils=[one], now=NOW)[one].of("remarks")) == 1


@pytest.mark.feature("E27")
def test_children_in_two_schools_are_read_by_their_own_packs_in_as_many_queries(bg: School) -> None:
    se = school.build("se.compulsory")
    three = [bg.pupils[0], bg.pupils[1], se.pupils[0]]
    for pupil in three[:2]:
        pages.mark(pages.column(bg), pupil, "6")
    pages.mark(pages.column(se, "MA", kind="test"), three[2], "A")
    by = guardian(*three)
    people.add_guardianships(
        by=operator(),
        guardianships=[NewGuardianship(three[2], bg.persons["guardian"], Relation.PARENT, date(2015, 1, 1))],
        now=NOW,
    )
    found = diary.marks(by=bg.actor("guardian"), pupils=three, on=TODAY)
    assert [found[p].schooling.pack.id for p in three] == ["bg.school", "bg.school", "se.compulsory"]  # type: ignore[union-attr]
    assert [found[p].success for p in three] == [Decimal("6.00"), Decimal("6.00"), None]
    assert found[three[2]].subjects[0].name == "Matematik"

    def asked(pupils: list[UUID]) -> list[int]:
        counts = []
        for ask in (
            lambda: diary.marks(by=by, pupils=pupils, on=TODAY),
            lambda: diary.absences(by=by, pupils=pupils, first=MONDAY, last=TODAY),
            lambda: diary.remarks(by=by, pupils=pupils, on=TODAY),
            lambda: diary.assessments(by=by, pupils=pupils, on=TODAY),
            lambda: diary.days(by=by, pupils=pupils, first=TODAY, last=TODAY),
            lambda: diary.homework(by=by, pupils=pupils, on=TODAY),
            lambda: diary.news(by=by, pupils=pupils, now=NOW),
        ):
            with CaptureQueriesContext(
                connection,
            ) as seen:
                ask()
            counts.append(len(seen))
        return counts

    assert asked(three) == asked(three[:1])
    assert max(asked(three)) <= 9
