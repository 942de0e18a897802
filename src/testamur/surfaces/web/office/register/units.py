"""The schools of a body: preschools, compulsory, adapted and upper secondary schools, after-school care (row C1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.law.tables import PACKS
from testamur.register.schools import actions
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Form, NewUnit, UnitKind
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page

FORMS = {
    Form.PRESCHOOL: gettext_lazy("Preschool"),
    Form.PRESCHOOL_CLASS: gettext_lazy("Preschool class"),
    Form.AFTER_SCHOOL: gettext_lazy("After-school care"),
    Form.PRIMARY: gettext_lazy("Primary school"),
    Form.COMPULSORY: gettext_lazy("Compulsory school"),
    Form.ADAPTED_COMPULSORY: gettext_lazy("Adapted compulsory school"),
    Form.LOWER_SECONDARY: gettext_lazy("Lower secondary school"),
    Form.UPPER_SECONDARY: gettext_lazy("Upper secondary school"),
    Form.ADAPTED_UPPER_SECONDARY: gettext_lazy("Adapted upper secondary school"),
    Form.ADULT: gettext_lazy("Adult education"),
}


class UnitForm(forms.Form):
    """A school of the body."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=200)
    code = forms.CharField(
        label=gettext_lazy("School unit code"),
        max_length=80,
        help_text=gettext_lazy("The official one, or one of your own; it stays."),
    )
    form = forms.ChoiceField(
        label=gettext_lazy("Form of school"), choices=[(one.value, text) for one, text in FORMS.items()]
    )
    pack = forms.ChoiceField(
        label=gettext_lazy("Rules of marks and documents"),
        required=False,
        help_text=gettext_lazy("Preschools and after-school care have none."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """With the rules that are installed."""
        super().__init__(*args, **kwargs)
        field: Any = self.fields["pack"]
        field.choices = [("", "–"), *((key, key) for key in sorted(PACKS))]


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def units(request: HttpRequest) -> HttpResponse:
    """The schools of the body with their forms; another one."""
    place, by = place_of(request), actor_of(request)
    if place.unit.kind not in {UnitKind.AUTHORITY, UnitKind.OFFICE}:
        raise NotAllowed
    by.must("schools.unit.add", place.unit.path)
    form = UnitForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        told = form.cleaned_data
        new = NewUnit(
            UnitKind.SCHOOL, told["code"].strip(), told["name"].strip(), place.unit.id, form=Form(told["form"]),
            pack=told["pack"],
        )  # fmt: skip
        try:
            actions.add_units(by=by, units=[new], now=visitor_of(request).now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("Added: %(name)s.") % {"name": told["name"]})
            return SeeOther(reverse("office:register_units"))
    found = schools.units_under(place.unit.path, kind=UnitKind.SCHOOL)
    return page(
        request,
        "web/office/register/units.html",
        status=422 if form.errors else 200,
        body=place.unit,
        rows=[(one, FORMS.get(one.form, "")) for one in found],
        form=form,
    )
