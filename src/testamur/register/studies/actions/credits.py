"""Noting what students were credited."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions.checks import unless_conflict
from testamur.register.people.queries import chunks
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.studies.actions.checks import Values, fresh, known_courses, known_persons
from testamur.register.studies.models import Credit
from testamur.register.studies.rules import NewCredit


class CreditDiffers(Refused):
    """The student was credited that module or course already, on another day or with another number of credits."""

    code = "studies.credit.differs"


class CreditInvalid(Refused):
    """The credits are not above nought, have more than one decimal, or are more than the course or module has."""

    code = "studies.credit.invalid"


@transaction.atomic
def note_credits(*, by: Actor, credits: Sequence[NewCredit], now: datetime) -> int:  # noqa: A002 - the word of the trade
    """Note that students need not take modules or courses; returns how many were not there before. All or none.

    Needs ``studies.credit.add`` at each course's path. Raises ``not_found``, ``studies.credit.invalid`` and
    ``studies.credit.differs``. Journal: ``studies.credits.added/1``, unless all stood there.
    """
    courses = known_courses([(new.course, new.module) for new in credits])
    for path in {one.path or "/" for one in courses.values()}:
        by.must("studies.credit.add", path)
    known_persons([new.person for new in credits])
    for index, new in enumerate(credits):
        course = courses[new.course]
        most = next((part.credits for part in course.modules if part.id == new.module), course.credits)
        if not 0 < new.credits <= most or new.credits != new.credits.quantize(Decimal("0.1")):
            raise CreditInvalid("Credits are above nought and at most what is credited.", field="credits", index=index)
    kept: dict[tuple[UUID, UUID, UUID | None], Values] = {}
    for part in chunks({new.person for new in credits}):
        for row in Credit.objects.filter(person__in=part, course__in=list(courses)):
            kept[row.person_id, row.course_id, row.module_id] = (row.credits, row.decided_on)
    asked: list[tuple[tuple[UUID, UUID, UUID | None], Values]] = [
        ((new.person, new.course, new.module), (new.credits, new.decided_on)) for new in credits
    ]
    rows = [_row(credits[index]) for index in fresh(asked, kept, _differs)]
    if rows:
        with unless_conflict(_differs()):
            Credit.objects.bulk_create(rows)
        journal.append(
            by=by,
            kind="studies.credits.added/1",
            path=common_path({courses[row.course_id].path or "/" for row in rows}),
            now=now,
            refs={"count": len(rows), "digest": ids_digest(row.id for row in rows)},
        )
    return len(rows)


def _row(new: NewCredit) -> Credit:
    return Credit(
        id=new_id(),
        person_id=new.person,
        course_id=new.course,
        module_id=new.module,
        credits=new.credits,
        decided_on=new.decided_on,
    )


def _differs() -> CreditDiffers:
    return CreditDiffers("The student was credited that already, on another day.", field="decided_on")
