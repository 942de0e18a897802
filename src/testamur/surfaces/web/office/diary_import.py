"""Taking over a running diary: send a table, say what its columns and words mean, try it, load it."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from testamur.access.accounts.rules import Area
from testamur.exchange.connectors import tasks, uploads
from testamur.exchange.connectors.diary import actions as diary
from testamur.exchange.connectors.diary import queries as mappings
from testamur.exchange.connectors.diary.fields import FIELDS, Field, Kind
from testamur.exchange.connectors.diary.looking import Look, look, words
from testamur.exchange.connectors.diary.mapping import Mapping as Told
from testamur.exchange.connectors.diary.mapping import check, mapping_of, shipped
from testamur.kernel.base.refused import Refused
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import Place, actor_of, place_of, visitor_of
from testamur.surfaces.web.office.words import DIARY_FIELDS, DIARY_ROWS, word
from testamur.surfaces.web.pages import page

_LOADED = (Kind.MARKS, Kind.ABSENCES, Kind.REMARKS)
_OF_THE_BODY = (Kind.PUPILS, Kind.TIMETABLE)
"""Who and what there is comes in at the body responsible, by whoever imports there."""
_DATES = [
    ("", gettext_lazy("Decide by the file itself")),
    ("dmy", gettext_lazy("Day first")),
    ("mdy", gettext_lazy("Month first")),
]


class SendForm(forms.Form):
    """A table of another diary."""

    sent = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("CSV, XLSX, ODS or a ZIP of tables, as the other system exports it."),
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,.xlsx,.ods,.zip"}),
    )
    kind = forms.ChoiceField(
        label=gettext_lazy("What the rows are"),
        required=False,
        choices=[("", gettext_lazy("Decide by the columns")), *((k.value, DIARY_ROWS[k.value]) for k in Kind)],
    )
    encoding = forms.CharField(
        label=gettext_lazy("Encoding"),
        required=False,
        max_length=30,
        help_text=gettext_lazy("Of text that is not UTF-8, such as windows-1251. Empty: found by the letters."),
    )


class MappingForm(forms.Form):
    """Which column is which field, what holds for all rows, and how this is kept for the next time."""

    date_order = forms.ChoiceField(label=gettext_lazy("Dates such as 1/05/2023"), required=False, choices=_DATES)
    name = forms.CharField(
        label=gettext_lazy("Keep this under a name"),
        required=False,
        max_length=80,
        help_text=gettext_lazy("Such as the name of the other system: the next file like this one needs no work then."),
    )

    def __init__(self, seen: Look, data: Mapping[str, Any] | None = None) -> None:
        """Fields for the columns that were seen."""
        super().__init__(data, initial={"date_order": seen.guess.date_order, "name": seen.guess.name})
        choices = [("", _("not in this file")), *((header, header) for header in seen.headers)]
        for one in FIELDS[seen.guess.kind]:
            label = word(DIARY_FIELDS, one.name)
            self.fields[f"column-{one.name}"] = forms.ChoiceField(
                label=label, required=False, choices=choices, initial=seen.guess.columns.get(one.name, "")
            )
            self.fields[f"all-{one.name}"] = forms.CharField(
                label=_("%(field)s, for all rows without one") % {"field": label},
                required=False,
                max_length=120,
                initial=seen.guess.constants.get(one.name, ""),
            )

    def told(self, seen: Look, values: Mapping[str, Mapping[str, str]]) -> Told:
        """The mapping that the form says."""
        given, kind = self.cleaned_data, seen.guess.kind
        return mapping_of({
            "kind": kind.value,
            "columns": {one.name: given[f"column-{one.name}"] for one in FIELDS[kind]},
            "constants": {one.name: given[f"all-{one.name}"] for one in FIELDS[kind]},
            "values": values, "file": seen.file, "sheet": seen.sheet, "encoding": seen.guess.encoding,
            "date_order": given["date_order"], "name": given["name"].strip(),
        })  # fmt: skip


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def send(request: HttpRequest) -> HttpResponse:
    """Send the table."""
    place = _place(request)
    form = SendForm(request.POST, request.FILES) if request.method == "POST" else SendForm()
    if request.method == "POST" and form.is_valid():
        sent = form.cleaned_data["sent"]
        encoding = _encoding(form.cleaned_data["encoding"])
        try:
            incoming = uploads.Incoming(str(sent.name), sent.size or 0, sent.chunks())
            upload = uploads.keep(person=actor_of(request).id, files=[incoming], now=visitor_of(request).now)
            seen = _first_look(request, place, upload, form.cleaned_data["kind"], encoding)
        except Refused as refused:
            refusals.into(form, refused)
        else:
            address = reverse("office:diary_mapping", args=[upload.token])
            return redirect(
                f"{address}?school={place.one.id}&kind={seen.guess.kind.value}&encoding={seen.guess.encoding}"
            )
    kept = mappings.kept(by=actor_of(request), path=place.one.path)
    return page(
        request, "web/office/diary_import.html", status=400 if form.errors else 200, form=form, place=place, kept=kept,
        systems=sorted(shipped()),
    )  # fmt: skip


@door("office.home", Area.OFFICE)
@require_http_methods(["GET", "POST"])
def match(request: HttpRequest, token: str) -> HttpResponse:
    """Say what its columns and words mean, then try it."""
    place = _place(request)
    asked = request.GET
    seen = _seen(request, place, token, asked.get("kind", ""), asked.get("table", ""), asked.get("encoding", ""))
    form = MappingForm(seen, request.POST if request.method == "POST" else None)
    upload = uploads.get(token=token, person=actor_of(request).id)
    if request.method == "POST" and form.is_valid():
        try:
            told = form.told(seen, _meanings(request, seen.guess.kind))
            if "look" not in request.POST:
                return redirect("office:work", _try(request, place, upload, told))
        except Refused as refused:
            refusals.into(form, refused)
        else:
            seen = Look(seen.tables, seen.file, seen.sheet, seen.header_row, seen.headers, seen.samples, told)
    return page(
        request, "web/office/diary_mapping.html", status=400 if form.errors else 200, form=form, place=place,
        token=token, seen=seen, kind=seen.guess.kind.value,
        kinds=[(k.value, DIARY_ROWS[k.value]) for k in _kinds(request, place)],
        tables=[(str(n), f"{file} {sheet}".strip()) for n, (file, sheet) in enumerate(seen.tables)],
        table=str(seen.tables.index((seen.file, seen.sheet))), names=upload.names, rows=_rows(form, seen),
        words=[_words(one, upload, seen.guess) for one in FIELDS[seen.guess.kind] if one.words],
        untried=not seen.guess.verified,
    )  # fmt: skip


def _place(request: HttpRequest) -> Place:
    """The school into whose diary it goes; raises NotAllowed for whoever may not."""
    place, by = place_of(request, request.POST.get("school", "")), actor_of(request)
    by.must("connectors.import.run", place.one.path)
    by.must(diary.LOAD, place.one.path)
    return place


def _kinds(request: HttpRequest, place: Place) -> tuple[Kind, ...]:
    """What the visitor may load at this school."""
    body = actor_of(request).may("connectors.import.run", place.authority.path)
    return (*_LOADED, *_OF_THE_BODY) if body else _LOADED


def _seen(request: HttpRequest, place: Place, token: str, kind: str, table: str, encoding: str) -> Look:
    by = actor_of(request)
    upload = uploads.get(token=token, person=by.id)
    kinds = _kinds(request, place)
    wanted = Kind(kind) if kind in {one.value for one in kinds} else None
    known = mappings.kept(by=by, path=place.one.path)
    coded = _encoding(encoding)
    seen = look(upload.bundle, kind=wanted, known=known, encoding=coded)
    number = int(table) if table.isascii() and table.isdecimal() and len(table) <= 4 else -1  # noqa: PLR2004 - of 100 files
    if 0 <= number < len(seen.tables):
        file, sheet = seen.tables[number]
        seen = look(upload.bundle, kind=wanted, known=known, encoding=coded, file=file, sheet=sheet)
    if seen.guess.kind not in kinds:
        seen = look(upload.bundle, kind=Kind.MARKS, known=known, encoding=coded, file=seen.file, sheet=seen.sheet)
    return seen


def _encoding(text: str) -> str:
    """An encoding that the computer knows and that can read any bytes at all, else none."""
    try:
        io.TextIOWrapper(io.BytesIO(bytes(range(256))), encoding=text or "utf-8", errors="replace").read()
    except (LookupError, ValueError):
        return ""
    return text


def _first_look(request: HttpRequest, place: Place, upload: uploads.Upload, kind: str, encoding: str) -> Look:
    """Look at what was just sent; what is no table is not kept."""
    try:
        return _seen(request, place, upload.token, kind, "", encoding)
    except Refused:
        uploads.remove(token=upload.token, person=upload.person)
        raise


def _try(request: HttpRequest, place: Place, upload: uploads.Upload, told: Told) -> UUID:
    by, visitor = actor_of(request), visitor_of(request)
    if told.name:
        diary.save_mapping(by=by, unit=place.one.id, mapping=told, now=visitor.now)
        messages.success(request, _("What the columns mean is kept under this name."))
    check(told)
    return tasks.request(
        by=by, upload=upload, home=place.one, body=place.authority, hat=place.hat.key, options={}, dry_run=True,
        now=visitor.now, diary=told,
    )  # fmt: skip


def _rows(form: MappingForm, seen: Look) -> list[dict[str, Any]]:
    """Each field of the kind with its two form fields."""
    return [
        {"column": form[f"column-{one.name}"], "all": form[f"all-{one.name}"], "needed": one.needed}
        for one in FIELDS[seen.guess.kind]
    ]


def _words(one: Field, upload: uploads.Upload, told: Told) -> dict[str, Any]:
    """The words of a column that may need a meaning, with what is said of them already."""
    found = words(upload.bundle, told, one.name) if told.columns.get(one.name) else ()
    known = told.values.get(one.name, {})
    lines = [{"word": word, "times": times, "meaning": known.get(word, "")} for word, times in found]
    return {"name": one.name, "label": word(DIARY_FIELDS, one.name), "lines": lines}


def _meanings(request: HttpRequest, kind: Kind) -> dict[str, dict[str, str]]:
    """What was written beside the words: pairs of fields in one order."""
    found: dict[str, dict[str, str]] = {}
    for one in FIELDS[kind]:
        if not one.words:
            continue
        pairs: Sequence[tuple[str, str]] = list(
            zip(request.POST.getlist(f"word-{one.name}"), request.POST.getlist(f"means-{one.name}"), strict=False)
        )
        if meant := {word: meaning.strip() for word, meaning in pairs if word and meaning.strip()}:
            found[one.name] = meant
    return found
