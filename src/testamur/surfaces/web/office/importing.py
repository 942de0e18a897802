"""Taking in what other systems export: rosters, grades, lists of schools, finished documents with their register."""

from __future__ import annotations

import codecs
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors import queries as connectors
from testamur.exchange.connectors import tasks, uploads
from testamur.exchange.connectors.diary.mapping import mapping_of
from testamur.kernel.base.refused import NotFound, Refused
from testamur.law.tables import PACKS
from testamur.register.people.rules import Scheme
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitView
from testamur.schoolday.diary.queries.export import ALL
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office import words
from testamur.surfaces.web.office.scope import actor_of, place_of, visitor_of
from testamur.surfaces.web.pages import page
from testamur.trust.records import queries
from testamur.trust.records.queries import WorkView
from testamur.trust.records.rules import WorkState

TRY, LOAD = tasks.TRY, tasks.LOAD
RUNS = 30
PART_DIGITS = 5


class ManyFiles(forms.FileInput):
    """A field for several files."""

    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files; each is looked at by `uploads.keep`."""

    widget = ManyFiles

    def clean(self, data: Any, initial: Any = None) -> list[UploadedFile[Any]]:
        """The files that were sent."""
        sent = data if isinstance(data, list | tuple) else [data] if data else []
        if not sent and self.required:
            raise forms.ValidationError(self.error_messages["required"], code="required")
        return [super(FilesField, self).clean(one, initial) for one in sent]


class UploadForm(forms.Form):
    """Files, and what cannot be read out of them."""

    sent = FilesField(
        label=gettext_lazy("Files"),
        help_text=gettext_lazy(
            "One ZIP, XLSX or CSV from another system; or finished PDFs together with their register (CSV or XLSX), "
            "up to 100 files. More than that goes into one ZIP."
        ),
        widget=ManyFiles(attrs={"accept": ".pdf,.csv,.tsv,.txt,.xlsx,.ods,.json,.ics,.zip"}),
    )
    date_order = forms.ChoiceField(
        label=gettext_lazy("Dates such as 1/05/2023"),
        required=False,
        choices=[
            ("", gettext_lazy("Decide by the file itself")),
            ("dmy", gettext_lazy("Day first")),
            ("mdy", gettext_lazy("Month first")),
        ],
    )
    encoding = forms.CharField(
        label=gettext_lazy("Encoding"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Of text that is not UTF-8, such as windows-1251."),
    )
    identifier_scheme = forms.ChoiceField(
        label=gettext_lazy("Numbers of people"),
        required=False,
        choices=[("", gettext_lazy("As the file says")), *((s.value, words.SCHEMES[s.value]) for s in Scheme)],
    )
    pack = forms.ChoiceField(
        label=gettext_lazy("Rules for grades"),
        required=False,
        choices=[("", gettext_lazy("As the file says")), *((p, words.PACKS[p]) for p in PACKS)],
    )
    period = forms.CharField(
        label=gettext_lazy("Term of grades"),
        required=False,
        max_length=20,
        help_text=gettext_lazy("Where the rows name none: 2025/2026 VT."),
    )
    school_year = forms.CharField(
        label=gettext_lazy("School year of groups"),
        required=False,
        max_length=9,
        help_text=gettext_lazy("2025/2026"),
    )

    vanishing = forms.ChoiceField(
        label=gettext_lazy("Where many lessons of a timetable would end"),
        required=False,
        choices=[("", gettext_lazy("Stop, and say so")), ("allow", gettext_lazy("End them: it is meant"))],
    )

    def clean_encoding(self) -> str:
        """A name that the computer knows."""
        name: str = self.cleaned_data["encoding"].strip()
        try:
            if name:
                codecs.lookup(name)
        except LookupError:
            raise forms.ValidationError(_("This encoding is not known; windows-1251 and utf-16 are.")) from None
        return name

    def options(self) -> dict[str, str]:
        """What `Options` takes."""
        names = ("date_order", "encoding", "identifier_scheme", "pack", "period", "school_year", "vanishing")
        return {name: self.cleaned_data[name].strip() for name in names}


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def imports(request: HttpRequest) -> HttpResponse:
    """The form, and the latest imports."""
    place, by = place_of(request), actor_of(request)
    may = by.may("connectors.import.run", place.unit.path)
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if request.method == "POST":
        by.must("connectors.import.run", place.unit.path)
        if form.is_valid():
            try:
                return redirect("office:work", _try(request, form))
            except Refused as refused:
                refusals.into(form, refused)
    runs = _runs(request) if place.above else ()
    own = [w for w in queries.works(by=by, path=place.unit.path, limit=200) if w.kind in {TRY, LOAD}][:RUNS]
    return page(
        request,
        "web/office/imports.html",
        status=400 if form.errors else 200,
        form=form,
        may=may,
        programs=by.may("accounts.client.see", place.authority.path),
        gives=place.school is not None and by.may(ALL, place.school.path),
        place=place,
        runs=runs,
        works=[
            {
                "work": w,
                "names": ", ".join(w.asked.get("names", [])[:3]),
                "more": max(0, len(w.asked.get("names", [])) - 3),
            }
            for w in own
        ],
        most_files=uploads.MAX_FILES,
        most_mb=uploads.MAX_BYTES // 2**20,
    )


def _try(request: HttpRequest, form: UploadForm) -> UUID:
    """Keep the files and ask for a trial; returns the work."""
    place, by, visitor = place_of(request), actor_of(request), visitor_of(request)
    sent: Sequence[UploadedFile[Any]] = form.cleaned_data["sent"]
    incoming = [uploads.Incoming(str(one.name), one.size or 0, one.chunks()) for one in sent]
    upload = uploads.keep(person=by.id, files=incoming, now=visitor.now)
    return tasks.request(
        by=by,
        upload=upload,
        home=place.unit,
        body=place.authority,
        hat=place.hat.key,
        options=form.options(),
        dry_run=True,
        now=visitor.now,
    )


@door("office.home", Area.OFFICE)
@require_POST
def load(request: HttpRequest, work: UUID) -> HttpResponse:
    """Load what was tried."""
    place, by, visitor = place_of(request), actor_of(request), visitor_of(request)
    tried = _own(request, work, TRY)
    upload = uploads.get(token=str(tried.asked["upload"]), person=by.id)
    table = tried.asked.get("diary")
    loaded = tasks.request(
        by=by,
        upload=upload,
        diary=mapping_of(table) if table else None,
        home=_school(tried) if table else place.unit,
        body=place.authority,
        hat=place.hat.key,
        options=tried.asked["options"],
        dry_run=False,
        now=visitor.now,
    )
    return redirect("office:work", loaded)


@door("office.home", Area.OFFICE)
@require_POST
def give_up(request: HttpRequest, work: UUID) -> HttpResponse:
    """Remove the files that were tried."""
    tried = _own(request, work, TRY)
    uploads.remove(token=str(tried.asked["upload"]), person=actor_of(request).id)
    messages.success(request, _("The files were removed. Nothing was loaded."))
    return redirect("office:imports")


@door("office.home", Area.OFFICE)
@require_GET
def report(request: HttpRequest, work: UUID) -> HttpResponse:
    """The full list of defects as a table, for whoever asked for the import."""
    view = _own(request, work, TRY, LOAD)
    part = request.GET.get("part", "")
    path = tasks.report_of(view.id, int(part) if part.isdecimal() and len(part) <= PART_DIGITS else None)
    if not path.is_file():
        raise NotFound("There is no list: nothing was found to say.")
    named = f'attachment; filename="import-{view.id}{f"-{part}" if part.isdecimal() else ""}.csv"'
    return HttpResponse(path.read_bytes(), content_type="text/csv", headers={"Content-Disposition": named})


def _school(tried: WorkView) -> UnitView:
    """The school into whose diary a table was tried."""
    unit = schools.unit(tried.unit)
    if unit is None:
        raise NotFound("There is no such school.")
    return unit


def _own(request: HttpRequest, work: UUID, *kinds: str) -> WorkView:
    view = queries.work(by=actor_of(request), work=work)
    if view.kind not in kinds or view.person != actor_of(request).id:
        raise NotFound("There is no such import.")
    return view


def _runs(request: HttpRequest) -> tuple[dict[str, Any], ...]:
    """The body's latest runs, those of the command line too."""
    place, by = place_of(request), actor_of(request)
    found = connectors.runs_of(by=by, path=place.unit.path, authority=place.authority.code, limit=RUNS)
    return tuple({"run": run, "counts": _totals(run.counts)} for run in found)


def _totals(counts: Mapping[str, Mapping[str, int]]) -> list[tuple[str, int]]:
    totals: dict[str, int] = {}
    for one in counts.values():
        for outcome, n in one.items():
            totals[outcome] = totals.get(outcome, 0) + n
    return [(words.word(words.OUTCOMES, o), totals[o]) for o in words.OUTCOMES if totals.get(o)]


def result(view: WorkView) -> dict[str, Any] | None:
    """What an import came to, ready for its page; None for other work, and while it goes on."""
    if view.kind not in {TRY, LOAD} or view.state is not WorkState.DONE:
        return None
    told = tasks.result(view.id)
    if told is None:
        return None
    counts = [
        {"kind": words.word(words.REGISTER_ROWS, kind), "cells": [one.get(o, 0) for o in words.OUTCOMES]}
        for kind, one in told["counts"].items()
    ]
    return {**told, "table": counts, "outcomes": list(words.OUTCOMES.values()), "dry": view.kind == TRY}
