"""The classes and teaching groups of a school, who is in them, and looking for a pupil."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import queries as people
from testamur.register.people.gaps import Gap, gaps
from testamur.register.people.rules import Scheme
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.queries import setup
from testamur.register.schools.rules import EnrolmentView, GroupKind, GroupUpdate, GroupView, NewEnrolment, NewGroup
from testamur.schoolday.care.rules import FORMS
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import persons
from testamur.surfaces.web.office.register import checklist
from testamur.surfaces.web.office.register.desk import (
    Desk,
    back,
    desk_of,
    desk_of_group,
    is_protected,
    nearest,
    one_day,
    one_id,
    subject_name,
    subjects,
)
from testamur.surfaces.web.office.scope import ids_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.searching import limits

FOUND = 50
GAPS = {
    Gap.NUMBER: gettext_lazy("No number"),
    Gap.READER: gettext_lazy("No guardian"),
    Gap.WAY: gettext_lazy("Nobody can be told"),
    Gap.CODE: gettext_lazy("No code"),
}


class GroupForm(forms.Form):
    """A class, or a group that is taught across classes."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"),
        choices=[
            (GroupKind.CLASS.value, gettext_lazy("A class")),
            (GroupKind.TEACHING.value, gettext_lazy("A teaching group across classes")),
        ],
    )
    code = forms.CharField(label=gettext_lazy("Short name"), max_length=80, help_text=gettext_lazy("Such as 8A."))
    year_level = forms.IntegerField(
        label=gettext_lazy("Year level"),
        min_value=0,
        max_value=13,
        required=False,
        help_text=gettext_lazy("A class needs it: the subjects of its programme follow from it."),
    )
    subject = forms.ChoiceField(
        label=gettext_lazy("Subject"), required=False, help_text=gettext_lazy("Of a teaching group.")
    )

    def __init__(self, data: Any, desk: Desk) -> None:
        """The subjects are those of the law's list."""
        super().__init__(data)
        self.care = desk.school.form in FORMS
        self.fields["subject"].choices = [("", "–"), *subjects(desk.pack, None, desk.day)]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """A class has a level, a teaching group a subject; a group of preschool or after-school care has neither."""
        told: dict[str, Any] = super().clean() or self.cleaned_data
        if self.care:  # groups of children, not of a year level or a subject
            return told
        if told.get("kind") == GroupKind.CLASS and told.get("year_level") is None and "year_level" not in self.errors:
            self.add_error("year_level", _("Say which year level the class has."))
        if told.get("kind") == GroupKind.TEACHING and not told.get("subject") and "subject" not in self.errors:
            self.add_error("subject", _("Choose the subject of the group."))
        return told


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def classes(request: HttpRequest) -> HttpResponse:
    """The classes of a year with what they lack; a search; a form for another class."""
    desk = desk_of(request)
    form = GroupForm(request.POST or None, desk)
    if request.method == "POST":
        desk.by.must("schools.group.add", desk.school.path)
        if desk.year is None:
            form.add_error(None, _("Enter the school year first."))
        elif form.is_valid():
            told = form.cleaned_data
            kind = GroupKind(told["kind"])
            subject = told["subject"] if kind is GroupKind.TEACHING else ""
            new = NewGroup(
                desk.school.id, desk.year.id, kind, told["code"], subject=subject, year_level=told["year_level"]
            )
            try:
                made = actions.add_groups(by=desk.by, groups=[new], now=visitor_of(request).now)[0]
            except Refused as refused:
                refusals.into(form, refused)
            else:
                messages.success(request, _("Added: %(name)s.") % {"name": told["code"]})
                return back("office:register_group", made)
    rows = setup.setup(by=desk.by, school=desk.school, school_year=desk.year.id, on=desk.day) if desk.year else ()
    return page(
        request,
        "web/office/register/classes.html",
        status=422 if form.errors else 200,
        desk=desk,
        place=desk.place,
        chosen_school=desk.school.id,
        rows=checklist.lines(desk, rows),
        teaching=_teaching(desk),
        form=form,
        may=desk.may("schools.group.add"),
        asked=request.GET.get("q", "")[:100],
        found=_found(request, desk, request.GET.get("q", "")[:100]),
    )


def _teaching(desk: Desk) -> list[tuple[GroupView, str, int]]:
    """Teaching groups with subject and number of members."""
    if desk.year is None:
        return []
    some = schools.groups(school=desk.school.id, school_year=desk.year.id)
    others = [one for one in some if one.kind is not GroupKind.CLASS]
    inside, pack = schools.members_of(groups=[one.id for one in others], on=desk.day), desk.pack
    return [(one, subject_name(pack, one.subject or one.course), len(inside[one.id])) for one in others]


def _found(request: HttpRequest, desk: Desk, text: str) -> list[dict[str, Any]]:
    """Pupils of the school by name, or by number: a protected one is found by the whole number alone."""
    if not text.strip() or not desk.may("people.person.search"):
        return []
    limits.count(visitor_of(request))
    if any(letter.isdigit() for letter in text):
        some = {
            people.holder_of_identifier(scheme=scheme, value=text, on=desk.day)
            for scheme in Scheme
            if scheme is not Scheme.LOCAL
        }
        holders = [key for key in some if key is not None]
    else:
        holders = [one.id for one in people.search(by=desk.by, text=text, path=desk.school.path, limit=FOUND)]
    ever = setup.pupils_ever(persons=holders, path=desk.school.path)
    kept = people.paths(ever)
    views = persons.shown(request, [key for key in holders if kept.get(key) == desk.school.path], "office.register")
    where = schools.placements(persons=list(views), on=desk.day)
    return [
        {"person": view, "protected": is_protected(view), "class": where[key].class_code if key in where else ""}
        for key, view in views.items()
    ]


class ChangeForm(forms.Form):
    """What may change about a group; its short name stands in addresses and stays."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    year_level = forms.IntegerField(label=gettext_lazy("Year level"), min_value=0, max_value=13, required=False)


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def group(request: HttpRequest, group: UUID) -> HttpResponse:
    """The members of a class or teaching group, each with what is missing; its name."""
    desk, one = desk_of_group(request, group)
    form = ChangeForm(request.POST or None, initial={"name": one.name, "year_level": one.year_level})
    if request.method == "POST":
        desk.by.must("schools.group.change", one.path)
        if form.is_valid():
            told = form.cleaned_data
            update = GroupUpdate(one.id, name=told["name"], year_level=told["year_level"])
            actions.update_groups(by=desk.by, updates=[update], now=visitor_of(request).now)
            messages.success(request, _("Kept."))
            return back("office:register_group", one.id)
    rows = schools.class_list(by=desk.by, group=one.id, on=desk.day)
    persons.note(request, [row.person for row in rows], "office.register")
    lacks = gaps(pupils=[row.person.id for row in rows], on=desk.day) if one.kind is GroupKind.CLASS else {}
    return page(
        request,
        "web/office/register/group.html",
        status=422 if form.errors else 200,
        desk=desk,
        group=one,
        is_class=one.kind is GroupKind.CLASS,
        subject=subject_name(desk.pack, one.subject or one.course),
        rows=[
            (row, is_protected(row.person), [GAPS[g] for g in Gap if g in lacks.get(row.person.id, ())]) for row in rows
        ],
        form=form,
        may=desk.may("schools.enrolment.add"),
        may_change=desk.may("schools.group.change"),
        sees_pupils=desk.may("people.contact.see"),
    )


@door("office.home", Area.OFFICE)
@require_GET
def choose(request: HttpRequest, group: UUID) -> HttpResponse:
    """The pupils of the classes of that year, to be chosen for a teaching group."""
    desk, one = _taught(request, group)
    inside = {row.person for row in schools.members(group=one.id, on=desk.day)}
    rooms = schools.groups(school=one.school, school_year=one.school_year, kind=GroupKind.CLASS)
    wanted = request.GET.get("class", "")
    room = next((r for r in rooms if str(r.id) == wanted), rooms[0] if rooms else None)
    rows = schools.class_list(by=desk.by, group=room.id, on=desk.day) if room else ()
    persons.note(request, [row.person for row in rows], "office.register")
    return page(
        request,
        "web/office/register/members.html",
        desk=desk,
        group=one,
        classes=rooms,
        room=room,
        rows=[(row.person, is_protected(row.person)) for row in rows if row.person.id not in inside],
    )


@door("office.home", Area.OFFICE)
@require_POST
def members(request: HttpRequest, group: UUID) -> HttpResponse:
    """Put chosen pupils into a teaching group, or say which day of one was the last."""
    desk, one = _taught(request, group)
    now = visitor_of(request).now
    on = nearest(desk.year, one_day(request.POST.get("on", "")) or desk.day)
    try:
        if request.POST.get("act") == "end":
            _end(desk, one, request.POST.get("person", ""), now)
            messages.success(request, _("Taken out of the group."))
            return back("office:register_group", one.id)
        chosen = ids_of(request.POST.getlist("pupils"))
        level = schools.placements(persons=chosen, on=desk.day)
        known = [key for key in chosen if key in level and level[key].school == one.school]
        new = [NewEnrolment(key, one.school, on, group=one.id, year_level=level[key].year_level) for key in known]
        if new:
            actions.add_enrolments(by=desk.by, enrolments=new, now=now)
            messages.success(request, ngettext("%(n)s pupil added.", "%(n)s pupils added.", len(new)) % {"n": len(new)})
        else:
            messages.error(request, _("Choose at least one pupil."))
    except Refused as refused:
        if refused.code in {"not_allowed", "not_found"}:
            raise
        messages.error(request, refusals.sentence(refused))
    return back("office:register_group", one.id)


def _taught(request: HttpRequest, group: UUID) -> tuple[Desk, GroupView]:
    """A teaching group that the visitor fills; pupils come into a class by their own pages."""
    desk, one = desk_of_group(request, group, "schools.enrolment.add")
    if one.kind is GroupKind.CLASS:
        raise NotFound("There is no such teaching group.")
    return desk, one


def _end(desk: Desk, one: GroupView, person: str, now: Any) -> None:
    """The day before is the last; of one who came today, today."""
    wanted = one_id(person, "person")
    rows: list[EnrolmentView] = [row for row in schools.members(group=one.id, on=desk.day) if row.person == wanted]
    ends = {row.id: max(row.starts, desk.day - timedelta(days=1)) for row in rows}
    actions.end_enrolments(by=desk.by, ends=ends, now=now)
