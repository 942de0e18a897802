"""Adding course occasions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal import actions as journal
from testamur.register.people.actions.checks import unless_conflict
from testamur.register.people.rules import common_path, ids_digest
from testamur.register.studies.actions.checks import Values, fresh, known_courses, places
from testamur.register.studies.models import Occasion
from testamur.register.studies.rules import MAX_PACE, NewOccasion


class OccasionInvalid(Refused):
    """An occasion without a code or term, that ends before it begins, or at an impossible pace."""

    code = "studies.occasion.invalid"


class OccasionDiffers(Refused):
    """The course has an occasion of that code and term already, at another unit, in other days or at another pace."""

    code = "studies.occasion.differs"


@transaction.atomic
def add_occasions(*, by: Actor, occasions: Sequence[NewOccasion], now: datetime) -> list[UUID]:
    """Add occasions of courses and return their ids in order; one that stands there already keeps its id.

    Needs ``studies.occasion.add`` at each unit's path. Raises ``not_found``, ``studies.occasion.invalid`` and
    ``studies.occasion.differs``. Journal: ``studies.occasions.added/1``, unless all stood there.
    """
    paths = places(by, "studies.occasion.add", [new.unit for new in occasions])
    known_courses([(new.course, None) for new in occasions])
    for index, new in enumerate(occasions):
        _check(new, index)
    ids: dict[tuple[UUID, str, str], UUID] = {}
    kept: dict[tuple[UUID, str, str], Values] = {}
    for row in Occasion.objects.filter(course__in={new.course for new in occasions}):
        key = (row.course_id, row.term, row.code)
        ids[key], kept[key] = row.id, (row.unit_id, row.starts, row.ends, row.pace)
    asked = [(_key(new), (new.unit, new.starts, new.ends, new.pace)) for new in occasions]
    rows = []
    for index in fresh(asked, kept, _differs):
        new = occasions[index]
        rows.append(_row(new, paths[new.unit]))
        ids[_key(new)] = rows[-1].id
    if rows:
        with unless_conflict(_differs()):
            Occasion.objects.bulk_create(rows)
        journal.append(
            by=by,
            kind="studies.occasions.added/1",
            path=common_path({row.path for row in rows}),
            now=now,
            refs={"count": len(rows), "digest": ids_digest(row.id for row in rows)},
        )
    return [ids[_key(new)] for new in occasions]


def _key(new: NewOccasion) -> tuple[UUID, str, str]:
    return (new.course, new.term, new.code)


def _check(new: NewOccasion, index: int) -> None:
    for field, good in (
        ("code", bool(new.code.strip())),
        ("term", bool(new.term.strip())),
        ("ends", new.ends >= new.starts),
        ("pace", 1 <= new.pace <= MAX_PACE),
    ):
        if not good:
            raise OccasionInvalid(
                "An occasion has a code, a term, a first and a last day, and a pace.", field=field, index=index
            )


def _row(new: NewOccasion, path: str) -> Occasion:
    return Occasion(
        id=new.id or new_id(),
        unit_id=new.unit,
        path=path,
        course_id=new.course,
        code=new.code,
        term=new.term,
        starts=new.starts,
        ends=new.ends,
        pace=new.pace,
    )


def _differs() -> OccasionDiffers:
    return OccasionDiffers("The course has such an occasion already, with other days.", field="code")
