"""Reminders: to whom a step waits for, once a day, by hand or by the dates of the plan; letters name no pupil."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from testamur.exchange.notifications import tasks
from testamur.exchange.notifications.steps import follow_colleagues
from testamur.kernel.base.refused import NotAllowed
from testamur.kernel.delivery.models import Message
from testamur.kernel.journal.models import Entry
from testamur.schoolday.supervision import actions, queries, steps
from testamur.schoolday.supervision.models import Reminded
from testamur.schoolday.supervision.rules import NobodyWaited, Waits
from testamur.schoolday.transcripts.models import ClassYear
from testamur.schoolday.transcripts.rules import Step
from tests.schoolday.supervision.province import NOW, TODAY, YEAR, Province, class_year, planned
from tests.shipping import see_own_acts

pytestmark = [pytest.mark.django_db, pytest.mark.feature("D5")]


@pytest.fixture
def first(province: Province) -> Province:
    """Only the first school is counted: 1A has no data, 1B waits for its teacher's signature."""
    ClassYear.objects.all().delete()
    school, (one, other) = province.schools[0], province.groups
    teachers = province.persons["teacher_0"], province.persons["teacher_1"]
    ClassYear.objects.bulk_create([
        class_year(school, "1A", None, group=one, teacher=teachers[0]),
        class_year(school, "1B", Step.MADE, group=other, teacher=teachers[1]),
    ])  # fmt: skip
    return province


def who(province: Province, step: Step, by: str = "officer") -> dict[str, tuple[Waits, tuple[str, ...]]]:
    """Name → as what and for which classes somebody would be reminded."""
    names = {person: name for name, person in province.persons.items()}
    found = queries.recipients(
        by=province.actor(by), path=province.schools[0].path, school_year=YEAR, step=step, on=TODAY
    )
    return {names[one.person]: (one.role, one.codes) for one in found if not one.reminded_today}


def moved(group: UUID, step: Step, **more: object) -> None:
    """A class has come to a step."""
    row = ClassYear.objects.get(group=group)
    for one in Step:
        setattr(row, one.value, row.pupils)
        if one is step:
            break
    for name, value in more.items():
        setattr(row, name, value)
    row.save()


def test_a_step_waits_for_class_teacher_office_or_principal(first: Province) -> None:
    one, other = first.groups
    assert who(first, Step.COMPLETE) == {"teacher_0": (Waits.CLASS_TEACHER, ("1A",))}
    assert who(first, Step.TEACHER) == {
        "teacher_0": (Waits.CLASS_TEACHER, ("1A",)), "teacher_1": (Waits.CLASS_TEACHER, ("1B",)),
    }  # fmt: skip
    moved(one, Step.VERIFIED)
    moved(other, Step.TEACHER)
    assert who(first, Step.MADE) == {"administrator": (Waits.OFFICE, ("1A",))}
    assert who(first, Step.PRINCIPAL)["principal"] == (Waits.PRINCIPAL, ("1B",))
    moved(other, Step.PRINCIPAL)
    assert who(first, Step.SEALED) == {"administrator": (Waits.OFFICE, ("1A", "1B"))}


def test_what_waits_for_the_store_is_nobody_s_but_a_rejection_is_the_office_s(first: Province) -> None:
    for group in first.groups:
        moved(group, Step.SEALED)
    assert who(first, Step.DELIVERED) == {}
    moved(first.groups[0], Step.SEALED, rejected=2)
    assert who(first, Step.DELIVERED) == {"administrator": (Waits.OFFICE, ("1A",))}


def test_a_class_without_a_teacher_is_the_office_s(first: Province) -> None:
    ClassYear.objects.filter(group=first.groups[0]).update(class_teacher=None)
    assert who(first, Step.COMPLETE) == {"administrator": (Waits.OFFICE, ("1A",))}


def test_reminding_tells_each_once_a_day_and_writes_the_journal(first: Province) -> None:
    officer = first.actor("officer")
    sent = actions.remind(by=officer, unit=first.body, school_year=YEAR, step=Step.TEACHER, on=TODAY, now=NOW)
    entry = Entry.objects.get(kind="supervision.reminder.sent/1")
    assert entry.refs == {"reminder": str(sent), "unit": str(first.body), "step": "teacher", "people": 2}
    with pytest.raises(NobodyWaited):
        actions.remind(by=officer, unit=first.body, school_year=YEAR, step=Step.TEACHER, on=TODAY, now=NOW)
    later = NOW + timedelta(days=1)
    actions.remind(by=officer, unit=first.body, school_year=YEAR, step=Step.COMPLETE, on=later.date(), now=later)
    assert sorted(Reminded.objects.values_list("on", flat=True)) == [TODAY, TODAY, later.date()]


def test_only_the_body_itself_reminds_and_a_district_reminds_its_own(first: Province) -> None:
    for name in ("principal", "administrator", "teacher_0", "head_2"):
        with pytest.raises(NotAllowed):
            actions.remind(
                by=first.actor(name), unit=first.schools[0].id, school_year=YEAR, step=Step.TEACHER, on=TODAY, now=NOW
            )
    actions.remind(
        by=first.actor("head"), unit=first.districts[0].id, school_year=YEAR, step=Step.TEACHER, on=TODAY, now=NOW
    )


def test_the_letters_name_classes_the_step_and_the_last_day(first: Province, monkeypatch: pytest.MonkeyPatch) -> None:
    see_own_acts(monkeypatch)
    planned(first)
    follow_colleagues(by=tasks.STEP, names=tasks.NAMES, now=NOW)
    actions.remind(by=first.actor("officer"), unit=first.body, school_year=YEAR, step=Step.TEACHER, on=TODAY, now=NOW)
    assert follow_colleagues(by=tasks.STEP, names=tasks.NAMES, now=NOW) == 2
    letter = Message.objects.get(to="teacher_1@example.org")
    assert "1B" in letter.text
    assert "1A" not in letter.text
    assert first.schools[0].name in letter.text
    assert "Tỉnh Giả Định" in letter.text
    assert follow_colleagues(by=tasks.STEP, names=tasks.NAMES, now=NOW) == 0


@pytest.mark.parametrize(
    ("day", "told"),
    [(8, {"teacher_0", "teacher_1"}), (7, set()), (4, {"teacher_0"}), (5, set())],
)
def test_the_dates_of_a_plan_remind_by_themselves(first: Province, day: int, told: set[str]) -> None:
    planned(first, before=2, after=1)  # verification on the 3rd, signing on the 10th
    now = datetime(2026, 6, day, 3, 0, tzinfo=UTC)
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    assert steps.remind_due(by=tasks.SUPERVISING, zone=lambda _path: zone, now=now) == bool(told)
    names = {person: name for name, person in first.persons.items()}
    assert {names[one] for one in Reminded.objects.values_list("person", flat=True)} == told
    assert steps.remind_due(by=tasks.SUPERVISING, zone=lambda _path: zone, now=now + timedelta(hours=1)) == 0


def test_nothing_goes_by_itself_at_night_or_unless_the_plan_says_so(first: Province) -> None:
    zone = ZoneInfo("Asia/Ho_Chi_Minh")
    planned(first)
    eighth = datetime(2026, 6, 8, 3, 0, tzinfo=UTC)
    assert steps.remind_due(by=tasks.SUPERVISING, zone=lambda _path: zone, now=eighth) == 0
