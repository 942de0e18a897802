"""What a family has seen."""

from __future__ import annotations

from datetime import timedelta

import pytest

from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.journal.models import Entry
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries.visits import visits
from testamur.schoolday.diary.rules.states import Part
from tests.schoolday.diary.school import NOW, School


@pytest.mark.feature("C17")
def test_each_person_has_seen_what_he_or_she_opened_of_each_child(bulgarian: School) -> None:
    guardian, other = bulgarian.actor("guardian"), bulgarian.actor("other_guardian")
    first, second = bulgarian.pupils[:2]
    written = Entry.objects.count()
    actions.note_visit(by=guardian, pupil=first, part=Part.MARKS, now=NOW)
    actions.note_visit(by=guardian, pupil=first, part=Part.MARKS, now=NOW + timedelta(hours=1))
    actions.note_visit(by=other, pupil=first, part=Part.MARKS, now=NOW)
    mine = visits(by=guardian, pupils=[first, second])
    assert mine.since(first, Part.MARKS) == NOW + timedelta(hours=1)
    assert mine.since(first, Part.REMARKS) is None
    assert mine.since(second, Part.MARKS) is None
    assert visits(by=other, pupils=[first]).since(first, Part.MARKS) == NOW
    assert Entry.objects.count() == written


def test_nobody_visits_the_child_of_others(bulgarian: School) -> None:
    for who in ("guardian", "teacher", "principal"):
        with pytest.raises(NotAllowed):
            actions.note_visit(by=bulgarian.actor(who), pupil=bulgarian.pupils[3], part=Part.MARKS, now=NOW)
