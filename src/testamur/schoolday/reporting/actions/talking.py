"""Remarks, further graders, and what somebody has seen."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import actions as journal
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.reporting.models import Comment, Grader, ListRow, ResultList, Seen
from testamur.schoolday.reporting.queries.law import university_of
from testamur.schoolday.reporting.queries.reach import COMMENT, READ, draft, found, held, must
from testamur.schoolday.reporting.queries.versions import cells
from testamur.schoolday.reporting.rules.lists import GraderInvalid, check_comment

GRADER = "reporting.list.grader"
_GRADES = frozenset({Role.TEACHER, Role.EXAMINER})


@transaction.atomic
def comment(*, by: Actor, list: UUID, row: UUID | None, text: str, now: datetime) -> UUID:
    """Say something about a list, or about one row of it, to those who work with it; returns the remark's id.

    In any state; it is never changed, and in no document. Needs ``reporting.list.comment`` at the list, or to be a
    grader of it. Raises NotFound, `CommentInvalid`. Journal: ``reporting.list.commented/1`` without the text.
    """
    said = check_comment(text)
    about = held(list)
    must(by, COMMENT, about)
    if row is not None and not ListRow.objects.filter(list=about, id=row).exists():
        raise NotFound("There is no such row in this list.", field="row")
    made = Comment(id=new_id(), list=about, row=row, author=by.id, at=now, text=said)
    made.save(force_insert=True)
    _enter(by, "commented", about, now, comment=str(made.id), row=str(row) if row else None)
    return made.id


@transaction.atomic
def add_grader(*, by: Actor, list: UUID, person: UUID, now: datetime) -> None:
    """Let a colleague, of this or another department, grade in a draft; one who is there already stays.

    Needs ``reporting.list.grader`` at the list. Raises NotFound, `ListFrozen`, `GraderInvalid` for who holds no post as
    teacher or examiner at the university. Journal: ``reporting.list.grader_added/1``.
    """
    row = draft(by, GRADER, list)
    root = university_of(row.path)
    posts = schools.posts_of(person=person, on=now.date())
    if not any(one.role in _GRADES and one.path.startswith(root) for one in posts):
        raise GraderInvalid("Who grades is a teacher or an examiner of the university.", field="person")
    _grader, made = Grader.objects.get_or_create(list=row, person=person, defaults={"added_by": by.id, "added_at": now})
    if made:
        _enter(by, "grader_added", row, now, person=str(person))


@transaction.atomic
def remove_grader(*, by: Actor, list: UUID, person: UUID, now: datetime) -> None:
    """Let a colleague grade no more; what he or she wrote stays. Nothing happens to one who was none.

    Needs ``reporting.list.grader`` at the list. Raises NotFound, `ListFrozen`. Journal:
    ``reporting.list.grader_removed/1``.
    """
    row = draft(by, GRADER, list)
    gone, _kinds = Grader.objects.filter(list=row, person=person).delete()
    if gone:
        _enter(by, "grader_removed", row, now, person=str(person))


@transaction.atomic
def see(*, by: Actor, list: UUID, now: datetime) -> None:
    """Note what a list held when `by` looked at it, so that changes since can be shown; no act, and not journalled.

    Needs ``reporting.list.read`` at the list, or to be a grader of it. Raises NotFound.
    """
    row = found(list)
    must(by, READ, row)
    content = {str(one.id): [str(one.person), *cells(one)] for one in ListRow.objects.filter(list=row)}
    seen = {"revision": row.revision, "content": content, "at": now}
    Seen.objects.update_or_create(list=row, person=by.id, defaults=seen)


def _enter(by: Actor, what: str, about: ResultList, now: datetime, **refs: object) -> None:
    """One journal entry about a list."""
    journal.append(
        by=by,
        kind=f"reporting.list.{what}/1",
        path=about.path,
        refs={"list": str(about.id), "number": about.number, **refs},
        now=now,
    )
