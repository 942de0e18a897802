"""Showing a document to somebody else: a link with a PIN and an end; who opened it; taking it back."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import qr, refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.trust.records import actions, queries
from testamur.trust.records.rules import State

JUST_MADE = "shared"
"""Key of the session under which link and PIN of a new share stand until they have been shown once."""


DAYS = (1, 7, 30, 90)


def _days() -> list[tuple[int, str]]:
    return [(n, ngettext("%(n)d day", "%(n)d days", n) % {"n": n}) for n in DAYS]


class ShareForm(forms.Form):
    """How long somebody may see the document."""

    days = forms.TypedChoiceField(
        label=_("How long?"),
        coerce=int,
        choices=_days,
        initial=7,
        widget=forms.RadioSelect,
        help_text=_("You can take it back before that at any time."),
    )


@require_http_methods(["GET", "POST"])
@door("family.share", Area.FAMILY)
def share(request: WebRequest, record: UUID) -> HttpResponse:
    """Make a link to one document."""
    visitor = request.visitor
    found = reach.one(visitor, record)
    form = ShareForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.share(by=visitor.actor, record=record, days=form.cleaned_data["days"], now=visitor.now)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            request.session[JUST_MADE] = {"share": made.share.hex, "token": made.token, "pin": made.pin}
            return HttpResponseRedirect(reverse("family:shares"), status=303)
    seen = reach.persons(visitor, "family.share")
    return page(
        request,
        "web/family/share.html",
        status=422 if form.is_bound and form.errors else 200,
        record=found,
        name=seen[found.subject].name,
        form=form,
        void=found.state is State.ANNULLED,
        children=reach.switch(visitor, seen, found.subject),
    )


@require_GET
@door("family.records", Area.FAMILY)
def shares(request: WebRequest) -> HttpResponse:
    """What I have shared, who opened it, and (once) the link and PIN of the newest one."""
    visitor = request.visitor
    every = queries.shares(by=visitor.actor, now=visitor.now)
    known = {r.record: r for r in reach.own(visitor)}
    seen = reach.persons(visitor, "family.shares")
    names = {r.record: seen[r.subject].name for r in known.values() if r.subject in seen}
    made = request.session.pop(JUST_MADE, None)
    link = request.build_absolute_uri(reverse("shared:open", args=[made["token"]])) if made else ""
    return page(
        request,
        "web/family/shares.html",
        rows=[(one, known.get(one.record), names.get(one.record, "")) for one in every],
        made=made,
        link=link,
        qr=qr.svg(link, str(_("QR code of the link"))) if link else "",
        children=reach.switch(visitor, seen, None),
    )


@require_POST
@door("family.records", Area.FAMILY)
def revoke(request: WebRequest, share: UUID) -> HttpResponse:
    """Take a share back: its link opens nothing from now on."""
    actions.revoke_share(by=request.visitor.actor, share=share, now=request.visitor.now)
    messages.success(request, _("The link opens nothing any more."))
    return HttpResponseRedirect(reverse("family:shares"), status=303)
