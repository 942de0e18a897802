"""Whom one reaches at a school: named contacts with telephone, e-mail, place and hours (row C31)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.support import actions, queries
from testamur.schoolday.support.rules import NewContact
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door, public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

EDIT = "support.contact.edit"


class ContactForm(forms.Form):
    """Whom one reaches, and how."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=120,
        help_text=gettext_lazy("A person or an office, such as “Reception”."),
    )
    role = forms.CharField(label=gettext_lazy("For what?"), max_length=120, required=False)
    phone = forms.CharField(label=gettext_lazy("Telephone"), max_length=40, required=False)
    email = forms.CharField(label=gettext_lazy("E-mail"), max_length=254, required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=200, required=False)
    hours = forms.CharField(label=gettext_lazy("Hours"), max_length=120, required=False)
    place = forms.IntegerField(label=gettext_lazy("Place in the list"), min_value=0, max_value=99, initial=1)
    open = forms.BooleanField(
        label=gettext_lazy("Shown to everybody on the Internet"),
        help_text=gettext_lazy("Without it, families and staff who are logged in see it. Ask whoever is named first."),
        required=False,
    )

    def contact(self) -> NewContact:
        """What was entered."""
        return NewContact(**self.cleaned_data)


@public
@require_safe
def school(request: WebRequest, unit: UUID) -> HttpResponse:
    """The contacts of a school that are open to everybody, and those of its body; nothing that names a pupil."""
    found = schools.unit(unit)
    if found is None:
        raise NotFound("There is no such school.", unit=str(unit))
    way = schools.units_above(found.path)
    known = queries.contacts(units=[one.id for one in way], everybody=True)
    places = [(one, [c for c in known if c.unit == one.id]) for one in reversed(way)]
    return page(request, "web/support/school.html", unit=found, places=[(one, some) for one, some in places if some])


@door("support.answer", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def contacts(request: WebRequest) -> HttpResponse:
    """The contacts of the unit of the hat that is worn, and the form for another."""
    unit, visitor = _unit(request), request.visitor
    form = ContactForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter_contact(by=visitor.actor, unit=unit.id, contact=form.contact(), now=visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The contact is entered."))
            return SeeOther(reverse("support:contacts"))
    return _shown(request, unit, form)


@door("support.answer", Area.STAFF, Area.OFFICE)
@require_POST
def change(request: WebRequest, contact: UUID) -> HttpResponse:
    """Change a contact, or remove it (`act` is ``remove``)."""
    unit, visitor = _unit(request), request.visitor
    if not any(one.id == contact for one in queries.contacts(units=[unit.id])):
        raise NotFound("There is no such contact.", contact=str(contact))
    if request.POST.get("act") == "remove":
        actions.remove_contact(by=visitor.actor, contact=contact, now=visitor.now)
        messages.success(request, _("The contact is removed."))
        return SeeOther(reverse("support:contacts"))
    form = ContactForm(request.POST, auto_id=f"id_{contact.hex}_%s")
    if form.is_valid():
        try:
            actions.change_contact(by=visitor.actor, contact=contact, to=form.contact(), now=visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The contact is changed."))
            return SeeOther(reverse("support:contacts"))
    return _shown(request, unit, ContactForm(), {contact: form})


def _shown(
    request: WebRequest, unit: UnitView, form: ContactForm, changing: dict[UUID, ContactForm] | None = None
) -> HttpResponse:
    known = queries.contacts(units=[unit.id])
    lines: list[dict[str, Any]] = []
    for one in known:
        initial = {name: getattr(one, name) for name in ContactForm.base_fields}
        own = (changing or {}).get(one.id)
        lines.append({
            "contact": one, "form": own or ContactForm(initial=initial, auto_id=f"id_{one.id.hex}_%s"),
            "open": own is not None,
        })  # fmt: skip
    faulty = bool(form.errors) or any(line["open"] for line in lines)
    return page(request, "web/support/contacts.html", status=422 if faulty else 200, unit=unit, form=form, lines=lines)


def _unit(request: WebRequest) -> UnitView:
    visitor = request.visitor
    assert visitor.hat is not None  # the door lets nobody in without one
    assert visitor.hat.unit is not None
    visitor.actor.must(EDIT, visitor.hat.unit_path)
    return visitor.units[visitor.hat.unit]
