"""Forms for people without a login: a question, and the wish to take part (rows A28, E2, C31)."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.schoolday.noticeboard import actions
from testamur.schoolday.noticeboard.rules import Kind
from testamur.surfaces.web import proxies, refusals
from testamur.surfaces.web.doors import public
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.public.pages import contact as whom
from testamur.surfaces.web.requests import NOBODY, WebRequest

WRITER = Actor(NOBODY.id, "web", (Grant("web", "/", ("noticeboard.enquiry.send",)),))


class EnquiryForm(forms.Form):
    """A question. `website` is a trap for programs: people do not see it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What is it about?"),
        choices=[
            (Kind.CONTACT.value, gettext_lazy("A question")),
            (Kind.ACCESSIBILITY.value, gettext_lazy("Something is hard to use")),
            (Kind.PRIVACY.value, gettext_lazy("Personal data")),
        ],
    )
    path = forms.ChoiceField(label=gettext_lazy("Which municipality or province?"))
    name = forms.CharField(label=gettext_lazy("Your name"), max_length=200, required=False)
    email = forms.CharField(label=gettext_lazy("E-mail address that we answer to"), max_length=254)
    text = forms.CharField(
        label=gettext_lazy("Your question"), widget=forms.Textarea(attrs={"rows": 6}), max_length=4000
    )
    website = forms.CharField(required=False, widget=forms.HiddenInput())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """The bodies of this installation are the choices."""
        super().__init__(*args, **kwargs)
        bodies = [(u.path, u.name) for u in schools.units_under("/") if u.parent is None]
        choice = self.fields["path"]
        assert isinstance(choice, forms.ChoiceField)
        choice.choices = bodies
        if len(bodies) <= 1:
            choice.required, choice.widget = False, forms.HiddenInput()
            choice.initial = bodies[0][0] if bodies else "/"
        self.fields["email"].widget.attrs["autocomplete"] = "email"
        self.fields["name"].widget.attrs["autocomplete"] = "name"


class JoinForm(EnquiryForm):
    """A body that wants to try, or to begin."""

    organisation = forms.CharField(label=gettext_lazy("Municipality, province, school or university"), max_length=200)
    field_order = ("organisation", "name", "email", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Without the choices of the other form."""
        super().__init__(*args, **kwargs)
        del self.fields["kind"], self.fields["path"]
        self.fields["text"].label = _("What would you like to do? How many schools and pupils?")


@public
@require_http_methods(["GET", "HEAD", "POST"])
def contact(request: WebRequest) -> HttpResponse:
    """Who answers, and a form to ask."""
    form = EnquiryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        if _sent(request, form, Kind(said["kind"]), path=said["path"] or form.fields["path"].initial):
            return page(request, "web/public/asked.html")
    return page(request, "web/public/contact.html", form=form, contact=whom(), status=422 if form.errors else 200)


@public
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: WebRequest) -> HttpResponse:
    """Ask to see it, to try it, to begin."""
    form = JoinForm(request.POST or None)
    if (
        request.method == "POST"
        and form.is_valid()
        and _sent(request, form, Kind.ONBOARDING, path="/", organisation=form.cleaned_data["organisation"])
    ):
        return page(request, "web/public/asked.html")
    return page(request, "web/public/join.html", form=form, status=422 if form.errors else 200)


def _sent(request: WebRequest, form: forms.Form, kind: Kind, **more: str) -> bool:
    said = form.cleaned_data
    if said["website"]:
        return True  # a program filled in the field that people do not see: let it believe that it was heard
    try:
        actions.send_enquiry(
            by=WRITER,
            kind=kind,
            name=said["name"],
            email=said["email"],
            text=said["text"],
            locale=request.LANGUAGE_CODE or "en",
            network=network(request),
            now=request.visitor.now,
            **more,
        )
    except Refused as refused:
        refusals.into(form, refused)
        return False
    return True


def network(request: HttpRequest) -> str:
    """A keyed digest of the network that a request comes from (the address without its last part); for counting."""
    return hmac.new(settings.SECRET_KEY.encode(), proxies.network(request).encode(), hashlib.sha256).hexdigest()
