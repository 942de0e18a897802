"""News, outages, enquiries: written and answered by administrators of the body responsible."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.rules import Audience, NewsText, Service
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest


class NewsForm(forms.Form):
    """News in every language of the installation; one is enough."""

    audience = forms.ChoiceField(
        label=gettext_lazy("For whom?"),
        choices=[
            (Audience.EVERYBODY.value, gettext_lazy("Everybody")),
            (Audience.STAFF.value, gettext_lazy("Staff")),
            (Audience.FAMILY.value, gettext_lazy("Families")),
        ],
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """A title and a text for each language."""
        super().__init__(*args, **kwargs)
        for code, name in settings.LANGUAGES:
            self.fields[f"title_{code}"] = forms.CharField(
                label=_("Title (%(language)s)") % {"language": name}, max_length=200, required=False
            )
            self.fields[f"body_{code}"] = forms.CharField(
                label=_("Text (%(language)s)") % {"language": name},
                max_length=4000,
                required=False,
                widget=forms.Textarea(attrs={"rows": 3, "lang": code}),
            )

    def texts(self) -> dict[str, NewsText]:
        """What was written, by language; a language without a title is left out."""
        said = self.cleaned_data
        return {
            code: NewsText(said[f"title_{code}"], said[f"body_{code}"])
            for code, _name in settings.LANGUAGES
            if said[f"title_{code}"].strip()
        }


class OutageForm(forms.Form):
    """A part of the service that is down."""

    service = forms.ChoiceField(
        label=gettext_lazy("What does not work?"),
        choices=[
            (Service.SIGNING.value, gettext_lazy("Signing")),
            (Service.LOGIN.value, gettext_lazy("Logging in with an e-ID")),
            (Service.MAIL.value, gettext_lazy("E-mail and SMS")),
            (Service.REGISTRY.value, gettext_lazy("The student registry")),
        ],
    )
    note = forms.CharField(label=gettext_lazy("What to tell people"), max_length=400, required=False)


@door("office.home", Area.OFFICE)
@require_safe
def board(request: WebRequest) -> HttpResponse:
    """All three on one page."""
    return _page(request, NewsForm(), OutageForm())


@door("office.home", Area.OFFICE)
@require_POST
def publish(request: WebRequest) -> HttpResponse:
    """Put news on the board."""
    form = NewsForm(request.POST)
    if form.is_valid():
        try:
            actions.publish_news(
                by=request.visitor.actor,
                path=_path(request),
                audience=Audience(form.cleaned_data["audience"]),
                texts=form.texts(),
                now=request.visitor.now,
            )
        except Refused as refused:
            refusals.into(form, refused)
    if form.errors:
        return _page(request, form, OutageForm(), status=422)
    messages.success(request, _("The news is on the board."))
    return _back()


@door("office.home", Area.OFFICE)
@require_POST
def withdraw(request: WebRequest, news: UUID) -> HttpResponse:
    """Take news off the board."""
    actions.withdraw_news(by=request.visitor.actor, news=news, now=request.visitor.now)
    messages.success(request, _("The news was taken off the board."))
    return _back()


@door("office.home", Area.OFFICE)
@require_POST
def outage(request: WebRequest) -> HttpResponse:
    """Say on every page that something is down."""
    form = OutageForm(request.POST)
    if not form.is_valid():
        return _page(request, NewsForm(), form, status=422)
    actions.announce_outage(
        by=request.visitor.actor,
        path=_path(request),
        service=Service(form.cleaned_data["service"]),
        note=form.cleaned_data["note"],
        now=request.visitor.now,
    )
    messages.success(request, _("Every page says so now."))
    return _back()


@door("office.home", Area.OFFICE)
@require_POST
def end(request: WebRequest, service: str) -> HttpResponse:
    """It works again."""
    if service in {s.value for s in Service}:
        actions.end_outage(
            by=request.visitor.actor, path=_path(request), service=Service(service), now=request.visitor.now
        )
        messages.success(request, _("The notice is gone."))
    return _back()


@door("office.home", Area.OFFICE)
@require_POST
def handle(request: WebRequest, enquiry: UUID) -> HttpResponse:
    """An enquiry was answered."""
    actions.handle_enquiry(by=request.visitor.actor, enquiry=enquiry, now=request.visitor.now)
    return _back()


def _page(request: WebRequest, news: NewsForm, outage: OutageForm, status: int = 200) -> HttpResponse:
    visitor = request.visitor
    locale = request.LANGUAGE_CODE or "en"
    return page(
        request,
        "web/board/board.html",
        status=status,
        enquiries=queries.enquiries(by=visitor.actor, path=_path(request)),
        news=queries.news(locale=locale, now=visitor.now, audiences=tuple(Audience)),
        outages=queries.outages(now=visitor.now),
        news_form=news,
        outage_form=outage,
    )


def _path(request: WebRequest) -> str:
    hat = request.visitor.hat
    return hat.path if hat is not None else "/"


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("board:home"), status=303)
