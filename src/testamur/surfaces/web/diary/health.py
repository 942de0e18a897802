"""Health notes of a class, for those who need to know; that they were read is written down."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.rules.health import LONGEST_TEXT, HealthView, circles
from testamur.schoolday.diary.rules.states import Circle, HealthKind
from testamur.surfaces.web import refusals
from testamur.surfaces.web.diary.about import Class, class_of, names_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

KINDS: dict[HealthKind, Promise] = {
    HealthKind.ALLERGY: gettext_lazy("Allergy"),
    HealthKind.CONDITION: gettext_lazy("Illness or condition"),
    HealthKind.MEDICATION: gettext_lazy("Medicine"),
    HealthKind.EXEMPTION: gettext_lazy("Exempt from something"),
    HealthKind.OTHER: gettext_lazy("Something else"),
}
CIRCLES: dict[Circle, Promise] = {
    Circle.TEACHERS: gettext_lazy("Everybody who teaches the pupil"),
    Circle.CLASS_TEACHER: gettext_lazy("The class teacher and the principal"),
    Circle.HEAD: gettext_lazy("The principal alone"),
}
ICONS: dict[HealthKind, str] = {
    HealthKind.ALLERGY: "triangle-alert",
    HealthKind.CONDITION: "heart-pulse",
    HealthKind.MEDICATION: "pill",
    HealthKind.EXEMPTION: "ban",
    HealthKind.OTHER: "info",
}


class HealthForm(forms.Form):
    """What others need to know of a pupil's health."""

    pupil = forms.ChoiceField(label=gettext_lazy("About whom?"))
    kind = forms.ChoiceField(
        label=gettext_lazy("What is it about?"), choices=[(kind.value, name) for kind, name in KINDS.items()]
    )
    text = forms.CharField(
        label=gettext_lazy("What do they need to know?"),
        help_text=gettext_lazy("What to do, and what not to do. The family reads it too."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    circle = forms.ChoiceField(
        label=gettext_lazy("Who needs to know?"),
        help_text=gettext_lazy("Nobody else at the school can read it."),
        widget=forms.RadioSelect,
    )
    starts = forms.DateField(label=gettext_lazy("From"), widget=Day)
    ends = forms.DateField(
        label=gettext_lazy("Until and with"),
        help_text=gettext_lazy("Leave it empty when nobody knows yet."),
        required=False,
        widget=Day,
    )

    def __init__(self, of: Class, *args: Any, **kwargs: Any) -> None:
        """The pupils, and the circles that the writer belongs to."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["pupil"].choices = [(str(one.id), one.name) for one in of.pupils.values()]
        mine = circles(of.by, path=of.room.path, group=of.id)
        fields["circle"].choices = [(one.value, name) for one, name in CIRCLES.items() if one in mine]


@dataclass(frozen=True, slots=True)
class Line:
    """A note in a list."""

    row: HealthView
    pupil: str
    masked: bool
    kind: str
    icon: str
    circle: str
    author: str


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def health(request: WebRequest, group: UUID) -> HttpResponse:
    """The notes of a class, and the form for a new one."""
    of = class_of(request.visitor, group, "diary.health", "diary.health.see")
    if request.method == "POST":
        return _noted(request, of)
    return _page(request, of, HealthForm(of, initial={"starts": of.on, "pupil": request.GET.get("pupil", "")}))


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_POST
def end(request: WebRequest, group: UUID, note: UUID) -> HttpResponse:
    """A note no longer holds."""
    of = class_of(request.visitor, group, "diary.health", "diary.health.see")
    actions.end_health(by=of.by, group=group, note=note, now=request.visitor.now, on=of.on)
    messages.success(request, _("The note has ended. It stays in the history."))
    return _back(of)


def lines(of: Class, rows: tuple[HealthView, ...]) -> list[Line]:
    """Notes with names, in the order of the class list."""
    authors = names_of(of.visitor, {row.made_by for row in rows})
    order = {pupil: n for n, pupil in enumerate(of.pupils)}
    return [
        Line(
            row=row,
            pupil=of.pupils[row.pupil].name,
            masked=of.pupils[row.pupil].masked,
            kind=str(KINDS[row.kind]),
            icon=ICONS[row.kind],
            circle=str(CIRCLES[row.circle]),
            author=authors.get(row.made_by, ""),
        )
        for row in sorted(rows, key=lambda row: order[row.pupil])
    ]


def _noted(request: WebRequest, of: Class) -> HttpResponse:
    of.by.must("diary.health.write", of.room.path, group=of.id)
    form = HealthForm(of, request.POST)
    if not form.is_valid():
        return _page(request, of, form, status=422)
    said = form.cleaned_data
    try:
        actions.note_health(
            by=of.by, group=of.id, pupil=UUID(said["pupil"]), kind=HealthKind(said["kind"]), text=said["text"],
            circle=Circle(said["circle"]), starts=said["starts"], ends=said["ends"], now=request.visitor.now, on=of.on,
        )  # fmt: skip
    except Refused as refused:
        refusals.into(form, refused)
        return _page(request, of, form, status=422)
    messages.success(request, _("The note is kept. Those who need to know can read it now."))
    return _back(of)


def _page(request: WebRequest, of: Class, form: HealthForm, status: int = 200) -> HttpResponse:
    rows = actions.read_health(by=of.by, room=of.room, pupils=list(of.pupils), now=request.visitor.now, on=of.on)
    return page(
        request,
        "web/diary/health.html",
        status=status,
        of=of,
        tabs=of.tabs("diary:health"),
        form=form,
        lines=lines(of, rows),
        may_write=of.may("diary.health.write"),
    )


def _back(of: Class) -> HttpResponse:
    return HttpResponseRedirect(reverse("diary:health", kwargs={"group": of.id}), status=303)
