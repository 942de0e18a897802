"""Drafting, handing over and confirming development plans."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.jobs.rules import step_actor
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.schoolday.learning.models import Demand, Development, Signature, Version
from testamur.schoolday.learning.paper import paper, said
from testamur.schoolday.learning.queries import demanded, judgements, place_of
from testamur.schoolday.learning.queries.reach import must_be_members
from testamur.schoolday.learning.rules import (
    Ahead,
    Changed,
    Frozen,
    How,
    NeedsEid,
    NothingToFreeze,
    Part,
    SignedAlready,
    ahead_in,
    checked_ahead,
    content_of,
    judgements_in,
)

WRITE = "learning.development.write"


@transaction.atomic
def draft_development(*, by: Actor, group: UUID, pupil: UUID, now: datetime) -> UUID:
    """Begin a pupil's development plan of the school year, or its next version, from the subjects' judgements.

    Returns the development plan's id. A draft that is there already stays, with the judgements of today. A new version
    begins with what the former one says. Journal: ``learning.development.drafted/1``. Needs
    ``learning.development.write`` and ``diary.assessment.see`` in the class. Raises NotFound, NotInGroup, NoPlanYear.
    """
    on = now.date()
    place = place_of(group=group, on=on)
    by.must(WRITE, place.path, group=group)
    must_be_members(place.group, {pupil}, on)
    row, _new = Development.objects.select_for_update().get_or_create(
        pupil_id=pupil,
        school_id=place.school.id,
        school_year_id=place.year.id,
        defaults={"id": new_id(), "group_id": group, "path": place.path, "made_at": now},
    )
    said = judgements(by=by, group=group, pupil=pupil, on=on)
    newest = Version.objects.filter(development=row).defer("pdf").order_by("-number").first()
    ahead = ahead_in(newest.content) if newest is not None else Ahead()
    content = content_of(said, ahead)
    if newest is not None and newest.state == "draft":
        newest.content, newest.changed_at, newest.seen = content, now, newest.seen + 1
        newest.save(update_fields=["content", "changed_at", "seen"])
    else:
        number = newest.number + 1 if newest is not None else 1
        Version.objects.create(
            id=new_id(), development=row, number=number, content=content, made_by=by.id, made_at=now, changed_at=now
        )
    refs = {"of": str(row.id), "pupil": str(pupil), "group": str(group)}
    append(by=by, kind="learning.development.drafted/1", path=row.path, refs=refs, now=now)
    return row.id


@transaction.atomic
def write_ahead(*, by: Actor, version: UUID, ahead: Ahead, seen: int, now: datetime) -> None:
    """Write what was agreed in a draft that was seen in that state. Journal: ``learning.development.written/1``.

    Needs ``learning.development.write`` in the class. Raises NotFound, Frozen, Changed, TextTooLong.
    """
    row = _draft(by, version, seen)
    row.content = content_of(judgements_in(row.content), checked_ahead(ahead))
    row.changed_at, row.seen = now, row.seen + 1
    row.save(update_fields=["content", "changed_at", "seen"])
    append(by=by, kind="learning.development.written/1", path=row.development.path, refs=_refs(row), now=now)


@transaction.atomic
def freeze_development(*, by: Actor, version: UUID, seen: int, now: datetime) -> None:
    """Hand a draft over to be confirmed: from now on nothing of it changes, and its PDF is what is signed.

    Journal: ``learning.development.frozen/1``; the family is told. Needs ``learning.development.write`` in the class.
    Raises NotFound, Frozen, Changed, NothingToFreeze (nothing is said about what comes next).
    """
    row = _draft(by, version, seen)
    ahead = ahead_in(row.content)
    if not ahead.next:
        raise NothingToFreeze("Write what the pupil works on next.", field="next")
    of = row.development
    place = place_of(group=of.group_id, on=now.date())
    # of a protected pupil the alias, whoever hands it over: all who teach the pupil fetch the same paper
    name = people.people(by=step_actor("learning"), ids=[of.pupil_id], numbers=False)[of.pupil_id].name
    row.pdf = paper(said(place, pupil=name, number=row.number, content=row.content, made=now))
    row.digest, row.size = sha256(row.pdf).hexdigest(), len(row.pdf)
    row.state, row.frozen_at, row.eid = "frozen", now, demanded(of.school_id)
    row.save()
    append(by=by, kind="learning.development.frozen/1", path=of.path, refs=_refs(row) | {"digest": row.digest}, now=now)


@dataclass(frozen=True, slots=True)
class Signing:
    """A frozen version, for whoever is about to confirm it."""

    version: UUID
    pupil: UUID
    school: UUID
    path: str
    number: int
    digest: str
    size: int
    eid: bool
    part: Part


def to_sign(*, by: Actor, version: UUID) -> Signing:
    """The version that `by` may confirm, and in what capacity.

    That is the teacher (``learning.development.write`` in the class), the guardians and the pupil
    (``learning.family.confirm``). Raises NotFound, NotAllowed, SignedAlready.
    """
    row = Version.objects.select_related("development").defer("pdf").filter(id=version, state="frozen").first()
    if row is None:
        raise NotFound("There is no such version.", version=str(version))
    of = row.development
    if by.may("learning.family.confirm", of.path, person=of.pupil_id):
        part = Part.PUPIL if by.id == of.pupil_id else Part.GUARDIAN
    else:
        by.must(WRITE, of.path, group=of.group_id)
        part = Part.TEACHER
    if Signature.objects.filter(version=row, person=by.id).exists():
        raise SignedAlready("You have confirmed this version already.", version=str(version))
    return Signing(row.id, of.pupil_id, of.school_id, of.path, row.number, row.digest, row.size, row.eid, part)


@transaction.atomic
def confirm_development(*, by: Actor, version: UUID, now: datetime) -> None:
    """Confirm a frozen version with a button. Journal: ``learning.development.confirmed/1``.

    Needs what `to_sign` needs. Raises as it does, and NeedsEid where the school asks for an e-ID.
    """
    found = to_sign(by=by, version=version)
    if found.eid:
        raise NeedsEid("The school asks for a signature with an e-ID.", version=str(version))
    signed(by, found, How.CONFIRMED, None, now)


@transaction.atomic
def demand_eid(*, by: Actor, school: UUID, path: str, on: bool, now: datetime) -> None:
    """Ask for an e-ID under the development plans that are handed over from now on, or no longer.

    Journal: ``learning.development.demanded/1``. Needs ``learning.development.demand`` at the school: its head's.
    """
    by.must("learning.development.demand", path)
    if on:
        Demand.objects.get_or_create(school_id=school, defaults={"since": now, "set_by": by.id})
    else:
        Demand.objects.filter(school=school).delete()
    refs = {"unit": str(school), "on": on}
    append(by=by, kind="learning.development.demanded/1", path=path, refs=refs, now=now)


def signed(by: Actor, found: Signing, how: How, ceremony: UUID | None, now: datetime) -> None:
    """Write the confirmation down, in the caller's transaction. Raises SignedAlready for the second of two at once."""
    try:
        with transaction.atomic():
            Signature.objects.create(
                id=new_id(), version_id=found.version, person=by.id, part=found.part.value, how=how.value,
                ceremony=ceremony, at=now,
            )  # fmt: skip
    except IntegrityError as twice:
        raise SignedAlready("You have confirmed this version already.", version=str(found.version)) from twice
    refs = {
        "development": str(found.version), "pupil": str(found.pupil), "part": found.part.value, "how": how.value,
        "digest": found.digest,
    }  # fmt: skip
    append(by=by, kind="learning.development.confirmed/1", path=found.path, refs=refs, now=now)


def _draft(by: Actor, version: UUID, seen: int) -> Version:
    row = Version.objects.select_related("development").select_for_update(of=("self",)).filter(id=version).first()
    if row is None:
        raise NotFound("There is no such version.", version=str(version))
    by.must(WRITE, row.development.path, group=row.development.group_id)
    if row.state != "draft":
        raise Frozen("The plan was handed over; begin a new version.", version=str(version))
    if row.seen != seen:
        raise Changed("Somebody else has written here meanwhile.", field="next", version=row.seen)
    return row


def _refs(row: Version) -> dict[str, str]:
    return {"development": str(row.id), "pupil": str(row.development.pupil_id), "number": str(row.number)}
