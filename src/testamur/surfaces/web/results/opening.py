"""A new list: which course, which module or the whole course, of which occasion or exam."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.curriculum import queries as curriculum
from testamur.register.curriculum.rules import CourseView
from testamur.register.people.rules import fold
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind, UnitView
from testamur.register.studies import queries as studies
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import ListState
from testamur.schoolday.reporting.rules.views import NewList
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import fragment
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common

OPEN = "reporting.list.open"
SHOWN = 30
"""So many courses are offered for a search; more words find fewer."""
WHOLE = "course"
TITLE = 400
RECENT = 5
"""So many courses are offered before anything is searched for."""
OPEN_STATES = (ListState.DRAFT, ListState.SENT, ListState.SIGNED, ListState.ENTERED)


class NewListForm(forms.Form):
    """What the list is about, once the course is chosen."""

    unit = forms.ChoiceField(label=gettext_lazy("Department"))
    part = forms.ChoiceField(label=gettext_lazy("What is graded"), widget=forms.RadioSelect)
    exam = forms.ChoiceField(
        label=gettext_lazy("Exam"),
        required=False,
        help_text=gettext_lazy("Brings those who signed up, with the day of the exam as their examination date."),
    )
    occasion = forms.ChoiceField(label=gettext_lazy("Course occasion"), required=False)
    title = forms.CharField(label=gettext_lazy("Title of the work"), max_length=TITLE)
    title_en = forms.CharField(label=gettext_lazy("Title in English"), max_length=TITLE)

    def __init__(self, *args: Any, course: CourseView, units: Sequence[UnitView], **kwargs: Any) -> None:
        """Choices of that course at those departments."""
        super().__init__(*args, **kwargs)
        self.course, self.units = course, {str(unit.id): unit for unit in units}
        modules = [(str(one.id), f"{one.code} {common.local_name(one)}") for one in course.modules]
        self._choose("unit", [(key, unit.name) for key, unit in self.units.items()])
        self._choose("part", [*modules, (WHOLE, _("The whole course: final grades"))])
        path = common_path(units)
        exams = studies.exams(path=path, course=course.id)
        self.exams = {str(one.id): one for one in exams}
        self._choose("exam", [("", "–"), *((key, _exam(one)) for key, one in self.exams.items())])
        occasions = list(studies.occasions(path=path, course=course.id))
        self._choose("occasion", [("", "–"), *((str(one.id), f"{one.term}, {one.code}") for one in occasions)])
        for name, some in (("exam", exams), ("occasion", occasions)):
            if not some:
                del self.fields[name]
        if not (course.degree_project or any(one.titled for one in course.modules)):
            del self.fields["title"], self.fields["title_en"]
        elif not course.degree_project:  # one module alone asks for a title
            self.fields["title"].required = self.fields["title_en"].required = False

    def new(self) -> NewList:
        """What was chosen; an exam of a module names the module."""
        told = self.cleaned_data
        part, exam = told["part"], told.get("exam") or ""
        return NewList(
            unit=UUID(told["unit"]),
            course=self.course.id,
            module=None if part == WHOLE else UUID(part),
            occasion=UUID(told["occasion"]) if told.get("occasion") else None,
            exam=UUID(exam) if exam else None,
            title=told.get("title", ""),
            title_en=told.get("title_en", ""),
        )

    def _choose(self, name: str, choices: list[tuple[str, str]]) -> None:
        self.fields[name].choices = choices  # type: ignore[attr-defined]  # a choice field


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def new(request: HttpRequest) -> HttpResponse:
    """First the course, found by code or name as one types; then its modules, occasions and exams."""
    visitor = common.visitor_of(request)
    units = _units(visitor)
    path = common_path(units)
    visitor.actor.must(OPEN, path)
    asked = request.GET.get("q", "").strip()
    chosen = request.POST.get("course") or request.GET.get("course", "")
    course = _course(chosen, path)
    form = None
    if course is not None:
        data = request.POST if request.method == "POST" else None
        form = NewListForm(data, course=course, units=units, initial=_initial(request, units, course))
        if data is not None and form.is_valid():
            try:
                made = actions.open_list(by=visitor.actor, new=form.new(), now=visitor.now)
            except Refused as refused:
                refusals.into(form, refused)
            else:
                return redirect("results:list", made)
    found = () if course is not None else _search(asked, path) if asked else _mine(visitor, path)
    context = {
        "form": form,
        "course": course,
        "name": common.local_name(course),
        "asked": asked,
        "found": [(one, common.local_name(one)) for one in found[:SHOWN]],
        "more": max(0, len(found) - SHOWN),
        "discontinued": course is not None and course.discontinued(visitor.now.date()),
    }
    if form is not None and form.is_bound:
        answer = fragment(request, "web/results/new.html", "found", **context)
        answer.status_code = 422
        return answer
    return fragment(request, "web/results/new.html", "found", **context)


def _units(visitor: Visitor) -> list[UnitView]:
    """Departments at or below the unit of the role that is worn."""
    path = visitor.hat.unit_path if visitor.hat is not None else "/"
    below = [one for one in schools.units_under(path) if visitor.actor.may(OPEN, one.path)]
    return [one for one in below if one.kind is UnitKind.SCHOOL] or below


def common_path(units: Sequence[UnitView]) -> str:
    """The deepest path above all of them: whose courses are offered."""
    if not units:
        return "/"
    parts = [unit.path.strip("/").split("/") for unit in units]
    shared = [some[0] for some in zip(*parts, strict=False) if len(set(some)) == 1]
    return f"/{'/'.join(shared)}/" if shared else "/"


def _search(asked: str, path: str) -> list[CourseView]:
    """Courses whose code or name holds every word, those whose code begins so first."""
    words = fold(asked).split()
    found = [
        one for one in curriculum.courses_at(path)
        if all(word in fold(f"{one.code} {one.name} {one.name_en}") for word in words)
    ]  # fmt: skip
    return sorted(found, key=lambda one: (not fold(one.code).startswith(words[0] if words else ""), one.code))


def _mine(visitor: Visitor, path: str) -> list[CourseView]:
    """The courses of the visitor's own latest lists, the latest first: most often it is one of them again."""
    heads = lists.mine(by=visitor.actor, person=visitor.actor.id, states=OPEN_STATES)
    latest = list(dict.fromkeys(one.course for one in sorted(heads, key=lambda one: one.made_at, reverse=True)))
    known = curriculum.courses(latest[:RECENT])
    return [known[one] for one in latest[:RECENT] if one in known and path.startswith(known[one].path or "/")]


def _course(text: str, path: str) -> CourseView | None:
    """The course that was chosen, if it is one of those offered."""
    try:
        found = curriculum.courses([UUID(text)]).get(UUID(text)) if text else None
    except ValueError:
        return None
    return found if found is not None and path.startswith(found.path or "/") else None


def _initial(request: HttpRequest, units: Sequence[UnitView], course: CourseView) -> dict[str, str]:
    part = request.GET.get("part", "") or (str(course.modules[0].id) if len(course.modules) == 1 else "")
    return {"unit": str(units[0].id) if units else "", "part": part}


def _exam(one: Any) -> str:
    return f"{date_format(one.held_on, 'SHORT_DATE_FORMAT')} {one.name}"
