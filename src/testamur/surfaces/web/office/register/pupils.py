"""A pupil: added to a class, changed, moved, protected, gone."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.register.people import actions as people_actions
from testamur.register.people import queries as people
from testamur.register.people.rules import (
    KEEP,
    NewIdentifier,
    PersonUpdate,
    PersonView,
    Protection,
    Sex,
    printed,
)
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.office import persons
from testamur.surfaces.web.office.register.desk import (
    Desk,
    back,
    desk_of_group,
    desk_of_pupil,
    is_protected,
)
from testamur.surfaces.web.office.register.guardians import RELATIONS
from testamur.surfaces.web.office.register.personal import PupilForm
from testamur.surfaces.web.office.scope import visitor_of
from testamur.surfaces.web.pages import page

HERE = "office.register.pupil"
LEVELS = {
    Protection.NONE: gettext_lazy("No protection"),
    Protection.CONFIDENTIALITY_MARK: gettext_lazy("Confidentiality mark: every release is tested"),
    Protection.PROTECTED_REGISTRATION: gettext_lazy("Protected registration: the address is not kept here"),
    Protection.FINGERED: gettext_lazy("Former identity of somebody who was given another"),
}


class NewPupilForm(PupilForm):
    """A pupil who comes into a class."""

    starts = forms.DateField(label=gettext_lazy("In the class from"), widget=Day())
    field_order = (*PupilForm.field_order, "starts")


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest, group: UUID) -> HttpResponse:
    """Add a pupil to a class: somebody new, or somebody of the school whom the number finds."""
    desk, one = desk_of_group(request, group, "schools.enrolment.add")
    desk.by.must("people.person.register", desk.school.path)
    if one.kind is not GroupKind.CLASS:
        raise NotFound("Pupils are added to a class.")
    country, today = desk.school.country, visitor_of(request).now.date()
    form = NewPupilForm(request.POST or None, country, today, initial={"starts": desk.day})
    if request.method == "POST" and form.is_valid():
        try:
            known = form.known(desk.by)
            person = known or form.person()
            made = actions.enrol_person(
                by=desk.by, person=person, group=one.id, starts=form.cleaned_data["starts"], now=visitor_of(request).now
            )
        except NotAllowed:
            form.add_error("number", _("This pupil belongs to another school. The body responsible moves pupils."))
        except Refused as refused:
            refusals.into(form, refused)
        else:
            _say(request, form)
            messages.success(request, _("The pupil is in %(name)s.") % {"name": one.code})
            if request.POST.get("next") == "another":
                return back("office:register_new", one.id)
            return back("office:register_pupil", made)
    return page(
        request,
        "web/office/register/new.html",
        status=422 if form.errors else 200,
        desk=desk,
        group=one,
        form=form,
    )


def _say(request: HttpRequest, form: PupilForm) -> None:
    if form.differs():
        messages.warning(request, _("The number tells another day of birth. Look which one is right."))


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def pupil(request: HttpRequest, pupil: UUID) -> HttpResponse:
    """A pupil's own data, class, guardians, code."""
    verb = "people.person.change" if request.method == "POST" else "people.contact.see"
    desk, view = desk_of_pupil(request, pupil, verb, HERE)
    now = visitor_of(request).now
    form = PupilForm(request.POST or None, desk.school.country, now.date(), initial=_initial(view))
    if request.method == "POST":
        if view.masked:
            raise NotAllowed("Whoever changes a person has to see the person.")
        if form.is_valid():
            try:
                _change(desk, view, form, now)
            except Refused as refused:
                refusals.into(form, refused)
            else:
                _say(request, form)
                messages.success(request, _("Kept."))
                return back("office:register_pupil", pupil)
    return page(
        request,
        "web/office/register/pupil.html",
        status=422 if form.errors else 200,
        form=form,
        may_change=desk.by.may("people.person.change", view.path) and not view.masked,
        may_move=desk.may("schools.enrolment.add"),
        may_protect=desk.may("people.protection.raise"),
        level=LEVELS.get(view.protection) if view.protection else "",
        **_told(request, desk, view),
    )


def _initial(view: PersonView) -> dict[str, Any]:
    if view.masked:
        return {}
    return {
        "given": view.given, "middle": view.middle, "family": view.family, "preferred": view.preferred,
        "birth_date": view.birth_date, "sex": view.sex.value,
    }  # fmt: skip


def _change(desk: Desk, view: PersonView, form: PupilForm, now: Any) -> None:
    """Only what differs; a number takes the place of the former one of its kind."""
    told = form.cleaned_data
    if form.parsed is not None:
        number = NewIdentifier(form.parsed.scheme, form.parsed.value)
        people_actions.change_identifier(by=desk.by, person=view.id, new=number, now=now)
    update = PersonUpdate(
        view.id,
        **{f: told[f] if told[f] != getattr(view, f) else KEEP for f in ("given", "middle", "family", "preferred")},
        birth_date=told["birth_date"] if told["birth_date"] != view.birth_date else KEEP,
        sex=Sex(told["sex"]) if told["sex"] != view.sex.value else KEEP,
    )
    people_actions.update_persons(by=desk.by, updates=[update], now=now)


def _told(request: HttpRequest, desk: Desk, view: PersonView) -> dict[str, Any]:
    """What the page shows beside the form."""
    on, by = visitor_of(request).now.date(), desk.by
    guardians = people.guardians(by=by, children=[view.id], on=on)[view.id]
    persons.note(request, [one.guardian for one in guardians], HERE)
    ways = people.contacts(by=by, persons=[one.guardian.id for one in guardians])
    stays = schools.enrolments_of(person=view.id)
    groups = schools.groups_by_id(row.group for row in stays if row.group)
    code = people.label_codes(by=by, persons=[view.id]).get(view.id)
    return {
        "desk": desk,
        "pupil": view,
        "protected": is_protected(view),
        "numbers": people.identifiers(by=by, persons=[view.id])[view.id],
        "guardians": [(one, RELATIONS[one.relation], ways.get(one.guardian.id, ())) for one in guardians],
        "stays": [(row, groups.get(row.group) if row.group else None) for row in reversed(stays)],
        "code": printed(code) if code else "",
        "may_code": desk.may("people.code.issue"),
        "may_guard": desk.may("people.guardianship.add"),
    }


class MoveForm(forms.Form):
    """Another class, from a day."""

    group = forms.ChoiceField(label=gettext_lazy("Class"))
    starts = forms.DateField(
        label=gettext_lazy("From"),
        widget=Day(),
        help_text=gettext_lazy("The day before is the last in the former class."),
    )


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def move(request: HttpRequest, pupil: UUID) -> HttpResponse:
    """Let a pupil change class; whoever reaches several schools may choose one of another school."""
    desk, view = desk_of_pupil(request, pupil, "schools.enrolment.add", HERE)
    years = [year for year in desk.place.years if desk.year is None or year.starts >= desk.year.starts]
    choices = [
        (str(one.id), f"{one.code} · {year.code}" + (f" · {unit.name}" if len(desk.place.schools) > 1 else ""))
        for unit in sorted(desk.place.schools, key=lambda unit: unit.id != desk.school.id)
        for year in years
        for one in schools.groups(school=unit.id, school_year=year.id, kind=GroupKind.CLASS)
    ]
    form = MoveForm(request.POST or None, initial={"starts": desk.day})
    form.fields["group"].choices = choices  # type: ignore[attr-defined]
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            actions.move_pupil(
                by=desk.by, pupil=pupil, group=UUID(told["group"]), starts=told["starts"], now=visitor_of(request).now
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The pupil changes class on %(day)s.") % {"day": told["starts"].isoformat()})
            return back("office:register_pupil", pupil)
    return _small(request, form, view, title=_("Move to another class"), button=_("Move"))


class LeaveForm(forms.Form):
    """The last day at the school."""

    ends = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=Day(),
        help_text=gettext_lazy("The pupil leaves all groups of the school. What was recorded is kept."),
    )


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def leave(request: HttpRequest, pupil: UUID) -> HttpResponse:
    """Say which day is a pupil's last at the school."""
    desk, view = desk_of_pupil(request, pupil, "schools.enrolment.end", HERE)
    form = LeaveForm(request.POST or None, initial={"ends": desk.day})
    if request.method == "POST" and form.is_valid():
        last = form.cleaned_data["ends"]
        stays = schools.enrolments_of(person=pupil)
        open_ = [s.id for s in stays if s.school == desk.school.id and (s.ends is None or s.ends > last)]
        try:
            if not open_:
                form.add_error(None, _("The pupil has left already by then."))
            else:
                actions.end_enrolments(by=desk.by, ends=dict.fromkeys(open_, last), now=visitor_of(request).now)
                messages.success(request, _("The last day is %(day)s.") % {"day": last.isoformat()})
                return back("office:register_pupil", pupil)
        except Refused as refused:
            refusals.into(form, refused)
    return _small(request, form, view, title=_("The pupil leaves the school"), button=_("Keep the last day"))


class ProtectionForm(forms.Form):
    """How far the identity is hidden."""

    level = forms.ChoiceField(
        label=gettext_lazy("Protection"), widget=forms.RadioSelect, choices=[(p.value, t) for p, t in LEVELS.items()]
    )


@door("office.protected", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def protection(request: HttpRequest, pupil: UUID) -> HttpResponse:
    """Set a pupil's protection; every page follows from the same moment."""
    desk, view = desk_of_pupil(request, pupil, "people.protection.raise", HERE)
    if view.masked:
        raise NotAllowed("Whoever changes a protection has to see the person.")
    kept = view.protection or Protection.NONE
    form = ProtectionForm(request.POST or None, initial={"level": kept.value})
    if request.method == "POST" and form.is_valid():
        level = Protection(form.cleaned_data["level"])
        if level is not kept:
            people_actions.set_protection(by=desk.by, person=pupil, level=level, now=visitor_of(request).now)
            messages.success(request, _("The protection is changed. Every page follows from now on."))
        return back("office:register_pupil", pupil)
    text = _("A protected pupil stands under an alias for everybody whose work does not need the name.")
    return _small(request, form, view, title=_("Protected identity"), button=_("Keep"), text=text)


@door("office.home", Area.OFFICE)
@require_POST
def code(request: HttpRequest, pupil: UUID) -> HttpResponse:
    """Give the pupil a new code; the old one opens nothing any more."""
    desk, _view = desk_of_pupil(request, pupil, "people.code.issue", HERE)
    people_actions.issue_pupil_codes(by=desk.by, persons=[pupil], now=visitor_of(request).now)
    messages.success(request, _("There is a new code. The old one opens nothing any more."))
    return back("office:register_pupil", pupil)


def _small(request: HttpRequest, form: forms.Form, view: PersonView, **more: Any) -> HttpResponse:
    """A page with one small form about a pupil."""
    return page(
        request,
        "web/office/register/small.html",
        status=422 if form.errors else 200,
        form=form,
        pupil=view,
        protected=is_protected(view),
        **more,
    )
