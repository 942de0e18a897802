"""Keeping phrases for comments."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.diary.models import Phrase
from testamur.schoolday.diary.queries.phrases import BODY, OWN, SCHOOL
from testamur.schoolday.diary.rules.phrases import MOST, Circle, NewPhrase, PhraseTaken, PhraseTooMany, check

_VERB = {Circle.SCHOOL: SCHOOL, Circle.BODY: BODY}


@transaction.atomic
def keep_phrase(*, by: Actor, phrase: NewPhrase, unit: UUID | None, now: datetime) -> UUID:
    """Keep a phrase for oneself, or for the school or body `unit`; returns its id.

    Needs ``diary.phrase.own`` for oneself, ``diary.phrase.school`` or ``diary.phrase.body`` at the unit. Raises
    NotFound, NotAllowed, PhraseInvalid, PhraseTaken, PhraseTooMany. Journal: ``diary.phrase.kept/1`` without its text.
    """
    owner, path = _owner(by, phrase.circle, unit)
    kept = check(phrase)
    mine = Phrase.objects.filter(owner=owner, retired_at__isnull=True)
    if mine.count() >= MOST:
        raise PhraseTooMany(f"At most {MOST} phrases are kept.", field="text")
    row = Phrase(
        id=new_id(), circle=kept.circle.value, owner=owner, code=kept.code, text=kept.text, subject=kept.subject,
        value=kept.value, made_by=by.id, made_at=now,
    )  # fmt: skip
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise PhraseTaken("There is a phrase with that code.", field="code") from None
    append(by=by, kind="diary.phrase.kept/1", path=path, refs={"phrase": str(row.id)}, now=now)
    return row.id


@transaction.atomic
def retire_phrase(*, by: Actor, phrase: UUID, now: datetime) -> None:
    """Take a phrase out of the bank; texts that it went into stay as they are.

    Needs what keeping it needs. Raises NotFound, NotAllowed. Journal: ``diary.phrase.retired/1``.
    """
    row = Phrase.objects.select_for_update().filter(id=phrase, retired_at__isnull=True).first()
    if row is None or (row.circle == Circle.OWN and row.owner != by.id):
        raise NotFound("There is no such phrase.", phrase=str(phrase))
    _owner_id, path = _owner(by, Circle(row.circle), row.owner)
    row.retired_at = now
    row.save(update_fields=["retired_at"])
    append(by=by, kind="diary.phrase.retired/1", path=path, refs={"phrase": str(row.id)}, now=now)


def _owner(by: Actor, circle: Circle, unit: UUID | None) -> tuple[UUID, str]:
    """Who keeps a phrase, and where the act belongs; asks for the permission."""
    if circle is Circle.OWN:
        by.must(OWN, person=by.id)
        return by.id, "/"
    one = schools.unit(unit) if unit is not None else None
    if one is None:
        raise NotFound("There is no such school or body.", field="circle")
    by.must(_VERB[circle], one.path)
    return one.id, one.path
