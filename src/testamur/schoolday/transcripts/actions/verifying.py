"""A named person says that the data of a class are complete and exact, and takes that word back."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.transcripts.looking import Frame, frame, look
from testamur.schoolday.transcripts.models import Verification
from testamur.schoolday.transcripts.rules import DataMoved, Incomplete, Look, NoTranscripts, UnderWay
from testamur.schoolday.transcripts.steps.counting import keep

_SIGNABLE = frozenset({"ready", "signing", "signed", "sealed"})


@transaction.atomic
def verify(*, by: Actor, group: UUID, digest: str, now: datetime) -> UUID:
    """Say that the data of a class are complete and exact; returns the id of the word.

    `digest` is that of what the person has looked at (`rules.Look.digest`). A word that no longer covers the data is
    taken back by the new one; the same word again changes nothing. Needs ``transcripts.class.verify`` at the school
    and for the class. Raises NotFound, NoTranscripts, DataMoved, Incomplete (with what is missing). Journal:
    ``transcripts.class.verified/1``.
    """
    told = _frame(by, "transcripts.class.verify", group)
    former = Verification.objects.select_for_update().filter(group=group, withdrawn_at__isnull=True).first()
    seen = look(told, today=now.date())
    if seen.digest != digest:
        raise DataMoved("The data of the class have changed since the page was opened.", field="digest")
    if seen.missing or not seen.pupils:
        raise Incomplete("Data of the class are missing.", field="group", missing=seen.missing)
    if former is not None and former.digest == digest:
        return former.id
    if former is not None:
        former.withdrawn_at, former.withdrawn_by = now, by.id
        former.save(update_fields=["withdrawn_at", "withdrawn_by"])
    word = Verification(
        group=group, unit=seen.unit, path=seen.path, school_year=seen.school_year, verified_by=by.id,
        verified_at=now, pupils=len(seen.pupils), digest=digest,
    )  # fmt: skip
    Verification.objects.bulk_create([word], ignore_conflicts=True)
    standing = Verification.objects.filter(group=group, withdrawn_at__isnull=True).get()
    if standing.id != word.id:  # somebody was quicker by a moment
        return standing.id
    append(
        by=by,
        kind="transcripts.class.verified/1",
        path=seen.path,
        refs={"verification": str(word.id), "group": str(group), "pupils": len(seen.pupils), "digest": digest},
        now=now,
    )
    keep(look(told, today=now.date()), now=now)
    return word.id


@transaction.atomic
def withdraw(*, by: Actor, group: UUID, why: str = "", now: datetime) -> None:
    """Take back the word about a class; without one nothing happens. What is sealed stays as it is.

    Needs ``transcripts.class.verify`` at the school and for the class. Raises NotFound, NoTranscripts, UnderWay while
    documents of the class wait for signatures or the seal. Journal: ``transcripts.class.withdrawn/1``.
    """
    told = _frame(by, "transcripts.class.verify", group)
    row = Verification.objects.select_for_update().filter(group=group, withdrawn_at__isnull=True).first()
    if row is None:
        return
    seen = look(told, today=now.date())
    if any(_is_under_way(seen, index) for index in range(len(seen.pupils))):
        raise UnderWay("Documents of the class wait for signatures; recall them first.", field="group")
    row.withdrawn_at, row.withdrawn_by, row.why = now, by.id, why[:400]
    row.save(update_fields=["withdrawn_at", "withdrawn_by", "why"])
    told_refs = {"verification": str(row.id), "group": str(group)}
    append(by=by, kind="transcripts.class.withdrawn/1", path=row.path, refs=told_refs, now=now)
    keep(look(told, today=now.date()), now=now)


def _is_under_way(seen: Look, index: int) -> bool:
    document = seen.pupils[index].document
    return document is not None and document.state in _SIGNABLE and not document.outdated


def _frame(by: Actor, verb: str, group: UUID) -> Frame:
    told = frame(group)
    if told is None:
        raise NoTranscripts("The class has no transcripts that are verified.", field="group")
    by.must(verb, told.school.path, group=group)
    return told
