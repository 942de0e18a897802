"""Deleting questions and receptions that a reviewed list names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.support.models import Case, CaseStep, Question, Word
from testamur.schoolday.support.old import cases, questions


@transaction.atomic
def erase(
    *, by: Actor, school: UUID, path: str, what: str, rows: Sequence[UUID], before: date, because: UUID, now: datetime
) -> int:
    """Delete those of the rows that are still old; returns how many. `because` is the list's id.

    What was written to a question, and the steps of a reception, go with it.

    Journal: ``support.rows.erased/1`` with the count. Needs ``retention.row.erase`` at the school.
    """
    by.must("retention.row.erase", path)
    asked = list(questions(path, before).filter(id__in=rows).values_list("id", flat=True))
    Word.objects.filter(question__in=asked).delete()
    Question.objects.filter(id__in=asked).delete()
    received = list(cases(path, before).filter(id__in=rows).values_list("id", flat=True))
    CaseStep.objects.filter(case__in=received).delete()
    Case.objects.filter(id__in=received).delete()
    gone = len(asked) + len(received)
    refs = {"unit": str(school), "what": what, "count": gone, "list": str(because)}
    append(by=by, kind="support.rows.erased/1", path=path, refs=refs, now=now)
    return gone
