"""The verbs of schools. One file per family of verbs; callers import them from here."""

from __future__ import annotations

from testamur.register.schools.actions.desk import (
    InClassAlready,
    appoint_person,
    change_plan,
    enrol_person,
    move_pupil,
)
from testamur.register.schools.actions.enrolments import (
    EnrolmentTaken,
    GroupElsewhere,
    add_enrolments,
    end_enrolments,
    update_enrolments,
)
from testamur.register.schools.actions.groups import GroupTaken, add_groups, update_groups
from testamur.register.schools.actions.period_changes import (
    PeriodBegun,
    PeriodNarrow,
    change_school_year,
    change_term,
)
from testamur.register.schools.actions.periods import PeriodTaken, add_school_years, add_terms
from testamur.register.schools.actions.posts import ClassTeacherTaken, GroupNeeded, add_posts, end_posts
from testamur.register.schools.actions.timetable import (
    HolidayTaken,
    add_holidays,
    add_slots,
    end_slots,
    move_slot,
    remove_holidays,
)
from testamur.register.schools.actions.units import UnitInvalid, UnitTaken, add_units, update_units

__all__ = [
    "ClassTeacherTaken",
    "EnrolmentTaken",
    "GroupElsewhere",
    "GroupNeeded",
    "GroupTaken",
    "HolidayTaken",
    "InClassAlready",
    "PeriodBegun",
    "PeriodNarrow",
    "PeriodTaken",
    "UnitInvalid",
    "UnitTaken",
    "add_enrolments",
    "add_groups",
    "add_holidays",
    "add_posts",
    "add_school_years",
    "add_slots",
    "add_terms",
    "add_units",
    "appoint_person",
    "change_plan",
    "change_school_year",
    "change_term",
    "end_enrolments",
    "end_posts",
    "end_slots",
    "enrol_person",
    "move_pupil",
    "move_slot",
    "remove_holidays",
    "update_enrolments",
    "update_groups",
    "update_units",
]
