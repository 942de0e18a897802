"""A teacher or another member of staff who is not in the register yet, with a post at the school."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.schools import actions
from testamur.register.schools.rules import Role
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.office import words
from testamur.surfaces.web.office.register.desk import back, desk_of
from testamur.surfaces.web.office.register.personal import NameForm, ReachForm
from testamur.surfaces.web.office.scope import visitor_of
from testamur.surfaces.web.pages import page

GIVEN = (Role.TEACHER, Role.PRINCIPAL, Role.ADMINISTRATOR)
"""Posts that can be given with the person; the others are given on the page of posts."""


class StaffForm(ReachForm, NameForm):
    """A person and a post."""

    role = forms.ChoiceField(label=gettext_lazy("Post"), choices=[(r.value, words.ROLES[r.value]) for r in GIVEN])
    starts = forms.DateField(label=gettext_lazy("From"), widget=Day())
    field_order = ("scheme", "number", "given", "middle", "family", "email", "phone", "role", "starts")


@door("office.correct", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Register somebody and give the post in the same act; whom the number finds is given the post alone."""
    desk = desk_of(request, "schools.post.add")
    desk.by.must("people.person.register", desk.school.path)
    now = visitor_of(request).now
    form = StaffForm(request.POST or None, desk.school.country, now.date(), initial={"starts": now.date()})
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        try:
            known: UUID | None = form.known(desk.by)
            actions.appoint_person(
                by=desk.by,
                person=known or form.person(form.contacts(desk.school.country)),
                unit=desk.school.id,
                role=Role(told["role"]),
                starts=told["starts"],
                now=now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The post is given."))
            return back("office:people", school=str(desk.school.id))
    return page(
        request,
        "web/office/register/staff.html",
        status=422 if form.errors else 200,
        desk=desk,
        place=desk.place,
        form=form,
    )
