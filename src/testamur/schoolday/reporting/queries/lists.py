"""Reading lists. Ids of persons come out as ids; in an anonymous list not even those."""

# ruff: noqa: A002 - a list is what all this is about

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal import queries as journal
from testamur.kernel.journal.rules import EntryView
from testamur.law.tables import pack
from testamur.register.people import queries as people
from testamur.schoolday.reporting.models import Comment, Grader, ListRow, ResultList
from testamur.schoolday.reporting.queries import checks, corrections
from testamur.schoolday.reporting.queries.heads import counted, head_of
from testamur.schoolday.reporting.queries.posts import examiners
from testamur.schoolday.reporting.queries.reach import READ, found, must
from testamur.schoolday.reporting.rules.lists import NoResults
from testamur.schoolday.reporting.rules.order import collated, key
from testamur.schoolday.reporting.rules.states import ListState, Source
from testamur.schoolday.reporting.rules.views import Check, CommentView, ListHead, ListView, RowView, Severity
from testamur.schoolday.results import queries as decisions

NOBODY = UUID(int=0)
"""Stands for each person of an anonymous list."""
_OPEN = (ListState.DRAFT, ListState.SENT)


def by_number(*, by: Actor, number: int) -> ListHead:
    """The list with that number, one's own or a colleague's (row B30).

    Raises NotFound, NotAllowed without ``reporting.list.read`` at its place (or as a grader of it).
    """
    row = counted().filter(number=number).first()
    if row is None:
        raise NotFound("There is no list with that number.", field="number", number=number)
    must(by, READ, row)
    return head_of(row)


def head(*, by: Actor, list: UUID) -> ListHead:
    """A list without its rows. Raises as `by_number`."""
    row = counted().filter(id=list).first()
    if row is None:
        raise NotFound("There is no such list.", field="list")
    must(by, READ, row)
    return head_of(row)


def view(*, by: Actor, list: UUID, now: datetime) -> ListView:
    """A list with its rows and what the checks find; the number of queries does not grow with the rows.

    Checks are made while it can still be changed: of drafts and sent lists; what got stuck, and rows that were signed
    and not decided, are told with them. Raises as `by_number`.
    """
    row = found(list)
    must(by, READ, row)
    results = pack(row.pack).results
    scale = results.scales.get(row.scale) if results is not None else None
    if scale is None:
        raise NoResults("The rules of this university do not know that scale.", field="scale", scale=row.scale)
    rows = tuple(ListRow.objects.filter(list=row).order_by("id"))
    finals = checks.finals_of(row, rows)
    may_sign = examiners(course_code=row.course_code, unit=row.unit, on=now.date())
    told = checks.find_in(row, rows, finals=finals, may_sign=may_sign, now=now) if row.state in _OPEN else ()
    told = (*told, *_trouble(row, rows), *(corrections.remarks(by=by, list=list) if row.state in _OPEN else ()))
    before = _before(rows)
    views = tuple(_row(one, finals, before, hidden=row.anonymous) for one in rows)
    return ListView(
        head=head_of(row, rows=len(rows), graded=sum(bool(one.value) for one in rows)),
        scale=scale,
        rows=views,
        checks=told,
        comments=tuple(
            CommentView(one.id, one.row, one.author, one.at, one.text)
            for one in Comment.objects.filter(list=row).order_by("at", "id")
        ),
        graders=tuple(Grader.objects.filter(list=row).order_by("added_at", "id").values_list("person", flat=True)),
        examiners=may_sign,
    )


def mine(*, by: Actor, person: UUID, states: Sequence[ListState] = ()) -> tuple[ListHead, ...]:
    """Lists that somebody opened, sent or is a grader of, those of some states where asked; newest first.

    One's own; of another person those that `by` may read.
    """
    grades = Exists(Grader.objects.filter(list=OuterRef("pk"), person=person))
    rows = counted().filter(Q(made_by=person) | Q(sent_by=person) | grades)
    if states:
        rows = rows.filter(state__in=[*states])
    return tuple(head_of(row) for row in rows if person == by.id or by.may(READ, row.path))


def waiting_for(*, by: Actor, examiner: UUID) -> tuple[ListHead, ...]:
    """Sent lists that wait for that examiner, longest waiting first; another's where `by` may read them."""
    rows = counted().filter(examiner=examiner, state=ListState.SENT).order_by("sent_at", "number")
    return tuple(head_of(row) for row in rows if examiner == by.id or by.may(READ, row.path))


def search(
    *,
    by: Actor,
    path: str,
    course: str = "",
    module: str = "",
    states: Sequence[ListState] = (),
    limit: int = 100,
) -> tuple[ListHead, ...]:
    """Lists at or below `path` whose course (and module) code begins so, newest first; discarded ones when asked for.

    Raises NotAllowed without ``reporting.list.read`` there.
    """
    by.must(READ, path)
    rows = counted().filter(path__startswith=path, course_code__istartswith=course, module_code__istartswith=module)
    rows = rows.filter(state__in=[*states]) if states else rows.exclude(state=ListState.DISCARDED)
    return tuple(map(head_of, rows[:limit]))


def ordered(*, by: Actor, rows: Sequence[RowView], sort: str = "family") -> tuple[RowView, ...]:
    """Rows in the one order of names that all of a list have, however its students came (row B22).

    By ``family`` name, then given name, or by ``given``, in Swedish order. A protected student stands under the alias,
    an anonymous one under the code on the script.
    """
    names = people.people(by=by, ids=[row.person for row in rows if row.person != NOBODY], numbers=False)

    def place(row: RowView) -> tuple[tuple[str, ...], str, UUID]:
        person = names.get(row.person)
        if person is None:
            return (), collated(row.anonymous_code), row.id
        return key(person.family, person.given, sort), collated(person.middle), row.id

    return tuple(sorted(rows, key=place))


def history(*, by: Actor, list: UUID) -> tuple[EntryView, ...]:
    """What was done with a list, oldest first; of an anonymous one without whom its rows are about.

    Raises as `by_number`.
    """
    row = found(list)
    must(by, READ, row)
    entries = journal.naming(prefix="reporting.", name="list", value=str(list), since=row.made_at)
    return tuple(_without_persons(entry) if row.anonymous else entry for entry in entries)


def _trouble(row: ResultList, rows: Sequence[ListRow]) -> tuple[Check, ...]:
    """What got stuck: the list (``stuck``), and after the signature a row that was not decided (``refused``)."""
    stuck = (Check("stuck", Severity.WARN, None, (("code", row.trouble),)),) if row.trouble else ()
    refused = (Check("refused", Severity.WARN, one.id, (("code", one.refused),)) for one in rows if one.refused)
    return (*stuck, *refused)


def _before(rows: Sequence[ListRow]) -> dict[UUID, str]:
    """What the decisions say that are to be corrected, by id."""
    wanted = [one.corrects for one in rows if one.corrects is not None]
    return {key: one.value for key, one in decisions.results_by_id(wanted).items()} if wanted else {}


def _row(row: ListRow, finals: checks.Finals, before: Mapping[UUID, str], *, hidden: bool) -> RowView:
    follows = None if hidden else finals.get(row.person)  # finished modules tell who it is
    return RowView(
        id=row.id,
        person=NOBODY if hidden else row.person,
        source=Source(row.source),
        value=row.value,
        examined_on=row.examined_on,
        points=row.points,
        leaves=row.leaves,
        automatic=row.automatic,
        anonymous_code=row.anonymous_code,
        graded_by=row.graded_by,
        graded_at=row.graded_at,
        revision=row.revision,
        decision=row.decision,
        corrects=row.corrects,
        before=before.get(row.corrects, "") if row.corrects else "",
        finished=follows[1] if follows else (),
        final=follows[0] if follows else None,
    )


def _without_persons(entry: EntryView) -> EntryView:
    """Rows alone: the journal keeps pairs of row and person."""
    told = {name: [pair[0] for pair in entry.refs[name]] for name in ("rows", "left") if name in entry.refs}
    return replace(entry, refs={**entry.refs, **told})
