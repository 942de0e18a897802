"""The archive list and the definitive entry by its control number (rows B25, B36, B42)."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, NotFound, Refused
from testamur.kernel.base.text import file_stem
from testamur.register.curriculum import queries as curriculum
from testamur.register.people.rules import PersonView
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.queries import lists, office
from testamur.schoolday.reporting.rules.documents import ArchiveList, ArchiveRow
from testamur.schoolday.reporting.rules.order import key
from testamur.schoolday.reporting.rules.states import ListState, Way
from testamur.surfaces.web import refusals
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.printing import pdf
from testamur.surfaces.web.requests import Visitor
from testamur.surfaces.web.results import common
from testamur.surfaces.web.results.words import SIGNED_BY
from testamur.surfaces.web.tabular import Report, Table, word

HAND = "paper"
"""Method of a signature by hand."""


class EntryForm(forms.Form):
    """The definitive entry."""

    control_number = forms.CharField(
        label=gettext_lazy("Control number"),
        help_text=gettext_lazy("From the archive list, such as 2026-000123-7. Spaces and hyphens do not matter."),
        max_length=40,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
    )


@require_http_methods(["GET", "POST"])
@door("results.home", Area.RESULTS)
def enter(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """Note that the list stands in the registry: the number on the paper has to be that of the list."""
    visitor = common.visitor_of(request)
    by = visitor.actor
    head = lists.head(by=by, list=result_list)
    by.must("reporting.list.enter", head.path)
    if head.state not in {ListState.SIGNED, ListState.ENTERED}:
        raise NotFound("There is no such signed list.")
    if head.state is ListState.ENTERED:
        return redirect("results:archive_list", result_list)
    form = EntryForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            actions.enter(by=by, list=result_list, control_number=form.cleaned_data["control_number"], now=visitor.now)
        except (NotAllowed, NotFound):
            raise
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("List %(n)s is definitively entered.") % {"n": head.number})
            return redirect(f"{reverse('results:office')}?show=to_enter")
    return page(
        request,
        "web/results/office/enter.html",
        status=422 if form.errors else 200,
        form=form,
        head=head,
        line=common.lines(visitor, [head])[0],
    )


@require_GET
@door("results.home", Area.RESULTS)
def archive_list(request: HttpRequest, result_list: UUID) -> HttpResponse:
    """The archive list as a page to print, or (``?as=pdf``) as a file."""
    visitor = common.visitor_of(request)
    found = office.archive_list(by=visitor.actor, list=result_list)
    head = found.head
    persons = common.seen(visitor, (row.person for row in found.rows), "results.archive_list", head.path)
    rows = _ordered(found, persons)
    line = common.line(head, curriculum.courses([head.course]).get(head.course), _staff(visitor, found))
    if request.GET.get("as") == "pdf":
        return _pdf(visitor, found, line, rows)
    return page(
        request,
        "web/results/office/archive_list.html",
        found=found,
        head=head,
        line=line,
        rows=rows,
        decided=head.state in {ListState.SIGNED, ListState.ENTERED},
        by_hand=found.way is Way.PAPER and head.state is ListState.SENT,
        method=signed_by(head.signed_method),
    )


def signed_by(method: str) -> str:
    """How a list was signed, in words."""
    return _("by hand") if method == HAND else str(SIGNED_BY.get(method, method))


def _ordered(found: ArchiveList, persons: Mapping[UUID, PersonView]) -> list[tuple[ArchiveRow, str, str, str]]:
    """Row, name, number and (of one that was refused) why; in the one order of names."""
    told = []
    for row in found.rows:
        person = persons.get(row.person)
        name = _name(person)
        why = str(refusals.SENTENCES.get(row.refused, row.refused)) if row.refused else ""
        told.append(
            (key(person.family, person.given, "family") if person else (), (row, name, common.number_of(person), why))
        )
    return [line for _key, line in sorted(told, key=lambda one: (one[0], one[1][1]))]


def _name(person: PersonView | None) -> str:
    if person is None:
        return "–"
    return person.name if person.masked or not person.family else f"{person.family}, {person.given}"


def _staff(visitor: Visitor, found: ArchiveList) -> dict[UUID, PersonView]:
    return dict(
        common.seen(visitor, (found.head.made_by, found.head.examiner), "results.archive_list", found.head.path)
    )


def _pdf(
    visitor: Visitor, found: ArchiveList, line: common.Line, rows: list[tuple[ArchiveRow, str, str, str]]
) -> HttpResponse:
    head = found.head
    title = _("Archive list %(n)s") % {"n": head.number}
    table = Table(
        _("Results"),
        (_("Name"), _("Number"), _("Grade"), _("Examination date"), _("Points"), _("Remark")),
        tuple(
            (word(name), word(number), word(row.value), word(row.examined_on.isoformat()), word(row.points), word(why))
            for row, name, number, why in rows
        ),
    )
    facts = [(_("Students"), word(str(len(rows)))), (_("Examiner"), word(line.examiner))]
    if found.control_number:
        facts.insert(0, (_("Control number"), word(found.control_number)))
    notes = []
    if head.signed_at is not None:
        at = date_format(timezone.localtime(head.signed_at), "SHORT_DATETIME_FORMAT")
        told = {"who": line.examiner, "at": at, "how": signed_by(head.signed_method)}
        notes.append(_("Signed by %(who)s, %(at)s (%(how)s).") % told)
    elif found.way is Way.PAPER:
        notes += [
            _("For these examination dates the examiner signs this list by hand."),
            "",
            _("Place and day: ____________________   Signature of the examiner: ______________________________"),
        ]
    else:
        notes.append(_("Not signed yet: this is no archive list before the signature."))
    if head.sent_sha256:
        notes.append(_("Content of the list (SHA-256): %(sum)s") % {"sum": head.sent_sha256})
    course = f"{line.code} {line.name}" + (f", {line.part}" if line.part else "")
    report = Report(title, title, course, tuple(facts), (), (table,), tuple(notes))
    words = {
        "made": date_format(timezone.localtime(visitor.now), "SHORT_DATETIME_FORMAT"),
        "page": _("Page"),
    }
    made = pdf(report, language=(get_language() or "en")[:2], made=visitor.now, words=words)
    answer = attachment(made, f"{file_stem(title)}.pdf", "application/pdf")
    answer["Cache-Control"] = "no-store"
    return answer
