"""Events of schools and groups: planned, changed, called off, answered; tests that collide; a calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import icalendar
import pytest

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.journal.models import Entry
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import GroupKind, NewEnrolment, NewGroup, NewSlot
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.rules import Audience, EventChange, EventKind, EventView, NewEvent, Reply
from testamur.schoolday.noticeboard.rules.feeds import Entry as CalendarEntry
from testamur.schoolday.noticeboard.rules.feeds import calendar, of_event
from tests.schoolday.noticeboard.conftest import People

pytestmark = [pytest.mark.django_db, pytest.mark.feature("E10")]

STOCKHOLM = ZoneInfo("Europe/Stockholm")
TRIP = datetime(2026, 6, 11, 7, 0, tzinfo=UTC)
WEEK = (datetime(2026, 6, 8, tzinfo=UTC), datetime(2026, 6, 15, tzinfo=UTC))


def trip(people: People, **changed: Any) -> NewEvent:
    """A trip of 9A, tomorrow."""
    one = NewEvent(
        people.house.school, EventKind.TRIP, "Utflykt", TRIP, TRIP + timedelta(hours=5), people.house.class_9a
    )
    return replace(one, **changed)


def the(event: UUID) -> EventView:
    """An event that exists."""
    found = queries.event(event)
    assert found is not None
    return found


def test_an_event_of_a_group_is_read_by_its_families_and_one_of_the_school_by_all(
    people: People, by: Actor, now: datetime, django_assert_num_queries: Any
):
    house = people.house
    own = actions.plan_event(by=people.teacher, event=trip(people), now=now)
    whole = actions.plan_event(by=by, event=trip(people, group=None, starts_at=TRIP + timedelta(hours=1)), now=now)
    above = actions.plan_event(by=by, event=trip(people, group=None, unit=house.authority), now=now)
    actions.plan_event(by=by, event=trip(people, group=None, unit=house.other_school), now=now)
    inside = actions.plan_event(by=by, event=trip(people, audience=Audience.STAFF), now=now)
    with django_assert_num_queries(3):
        found = queries.events_for(children=[people.ada, people.cia], on=now.date(), starts_at=WEEK[0], ends_at=WEEK[1])
    assert {one.id for one in found[people.ada]} == {own, whole, above}
    assert found[people.ada][-1].id == whole  # in order of time
    assert found[people.cia] == ()
    with django_assert_num_queries(1):
        seen = queries.events(starts_at=WEEK[0], ends_at=WEEK[1], groups=[house.class_9a], units=[house.school])
    assert {one.id for one in seen} == {own, whole, inside}
    under = queries.events(starts_at=WEEK[0], ends_at=WEEK[1], under="/testkoping/", audiences=queries.FAMILY)
    assert len(under) == 4
    assert queries.events(starts_at=TRIP + timedelta(days=1), ends_at=WEEK[1], groups=[house.class_9a]) == ()


def test_planning_is_journalled_by_ids_alone_for_those_who_are_told(people: People, now: datetime):
    event = actions.plan_event(by=people.teacher, event=trip(people, title=" Utflykt ", text="Ta med mat."), now=now)
    assert (the(event).title, the(event).path, the(event).seq) == ("Utflykt", "/testkoping/skolan-1/9a/", 0)
    entry = Entry.objects.latest("id")
    assert (entry.kind, entry.path) == ("noticeboard.event.planned/1", "/testkoping/skolan-1/9a/")
    assert entry.refs == {
        "event": str(event),
        "unit": str(people.house.school),
        "group": str(people.house.class_9a),
        "about": "trip",
        "audience": "family",
    }


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"title": " "}, "noticeboard.text.missing"),
        ({"title": "x" * 201}, "noticeboard.event.invalid"),
        ({"text": "x" * 4001}, "noticeboard.text.too_long"),
        ({"ends_at": TRIP - timedelta(minutes=1)}, "noticeboard.event.invalid"),
        ({"unit": UUID(int=9)}, "not_found"),
        ({"group": UUID(int=9)}, "not_found"),
    ],
)
def test_a_wrong_event_is_refused(people: People, by: Actor, now: datetime, changed: dict[str, Any], code: str):
    with pytest.raises(Refused) as no:
        actions.plan_event(by=by, event=trip(people, **changed), now=now)
    assert no.value.code == code


def test_a_teacher_plans_for_the_own_groups_alone(people: People, now: datetime):
    with pytest.raises(NotAllowed):
        actions.plan_event(by=people.teacher, event=trip(people, group=None), now=now)
    with pytest.raises(NotAllowed):
        actions.plan_event(by=people.ada_guardian, event=trip(people), now=now)
    with pytest.raises(Refused, match="another school"):
        actions.plan_event(by=people.teacher, event=trip(people, unit=people.house.other_school), now=now)


def test_a_change_counts_and_a_cancelled_event_stays_struck_out(people: People, now: datetime):
    event = actions.plan_event(by=people.teacher, event=trip(people), now=now)
    later = now + timedelta(minutes=5)
    actions.change_event(by=people.teacher, change=EventChange(event, place="Skansen"), now=later)
    actions.change_event(by=people.teacher, change=EventChange(event, place="Skansen"), now=later)  # nothing new
    assert (the(event).seq, the(event).place, the(event).changed_at) == (1, "Skansen", later)
    actions.cancel_event(by=people.teacher, event=event, now=later)
    assert (the(event).seq, the(event).cancelled_at) == (2, later)
    assert queries.events(starts_at=WEEK[0], ends_at=WEEK[1], groups=[people.house.class_9a]) == ()
    kept = queries.events(starts_at=WEEK[0], ends_at=WEEK[1], groups=[people.house.class_9a], cancelled=True)
    assert [one.id for one in kept] == [event]
    acts: tuple[Callable[[], None], ...] = (
        lambda: actions.cancel_event(by=people.teacher, event=event, now=later),
        lambda: actions.change_event(by=people.teacher, change=EventChange(event, title="Ny"), now=later),
        lambda: actions.answer_event(by=people.ada_guardian, event=event, child=people.ada, reply=Reply.YES, now=later),
    )
    for act in acts:
        with pytest.raises(Refused) as no:
            act()
        assert no.value.code == "noticeboard.event.over"
    kinds = list(Entry.objects.filter(kind__startswith="noticeboard.").order_by("id").values_list("kind", flat=True))
    assert kinds == [f"noticeboard.event.{what}/1" for what in ("planned", "changed", "cancelled")]
    with pytest.raises(NotFound):
        actions.cancel_event(by=people.teacher, event=new_id(), now=now)


def test_a_family_answers_until_it_begins_and_the_last_answer_counts(people: People, now: datetime):
    event = actions.plan_event(by=people.teacher, event=trip(people), now=now)
    say: dict[str, Any] = {"by": people.ada_guardian, "event": event, "child": people.ada}
    actions.answer_event(**say, reply=Reply.MAYBE, now=now)
    actions.answer_event(**say, reply=Reply.YES, now=now + timedelta(minutes=1))
    actions.answer_event(by=people.ben_guardian, event=event, child=people.ben, reply=Reply.NO, now=now)
    assert [(a.child, a.reply) for a in queries.answers(by=people.teacher, event=event)] == [
        (people.ada, Reply.YES),
        (people.ben, Reply.NO),
    ]
    assert [a.child for a in queries.answers(by=people.ben_guardian, event=event)] == [people.ben]
    with pytest.raises(NotAllowed):
        actions.answer_event(by=people.ada_guardian, event=event, child=people.ben, reply=Reply.NO, now=now)
    with pytest.raises(Refused) as no:
        actions.answer_event(**say, reply=Reply.NO, now=TRIP)
    assert no.value.code == "noticeboard.event.over"


@pytest.mark.parametrize("audience", [Audience.STAFF, Audience.FAMILY])
def test_only_the_invited_answer(people: People, by: Actor, now: datetime, audience: Audience):
    unit = people.house.school if audience is Audience.STAFF else people.house.other_school
    event = actions.plan_event(by=by, event=trip(people, group=None, unit=unit, audience=audience), now=now)
    with pytest.raises(Refused) as no:
        actions.answer_event(by=people.ada_guardian, event=event, child=people.ada, reply=Reply.YES, now=now)
    assert no.value.code == "noticeboard.event.not_invited"


def test_a_teacher_sees_which_tests_the_pupils_have_that_day_in_other_groups_too(
    people: People, by: Actor, now: datetime, django_assert_num_queries: Any
):
    house = people.house
    maths, empty = schools.add_groups(
        by=by,
        groups=[NewGroup(house.school, house.year, GroupKind.TEACHING, code, subject="MA") for code in ("MA1", "MA2")],
        now=now,
    )
    schools.add_enrolments(
        by=by, enrolments=[NewEnrolment(people.ben, house.school, date(2025, 8, 18), maths)], now=now
    )
    late = datetime(2026, 6, 11, 21, 30, tzinfo=UTC)  # half past eleven in the evening there
    for group, begins in ((house.class_9a, TRIP), (maths, late), (empty, TRIP), (maths, late + timedelta(hours=1))):
        test = trip(people, kind=EventKind.TEST, group=group, starts_at=begins, ends_at=begins + timedelta(hours=1))
        actions.plan_event(by=by, event=test, now=now)
    actions.plan_event(by=by, event=trip(people), now=now)
    with django_assert_num_queries(3):
        found = queries.tests_on(group=house.class_9a, on=date(2026, 6, 11), zone=STOCKHOLM)
    assert [(one.event.group, one.pupils) for one in found] == [(house.class_9a, 2), (maths, 1)]


@pytest.mark.feature("E29")
def test_events_and_lessons_make_a_calendar_that_programs_understand(people: People, by: Actor, now: datetime):
    house = people.house
    event = actions.plan_event(by=people.teacher, event=trip(people, place="Skansen, Stockholm"), now=now)
    gone = actions.plan_event(by=people.teacher, event=trip(people, title="Inställt"), now=now)
    actions.cancel_event(by=people.teacher, event=gone, now=now)
    schools.add_slots(by=by, slots=[NewSlot(house.class_9a, 4, time(8), time(9), "SV", room="B2")], now=now)
    lessons = [
        CalendarEntry(
            f"{one.slot.id}-20260611", "Svenska 9A", datetime.combine(one.on, one.slot.starts, STOCKHOLM),
            datetime.combine(one.on, one.slot.ends, STOCKHOLM), now, place=one.slot.room,
        )
        for one in school_queries.planned(on=date(2026, 6, 11), group=house.class_9a)
    ]  # fmt: skip
    entries = [of_event(the(event)), of_event(the(gone)), *lessons]
    made = calendar(name="9A", entries=entries, domain="skola.example")
    assert made.startswith(b"BEGIN:VCALENDAR\r\n")
    read: dict[str, Any] = {str(one["uid"]): one for one in icalendar.Calendar.from_ical(made).walk("VEVENT")}
    first, second = read.pop(f"{event}@skola.example"), read.pop(f"{gone}@skola.example")
    assert (str(first["summary"]), first["dtstart"].dt, str(first["location"])) == (
        "Utflykt",
        TRIP,
        "Skansen, Stockholm",
    )
    assert (str(second["status"]), int(second["sequence"])) == ("CANCELLED", 1)
    (lesson,) = read.values()
    assert (str(lesson["summary"]), lesson["dtstart"].dt) == ("Svenska 9A", datetime(2026, 6, 11, 6, tzinfo=UTC))
