"""Answering a form, refusing a consent, giving one by login, taking one back. History is kept: a new version each."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.people import reach
from testamur.register.schools import queries as schools
from testamur.schoolday.forms.actions.making import locked
from testamur.schoolday.forms.models import Answer
from testamur.schoolday.forms.queries.family import asked
from testamur.schoolday.forms.rules import (
    AnswerInvalid,
    AnswerKept,
    Consent,
    FormOver,
    FormView,
    NotAsked,
    NotDecider,
    NothingToWithdraw,
    SignatureNeeded,
    Word,
    check_values,
)


@transaction.atomic
def answer_form(
    *, by: Actor, form: UUID, child: UUID, word: Word, values: Mapping[str, Any], language: str, now: datetime
) -> UUID:
    """Answer a form for a child, or refuse a consent; until the last day it can be answered anew. Returns its id.

    `values`: key of a question → answer; a refusal needs none. Journal: ``forms.answer.written/1``. Needs
    ``forms.answer.write`` for the child. Raises NotFound, FormOver, NotAsked, NotDecider, AnswerInvalid, and
    SignatureNeeded for giving a consent that is signed.
    """
    _row, view = locked(form)
    must_be_asked(by, view, child, now)
    consent = view.consent is not Consent.NONE
    if word not in ({Word.GIVEN, Word.REFUSED} if consent else {Word.ANSWERED}):
        raise AnswerInvalid("That is no answer to this form.", field="word")
    if word is Word.GIVEN and view.consent is Consent.SIGNED:
        raise SignatureNeeded("This consent is signed with an e-ID.", field="word")
    kept = check_values(view.content.questions, values) if word is not Word.REFUSED else {}
    answer = write(by=by, view=view, child=child, word=word, values=kept, language=language, now=now)
    refs = {"form": str(form), "answer": str(answer.id), "child": str(child), "word": word.value}
    append(by=by, kind="forms.answer.written/1", path=view.path, refs=refs, now=now)
    return answer.id


@transaction.atomic
def withdraw_consent(*, by: Actor, form: UUID, child: UUID, now: datetime) -> UUID:
    """Take a consent back: as easy as not giving it, so without a signature, and after the last day too.

    Returns the id of the new version. Journal: ``forms.answer.withdrawn/1``. Needs ``forms.answer.write`` for the
    child. Raises NotFound, NotAsked, NotDecider, AnswerKept, NothingToWithdraw.
    """
    _row, view = locked(form)
    by.must("forms.answer.write", view.path, person=child)
    if view.consent is Consent.NONE:
        raise NothingToWithdraw("The form is no consent.", form=str(form))
    _must_decide(by, view, child, now)
    last = Answer.objects.filter(form=form, child=child, person=by.id).order_by("-version").first()
    if last is None or last.word != Word.GIVEN:
        raise NothingToWithdraw("No consent of yours stands here.", form=str(form))
    if not view.revocable:
        raise AnswerKept("This consent cannot be taken back.", form=str(form))
    answer = write(by=by, view=view, child=child, word=Word.WITHDRAWN, values={}, language=last.language, now=now)
    refs = {"form": str(form), "answer": str(answer.id), "child": str(child)}
    append(by=by, kind="forms.answer.withdrawn/1", path=view.path, refs=refs, now=now)
    return answer.id


def must_be_asked(by: Actor, view: FormView, child: UUID, now: datetime) -> None:
    """Raise unless `by` may answer for the child, the form goes to it today, is open, and is `by`'s to answer."""
    by.must("forms.answer.write", view.path, person=child)
    if view.published_at is None:
        raise NotFound("There is no such form.", form=str(view.id))
    if not view.is_open(now.date()):
        raise FormOver("The form is over.", form=str(view.id))
    on = now.date()
    if view.groups:
        here = any(one.id in view.groups for one in schools.groups_of(persons=[child], on=on)[child])
    else:
        placed = schools.placement(person=child, on=on)
        here = placed is not None and placed.school_path.startswith(view.path)
    if not here:
        raise NotAsked("The form does not go to this child.", field="child")
    _must_decide(by, view, child, now)


def write(
    *, by: Actor, view: FormView, child: UUID, word: Word, values: Mapping[str, Any], language: str, now: datetime,
    **signed: Any,
) -> Answer:  # fmt: skip
    """The next version of a person's answer; the form's row is held by the caller, so two never take one number.

    `signed`: what a signature adds (id, ceremony, method, document, evidence; `person` where a step settles).
    """
    person = signed.pop("person", by.id)
    former = Answer.objects.filter(form=view.id, child=child, person=person).order_by("-version").first()
    placed = schools.placement(person=child, on=now.date())
    row = Answer(
        id=signed.pop("id", None) or new_id(),
        form_id=view.id,
        child=child,
        person=person,
        version=former.version + 1 if former is not None else 1,
        word=word.value,
        values=dict(values),
        language=language[:8],
        path=placed.school_path if placed is not None else view.path,
        at=now,
        **signed,
    )
    row.save(force_insert=True)
    return row


def _must_decide(by: Actor, view: FormView, child: UUID, now: datetime) -> None:
    deciders = reach.deciders(children=[child], on=now.date())[child]
    if asked(view, child, by.id, deciders):
        return
    if view.consent is not Consent.NONE and by.id != child:
        raise NotDecider("A consent is given by those with custody.", field="child")
    raise NotAsked("The form is answered by others.", field="child")
