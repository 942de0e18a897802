"""Reading development plans."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from uuid import UUID

from django.utils import timezone

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.schoolday.diary.queries import assessments as diary
from testamur.schoolday.diary.queries.assessments import assessed_room
from testamur.schoolday.diary.rules.rooms import Room
from testamur.schoolday.learning.models import Demand, Development, Signature, Version
from testamur.schoolday.learning.paper import paper as printed
from testamur.schoolday.learning.paper import said
from testamur.schoolday.learning.queries.reach import group_of, must_reach
from testamur.schoolday.learning.rules import (
    DevelopmentView,
    How,
    Judgement,
    NoPlanYear,
    Part,
    SignatureView,
    VersionView,
    ahead_in,
    judgements_in,
)

SEE = "learning.development.see"


def developments(*, by: Actor, group: UUID) -> dict[UUID, DevelopmentView]:
    """The development plans of a class by pupil; three queries.

    Raises NotFound, NotAllowed without ``learning.development.see`` in the group.
    """
    one = group_of(group)
    by.must(SEE, one.path, group=group)
    return {found.pupil: found for found in _views(Development.objects.filter(group=group).order_by("id"))}


def development(*, by: Actor, development: UUID) -> DevelopmentView:
    """One development plan with its draft, for staff. Raises NotFound, NotAllowed as `developments`."""
    found = _views(Development.objects.filter(id=development))
    if not found:
        raise NotFound("There is no such plan.", development=str(development))
    by.must(SEE, found[0].path, group=found[0].group)
    return found[0]


def developments_for(*, by: Actor, children: Collection[UUID]) -> dict[UUID, tuple[DevelopmentView, ...]]:
    """What was handed over of each child's development plans, the latest first; drafts are not told. Three queries.

    Raises NotAllowed without ``learning.family.see`` for each of them.
    """
    for child in children:
        must_reach(by, "learning.family.see", child)
    found: dict[UUID, list[DevelopmentView]] = {child: [] for child in children}
    rows = Development.objects.filter(pupil__in=list(children), versions__state="frozen").distinct()
    for one in _views(rows.order_by("-made_at", "id"), drafts=False):
        found[one.pupil].append(one)
    return {child: tuple(some) for child, some in found.items()}


def paper(*, by: Actor, version: UUID) -> bytes:
    """The PDF of a frozen version, for its school's staff, the pupil and the guardians.

    What was handed over before the pupil's identity was protected bears the name: it is kept, and whoever may not know
    the name gets the same paper with the alias. Raises NotFound, NotAllowed without ``learning.family.see`` for the
    pupil or ``learning.development.see`` there.
    """
    row = Version.objects.select_related("development").filter(id=version, state="frozen").first()
    if row is None or row.pdf is None:
        raise NotFound("There is no such version.", version=str(version))
    of = row.development
    if not by.may("learning.family.see", of.path, person=of.pupil_id):
        by.must(SEE, of.path, group=of.group_id)
    pupil = people.people(by=by, ids=[of.pupil_id], numbers=False)[of.pupil_id]
    if pupil.masked and row.frozen_at is not None:
        place = place_of(group=of.group_id, on=timezone.localdate(row.frozen_at))
        found = said(place, pupil=pupil.name, number=row.number, content=row.content, made=row.frozen_at)
        return printed(found)
    return bytes(row.pdf)


def demanded(school: UUID) -> bool:
    """Whether the school asks for an e-ID under its development plans."""
    return Demand.objects.filter(school=school).exists()


def place_of(*, group: UUID, on: date) -> Room:
    """The class whose pupils have development plans by the law. Raises `NoPlanYear` for every other, NotFound."""
    place, form = assessed_room(group=group, on=on)
    if not form.plan:
        raise NoPlanYear("There is no development plan in this year level.", group=str(group))
    return place


def judgements(*, by: Actor, group: UUID, pupil: UUID, on: date) -> tuple[Judgement, ...]:
    """The published assessments of the school year, one of each subject, the latest, in the order of the law.

    Needs ``diary.assessment.see`` in the group. Raises as `place_of`.
    """
    place = place_of(group=group, on=on)
    form = place.pack.diary.assessment(place.level, on)
    scale = form.scale if form is not None else None
    known = {one.code: one for one in place.pack.subjects}
    by_subject = {one.subject: one for one in diary.published(by=by, room=place, pupils=[pupil])}
    ordered = sorted(by_subject, key=lambda code: (known[code].order if code in known else 10_000, code))
    found = []
    for code in ordered:
        said = by_subject[code].written
        step = scale.find(said.value) if scale is not None else None
        name = known[code].name if code in known else code
        found.append(Judgement(code, name, said.value, step.name if step is not None else "", said.text, said.plan))
    return tuple(found)


def versions_by_id(ids: Iterable[UUID]) -> dict[UUID, tuple[UUID, VersionView]]:
    """Version → its pupil and itself, for telling of it; an unknown id is left out."""
    rows = Version.objects.select_related("development").defer("pdf").filter(id__in=list(ids))
    return {row.id: (row.development.pupil_id, version_view(row, ())) for row in rows}


def _views(rows: Iterable[Development], *, drafts: bool = True) -> list[DevelopmentView]:
    known = list(rows)
    versions: dict[UUID, list[Version]] = defaultdict(list)
    wanted = Version.objects.filter(development__in=[row.id for row in known]).defer("pdf").order_by("-number")
    for row in wanted if drafts else wanted.filter(state="frozen"):
        versions[row.development_id].append(row)
    signed: dict[UUID, list[SignatureView]] = defaultdict(list)
    ids = [row.id for some in versions.values() for row in some]
    for one in Signature.objects.filter(version__in=ids).order_by("at", "id"):
        signed[one.version_id].append(SignatureView(one.person, Part(one.part), How(one.how), one.at, one.ceremony))
    return [
        DevelopmentView(
            row.id, row.pupil_id, row.group_id, row.school_id, row.path, row.school_year_id,
            tuple(version_view(one, signed[one.id]) for one in versions[row.id]),
        )
        for row in known
    ]  # fmt: skip


def version_view(row: Version, signed: Iterable[SignatureView]) -> VersionView:
    """A version with its signatures, without its PDF."""
    return VersionView(
        row.id, row.development_id, row.number, judgements_in(row.content), ahead_in(row.content), row.made_by,
        row.changed_at, row.seen, row.frozen_at, row.digest, row.size, row.eid, tuple(signed),
    )  # fmt: skip
