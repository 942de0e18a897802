"""Every component in every state, on one page of a demonstration: what the pages are made of."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.surfaces.web.doors import public
from testamur.surfaces.web.forms import Day
from testamur.surfaces.web.office import paging
from testamur.surfaces.web.pages import page

STATES = (
    "drafted", "ready", "signing", "signed", "sealed", "published", "superseded", "rectified", "annulled", "disposed",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the gallery."""

    label: str
    address: str
    current: bool = False
    count: int | None = None


class Sample(forms.Form):
    """One field of every kind."""

    name = forms.CharField(label=gettext_lazy("Name"), help_text=gettext_lazy("As it stands in the register."))
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    subject = forms.ChoiceField(label=gettext_lazy("Subject"), choices=(("ma", "Matematik"), ("sv", "Svenska")))
    day = forms.DateField(label=gettext_lazy("Day"), widget=Day())
    way = forms.ChoiceField(
        label=gettext_lazy("How"),
        widget=forms.RadioSelect,
        choices=(("now", gettext_lazy("At once")), ("later", gettext_lazy("At a chosen minute"))),
        help_text=gettext_lazy("Guardians see the documents from then on."),
    )
    schools = forms.MultipleChoiceField(
        label=gettext_lazy("Schools"),
        widget=forms.CheckboxSelectMultiple,
        choices=(("a", "Solbackaskolan (exempel)"), ("b", "Strandskolan (exempel)")),
    )
    agreed = forms.BooleanField(label=gettext_lazy("I have looked at the documents"))
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}))
    file = forms.FileField(label=gettext_lazy("File"), help_text=gettext_lazy("PDF, at most 20 MB."))


@public
def show(request: HttpRequest) -> HttpResponse:
    """The gallery; outside a demonstration there is none."""
    if settings.MODE != "demo":
        raise Http404
    if "toast" in request.GET:
        messages.success(request, _("Saved"))
        messages.error(request, _("That did not work. Nothing was lost: reload the page and try again."))
    rows = [("Ada Exempel", "8A", "published"), ("Bo Exempel", "8A", "signing"), ("Cilla Exempel", "8B", "ready")]
    return page(
        request,
        "web/shell/gallery.html",
        form=Sample(initial={"day": date(2026, 6, 10), "way": "now"}),
        wrong=Sample({"name": "", "email": "x", "schools": []}, auto_id="wrong_%s"),
        states=STATES,
        rows=rows,
        sort=request.GET.get("sort", "name"),
        pages=Paginator(range(430), 25).page(min(_number(request), 18)),
        tabs=(Tab(_("To sign"), "?", current=True, count=12), Tab(_("Signed"), "?tab=2", count=480)),
        steps=(_("Check"), _("Sign"), _("Seal"), _("Publish")),
    )


def _number(request: HttpRequest) -> int:
    return paging.number(request) if "page" in request.GET else 7
