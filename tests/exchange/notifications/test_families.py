"""An act in the diary becomes one message to each reader, by the way that the reader chose."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from testamur.exchange.notifications import steps, tasks
from testamur.exchange.notifications.actions import choose, stop_by_link, stop_by_number
from testamur.exchange.notifications.actions import families as writing
from testamur.exchange.notifications.models import Item, News
from testamur.exchange.notifications.rules.families import (
    Chosen,
    Outcome,
    Pace,
    Settings,
    Way,
    due,
    names_things,
    things,
)
from testamur.exchange.notifications.steps import families as telling
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.delivery import actions as outbox
from testamur.kernel.delivery import leases
from testamur.kernel.delivery.models import Message
from testamur.kernel.delivery.rules import State
from testamur.kernel.journal.models import Entry
from testamur.register.people import actions as people
from testamur.register.people.actions import bulk
from testamur.register.people.models import ContactPoint, Guardianship
from testamur.register.people.rules import ContactKind, NewContact, NewGuardianship, Relation
from testamur.schoolday.diary import actions as diary
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent
from tests.exchange.notifications.family import Families, at, to
from tests.schoolday.diary.school import TODAY

pytestmark = pytest.mark.django_db
NOBODY = Actor(id=UUID(int=3), identified_by="web")


@pytest.mark.feature("E21", "E23", "E26")
def test_an_absence_is_told_at_once_and_marks_in_the_evening_unless_somebody_chose_otherwise(
    families: Families,
) -> None:
    families.absent(0)
    families.mark(families.column(), 0, "6")
    assert families.tell() == []  # a teacher who marks a class is let come to an end
    now = families.tell(seconds=20)
    assert to(now) == [("email", "guardian"), ("email", "other_guardian")]
    assert "1 отсъствие" in now[0].text or "1 absence" in now[0].text
    assert "mark" not in now[0].text
    assert families.tell(hours=1) == []
    at(families.clock, TODAY, 17, 1)
    evening = families.tell()
    assert to(evening) == [("email", "guardian"), ("email", "other_guardian")]
    assert all("1" in one.text for one in evening)
    assert families.tell(days=2) == []


@pytest.mark.feature("E26")
def test_ten_marks_of_two_children_are_one_message_and_nothing_in_it_tells_them(families: Families) -> None:
    for pupil in (0, 1):
        families.choose("guardian", pupil, Way.SMS)
    columns = [families.column(str(n)) for n in range(5)]
    for column in columns:
        for pupil in (0, 1):
            families.mark(column, pupil, "6")
            families.clock.forward(seconds=2)
    assert families.tell() == []  # the last mark is too new, and nobody waits longer than …
    families.clock.forward(seconds=20)
    (text, *rest) = families.tell()
    assert to([text, *rest]) == [("sms", "+359888123450")]
    assert "10 " in text.text
    assert "Ученик" not in text.text
    assert " 6" not in text.text
    assert text.text.endswith("/family/")
    assert families.tell(minutes=5) == []
    told = Entry.objects.get(kind="notices.families.told/1")
    assert (told.refs["messages"], told.refs["told"]) == (1, 10)


def test_nobody_waits_longer_than_most_wait_while_a_teacher_goes_on(families: Families) -> None:
    families.choose("far_guardian", 3, Way.EMAIL)
    sent: list[int] = []
    begun = families.clock()
    for n in range(8):
        families.mark(families.column(str(n)), 3, "5")
        if families.tell(seconds=10):
            sent.append(round((families.clock() - begun).total_seconds()))
    assert sent[0] == 40
    assert Message.objects.count() == len(sent)


def test_a_mark_that_was_taken_back_or_replaced_in_time_is_not_told(families: Families) -> None:
    families.choose("far_guardian", 3, Way.EMAIL)
    back, changed = families.column("a"), families.column("b")
    families.mark(back, 3, "2")
    families.mark(changed, 3, "3")
    families.mark(back, 3, "")
    families.mark(changed, 3, "5")
    (letter,) = families.tell(seconds=30)
    assert "1 " in letter.text
    assert Counter(Item.objects.values_list("outcome", flat=True)) == {Outcome.TOLD: 1, Outcome.VOID: 3}
    again = families.column("c")
    families.mark(again, 3, "2")
    families.mark(again, 3, "")
    assert families.tell(seconds=30) == []
    assert families.waiting() == 0


def test_marks_of_a_hidden_column_are_told_when_it_is_shown(families: Families) -> None:
    families.choose("far_guardian", 3, Way.EMAIL)
    column = families.column(hidden=True)
    families.mark(column, 3, "4")
    assert families.tell(minutes=5) == []
    diary.show_task(by=families.school.actor("teacher"), task=column, now=families.clock())
    assert to(families.tell(seconds=30)) == [("email", "far_guardian")]


@pytest.mark.feature("E22", "E35")
def test_who_asked_for_details_gets_them_and_a_protected_pupil_stays_unnamed(families: Families) -> None:
    guardian = families.school.persons["far_guardian"]
    hidden = families.school.pupils[2]
    new = NewGuardianship(hidden, guardian, Relation.PARENT, date(2015, 1, 1))
    people.add_guardianships(by=operator(), guardianships=[new], now=families.clock())
    for pupil in (2, 3):
        families.choose("far_guardian", pupil, Way.SMS, Way.EMAIL)
    families.settings("far_guardian", details=True)
    column = families.column()
    families.mark(column, 2, "2")
    families.mark(column, 3, "6")
    letter, text = families.tell(seconds=30)
    assert "Ученик3: MAT 6" in text.text
    assert "MAT 2" not in text.text + letter.text + letter.html
    assert "Ученик2" not in text.text + letter.text + letter.html
    assert "MAT 6" in letter.text
    families.settings("far_guardian", details=True, latin=True)
    families.mark(families.column("d"), 3, "5")
    _letter, text = families.tell(seconds=30)
    assert text.text.isascii()
    assert text.text.startswith("Uchenik3: MAT 5")


def test_the_night_is_quiet_and_a_digest_comes_on_its_day(families: Families) -> None:
    families.choose("far_guardian", 3, Way.EMAIL)
    at(families.clock, TODAY, 23)
    families.absent(3)
    assert families.tell(minutes=5) == []
    at(families.clock, TODAY + timedelta(days=1), 6, 59)
    assert families.tell() == []
    at(families.clock, TODAY + timedelta(days=1), 7, 0)
    assert to(families.tell()) == [("email", "far_guardian")]
    families.choose("far_guardian", 3, Way.EMAIL, pace=Pace.WEEKLY)
    families.mark(families.column(), 3, "5")
    assert families.tell(minutes=1) == []
    at(families.clock, date(2026, 3, 13), 17, 0)
    assert to(families.tell()) == [("email", "far_guardian")]


def test_due_times_follow_the_clock_of_the_country_over_the_change_to_summer_time() -> None:
    before = datetime(2026, 3, 28, 20, 30, tzinfo=UTC)  # 22:30 in Sofia, the night in which the hour is lost
    assert due(before, Pace.NOW, Settings(), "BG") == datetime(2026, 3, 29, 4, 0, tzinfo=UTC)
    assert due(before, Pace.DAILY, Settings(), "BG") == datetime(2026, 3, 29, 14, 0, tzinfo=UTC)
    assert due(before, Pace.WEEKLY, Settings(digest_weekday=7), "BG") == datetime(2026, 3, 29, 14, 0, tzinfo=UTC)
    friday = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)
    assert due(friday, Pace.WEEKLY, Settings(), "BG") == datetime(2026, 4, 3, 14, 0, tzinfo=UTC)


@pytest.mark.feature("E10", "E21")
def test_an_event_goes_to_the_class_and_one_of_the_whole_body_school_by_school(families: Families) -> None:
    for name, pupil in (("guardian", 0), ("guardian", 1), ("other_guardian", 0), ("far_guardian", 3)):
        families.choose(name, pupil, Way.EMAIL)
    school, starts = families.school, families.clock() + timedelta(days=7)
    new = NewEvent(
        school.school, EventKind.MEETING, "Родителска среща", starts, starts + timedelta(hours=1), group=school.group
    )
    board.plan_event(by=school.actor("class_teacher"), event=new, now=families.clock())
    letters = families.tell(seconds=30)
    assert to(letters) == [("email", "far_guardian"), ("email", "guardian"), ("email", "other_guardian")]
    assert all("Родителска среща" in one.text for one in letters)
    wide = NewEvent(school.authority, EventKind.EVENT, "Ден на града", starts, starts + timedelta(hours=1))
    board.plan_event(by=operator(), event=wide, now=families.clock())
    assert len(families.tell(seconds=30)) == 3
    assert News.objects.count() == 0


def test_remarks_health_and_leave_are_told_without_their_words(families: Families) -> None:
    families.choose("far_guardian", 3, Way.SMS)
    school, pupil = families.school, families.school.pupils[3]
    by = school.actor("class_teacher")
    diary.write_remark(
        by=by, group=school.group, pupils=[pupil], kind="remark", text="Тайно", on=TODAY, now=families.clock()
    )
    (text,) = families.tell(seconds=30)
    assert "Тайно" not in text.text
    assert Item.objects.get().part == Part.REMARKS


def test_who_no_longer_reaches_the_child_is_told_nothing(families: Families) -> None:
    families.absent(3)
    assert families.tell() == []
    row = Guardianship.objects.get(child=families.school.pupils[3])
    people.end_guardianships(by=operator(), ends={row.id: TODAY - timedelta(days=1)}, now=families.clock())
    assert families.tell(seconds=30) == []
    assert Item.objects.get().outcome == Outcome.VOID


def test_a_stop_by_link_or_by_sms_holds_for_that_way_alone(families: Families) -> None:
    families.choose("far_guardian", 3, Way.EMAIL, Way.SMS)
    families.absent(3)
    letter, _text = families.tell(seconds=30)
    token = letter.text.partition("/notices/stop/")[2].partition("/")[0]
    assert stop_by_link(by=NOBODY, token=token, now=families.clock()) is Way.EMAIL
    families.mark(families.column(), 3, "5")
    assert to(families.tell(seconds=30)) == [("sms", "+359888123452")]
    assert stop_by_number(by=NOBODY, number="+359888123452", now=families.clock()) == 1
    families.mark(families.column("b"), 3, "5")
    assert families.tell(seconds=30) == []
    assert families.waiting() == 0


@pytest.mark.feature("E26")
def test_a_number_that_reaches_nobody_is_left_alone_and_another_way_is_taken_once(families: Families) -> None:
    families.choose("far_guardian", 3, Way.SMS)
    families.absent(3)
    (text,) = families.tell(seconds=30)
    Message.objects.filter(id=text.id).update(state=State.SENT, sent_at=families.clock(), done_at=families.clock())
    assert leases.report(message=text.id, state=State.FAILED, error="twilio.30005", now=families.clock())
    assert to(families.tell(seconds=5)) == [("email", "far_guardian")]
    assert families.tell(minutes=2) == []  # it is not told a third time
    families.mark(families.column(), 3, "4")
    assert to(families.tell(seconds=30)) == [("email", "far_guardian")]


@pytest.mark.feature("E26")
@pytest.mark.parametrize("killed", ["post", "append", "items"])
def test_whoever_dies_between_two_steps_tells_nothing_twice_and_loses_nothing(
    families: Families, monkeypatch: pytest.MonkeyPatch, killed: str
) -> None:
    families.absent(0, 3)
    places = {"post": (outbox, "post"), "append": (writing, "append"), "items": (bulk, "insert")}

    class Killed(BaseException):
        pass

    def die(*_args: object, **_more: object) -> None:
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(*places[killed], die)
        with pytest.raises(Killed):
            families.tell(seconds=30)
    assert Message.objects.count() == 0
    assert len(families.tell()) == 3
    assert families.tell(minutes=5) == []


def test_a_pupil_under_age_is_told_who_asked_for_it(families: Families) -> None:
    pupil = families.school.pupils[4]
    chosen = dict.fromkeys(Part, Chosen(frozenset({Way.EMAIL}), Pace.NOW))
    point = (pupil, NewContact(ContactKind.EMAIL, "pupil@doma.example"))
    people.add_contacts(by=operator(), contacts=[point], now=families.clock())
    families.mark(families.column(), 4, "6")
    assert families.tell(minutes=1) == []
    choose(by=families.school.actor("4"), child=pupil, chosen=chosen, now=families.clock())
    families.mark(families.column("b"), 4, "6")
    assert to(families.tell(minutes=1)) == [("email", "pupil")]


def test_what_was_followed_twice_is_told_once(families: Families) -> None:
    families.absent(3)
    steps.follow(now=families.clock())
    (news,) = News.objects.all()
    copy = {f.name: getattr(news, f.name) for f in News._meta.fields}
    steps.spread(by=tasks.STEP, now=families.clock())
    News.objects.create(**copy)
    assert len(families.tell(seconds=30)) == 1
    News.objects.create(**copy)
    assert families.tell(minutes=1) == []


@pytest.mark.feature("E26")
def test_two_workers_that_see_the_same_readers_tell_them_once(families: Families) -> None:
    families.absent(0, 3)
    families.tell()
    families.clock.forward(seconds=30)
    ((keys),) = telling._due(families.clock())
    sent = [telling._tell(tasks.STEP, keys, families.clock()) for _worker in range(2)]
    assert sent == [3, 0]
    assert Message.objects.count() == 3


def test_the_number_of_queries_does_not_grow_with_the_class(families: Families) -> None:
    def queries(*pupils: int) -> int:
        column = families.column(str(pupils))
        for pupil in pupils:
            families.mark(column, pupil, "5")
        with CaptureQueriesContext(connection) as some:
            families.tell(seconds=30)
        return len(some)

    for name, pupil in (("guardian", 0), ("guardian", 1), ("other_guardian", 0), ("far_guardian", 3)):
        families.choose(name, pupil, Way.EMAIL)
    queries(3)  # the first time a cursor is made
    assert queries(3) == queries(0, 1, 3)


def test_what_an_entry_of_the_journal_is_about() -> None:
    one, two, thing = str(new_id()), str(new_id()), str(new_id())
    assert things("diary.marks.entered/1", {"marks": [one], "pupils": [two], "shown": True}) == (
        (UUID(one), UUID(two)),
    )
    assert things("diary.marks.entered/1", {"marks": [one], "pupils": [two], "shown": False}) == ()
    assert things("diary.attendance.taken/1", {"lesson": thing, "group": one, "absences": [], "pupils": []}) == ()
    assert things("diary.task.shown/1", {"task": thing, "group": one, "pupils": [two]}) == ((UUID(thing), UUID(two)),)
    leave = {"leave": thing, "pupil": two, "absences": [one]}
    assert things("diary.leave.decided/1", leave) == ((UUID(thing), UUID(two)),)
    assert things("diary.homework.set/1", {"lesson": thing, "group": one}) is None
    assert things("noticeboard.event.planned/1", {"event": thing, "unit": one}) is None


@pytest.mark.parametrize(
    "refs",
    [
        {},
        {"marks": ["x"], "pupils": ["y"], "shown": True},
        {"pupils": None},
        {"group": "1", "task": "2"},
        {"unit": None},
    ],
)
def test_an_entry_that_cannot_be_read_keeps_nobody_waiting(refs: dict[str, object]) -> None:
    assert not names_things("diary.marks.entered/1", refs) or things("diary.marks.entered/1", refs) == ()


def test_an_address_that_no_channel_takes_keeps_nobody_waiting(families: Families) -> None:
    ContactPoint.objects.filter(value="far_guardian@doma.example").update(value='odd"name@doma.example')
    families.absent(0, 3)
    assert len(families.tell(seconds=30)) == 2
    assert Item.objects.filter(outcome=Outcome.UNREACHED).count() == 1
    assert families.waiting() == 0
