"""Closing a moment: what is missing, what will be decided, what was changed since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.law.year import Condition
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.schoolday.diary.rules.moments import moments_of, year_rules
from testamur.schoolday.results import actions, moments
from testamur.schoolday.results.moments import Unfinished
from testamur.schoolday.results.rules import Line
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.yearend import about


class CloseForm(forms.Form):
    """What is said when a moment is closed."""

    partly = forms.BooleanField(
        label=gettext_lazy("Close it although something is missing"),
        required=False,
        help_text=gettext_lazy("What is entered is decided now; the rest when you close it again."),
    )
    explanation = forms.CharField(
        label=gettext_lazy("Why it was changed"),
        required=False,
        max_length=400,
        help_text=gettext_lazy(
            "The former value stays readable, struck through, with who put it right. Without a reason it stays."
        ),
    )


@dataclass(frozen=True, slots=True)
class Lacking:
    """A pupil and what is not entered about them."""

    pupil: PersonView
    what: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Put:
    """One value that was entered anew."""

    pupil: PersonView
    name: str
    before: str
    after: str


@door("diary.home", Area.STAFF)
@require_http_methods(["GET", "HEAD", "POST"])
def close(request: WebRequest, group: UUID, moment: str) -> HttpResponse:
    """The state of a moment; a POST decides what is entered."""
    visitor = request.visitor
    room, chosen, state = moments.moment_state(by=visitor.actor, group=group, moment=moment, on=visitor.now.date())
    form = CloseForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            closed = actions.close_moment(
                by=visitor.actor, group=group, moment=moment, now=visitor.now, complete=not told["partly"],
                explanation=told["explanation"],
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
        else:
            _tell(request, closed.recorded, closed.corrected, [code for _line, code in closed.refused])
            return redirect("yearend:close", group, moment)
    names = about.persons(visitor, moments.pupils_of(room, visitor.now.date()), room, "yearend.close")
    rules = year_rules(room)
    return page(
        request,
        "web/yearend/close.html",
        status=422 if form.errors else 200,
        room=room,
        moment=chosen,
        state=state,
        tabs=about.tabs(group, {one.code: one.name for one in moments_of(room)}, chosen.code),
        unfinished=_unfinished(visitor, moments.unfinished(
            by=visitor.actor, room=room, moment=chosen, state=state, on=visitor.now.date()
        )),
        lacking=[Lacking(one, state.missing[key]) for key, one in names.items() if key in state.missing],
        changed=[
            Put(
                names[line.pupil], rules.name(line.kind, line.code), rules.value(line.kind, line.decided),
                rules.value(line.kind, line.entered),
            )
            for line in _ordered(state.changed, names)
        ],
        long=[Put(names[line.pupil], rules.name(line.kind, line.code), "", "") for line in _ordered(state.long, names)],
        longest=rules.longest_comment,
        form=form,
    )  # fmt: skip


def _unfinished(visitor: Visitor, found: Iterable[Unfinished]) -> list[tuple[Unfinished, str]]:
    """With the names of those whose work it is; empty where it is the class teacher's."""
    lines = list(found)
    ids = {person for one in lines for person in one.teachers}
    known = people.people(by=visitor.actor, ids=ids, numbers=False) if ids else {}
    return [(one, ", ".join(known[p].name for p in one.teachers if p in known)) for one in lines]


def _ordered(lines: Iterable[Line], names: dict[UUID, PersonView]) -> list[Line]:
    by_pupil: dict[UUID, list[Line]] = defaultdict(list)
    for line in lines:
        by_pupil[line.pupil].append(line)
    return [line for pupil in names for line in by_pupil[pupil]]


def _tell(request: WebRequest, recorded: int, corrected: int, refused: list[str]) -> None:
    if recorded:
        told = ngettext("%(n)s value is decided.", "%(n)s values are decided.", recorded) % {"n": recorded}
        messages.success(request, told)
    if corrected:
        told = ngettext("%(n)s value was put right.", "%(n)s values were put right.", corrected) % {"n": corrected}
        messages.success(request, told)
    for code in dict.fromkeys(refused):
        known = refusals.SENTENCES.get(code)
        messages.error(request, str(known) if known is not None else _("The rules did not let a change pass."))
    if not (recorded or corrected or refused):
        messages.info(request, _("There was nothing new to decide."))
