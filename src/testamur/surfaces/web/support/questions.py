"""The chain of help: asking, answering, handing on; with the contacts of the school beside it (rows C25, C31)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role, UnitKind, UnitView
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.diary.rules.pupil import Schooling
from testamur.schoolday.support import actions, queries
from testamur.schoolday.support.rules import (
    LONGEST,
    LONGEST_TITLE,
    REMIND_AFTER,
    ContactView,
    Level,
    NewQuestion,
    NobodyThere,
    QuestionView,
    Said,
    State,
)
from testamur.surfaces.web import refusals, sightings
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.support.links import Shelf, shelves_of

WHO: Mapping[Level, str | Promise] = {
    Level.TEACHER: gettext_lazy("the teacher"),
    Level.OFFICE: gettext_lazy("the school's office"),
    Level.BODY: gettext_lazy("the support of the body responsible"),
}
SAID: Mapping[Said, str | Promise] = {
    Said.ASKED: gettext_lazy("Question"),
    Said.MORE: gettext_lazy("Further question"),
    Said.PASSED: gettext_lazy("Handed on"),
    Said.REPLY: gettext_lazy("Answer among staff"),
    Said.NOTE: gettext_lazy("Note among staff"),
    Said.ANSWER: gettext_lazy("Answer"),
}
ACTS: Mapping[str, Any] = {
    "answer": actions.answer, "reply": actions.reply, "hand_on": actions.hand_on, "note": actions.note,
    "more": actions.ask_more,
}  # fmt: skip
DONE: Mapping[str, str | Promise] = {
    "answer": gettext_lazy("The answer is sent."),
    "reply": gettext_lazy("The answer went back the way the question came."),
    "hand_on": gettext_lazy("The question is handed on."),
    "note": gettext_lazy("The note is kept. Whoever asked does not see it."),
    "more": gettext_lazy("Your question is sent."),
}


class AskForm(forms.Form):
    """A question; about which child, where there are several."""

    child = forms.ChoiceField(label=gettext_lazy("About whom?"))
    title = forms.CharField(label=gettext_lazy("What is it about?"), max_length=LONGEST_TITLE)
    text = forms.CharField(
        label=gettext_lazy("Your question"), max_length=LONGEST, widget=forms.Textarea(attrs={"rows": 6})
    )

    def __init__(self, children: Iterable[tuple[str, str]], *args: Any, **kwargs: Any) -> None:
        """`children`: id and name; nobody for staff, who ask about their own work."""
        super().__init__(*args, **kwargs)
        choices = list(children)
        if not choices:
            del self.fields["child"]
            return
        field: Any = self.fields["child"]
        field.choices = choices
        if len(choices) == 1:
            field.widget, field.initial = forms.HiddenInput(), choices[0][0]


@dataclass(frozen=True, slots=True)
class Line:
    """A question in a list: who has it, how many days it waits, whom it is about."""

    question: QuestionView
    who: str | Promise
    days: int
    late: bool
    child: str


@dataclass(frozen=True, slots=True)
class Place:
    """A school with its contacts."""

    unit: UnitView
    contacts: tuple[ContactView, ...]


@door("support.ask", Area.STAFF, Area.OFFICE, Area.FAMILY)
@require_safe
def home(request: WebRequest) -> HttpResponse:
    """What waits for an answer, one's own questions, whom one reaches, and the groups' places in other systems."""
    visitor = request.visitor
    assert visitor.hat is not None
    family = visitor.hat.unit is None
    known = _schoolings(visitor) if family else {}
    waiting = () if family else queries.to_answer(by=visitor.actor, path=visitor.hat.unit_path)
    answered = () if family else queries.to_answer(by=visitor.actor, path=visitor.hat.unit_path, done=True)
    own = queries.asked(by=visitor.actor)
    return page(
        request,
        "web/support/home.html",
        family=family,
        waiting=_lines(visitor, waiting),
        answered=_lines(visitor, answered[:30]),
        own=_lines(visitor, own),
        places=_places(visitor, known),
        shelves=_shelves(visitor, known),
        may_edit=not family and visitor.actor.may("support.contact.edit", visitor.hat.unit_path),
        may_protect=not family
        and visitor.actor.may("people.protected.see", visitor.hat.unit_path)
        and visitor.actor.may("support.case.open", visitor.hat.unit_path),
        may_tools=not family and visitor.actor.may("support.tool.edit", visitor.hat.unit_path),
        office=Area.OFFICE in visitor.hat.areas,
    )


@door("support.ask", Area.STAFF, Area.OFFICE, Area.FAMILY)
@require_http_methods(["GET", "HEAD", "POST"])
def ask(request: WebRequest) -> HttpResponse:
    """Ask: the child's teacher has it first; a teacher asks the office, the office the body responsible."""
    visitor = request.visitor
    assert visitor.hat is not None
    known = _schoolings(visitor) if visitor.hat.unit is None else {}
    reached = {str(key): one for key, one in known.items() if one.school is not None}
    form = AskForm([(key, _name(visitor, one.pupil)) for key, one in reached.items()], request.POST or None)
    if visitor.hat.unit is None and not reached:
        raise NobodyThere("No school answers here.")
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            new = _new(visitor, reached.get(told.get("child", "")), told["title"], told["text"])
            made = actions.ask(by=visitor.actor, question=new, now=visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("Your question is sent. The answer stands here, and you are told of it."))
            return SeeOther(reverse("support:question", args=[made]))
    return page(
        request,
        "web/support/ask.html",
        status=422 if form.errors else 200,
        form=form,
        family=visitor.hat.unit is None,
        first=_first(visitor),
    )


@door("support.ask", Area.STAFF, Area.OFFICE, Area.FAMILY)
@require_safe
def question(request: WebRequest, question: UUID) -> HttpResponse:
    """One question with what was written to it, and what the visitor can do with it."""
    return _shown(request, queries.question(by=request.visitor.actor, question=question))


@door("support.ask", Area.STAFF, Area.OFFICE, Area.FAMILY)
@require_POST
def act(request: WebRequest, question: UUID) -> HttpResponse:
    """Answer, hand on, note, ask further: what the button says."""
    visitor, what = request.visitor, request.POST.get("act", "")
    found = queries.question(by=visitor.actor, question=question)
    if what not in ACTS:
        return _shown(request, found, problem=_("Choose what to do."))
    try:
        ACTS[what](by=visitor.actor, question=question, text=request.POST.get("text", ""), now=visitor.now)
    except NotFound:
        raise
    except Refused as refused:
        return _shown(request, found, problem=refusals.sentence(refused), text=request.POST.get("text", ""))
    messages.success(request, str(DONE[what]))
    return SeeOther(reverse("support:question", args=[question]))


def _shown(request: WebRequest, found: QuestionView, *, problem: object = "", text: str = "") -> HttpResponse:
    visitor = request.visitor
    by = visitor.actor
    persons = {found.asked_by, *(one.by for one in found.entries), *([found.child] if found.child else [])} - {by.id}
    seen = people.people(by=by, ids=persons, numbers=False)
    hidden = sightings.protected(seen)
    sightings.note(visitor, by, dict.fromkeys(hidden, found.path), "support.question")
    child = seen.get(found.child) if found.child else None
    # a guardian's name would tell the name of a child that is hidden
    told = {key: one for key, one in seen.items() if key != found.asked_by or child is None or not child.masked}
    entries = [
        {
            "entry": one,
            "said": SAID[one.said],
            "who": _("You") if one.by == by.id else told[one.by].name if one.by in told else _("the family"),
            "masked": one.by in told and told[one.by].masked,
            "from": WHO[one.level] if one.level else "",
            "staff": one.said in {Said.PASSED, Said.REPLY, Said.NOTE},
        }
        for one in found.entries
    ]
    last = next((one.text for one in reversed(found.entries) if one.said is Said.REPLY), "") if found.mine else ""
    return page(
        request,
        "web/support/question.html",
        status=422 if problem else 200,
        question=found,
        entries=entries,
        who=WHO[found.level],
        days=(visitor.now - found.since).days,
        child=child,
        own_child=found.child == by.id,
        unit=schools.unit(found.unit),
        problem=problem,
        text=text or last,
        passes=bool(last),
        further=found.level is not Level.BODY,
        back=len(found.way) > 1,
        open=found.state is State.OPEN,
        before=WHO[found.way[-2]] if len(found.way) > 1 else "",
        next=WHO[list(Level)[list(Level).index(found.level) + 1]] if found.level is not Level.BODY else "",
    )


def _schoolings(visitor: Visitor) -> Mapping[UUID, Schooling]:
    assert visitor.hat is not None
    wards = [key for key in visitor.hat.wards if key in visitor.persons]
    return diary.schoolings(by=visitor.actor, pupils=wards, on=visitor.now.date())


def _name(visitor: Visitor, pupil: UUID) -> str:
    view = visitor.persons[pupil]
    return view.given or view.name


def _new(visitor: Visitor, schooling: Schooling | None, title: str, text: str) -> NewQuestion:
    """To whom a question goes: the class teacher, else a teacher of the class, else the office; of staff further up."""
    assert visitor.hat is not None
    on = visitor.now.date()
    if schooling is not None:
        assert schooling.school is not None
        teacher = None
        if schooling.group is not None:
            teacher = schools.holder(role=Role.CLASS_TEACHER, on=on, group=schooling.group)
            teacher = teacher or next((t.person for t in schools.teachers_of(groups=[schooling.group], on=on)), None)
        group = schooling.group if teacher is not None else None
        return NewQuestion(schooling.school.id, title, text, schooling.pupil, group, teacher)
    if visitor.hat.unit is None:
        raise NobodyThere("No school answers here.")
    first = _first(visitor)
    if first is None:
        raise NobodyThere("There is nobody further up.")
    return NewQuestion(first.id, title, text)


def _first(visitor: Visitor) -> UnitView | None:
    """Whose office a member of the staff asks: the school's own; who is of that office, the body responsible."""
    assert visitor.hat is not None
    if visitor.hat.unit is None:
        return None
    unit = visitor.units[visitor.hat.unit]
    if not visitor.actor.may("support.question.answer", unit.path):
        return unit
    body = next((u for u in schools.units_above(unit.path) if u.kind is UnitKind.AUTHORITY), None)
    return body if body is not None and body.id != unit.id else None


def _lines(visitor: Visitor, some: Iterable[QuestionView]) -> list[Line]:
    rows = list(some)
    seen = people.people(by=visitor.actor, ids={one.child for one in rows if one.child}, numbers=False)
    for place in {one.path for one in rows}:
        here = {one.child: seen[one.child] for one in rows if one.child in seen and one.path == place}
        hidden = sightings.protected(here) - {visitor.actor.id}
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, place), "support.home")
    return [
        Line(
            one,
            WHO[one.level],
            (visitor.now - one.since).days,
            one.state is State.OPEN and visitor.now - one.since >= REMIND_AFTER,
            seen[one.child].name if one.child in seen else "",
        )
        for one in rows
    ]


def _places(visitor: Visitor, known: Mapping[UUID, Schooling]) -> list[Place]:
    """The schools of the family's children, or the school and body of the staff, with whom one reaches there."""
    assert visitor.hat is not None
    if visitor.hat.unit is not None:
        units = schools.units_above(visitor.units[visitor.hat.unit].path)
    else:
        units = tuple({u.id: u for one in known.values() if one.school for u in one.above}.values())
    found = queries.contacts(units=[one.id for one in units])
    return [
        Place(one, tuple(c for c in found if c.unit == one.id))
        for one in reversed(units)
        if any(c.unit == one.id for c in found)
    ]


def _shelves(visitor: Visitor, known: Mapping[UUID, Schooling]) -> list[Shelf]:
    assert visitor.hat is not None
    if visitor.hat.unit is not None:
        groups = schools.groups_by_id(visitor.hat.taught)
    else:
        own = diary.groups_of(known, visitor.now.date(), visitor.now.date())
        groups = {one.id: one for some in own.values() for one in some}
    return shelves_of(groups, families=visitor.hat.unit is None)
