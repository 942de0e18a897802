"""What keeps a list from being sent: the facts, gathered for `rules.checks` with a handful of queries."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.law.results import FinalGrade, ModuleResult, Results
from testamur.register.curriculum import queries as curriculum
from testamur.register.studies import queries as studies
from testamur.schoolday.reporting.models import ListRow, ProcessRule, ResultList
from testamur.schoolday.reporting.queries import final, process
from testamur.schoolday.reporting.queries.law import results_of, university_of
from testamur.schoolday.reporting.queries.posts import examiners
from testamur.schoolday.reporting.queries.reach import READ, found, must
from testamur.schoolday.reporting.rules.checks import Held, ListFacts, RowFacts, find
from testamur.schoolday.reporting.rules.documents import code_of
from testamur.schoolday.reporting.rules.states import ListKind, Way
from testamur.schoolday.reporting.rules.views import Check
from testamur.schoolday.results import queries as decisions

Finals = Mapping[UUID, tuple[FinalGrade, tuple[ModuleResult, ...]]]


def of(*, by: Actor, list: UUID, now: datetime) -> tuple[Check, ...]:
    """Everything that the checks find in a list, about the list first, then row by row.

    Raises NotFound, NotAllowed without ``reporting.list.read`` at its place (or as a grader of it).
    """
    row = found(list)
    must(by, READ, row)
    rows = tuple(ListRow.objects.filter(list=row).order_by("id"))
    may_sign = examiners(course_code=row.course_code, unit=row.unit, on=now.date())
    return find_in(row, rows, finals=finals_of(row, rows), may_sign=may_sign, now=now)


def finals_of(row: ResultList, rows: Sequence[ListRow]) -> Finals:
    """What the modules say of each student of a whole-course list, by student; nothing for other lists."""
    if row.kind != ListKind.COURSE or not rows:
        return {}
    return final.standing(course=row.course, path=row.path, students=[one.person for one in rows])


def find_in(
    row: ResultList, rows: Sequence[ListRow], *, finals: Finals, may_sign: Sequence[UUID], now: datetime
) -> tuple[Check, ...]:
    """The same for a list that was read already; for this package."""
    persons = [one.person for one in rows]
    registrations = studies.registrations(course=row.course, persons=persons)
    credited = studies.credits(course=row.course, persons=persons)
    held = _held(row, persons)
    course = curriculum.courses([row.course]).get(row.course)
    facts = ListFacts(
        kind=ListKind(row.kind),
        module=row.module,
        degree_project=row.degree_project,
        title=row.title,
        title_en=row.title_en,
        anonymous=row.anonymous,
        discontinued_on=course.discontinued_on if course is not None else None,
        today=now.date(),
        rows=tuple(
            RowFacts(
                row=one.id,
                value=one.value,
                examined_on=one.examined_on,
                registrations=registrations.get(one.person, ()),
                credits=credited.get(one.person, ()),
                held=held.get(one.person, ()),
                corrects=one.corrects,
                final=finals[one.person][0] if one.person in finals else None,
            )
            for one in rows
        ),
        starts={one.id: one.starts for one in studies.occasions_of(course=row.course)},
        on_paper=on_paper(row, rows),
        examiners=len(may_sign),
    )
    return find(facts)


def on_paper(row: ResultList, rows: Sequence[ListRow]) -> tuple[date, ...]:
    """Dates of examination in a list for which the rule in force says that it is signed on paper (row B24)."""
    dates = sorted({one.examined_on for one in rows if one.value and one.examined_on})
    if not dates:
        return ()
    turns = sorted(ProcessRule.objects.filter(in_force_at__isnull=False).values_list("grade_from", flat=True))
    # the way changes on these days alone, so that each stretch between two of them is asked for once
    stretches = [bisect_right(turns, on) for on in dates]
    days = dict(zip(stretches, dates, strict=True))
    ways = {part: process.way_for(path=row.path, on=on) for part, on in days.items()}
    return tuple(on for on, part in zip(dates, stretches, strict=True) if ways[part] is Way.PAPER)


def _held(row: ResultList, persons: Sequence[UUID]) -> dict[UUID, tuple[Held, ...]]:
    law = results_of(row.pack)
    codes = [code_of(row.course_code, row.module_code)]
    decided = decisions.results_of(path=university_of(row.path), codes=codes, pupils=persons)
    return {
        person: tuple(
            Held(one.id, one.value, _passed(law, one.scale or row.scale, one.value), one.occasion) for one in some
        )
        for person, some in decided.items()
    }


def _passed(law: Results, scale: str, value: str) -> bool:
    try:
        return law.passed(scale, value)
    except Refused:  # of another time's scale: nothing that anybody could do here
        return False
