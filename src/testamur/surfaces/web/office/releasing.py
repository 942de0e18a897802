"""When families see what is in the archive: at once, at a minute, or when somebody says so."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import Refused
from testamur.register.schools import queries as schools
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import words
from testamur.surfaces.web.office.scope import Place, actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.records import actions, queries
from testamur.trust.records.queries import finding
from testamur.trust.records.rules import ReleaseMode

MODES: words.Words = {
    "at_once": gettext_lazy("At once, when it is in the archive"),
    "at": gettext_lazy("At a minute that you choose"),
    "after_review": gettext_lazy("When you release it here"),
}


class PlanForm(forms.Form):
    """Which documents, and when they become visible."""

    kind = forms.ChoiceField(label=gettext_lazy("Document"))
    term = forms.ChoiceField(label=gettext_lazy("Term"))
    mode = forms.ChoiceField(label=gettext_lazy("When"), choices=list(MODES.items()), widget=forms.RadioSelect)
    at = forms.DateTimeField(
        label=gettext_lazy("Day and minute"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=gettext_lazy("In the school's local time; only with a minute that you choose."),
    )

    def __init__(self, data: Any, kinds: list[tuple[str, str]], terms: list[str]) -> None:
        """The choices of one school."""
        super().__init__(data, initial={"mode": ReleaseMode.AT_ONCE.value})
        self.fields["kind"].choices = kinds  # type: ignore[attr-defined]
        self.fields["term"].choices = [(t, t) for t in terms]  # type: ignore[attr-defined]

    def clean_at(self) -> datetime | None:
        """The minute, only where it counts, in universal time."""
        at: datetime | None = self.cleaned_data["at"]
        if at is None or self.cleaned_data.get("mode") != ReleaseMode.AT:
            return None
        return at.astimezone(UTC)


def kinds_of(place: Place, request: HttpRequest) -> list[tuple[str, str]]:
    """The documents of the school: those of its law, and those that there are."""
    from testamur.law.tables import PACKS

    pack = PACKS.get(schools.pack_of(place.one.id, on=visitor_of(request).now.date()))
    legal = {d.code: d.title for d in pack.documents.values()} if pack else {}
    return sorted(
        {**dict(finding.kinds(by=actor_of(request), path=place.one.path)), **legal}.items(), key=lambda p: p[1]
    )


@door("office.release", Area.OFFICE)
@require_GET
def releases(request: HttpRequest) -> HttpResponse:
    """What is planned, what waits, and the form for a plan."""
    place = place_of(request)
    return _shown(request, place, _form(request, place, None))


def _form(request: HttpRequest, place: Place, data: Any) -> PlanForm:
    kinds = kinds_of(place, request) if place.school else []
    return PlanForm(data, kinds, [t.label for t in place.terms])


def _shown(request: HttpRequest, place: Place, form: PlanForm, status: int = 200) -> HttpResponse:
    by, now = actor_of(request), visitor_of(request).now
    found = queries.releases(by=by, path=place.unit.path, now=now)
    units = schools.units({r.unit for r in found})
    titles = dict(finding.kinds(by=by, path=place.unit.path))
    rows = [
        {
            "of": r,
            "school": units[r.unit].name if r.unit in units else "",
            "title": titles.get(r.document_type, r.document_type.rpartition(".")[2].capitalize()),
            "mode": words.word(MODES, r.mode.value),
            "may": by.may("records.record.release", r.path),
        }
        for r in found
    ]
    return page(
        request,
        "web/office/release.html",
        status=status,
        place=place,
        form=form,
        rows=rows,
        chosen_school=place.school.id if place.school else None,
        zone=timezone.get_current_timezone_name(),
        may_plan=place.school is not None and by.may("records.record.release", place.school.path),
    )


@door("office.release", Area.OFFICE)
@require_POST
def plan(request: HttpRequest) -> HttpResponse:
    """Keep a plan."""
    place, by, now = place_of(request, request.POST.get("school", "")), actor_of(request), visitor_of(request).now
    by.must("records.record.release", place.one.path)
    form = _form(request, place, request.POST)
    if form.is_valid():
        told = form.cleaned_data
        try:
            moved = actions.plan_release(
                by=by,
                path=place.one.path,
                unit=place.one.id,
                document_type=told["kind"],
                period=told["term"],
                mode=ReleaseMode(told["mode"]),
                at=told["at"],
                now=now,
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The plan is kept.") + (" " + _moved(moved) if moved else ""))
            return redirect("office:releases")
    return _shown(request, place, form, status=400)


def _moved(count: int) -> str:
    told = ngettext("%(n)s document follows it now.", "%(n)s documents follow it now.", count)
    return told % {"n": count}


@door("office.release", Area.OFFICE)
@require_http_methods(["POST"])
def now(request: HttpRequest) -> HttpResponse:
    """Release what waits of one school, document and period."""
    place, by = place_of(request, request.POST.get("school", "")), actor_of(request)
    count = actions.release(
        by=by,
        path=place.one.path,
        unit=UUID(str(place.one.id)),
        document_type=request.POST.get("kind", ""),
        period=request.POST.get("term", ""),
        now=visitor_of(request).now,
    )
    told = ngettext("%(n)s document is visible now.", "%(n)s documents are visible now.", count)
    messages.success(request, told % {"n": count})
    return redirect("office:releases")
