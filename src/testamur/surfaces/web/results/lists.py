"""One list: its page with heading, checks, grid, comments and graders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors.ladok import queries as registry
from testamur.register.curriculum import queries as curriculum
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.reporting.queries import lists, office, preferences
from testamur.schoolday.reporting.rules.documents import Progress
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.reporting.rules.views import ListHead, ListView, PreferenceView, RowView
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common, shape
from testamur.surfaces.web.results.words import SIGNED_BY, STEPS

SORTS = ("family", "given", "-family", "-given")
UNREGISTERED = frozenset({"not_registered", "registered_later", "interrupted"})
_AT = {ListState.DRAFT: 1, ListState.SENT: 2, ListState.SIGNED: 3, ListState.ENTERED: 5}
"""State → which of the steps is the current one; 5 is after the last."""


@require_GET
@door("results.home", Area.RESULTS)
def result_list(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """The list as it stands; of a signed one alone how far its documents are, when its live part asks for that."""
    if request.htmx and request.htmx.target == "sealing":  # type: ignore[attr-defined]  # set by HtmxMiddleware
        visitor = common.visitor_of(request)
        head = lists.head(by=visitor.actor, list=result_list)
        return render(request, "web/results/list.html#sealing", {"head": head, "sealing": sealing(visitor, head)})
    return shown(request, result_list)


def shown(
    request: HttpRequest,
    result_list: UUID,
    *,
    status: int = 200,
    wrong: Sequence[tuple[str, str, str]] = (),
    trouble: str = "",
) -> HttpResponse:
    """The page. `wrong`: student, field and sentence of each cell that was not saved; `trouble`: why an act failed."""
    visitor = common.visitor_of(request)
    by, now = visitor.actor, visitor.now
    view = lists.view(by=by, list=result_list, now=now)
    head = view.head
    liking = preference(visitor)
    sort = sort_of(request, liking)
    rows = ordered(visitor, view.rows, sort)
    colleagues = _colleagues(visitor, view)
    persons = people_of(visitor, view, colleagues)
    writable = common.writable(visitor, head, view.graders)
    course = curriculum.courses([head.course]).get(head.course)
    columns = shape.columns(view, writable=writable)
    about = next((row for row in rows if str(row.id) == request.GET.get("about")), None)
    return page(
        request,
        "web/results/list.html",
        status=status,
        view=view,
        head=head,
        line=common.line(head, course, persons),
        steps=STEPS,
        step=_AT.get(head.state, 0),
        columns=columns,
        sort=sort,
        rows=shape.table(rows, view, persons, columns),
        count=len(rows),
        findings=shape.findings(rows, view, persons),
        scale=scale_of(view),
        enter=liking.enter_moves,
        writable=writable,
        wrong=wrong,
        trouble=trouble,
        unregistered=unregistered(view),
        may=_may(visitor, view),
        examiners=[(one, common.name_of(persons, one)) for one in view.examiners],
        graders=[(one, common.name_of(persons, one)) for one in view.graders],
        colleagues=sorted(
            ((one, common.name_of(persons, one)) for one in colleagues if one not in view.graders and one in persons),
            key=lambda pair: persons[pair[0]].sort_key,
        ),
        comments=comments_of(view, rows, persons),
        about=about,
        about_name=shape.label(about, persons.get(about.person)) if about else "",
        sent_by=common.name_of(persons, head.sent_by),
        returned_by=common.name_of(persons, head.returned_by),
        sealing=sealing(visitor, head),
        signed_by=SIGNED_BY.get(head.signed_method, head.signed_method),
        settings=program(head.id, liking),
    )


def sealing(visitor: Visitor, head: ListHead) -> Progress | None:
    """How far the documents of a signed list are on their way; None where there are none, or all are published."""
    if head.signed_at is None or head.record is None:
        return None
    found = office.progress(by=visitor.actor, list=head.id)
    return found if found.published < found.total else None


def unregistered(view: ListView) -> bool:
    """Whether there is anybody without a valid registration: only then is there a button for them (row B9)."""
    return any(check.code in UNREGISTERED for check in view.checks) and not view.head.anonymous


def preference(visitor: Visitor) -> PreferenceView:
    """How the visitor likes to work with lists (row B4)."""
    return preferences.of(person=visitor.actor.id)


def sort_of(request: HttpRequest, liking: PreferenceView) -> str:
    """By family or given name, from the first or the last; as the visitor likes it where the address says nothing."""
    asked = request.GET.get("sort", "")
    return asked if asked in SORTS else liking.sort


def ordered(visitor: Visitor, rows: Sequence[RowView], sort: str) -> Sequence[RowView]:
    """The one order of names, whatever brought the students (row B22)."""
    found = lists.ordered(by=visitor.actor, rows=rows, sort=sort.removeprefix("-"))
    return tuple(reversed(found)) if sort.startswith("-") else found


def people_of(visitor: Visitor, view: ListView, further: Sequence[UUID] = ()) -> Mapping[UUID, PersonView]:
    """Everybody whom the page of a list names."""
    head = view.head
    staff = (head.made_by, head.examiner, head.sent_by, head.returned_by, *view.graders, *view.examiners, *further)
    authors = (comment.author for comment in view.comments)
    wrote = (row.graded_by for row in view.rows)
    everybody = (*(row.person for row in view.rows), *staff, *authors, *wrote)
    return common.seen(visitor, everybody, "results.list", head.path)


def scale_of(view: ListView) -> str:
    """The steps of the scale as people read them: ``U, G, VG``."""
    return ", ".join(one.value for one in view.scale.values)


def comments_of(
    view: ListView, rows: Sequence[RowView], persons: Mapping[UUID, PersonView]
) -> list[tuple[Any, str, str]]:
    """Each comment with its author and the student it is about."""
    labels = {row.id: shape.label(row, persons.get(row.person)) for row in rows}
    return [
        (one, common.name_of(persons, one.author), labels.get(one.row, "") if one.row else "") for one in view.comments
    ]


def program(result_list: UUID, liking: PreferenceView) -> dict[str, str]:
    """What the page's program needs to know."""
    return {"rows": reverse("results:rows", args=[result_list]), "enter": liking.enter_moves}


def _may(visitor: Visitor, view: ListView) -> dict[str, bool]:
    """Which buttons there are."""
    head, by = view.head, visitor.actor
    draft, me = head.state is ListState.DRAFT, by.id
    examiner = head.examiner == me if not draft else me in view.examiners
    return {
        "send": draft and by.may("reporting.list.send", head.path),
        "sign": examiner and head.state in {ListState.DRAFT, ListState.SENT},
        "recall": head.state is ListState.SENT and head.sent_by == me,
        "comment": by.may("reporting.list.comment", head.path) or me in view.graders,
        "graders": draft and by.may("reporting.list.grader", head.path),
        "discard": draft and by.may(common.WRITE, head.path),
        "reveal": common.writable(visitor, head) and shape.can_be_revealed(view),
        "examiner": head.examiner == me,
        "correct": head.signed_at is not None and by.may("reporting.list.correct", head.path),
        "transfer": _is_on_its_way(visitor, view),
    }


def _is_on_its_way(visitor: Visitor, view: ListView) -> bool:
    """Whether the visitor can follow the list on its way to the registry."""
    head, by = view.head, visitor.actor
    may = head.signed_at is not None and by.may("connectors.registry.see", head.path)
    return may and registry.transfer_of(by=by, list=head.id) is not None


def _colleagues(visitor: Visitor, view: ListView) -> list[UUID]:
    """Who could grade too: teachers and examiners of the department."""
    head = view.head
    if head.state is not ListState.DRAFT or not visitor.actor.may("reporting.list.grader", head.path):
        return []
    posts = schools.posts_at(unit=head.unit, on=visitor.now.date())
    teaching = {post.person for post in posts if post.role in {Role.TEACHER, Role.EXAMINER}}
    return sorted(teaching - {head.made_by})
