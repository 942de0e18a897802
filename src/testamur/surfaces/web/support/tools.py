"""Learning tools and hosts that a body responsible allows (row C24)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound, Refused
from testamur.schoolday.support import actions, queries
from testamur.schoolday.support.rules import NewTool
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.lti.launches import address
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.support.launching import authorize_address, issuer

EDIT = "support.tool.edit"


class ToolForm(forms.Form):
    """A learning tool as its maker describes it."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=120)
    login_url = forms.CharField(label=gettext_lazy("Initiate login URL"), max_length=400)
    target_url = forms.CharField(label=gettext_lazy("Tool URL"), max_length=400)
    redirect_urls = forms.CharField(
        label=gettext_lazy("Redirect URIs"),
        max_length=2000,
        help_text=gettext_lazy("One in each line."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    names = forms.BooleanField(
        label=gettext_lazy("The tool may be told names"),
        help_text=gettext_lazy("Without it, it knows everybody by a number of its own. Protected persons always."),
        required=False,
    )


class HostForm(forms.Form):
    """A host that links may lead to."""

    host = forms.CharField(label=gettext_lazy("Host"), max_length=200)


@door("support.answer", Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def tools(request: WebRequest) -> HttpResponse:
    """The tools and hosts of the body, and the forms for more."""
    visitor, path = request.visitor, _path(request)
    which = request.POST.get("what", "")
    form = ToolForm(request.POST if which == "tool" else None)
    host = HostForm(request.POST if which == "host" else None)
    try:
        if form.is_bound and form.is_valid():
            told: dict[str, Any] = form.cleaned_data
            urls = tuple(line.strip() for line in told["redirect_urls"].splitlines() if line.strip())
            new = NewTool(**{**told, "redirect_urls": urls})
            actions.add_tool(by=visitor.actor, path=path, tool=new, now=visitor.now)
            messages.success(request, _("The learning tool is entered. Its maker needs the client id and addresses."))
            return SeeOther(reverse("support:tools"))
        if host.is_bound and host.is_valid():
            actions.allow_host(by=visitor.actor, path=path, host=host.cleaned_data["host"], now=visitor.now)
            messages.success(request, _("Links of groups may lead there."))
            return SeeOther(reverse("support:tools"))
    except Refused as refused:
        refusals.into(form if form.is_bound else host, refused)
    return page(
        request,
        "web/support/tools.html",
        status=422 if form.errors or host.errors else 200,
        tools=queries.tools(path=path),
        hosts=queries.hosts(path=path),
        form=form,
        host=host,
        ours=[
            (_("Issuer (platform id)"), issuer()),
            (_("Authentication request URL"), authorize_address()),
            (_("Public keyset URL"), address("keys")),
        ],
    )


@door("support.answer", Area.OFFICE)
@require_POST
def end(request: WebRequest) -> HttpResponse:
    """Launch a tool no more, or forbid a host."""
    visitor, path = request.visitor, _path(request)
    what, _sep, text = request.POST.get("item", "").partition(":")
    if what == "host":
        actions.forbid_host(by=visitor.actor, path=path, host=text, now=visitor.now)
    else:
        try:
            key = UUID(text)
        except ValueError:
            raise NotFound("There is no such tool.", field="item") from None
        actions.end_tool(by=visitor.actor, tool=key, now=visitor.now)
    messages.success(request, _("It is ended."))
    return SeeOther(reverse("support:tools"))


def _path(request: WebRequest) -> str:
    hat = request.visitor.hat
    assert hat is not None  # the door lets nobody in without one
    request.visitor.actor.must(EDIT, hat.unit_path)
    return hat.unit_path
