"""What was answered, and where children stand after it. For the queries of this package: they ask who may know."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from testamur.kernel.prepared import prepared
from testamur.register.people import reach
from testamur.register.people.queries import chunks
from testamur.schoolday.forms.models import Answer
from testamur.schoolday.forms.rules import AnswerView, FormView, Looked, Said, Word, answerers, stands

_FIELDS = (
    "id", "form_id", "child", "person", "version", "word", "values", "language", "at", "ceremony", "method",
)  # fmt: skip


def history(*, form: UUID, child: UUID, person: UUID) -> tuple[AnswerView, ...]:
    """Every version of one person's answer, oldest first."""
    rows = Answer.objects.filter(form=form, child=child, person=person).order_by("version")
    return tuple(_view(row) for row in rows.values_list(*_FIELDS))


def last(*, forms: Collection[UUID], children: Collection[UUID]) -> dict[tuple[UUID, UUID], tuple[AnswerView, ...]]:
    """(form, child) → the last word of each person, in order of time; a query for some thousand children."""
    found: dict[tuple[UUID, UUID], dict[UUID, AnswerView]] = defaultdict(dict)
    for chunk in chunks(children):
        for row in _answers(forms=forms, children=chunk):
            one = _view(row)
            found[one.form, one.child][one.person] = one
    return {key: tuple(sorted(some.values(), key=lambda one: one.at)) for key, some in found.items()}


@prepared
def _answers(forms: Collection[UUID], children: Collection[UUID]) -> QuerySet[Answer, tuple[Any, ...]]:
    return Answer.objects.filter(form__in=forms, child__in=children).order_by("version").values_list(*_FIELDS)


def looked(
    *,
    forms: Sequence[FormView],
    children: Collection[UUID],
    on: date,
    deciders: Mapping[UUID, frozenset[UUID]] | None = None,
) -> dict[tuple[UUID, UUID], Looked]:
    """(form, child) → where it stands, for each form and child: three queries for some thousand children."""
    if not forms or not children:
        return {}
    who = reach.deciders(children=children, on=on) if deciders is None else deciders
    answers = last(forms=[form.id for form in forms], children=children)
    found = {}
    for form in forms:
        for child in children:
            some = answers.get((form.id, child), ())
            needed = answerers(form, child, who[child])
            said = [Said(one.person, one.word, one.at) for one in some]
            found[form.id, child] = Looked(stands(form, said, needed, on=on), needed, some)
    return found


def _view(row: Sequence[object]) -> AnswerView:
    key, form, child, person, version, word, values, language, at, ceremony, method = row
    return AnswerView(key, form, child, person, version, Word(word), values, language, at, ceremony is not None, method)  # type: ignore[arg-type]
