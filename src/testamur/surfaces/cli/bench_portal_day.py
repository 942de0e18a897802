"""The school day of the city that the portal is measured with: what a family's home tells beside its documents.

A class of this school year with five lessons a day, the next events, letters to the guardians, a form that waits, care
after school with its week, and a menu: every part of the home has something to tell of every child.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from testamur.kernel.base.actor import Actor
from testamur.register.people import queries as people
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import (
    Form,
    GroupKind,
    NewEnrolment,
    NewGroup,
    NewSchoolYear,
    NewSlot,
    NewTerm,
    NewUnit,
    UnitKind,
)
from testamur.schoolday.care import actions as care
from testamur.schoolday.care.rules import Hours, monday_of
from testamur.schoolday.conversations import actions as conversations
from testamur.schoolday.conversations.rules import Circle, NewConversation
from testamur.schoolday.forms import actions as forms
from testamur.schoolday.forms.rules import Content, Draft, Kind, Question
from testamur.schoolday.noticeboard import actions as board
from testamur.schoolday.noticeboard.rules import EventKind, NewEvent
from testamur.schoolday.noticeboard.rules.menus import Dish

ZONE = ZoneInfo("Europe/Stockholm")
SUBJECTS = ("MA", "SV", "EN", "IDH", "BI")
CLASS = 25
LETTERS = 3


def fill(by: Actor, school: UUID, pupils: Sequence[UUID], now: datetime) -> None:
    """Everything, for these pupils of a school; by the verbs."""
    here = school_queries.units([school])[school]
    assert here.parent is not None
    first = now.date() - timedelta(days=100)
    last = first + timedelta(days=300)
    period = NewSchoolYear(here.parent, "bench", first, last)
    year = schools.add_school_years(by=by, school_years=[period], now=now)[0]
    schools.add_terms(by=by, terms=[NewTerm(year, "T", first, last)], now=now)
    classes = [pupils[at : at + CLASS] for at in range(0, len(pupils), CLASS)]
    for number, some in enumerate(classes):
        _class(by, school, year, number, some, first, now)
    _care(by, here.parent, year, pupils, first, now)
    _common(by, here.parent, school, now)


def _class(
    by: Actor, school: UUID, year: UUID, number: int, pupils: Sequence[UUID], first: date, now: datetime
) -> None:
    new = NewGroup(school, year, GroupKind.CLASS, f"B{number}", year_level=8)
    group = schools.add_groups(by=by, groups=[new], now=now)[0]
    schools.add_enrolments(by=by, enrolments=[NewEnrolment(one, school, first, group=group) for one in pupils], now=now)
    schools.add_slots(
        by=by,
        slots=[
            NewSlot(group, weekday, time(8 + n), time(8 + n, 50), subject=subject)
            for weekday in range(1, 8)  # whatever day it is measured on
            for n, subject in enumerate(SUBJECTS)
        ],
        now=now,
    )
    begins = now + timedelta(days=2)
    trip = NewEvent(school, EventKind.EVENT, "Utflykt (exempel)", begins, begins + timedelta(hours=3), group=group)
    board.plan_event(by=by, event=trip, now=now)
    for n in range(LETTERS):
        letter = NewConversation(
            school, Circle.GUARDIANS, f"Brev {n + 1} (exempel)", "Ta med vatten och matsäck.", "sv", group=group
        )
        conversations.start(by=by, new=letter, now=now - timedelta(hours=LETTERS - n))


def _care(by: Actor, authority: UUID, year: UUID, pupils: Sequence[UUID], first: date, now: datetime) -> None:
    unit = NewUnit(UnitKind.SCHOOL, "99990090", "Fritidshem (exempel)", authority, form=Form.AFTER_SCHOOL)
    club = schools.add_units(by=by, units=[unit], now=now)[0]
    group = schools.add_groups(by=by, groups=[NewGroup(club, year, GroupKind.TEACHING, "Kometen")], now=now)[0]
    schools.add_enrolments(by=by, enrolments=[NewEnrolment(one, club, first, group=group) for one in pupils], now=now)
    hours = {day: Hours(time(13, 30), time(16, 30)) for day in range(1, 6)}
    for child, some in people.guardians(by=by, children=pupils, on=now.date()).items():
        for one in some[:1]:
            guardian = replace(by, id=one.guardian.id)
            monday = monday_of(now.date()) - timedelta(weeks=1)
            care.write_regular(by=guardian, child=child, valid_from=monday, days=hours, now=now, zone=ZONE)


def _common(by: Actor, authority: UUID, school: UUID, now: datetime) -> None:
    begins = now + timedelta(days=5)
    fair = NewEvent(school, EventKind.EVENT, "Skolans dag (exempel)", begins, begins + timedelta(hours=4))
    board.plan_event(by=by, event=fair, now=now)
    question = Question("comes", Kind.YES_NO, required=True, labels={"sv": "Får ditt barn följa med?"}, options={})
    asked = Content(("sv",), {"sv": "Besök på museet (exempel)"}, {"sv": "Vi åker buss."}, (question,))
    form = forms.draft_form(by=by, form=Draft(school, asked, now.date() + timedelta(days=9)), now=now)
    forms.publish_form(by=by, form=form, now=now)
    menu = board.add_menu(by=by, unit=authority, name="Skolmat (exempel)", now=now)
    days = {now.date() + timedelta(days=n): [Dish({"": "Köttbullar med potatis"}, frozenset())] for n in range(-7, 14)}
    board.write_days(by=by, menu=menu, days=days, now=now)
