"""Remarks and praise of a class: written about one or several pupils, listed, taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.queries import remarks as queries
from testamur.schoolday.diary.rules.remarks import LONGEST_TEXT, LONGEST_WHY, RemarkView
from testamur.surfaces.web import refusals
from testamur.surfaces.web.diary.about import Class, class_of, names_of
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

SHOWN = 100
"""Remarks on one page; a class writes fewer in a term."""


class RemarkForm(forms.Form):
    """A remark about some of a class."""

    kind = forms.ChoiceField(label=gettext_lazy("What is it?"), widget=forms.RadioSelect)
    pupils = forms.MultipleChoiceField(label=gettext_lazy("About whom?"), widget=forms.CheckboxSelectMultiple)
    text = forms.CharField(
        label=gettext_lazy("What happened?"),
        help_text=gettext_lazy("The family reads this as you write it. Name no other pupil."),
        max_length=LONGEST_TEXT,
        widget=forms.Textarea(attrs={"rows": 3, "data-snippets": "text"}),
    )
    subject = forms.ChoiceField(label=gettext_lazy("In which subject?"), required=False)
    on = forms.DateField(label=gettext_lazy("Day"), widget=Day)
    lesson = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, of: Class, *args: Any, **kwargs: Any) -> None:
        """The pack's kinds, the pupils, and the subjects of whoever writes."""
        super().__init__(*args, **kwargs)
        fields: Any = self.fields
        fields["kind"].choices = [(kind.code, kind.name) for kind in of.room.pack.diary.remarks]
        fields["pupils"].choices = [(str(one.id), one.name) for one in of.pupils.values()]
        fields["subject"].choices = [("", _("None"))] + [(code, of.subject_name(code)) for code in of.subjects]
        self._last = of.on

    def clean_on(self) -> date:
        """A remark is about what was."""
        day: date = self.cleaned_data["on"]
        if day > self._last:
            raise forms.ValidationError(_("That day is still to come."))
        return day


class WithdrawForm(forms.Form):
    """Why a remark is taken back."""

    why = forms.CharField(max_length=LONGEST_WHY)


@dataclass(frozen=True, slots=True)
class Line:
    """A remark in a list."""

    row: RemarkView
    pupil: str
    masked: bool
    kind: str
    subject: str
    author: str
    may_withdraw: bool


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def remarks(request: WebRequest, group: UUID) -> HttpResponse:
    """The remarks of the school year, and the form for a new one."""
    of = class_of(request.visitor, group, "diary.remarks", "diary.remark.see")
    if request.method == "POST":
        of.by.must("diary.remark.write", of.room.path, group=of.id)
        return _written(request, of)
    return _page(request, of, RemarkForm(of, initial=_initial(request, of)))


@door("staff.home", Area.STAFF, Area.OFFICE)
@require_POST
def withdraw(request: WebRequest, remark: UUID) -> HttpResponse:
    """Take a remark back."""
    form = WithdrawForm(request.POST)
    row = queries.remark(by=request.visitor.actor, remark=remark)
    if row is None or row.group is None:
        raise NotFound("There is no such remark.")
    why = form.cleaned_data["why"] if form.is_valid() else ""
    actions.withdraw_remark(by=request.visitor.actor, remark=remark, why=why, now=request.visitor.now)
    messages.success(request, _("The remark is withdrawn. Families no longer see it."))
    return HttpResponseRedirect(reverse("diary:remarks", kwargs={"group": row.group}), status=303)


def lines(of: Class, rows: tuple[RemarkView, ...]) -> list[Line]:
    """Remarks with names, and whether they can be taken back."""
    authors = names_of(of.visitor, {row.made_by for row in rows})
    kinds = {kind.code: kind.name for kind in of.room.pack.diary.remarks}
    return [
        Line(
            row=row,
            pupil=of.pupils[row.pupil].name,
            masked=of.pupils[row.pupil].masked,
            kind=kinds.get(row.kind, row.kind),
            subject=of.subject_name(row.subject),
            author=authors.get(row.made_by, ""),
            may_withdraw=queries.may_withdraw(by=of.by, remark=row, now=of.visitor.now),
        )
        for row in rows
        if row.pupil in of.pupils
    ]


def _written(request: WebRequest, of: Class) -> HttpResponse:
    form = RemarkForm(of, request.POST)
    if not form.is_valid():
        return _page(request, of, form, status=422)
    said = form.cleaned_data
    try:
        made = actions.write_remark(
            by=of.by, group=of.id, pupils=[UUID(one) for one in said["pupils"]], kind=said["kind"], text=said["text"],
            subject=said["subject"], lesson=said["lesson"], on=said["on"], now=request.visitor.now,
        )  # fmt: skip
    except Refused as refused:
        refusals.into(form, refused)
        return _page(request, of, form, status=422)
    told = ngettext(
        "The family of one pupil can read it now.", "The families of %(n)d pupils can read it now.", len(made)
    )
    messages.success(request, told % {"n": len(made)})
    return HttpResponseRedirect(reverse("diary:remarks", kwargs={"group": of.id}), status=303)


def _initial(request: WebRequest, of: Class) -> dict[str, object]:
    """What a link can fill in: who, in which lesson and subject, and a text of one's own to use again."""
    asked = request.GET
    found: dict[str, object] = {"on": of.on, "pupils": asked.getlist("pupil"), "lesson": asked.get("lesson", "")}
    found["subject"] = asked.get("subject", "") or (of.subjects[0] if len(of.subjects) == 1 else "")
    again = asked.get("again", "")
    known = queries.snippets(by=of.by, on=of.on) if again else ()
    chosen = known[int(again) - 1] if again in {str(n) for n in range(1, len(known) + 1)} else None
    if chosen is not None:
        found |= {"text": chosen.text, "kind": chosen.kind}
    return found


def _page(request: WebRequest, of: Class, form: RemarkForm, status: int = 200) -> HttpResponse:
    every = bool(request.GET.get("all"))
    rows = queries.remarks_of(by=of.by, room=of.room, pupils=of.pupils, withdrawn=every, limit=SHOWN)
    may_write = of.may("diary.remark.write")
    return page(
        request,
        "web/diary/remarks.html",
        status=status,
        of=of,
        tabs=of.tabs("diary:remarks"),
        form=form,
        lines=lines(of, rows),
        full=len(rows) == SHOWN,
        every=every,
        may_write=may_write,
        snippets=queries.snippets(by=of.by, on=of.on) if may_write else (),
        from_lesson=bool(form["lesson"].value()),
    )
