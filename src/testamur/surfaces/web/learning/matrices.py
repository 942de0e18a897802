"""The matrix of a plan: the class at each goal, for teachers alone, and one pupil's rows to state in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.learning import actions, queries
from testamur.schoolday.learning.rules import GoalView, Mark, Matrix, StatementView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.diary.about import names_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.learning.about import Place, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

SEE, WRITE = "learning.matrix.see", "learning.matrix.write"


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands about a pupil at a goal. `level` is its name, empty where nothing is stated."""

    goal: GoalView
    level: str
    said: StatementView | None


@dataclass(frozen=True, slots=True)
class Step:
    """A statement of a pupil's course, with its words."""

    said: StatementView
    goal: str
    level: str
    who: str


def cells(matrix: Matrix, pupil: UUID) -> tuple[Cell, ...]:
    """One pupil's cells, in the order of the goals."""
    return tuple(Cell(goal, level_name(matrix, said), said) for goal, said in matrix.of(pupil))


def level_name(matrix: Matrix, said: StatementView | None) -> str:
    """The name of the level that was stated."""
    known = matrix.plan.levels
    return known[said.level] if said is not None and said.level is not None and said.level < len(known) else ""


def day_of(text: str, today: date) -> date:
    """The day that is asked for, not later than today."""
    try:
        return min(date.fromisoformat(text), today)
    except ValueError:
        return today


@door("learning.home", Area.STAFF)
@require_safe
def matrix(request: WebRequest, plan: UUID) -> HttpResponse:
    """Class × goal, as of a day. Nothing here compares pupils by numbers, and no family sees it."""
    place, found = _opened(request, plan, SEE)
    return page(
        request,
        "web/learning/matrix.html",
        place=place,
        matrix=found,
        plan=found.plan,
        rows=[(pupil, cells(found, pupil.id)) for pupil in place.pupils.values()],
        counts=[(goal, _spread(found, goal, place)) for goal in found.plan.goals],
        may_write=place.may(WRITE),
    )


@door("learning.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def pupil(request: WebRequest, plan: UUID, pupil: UUID) -> HttpResponse:
    """Where one pupil stands at every goal, to be stated anew; and the way until here."""
    place, found = _opened(request, plan, SEE)
    person = place.pupil(pupil)
    problem = ""
    if request.method == "POST":
        place.by.must(WRITE, place.group.path, group=place.group.id)
        on = day_of(request.POST.get("on", ""), place.on)
        try:
            made = actions.state(
                by=place.by, plan=plan, marks=_marks(request, found, pupil), on=on, now=request.visitor.now
            )
        except Refused as refused:
            problem = refusals.sentence(refused)
        else:
            said = ngettext("%(count)d statement is kept.", "%(count)d statements are kept.", made)
            messages.success(request, said % {"count": made} if made else _("Nothing was changed."))
            return SeeOther(reverse("learning:matrix_pupil", args=[plan, pupil]))
    course = queries.course(by=place.by, plan=plan, pupil=pupil)
    names = names_of(request.visitor, {one.made_by for one in course})
    goals = {goal.id: goal.text for goal in found.plan.goals}
    order = list(place.pupils)
    at = order.index(pupil)
    return page(
        request,
        "web/learning/matrix_pupil.html",
        status=422 if problem else 200,
        place=place,
        plan=found.plan,
        person=person,
        cells=cells(found, pupil),
        course=[
            Step(one, goals.get(one.goal, ""), level_name(found, one), names.get(one.made_by, "")) for one in course
        ],
        on=found.on,
        problem=problem,
        before=place.pupils[order[at - 1]] if at else None,
        after=place.pupils[order[at + 1]] if at + 1 < len(order) else None,
        may_write=place.may(WRITE),
    )


def _opened(request: WebRequest, plan: UUID, verb: str) -> tuple[Place, Matrix]:
    found = queries.plan(by=request.visitor.actor, plan=plan)
    place = place_of(request.visitor, found.group, "learning.matrix", verb)
    if not found.levels:
        raise NotFound("This plan has no matrix.", plan=str(plan))
    on = day_of(request.GET.get("on", ""), place.on)
    return place, queries.matrix(by=place.by, plan=plan, on=on)


def _marks(request: WebRequest, found: Matrix, pupil: UUID) -> list[Mark]:
    marks = []
    for goal in found.plan.goals:
        level = request.POST.get(f"level-{goal.id.hex}", "")
        comment = request.POST.get(f"comment-{goal.id.hex}", "")
        marks.append(Mark(goal.id, pupil, int(level) if level.isdecimal() and len(level) < 3 else None, comment))  # noqa: PLR2004 - a level has one digit
    return marks


def _spread(found: Matrix, goal: GoalView, place: Place) -> list[tuple[str, int]]:
    """Level → how many pupils stand there; the last is nobody knows."""
    stated = [found.standing.get((goal.id, pupil)) for pupil in place.pupils]
    named = [level_name(found, one) for one in stated]
    return [(level, named.count(level)) for level in (*found.plan.levels, "")]
