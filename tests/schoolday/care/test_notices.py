"""What families are told of care: missing hours before the deadline, closing days, arrivals to those who asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest

from testamur.exchange.notifications.rules.families import KINDS, tells, things
from testamur.exchange.notifications.steps.standing import standing
from testamur.exchange.notifications.words.things import detail
from testamur.kernel.base.ids import new_id
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal.models import Entry
from testamur.schoolday.care import actions, steps
from testamur.schoolday.care.rules import Act, Hours, NewDay, Note
from testamur.schoolday.diary.rules.states import Part
from tests.schoolday.care.nursery import DAY, NEXT, NOW, TODAY, ZONE, Nursery

pytestmark = [pytest.mark.django_db, pytest.mark.feature("C4")]
STEP = step_actor("care", "care.reminder.send")
BEFORE = datetime(2026, 3, 11, 11, 30, tzinfo=UTC)
"""Wednesday half past noon in Stockholm: the next week is locked within a day."""


def remind(now: datetime) -> int:
    """The step."""
    return steps.remind(by=STEP, now=now, zone=lambda _path: ZONE)


def test_families_are_reminded_once_of_a_week_without_hours_a_day_before_it_is_locked(nursery: Nursery) -> None:
    week = dict.fromkeys(range(1, 6), DAY)
    actions.write_regular(
        by=nursery.actor("guardian"), child=nursery.children[0], valid_from=NEXT, days=week, now=NOW, zone=ZONE
    )
    assert remind(NOW) == 0  # a day and two hours before
    assert remind(BEFORE) == 5
    assert remind(BEFORE + timedelta(minutes=15)) == 0
    entries = Entry.objects.filter(kind="care.week.missing/1")
    told = {pupil for entry in entries for _thing, pupil in things(entry.kind, entry.refs) or ()}
    assert told == {*nursery.children[1:], nursery.persons["pupil"]}
    assert KINDS["care.week.missing"] is Part.CARE


def said(ref: UUID, child: UUID) -> str:
    """What a message says of a thing."""
    (thing,) = standing([(Part.CARE.value, ref, child)])[ref, child]
    return detail(thing, short=False)


def test_what_is_told_stands_until_it_is_taken_back(nursery: Nursery) -> None:
    child = nursery.children[0]
    by = nursery.actor("principal")
    closing = actions.close_day(by=by, unit=nursery.unit, on=NEXT, name="Planering", now=NOW)
    assert "Planering" in said(closing, child)
    actions.open_day(by=by, closing=closing, now=NOW)
    assert "after all" in said(closing, child)
    note = Note(new_id(), child, Act.IN, NOW)
    presence = actions.note_presence(by=by, group=nursery.group, note=note, now=NOW, zone=ZONE)
    assert "09:00" in said(presence, child)
    actions.undo_presence(by=by, group=nursery.group, presence=presence, now=NOW)
    assert standing([(Part.CARE.value, presence, child)]) == {}
    new = NewDay(TODAY, Hours(DAY.starts, DAY.ends))
    actions.write_days(by=by, child=child, days=[new], now=NOW, zone=ZONE)
    entry = Entry.objects.get(kind="care.week.written/1")
    ((ref, pupil),) = things(entry.kind, entry.refs) or ()
    assert pupil == child
    assert "changed" in said(ref, child)


def test_of_an_arrival_those_alone_are_told_who_asked() -> None:
    asked, other, child = uuid4(), uuid4(), uuid4()
    refs = {"pupil": str(child), "care": str(uuid4()), "readers": [str(asked)]}
    assert tells(refs, child=child, reader=asked)
    assert not tells(refs, child=child, reader=other)
    assert not tells({**refs, "readers": []}, child=child, reader=asked)
