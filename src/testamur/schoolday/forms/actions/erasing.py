"""Deleting forms that a reviewed list names, with all that was answered to them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal.actions import append
from testamur.schoolday.forms.models import Answer, Form, Signing, Target
from testamur.schoolday.forms.queries.old import still_old


@transaction.atomic
def erase(
    *, by: Actor, school: UUID, path: str, what: str, rows: Sequence[UUID], before: date, because: UUID, now: datetime
) -> int:
    """Delete those of the rows that are still old; returns how many. `because` is the list's id.

    Answers go with what was signed and the proof of it.

    Journal: ``forms.rows.erased/1`` with the count. Needs ``retention.row.erase`` at the school.
    """
    by.must("retention.row.erase", path)
    old = set(still_old(path, before))
    found = [one for one in rows if one in old]
    for table in (Answer, Signing, Target):
        table._default_manager.filter(form__in=found).delete()  # noqa: SLF001 - Django's own way to rows
    Form.objects.filter(id__in=found)._raw_delete("default")  # noqa: SLF001 - with the one that it replaced
    gone = len(found)
    refs = {"unit": str(school), "what": what, "count": gone, "list": str(because)}
    append(by=by, kind="forms.rows.erased/1", path=path, refs=refs, now=now)
    return gone
