"""Answers that wait for a signature, and the receipt of one that has it."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.schoolday.forms.models import Answer, Signing
from testamur.schoolday.forms.queries.forms import SEE, form
from testamur.schoolday.forms.rules import AnswerView, FormView, SigningView, Word


@dataclass(frozen=True, slots=True)
class Receipt:
    """A signed answer with all that proves it."""

    form: FormView
    answer: AnswerView
    document: bytes
    evidence: bytes


def signing(id: UUID, *, by: Actor) -> SigningView:  # noqa: A002 - the name that every query uses
    """One answer that `by` is to sign. Raises NotFound for every other's."""
    row = Signing.objects.filter(id=id, person=by.id).first()
    if row is None:
        raise NotFound("There is no such answer.", signing=str(id))
    return view(row)


def open_of(*, by: Actor, form: UUID, child: UUID) -> tuple[SigningView, ...]:
    """What `by` has begun to sign for that form and child and is not over."""
    rows = Signing.objects.filter(form=form, child=child, person=by.id, ended_at__isnull=True).order_by("asked_at")
    return tuple(map(view, rows))


def unsettled(*, limit: int = 200) -> tuple[UUID, ...]:
    """Answers whose ceremony was begun and whose end is not noted, oldest first."""
    rows = Signing.objects.filter(ended_at__isnull=True, ceremony__isnull=False).order_by("asked_at", "id")
    return tuple(rows.values_list("id", flat=True)[:limit])


def receipt(answer: UUID, *, by: Actor) -> Receipt:
    """A signed answer, to whoever gave it or may see all forms of the child's school. Raises NotFound for others.

    Neither another guardian nor a teacher gets it: it holds the signer's number.
    """
    row = Answer.objects.filter(id=answer, evidence__isnull=False).first()
    found = form(row.form_id) if row is not None else None
    if row is None or found is None or not (_own(by, row) or _school(by, row)):
        raise NotFound("There is no such answer.", answer=str(answer))
    assert row.document is not None
    assert row.evidence is not None
    told = AnswerView(
        row.id, row.form_id, row.child, row.person, row.version, Word(row.word), row.values, row.language, row.at,
        signed=True, method=row.method,
    )  # fmt: skip
    return Receipt(found, told, bytes(row.document), bytes(row.evidence))


def view(row: Signing) -> SigningView:
    """The row as the dataclass that crosses the door."""
    return SigningView(
        id=row.id,
        form=row.form_id,
        child=row.child,
        person=row.person,
        values=row.values,
        language=row.language,
        size=len(row.document),
        ceremony=row.ceremony,
        asked_at=row.asked_at,
        over=row.ended_at is not None,
    )


def _own(by: Actor, row: Answer) -> bool:
    return row.person == by.id and by.may("forms.answer.write", row.path, person=row.child)


def _school(by: Actor, row: Answer) -> bool:
    """Whoever may see all forms of the child's school, unless a name in it is hidden from them: evidence masks none."""
    if not by.may(SEE, row.path):
        return False
    seen = people.people(by=by, ids=[row.person, row.child], numbers=False)
    return not any(one.masked for one in seen.values())
