"""A report as an answer: a page, a PDF or a spreadsheet, all of the same figures; and what can be chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from testamur.kernel.base.text import file_stem
from testamur.register.people.rules import PersonView
from testamur.schoolday.diary.queries.reporting import Choice, Frame
from testamur.schoolday.diary.rules.reports import Sort
from testamur.surfaces.web import sightings
from testamur.surfaces.web.files import attachment
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.printing import pdf
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.spreadsheets import KIND, xlsx
from testamur.surfaces.web.tabular import Report, joined

SORTS: Mapping[Sort, str | Promise] = {
    Sort.DAY: gettext_lazy("Marks of the day"),
    Sort.TERM: gettext_lazy("Marks of the term"),
    Sort.YEAR: gettext_lazy("Marks of the year"),
}


@dataclass(frozen=True, slots=True)
class Filter:
    """Something to choose, or (without options) something that is kept."""

    name: str
    value: str
    label: str = ""
    options: tuple[tuple[str, str], ...] = ()

    @property
    def hidden(self) -> bool:
        """Kept, not chosen."""
        return not self.options


def today(visitor: Visitor) -> date:
    """The day where the visitor is."""
    return timezone.localtime(visitor.now).date()


def choice_of(request: WebRequest) -> Choice:
    """What is asked for."""
    asked = request.GET
    sort = asked.get("marks", "")
    known = Sort(sort) if sort in {one.value for one in Sort} else Sort.DAY
    return Choice(asked.get("year", "")[:20], asked.get("term", "")[:20], known)


def lead_of(frame: Frame, *more: object, sort: bool = True) -> str:
    """School, year, term, which marks."""
    marks = SORTS[frame.sort] if sort and len(frame.sorts) > 1 else ""
    return joined((frame.school.name, *more, frame.year.code, frame.term.code if frame.term else "", marks))


def filters_of(
    frame: Frame, schools: Iterable[tuple[str, str]] = (), *, years: bool = True, terms: bool = True, sorts: bool = True
) -> list[Filter]:
    """School, year, term and sort of marks, as far as there is something to choose."""
    found = []
    several = tuple(schools)
    if several:
        many = len(several) > 1
        found.append(Filter("school", str(frame.school.id), _("School"), several if many else ()))
    if years and len(frame.years) > 1:
        options = tuple((one.code, one.code) for one in reversed(frame.years))
        found.append(Filter("year", frame.year.code, _("School year"), options))
    if terms and len(frame.year.terms) > 1:
        options = (("", _("The whole year")), *((one.code, one.code) for one in frame.year.terms))
        found.append(Filter("term", frame.term.code if frame.term else "", _("Term"), options))
    if sorts and len(frame.sorts) > 1:
        found.append(
            Filter("marks", frame.sort.value, _("Marks"), tuple((one.value, str(SORTS[one])) for one in frame.sorts))
        )
    return found


def answer(request: WebRequest, report: Report, filters: Sequence[Filter] = ()) -> HttpResponse:
    """The page, or with ``?as=pdf`` or ``?as=xlsx`` the file."""
    now = request.visitor.now
    kind = request.GET.get("as", "")
    name = f"{file_stem(report.name)} {today(request.visitor):%Y-%m-%d}"
    if kind == "pdf":
        words = {"made": date_format(timezone.localtime(now), "SHORT_DATETIME_FORMAT"), "page": _("Page")}
        made = pdf(report, language=(get_language() or "en")[:2], made=now, words=words)
        return _private(attachment(made, f"{name}.pdf", "application/pdf"))
    if kind == "xlsx":
        return _private(attachment(xlsx(report, made=now), f"{name}.xlsx", KIND))
    kept = [(key, value) for key, value in request.GET.items() if key != "as"]
    return page(
        request,
        "web/reports/report.html",
        report=report,
        filters=filters if any(not one.hidden for one in filters) else [],
        pdf_address=f"?{urlencode([*kept, ('as', 'pdf')])}",
        xlsx_address=f"?{urlencode([*kept, ('as', 'xlsx')])}",
    )


def _private(response: HttpResponse) -> HttpResponse:
    response["Cache-Control"] = "no-store"
    return response


def noted(visitor: Visitor, persons: Iterable[PersonView], path: str, where: str) -> None:
    """Write down true names of protected pupils that a report shows."""
    seen: dict[UUID, PersonView] = {one.id: one for one in persons}
    hidden = sightings.protected(seen)
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, path), where)
