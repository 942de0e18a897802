"""Finding a document, and one document with its history, signers, seal, place in the log and what may be done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound, Refused
from testamur.register.people import queries as people
from testamur.register.people.rules import Protection, Scheme
from testamur.register.schools import queries as schools
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import examining, history, paging, persons, words
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import fragment, page
from testamur.surfaces.web.searching import limits
from testamur.trust.records import actions
from testamur.trust.records.actions import seeing
from testamur.trust.records.queries import finding
from testamur.trust.records.queries.finding import Details
from testamur.trust.records.rules import State

ISSUED = frozenset({State.PUBLISHED, State.SUPERSEDED, State.RECTIFIED, State.ANNULLED})
MOST_FOUND = 200
"""Pupils of one name that a search follows."""


class SearchForm(forms.Form):
    """What to look for; every field may stay empty."""

    who = forms.CharField(
        label=_("Pupil"),
        required=False,
        max_length=80,
        help_text=_("Name or number. A person with protected identity is found by number alone."),
    )
    group = forms.CharField(label=_("Class"), required=False, max_length=80)
    kind = forms.ChoiceField(label=_("Document"), required=False)
    state = forms.ChoiceField(
        label=_("State"),
        required=False,
        choices=[("", _("All")), *((s.value, words.STATES[s.value]) for s in State)],
    )
    code = forms.CharField(
        label=_("Code on the document"), required=False, max_length=20, help_text=_("As in 7K3M-9QXT-22FA")
    )

    def __init__(self, data: Any, kinds: list[tuple[str, str]]) -> None:
        """`kinds` are the documents to choose among."""
        super().__init__(data)
        self.fields["kind"].choices = [("", _("All")), *kinds]  # type: ignore[attr-defined]


class AnnulForm(forms.Form):
    """Why a document is declared void."""

    why = forms.CharField(
        label=_("Reason"),
        min_length=10,
        max_length=80,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text=_("10 to 80 characters, without names: it stays in the journal for ever."),
    )
    sure = forms.BooleanField(label=_("I know that this cannot be undone."))


@door("office.home", Area.OFFICE)
@require_GET
def documents(request: HttpRequest) -> HttpResponse:
    """The search and one page of what it found."""
    place, by = place_of(request), actor_of(request)
    path = place.school.path if request.GET.get("school") and place.school else place.unit.path
    form = SearchForm(request.GET, finding.kinds(by=by, path=path))
    found, looked = finding.Found((), 0), form.is_valid()
    if looked:
        told = form.cleaned_data
        found = finding.find(
            by=by,
            path=path,
            code=told["code"].strip(),
            subjects=_subjects(by, path, told["who"], request) if told["who"].strip() else None,
            document_type=told["kind"],
            group=told["group"].strip(),
            states=[State(told["state"])] if told["state"] else (),
            offset=paging.offset(request, finding.PAGE),
        )
    names = persons.shown(request, [line.record.subject for line in found.lines], "office.documents")
    units = schools.units({line.record.unit for line in found.lines})
    rows = [
        {
            "line": line,
            "name": names[line.record.subject].name if line.record.subject in names else line.group,
            "school": units[line.record.unit].name if line.record.unit in units else "",
            "state": state_of(line.record.state, line.held, line.released_at, request),
        }
        for line in found.lines
    ]
    return fragment(
        request,
        "web/office/documents.html",
        "found",
        form=form,
        rows=rows,
        place=place,
        looked=looked,
        total=found.total,
        pages=paging.pages(request, found.total, finding.PAGE),
        may_search=by.may("people.person.search", path),
    )


def _subjects(by: Actor, path: str, who: str, request: HttpRequest) -> list[UUID]:
    """Whom the words or the number mean. A name needs the right to search; a number is looked up as it is."""
    on = visitor_of(request).now.date()
    limits.count(visitor_of(request))
    if any(c.isdigit() for c in who):
        holders = (
            people.holder_of_identifier(scheme=scheme, value=who.strip(), on=on)
            for scheme in Scheme
            if scheme is not Scheme.LOCAL
        )
        return [person for person in holders if person is not None]
    return [view.id for view in people.search(by=by, text=who, path=path, limit=MOST_FOUND)]


def state_of(state: State, held: str, released_at: Any, request: HttpRequest) -> dict[str, str]:
    """The state as a tag: what it is called and its colour."""
    name = state.value
    if held and state is State.SIGNED:
        name = "held"
    elif state is State.PUBLISHED and released_at is not None and released_at <= visitor_of(request).now:
        name = "released"
    return {"word": words.word(words.STATES, name), "colour": words.TAGS[name]}


@door("office.home", Area.OFFICE)
@require_GET
def record(request: HttpRequest, record: UUID) -> HttpResponse:
    """One document."""
    found = _known(request, record)
    return page(request, "web/office/record.html", **_told(request, found))


@door("office.home", Area.OFFICE)
@require_POST
def check(request: HttpRequest, record: UUID) -> HttpResponse:
    """Look at the archived original anew: every byte, the log, the verdict that a stranger would reach."""
    found = _known(request, record)
    persons.must_see(request, [found.record.subject, *found.pupils], "office.check")
    report = examining.examine(by=actor_of(request), record=found.record, now=visitor_of(request).now)
    return page(request, "web/office/record.html", report=report, **_told(request, found))


@door("office.home", Area.OFFICE)
@require_GET
def original(request: HttpRequest, record: UUID) -> HttpResponse:
    """The original as it lies in the archive, to keep."""
    found = _known(request, record)
    if found.record.state not in ISSUED:
        raise NotFound("This document has no original yet: it is not issued.")
    persons.must_see(request, [found.record.subject, *found.pupils], "office.original")
    fetched = seeing.original(by=actor_of(request), record=record, now=visitor_of(request).now)
    return HttpResponse(
        fetched.pdf,
        content_type="application/pdf",
        headers={"Content-Disposition": f'attachment; filename="{found.record.code}.pdf"'},
    )


@door("office.correct", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def annul(request: HttpRequest, record: UUID) -> HttpResponse:
    """Declare a document void, with a reason."""
    found, by = _known(request, record), actor_of(request)
    by.must("records.record.annul", found.record.path)
    form = AnnulForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.annul(
                by=by, path=found.record.path, record=record, why=form.cleaned_data["why"], now=visitor_of(request).now
            )
        except Refused as refused:
            refusals.into(form, refused)
        else:
            return redirect("office:record", record)
    return page(
        request, "web/office/annul.html", form=form, status=400 if form.errors else 200, **_told(request, found)
    )


def _known(request: HttpRequest, record: UUID) -> Details:
    found = finding.details(by=actor_of(request), record=record)
    if found is None:
        raise NotFound("There is no such document.")
    return found


def _told(request: HttpRequest, found: Details) -> dict[str, Any]:
    """What the record's page shows of one document."""
    by, view, place = actor_of(request), found.record, place_of(request)
    ids = [s.person for s in found.signatures]
    names = persons.shown(request, [*([view.subject] if view.subject_kind == "pupil" else []), *ids], "office.record")
    unit = schools.unit(view.unit)
    former = finding.details(by=by, record=view.replaces) if view.replaces else None
    return {
        "found": found,
        "view": view,
        "unit": unit,
        "place": place,
        "name": names[view.subject].name if view.subject in names else "",
        "pupil": names.get(view.subject),
        "signers": [
            {
                "signature": s,
                "name": names[s.person].name if s.person in names else "",
                "role": words.word(words.ROLES, s.role),
            }
            for s in found.signatures
        ],
        "state": state_of(view.state, found.held, found.released_at, request),
        "because": words.word(words.REPLACED, found.replaced_because) if found.replaced_because else "",
        "former": former,
        "held": words.reason(found.held) if found.held else "",
        "acts": history.told(by=by, found=found, names=names),
        "issued": view.state in ISSUED,
        "may_annul": view.state is State.PUBLISHED and by.may("records.record.annul", view.path),
        "may_correct": view.subject_kind == "pupil" and _may_correct(by, view.path),
        "protected": _protected(names.get(view.subject)),
    }


def _may_correct(by: Actor, path: str) -> bool:
    ways = ("rectification", "change", "test", "re-examination")
    return by.may("results.decision.read", path) and any(by.may(f"results.decision.{way}", path) for way in ways)


def _protected(view: Any) -> bool:
    return view is not None and view.protection not in {None, Protection.NONE}
