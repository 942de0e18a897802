"""One document in the page, with the one before and the one after; signed alone, or declined with a reason."""

from __future__ import annotations

from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.people import queries as people
from testamur.schoolday.reporting.queries import belonging
from testamur.schoolday.reporting.rules.documents import SignedWithList
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.files import inline_pdf
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest
from testamur.surfaces.web.sightings import note, protected
from testamur.surfaces.web.staff import browser
from testamur.surfaces.web.staff.reviews import apart
from testamur.surfaces.web.staff.signers import role_name, signer
from testamur.surfaces.web.staff.waiting import choice_of, chosen, look, must_be_apart
from testamur.trust.records import actions
from testamur.trust.records.actions.declining import WHY_LEAST, WHY_MOST
from testamur.trust.records.queries import hands as work

LISTED = 30
"""So many names stand on the page that asks for the reason."""


class DeclineForm(forms.Form):
    """Why somebody will not sign."""

    why = forms.CharField(
        label=_("Why will you not sign?"),
        help_text=_(
            "The administrator reads this and puts the document right. Write what is wrong, and nothing that others "
            "should not read about the pupil."
        ),
        min_length=WHY_LEAST,
        max_length=WHY_MOST,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@require_GET
@door("staff.home", Area.STAFF)
def document(request: WebRequest, record: UUID) -> HttpResponse:
    """One document that I am to sign or have signed (A12, A13)."""
    visitor = request.visitor
    by = signer(visitor)
    waiting = look(by=by, query=request.GET)
    place = next((n for n, row in enumerate(waiting.rows) if row.document.record == record), None)
    about = work.for_signer(by=by, record=record)
    pupil = {about.record.subject} if about.record.subject_kind == "pupil" else set()
    seen = people.people(by=by, ids={s.person for s in about.signatures} | pupil)
    note(visitor, by, {key: about.record.path for key in protected(seen) if key in pupil}, "staff.document")
    signers = [
        (s, seen[s.person].name if s.person in seen else "", role_name(s.role), s.person == by.id)
        for s in about.signatures
    ]
    beside = [row.document.record for row in waiting.rows]
    return page(
        request,
        "web/staff/document.html",
        about=about,
        name=seen[about.record.subject].name if about.record.subject in seen else "",
        signers=signers,
        waits=place is not None,
        lists=belonging.waiting_lists(by=by, records=waiting.apart & {record}),
        number=(place or 0) + 1,
        total=len(beside),
        previous=beside[place - 1] if place else None,
        following=beside[place + 1] if place is not None and place + 1 < len(beside) else None,
        filter=choice_of(request.GET),
    )


@require_GET
@door("staff.home", Area.STAFF)
def pdf(request: WebRequest, record: UUID) -> HttpResponse:
    """The document itself, byte by byte as it is signed."""
    data = actions.first_revision(by=signer(request.visitor), record=record, now=request.visitor.now)
    return inline_pdf(data, f"{record}.pdf")


@require_http_methods(["GET", "POST"])
@door("staff.home", Area.STAFF)
def decline(request: WebRequest) -> HttpResponse:
    """Say no to one or several, with a reason: they go back to the administrator."""
    visitor = request.visitor
    by = signer(visitor)
    query = browser.query_of(request.POST.get("choice", "")) if request.method == "POST" else request.GET
    waiting = look(by=by, query=query)
    try:
        must_be_apart(waiting, query)
    except SignedWithList as refused:
        return apart(request, refused)
    rows = chosen(waiting, query)
    if not rows:
        messages.warning(request, _("Choose at least one document first."))
        return HttpResponseRedirect(reverse("staff:home"), status=303)
    form = DeclineForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.decline(
                by=by, records=[row.document.record for row in rows], why=form.cleaned_data["why"], now=visitor.now
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            said = ngettext(
                "%(count)d document was sent back with your reason.",
                "%(count)d documents were sent back with your reason.",
                len(rows),
            )
            messages.success(request, said % {"count": len(rows)})
            return HttpResponseRedirect(reverse("staff:home"), status=303)
    shown = rows[:LISTED]
    note(visitor, by, waiting.protected(shown), "staff.decline")
    return page(
        request,
        "web/staff/decline.html",
        status=422 if form.is_bound and form.errors else 200,
        rows=shown,
        count=len(rows),
        more=len(rows) - len(shown),
        form=form,
        choice=choice_of(query),
    )
