"""Giving a consent with a signature: what will be signed is frozen, a ceremony signs it, its evidence is kept."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import queries as people
from testamur.register.people.rules import Protection
from testamur.register.schools import queries as schools
from testamur.schoolday.forms.actions.answering import must_be_asked, write
from testamur.schoolday.forms.actions.making import locked
from testamur.schoolday.forms.models import Signing
from testamur.schoolday.forms.rules import (
    AnswerInvalid,
    Consent,
    FormOver,
    FormView,
    Word,
    as_signer,
    check_values,
    document,
    title_signed,
)
from testamur.trust.signing import actions as ceremonies
from testamur.trust.signing.queries import ceremony as ceremony_by_id
from testamur.trust.signing.queries import evidences
from testamur.trust.signing.rules import FINAL, DocumentToSign, SignerIdentity
from testamur.trust.signing.rules import State as Stage


@transaction.atomic
def ask_to_sign(
    *,
    by: Actor,
    form: UUID,
    child: UUID,
    values: Mapping[str, Any],
    signer: SignerIdentity,
    language: str,
    now: datetime,
) -> UUID:
    """Freeze what will be signed: the form's digest, the answers, the child and the signer by digests. Returns its id.

    Nothing is given yet. Journal: ``forms.answer.prepared/1``. Needs ``forms.answer.write`` for the child. Raises
    NotFound, FormOver, NotAsked, NotDecider, AnswerInvalid.
    """
    _row, view = locked(form)
    must_be_asked(by, view, child, now)
    if view.consent is not Consent.SIGNED or signer.person != by.id:
        raise AnswerInvalid("That is no answer to this form.", field="word")
    kept = check_values(view.content.questions, values)
    # what was prepared before and never taken to the e-ID is forgotten; a ceremony that was begun ends by itself
    mine = Signing.objects.filter(form=form, child=child, person=by.id, ended_at__isnull=True)
    mine.filter(ceremony__isnull=True).update(ended_at=now)
    key = new_id()
    text = document(
        answer=key, organisation=_body(view), form=view.id, form_digest=view.digest, child=child,
        scheme=signer.scheme, identifier=signer.identifier, values=kept, language=view.content.language(language),
        at=now,
    )  # fmt: skip
    Signing(
        id=key, form_id=form, child=child, person=by.id, values=kept, language=view.content.language(language),
        document=text, asked_at=now,
    ).save(force_insert=True)  # fmt: skip
    refs = {"form": str(form), "answer": str(key), "child": str(child), "sha256": sha256(text).hexdigest()}
    append(by=by, kind="forms.answer.prepared/1", path=view.path, refs=refs, now=now)
    return key


@transaction.atomic
def start_signing(*, by: Actor, signing: UUID, signer: SignerIdentity, method: str, now: datetime) -> UUID:
    """Open the ceremony over what was prepared; returns its id. Journal: ``forms.answer.signing/1``.

    A ceremony that was begun before has to be over. Needs ``forms.answer.write`` for the child. Raises NotFound,
    FormOver, NotAsked, NotDecider, and what `signing.actions.start` refuses.
    """
    row = _mine(by, signing)
    _form, view = locked(row.form_id)
    must_be_asked(by, view, row.child, now)
    acting = as_signer(by, view.path)
    if row.ended_at is not None or (
        row.ceremony is not None and ceremony_by_id(row.ceremony, by=acting).state not in FINAL - {Stage.SIGNED}
    ):
        raise FormOver("It is being signed already, or is over.", signing=str(signing))
    text = bytes(row.document)
    ceremony = ceremonies.start(
        by=acting,
        organisation=_body(view),
        path=view.path,
        signer=signer,
        role="guardian" if by.id != row.child else "pupil",
        method=method,
        documents=[
            DocumentToSign(
                record=row.id, h0=sha256(text).hexdigest(), size=len(text), title=_title(by, view, row),
                group=view.content.title(row.language),
            )
        ],
        locale=row.language,
        organisation_name=schools.units_above(view.path)[0].name,
        now=now,
    )  # fmt: skip
    row.ceremony = ceremony
    row.save(update_fields=["ceremony"])
    refs = {"form": str(view.id), "answer": str(row.id), "child": str(row.child), "ceremony": str(ceremony)}
    append(by=by, kind="forms.answer.signing/1", path=view.path, refs=refs, now=now)
    return ceremony


@transaction.atomic
def settle_signing(*, by: Actor, signing: UUID, now: datetime) -> UUID | None:
    """Note how the ceremony ended: signed, the answer is given, with its evidence. Returns its id, or None.

    Doing it twice changes nothing. What was signed counts though the form ended meanwhile. A ceremony that ended
    without a signature leaves what was prepared, to be signed by another. Journal: ``forms.answer.signed/1``. Needs
    ``forms.answer.write`` for the child, or ``forms.answer.settle`` (the background step). Raises NotFound.
    """
    row = Signing.objects.select_for_update().filter(id=signing).first()
    if row is None or (row.person != by.id and not by.may("forms.answer.settle")):
        raise NotFound("There is no such answer.", signing=str(signing))
    _form, view = locked(row.form_id)
    if row.person == by.id:
        by.must("forms.answer.write", view.path, person=row.child)
    if row.ended_at is not None or row.ceremony is None:
        return row.id if row.ended_at is not None and row.ceremony is not None else None
    ceremony = ceremony_by_id(row.ceremony, by=as_signer(by, view.path))
    if ceremony.state is not Stage.SIGNED:
        return None
    write(
        by=by, view=view, child=row.child, word=Word.GIVEN, values=row.values, language=row.language, now=now,
        id=row.id, person=row.person, ceremony=row.ceremony, method=ceremony.method, document=bytes(row.document),
        evidence=evidences(row.ceremony).of(row.id),
    )  # fmt: skip
    row.ended_at = now
    row.save(update_fields=["ended_at"])
    refs = {"form": str(view.id), "answer": str(row.id), "child": str(row.child), "ceremony": str(row.ceremony)}
    append(by=by, kind="forms.answer.signed/1", path=view.path, refs=refs, now=now)
    return row.id


def _mine(by: Actor, signing: UUID) -> Signing:
    row = Signing.objects.select_for_update().filter(id=signing, person=by.id).first()
    if row is None:
        raise NotFound("There is no such answer.", signing=str(signing))
    return row


def _body(view: FormView) -> UUID:
    """The body responsible: the root above the form's place."""
    return schools.units_above(view.path)[0].id


def _title(by: Actor, view: FormView, row: Signing) -> str:
    """What the e-ID shows; the child's name goes there only where it is not protected."""
    child = people.person(by=by, id=row.child)
    shown = child is not None and not child.masked and child.protection is Protection.NONE
    name = (child.given or child.name) if child is not None and shown and row.child != by.id else ""
    return title_signed(view.content.title(row.language), child=name, language=row.language)
