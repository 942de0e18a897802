"""What there is to report on, for the role that is worn."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, GroupView
from testamur.schoolday.diary.queries.reporting import CLASS, PUPILS, SEE
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.office.scope import Place, place_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.reports.answering import today
from testamur.surfaces.web.requests import WebRequest

REGISTERS = "diary.register.read"


@require_GET
@door("reports.see", Area.STAFF, Area.OFFICE)
def home(request: WebRequest) -> HttpResponse:
    """The reports of a school, of the schools of a body, or of one's own classes."""
    place = place_of(request)
    return page(
        request,
        "web/reports/home.html",
        place=place,
        chosen_school=place.school.id if place.school else None,
        offers=_offers(request, place),
        groups=_groups(request, place),
    )


def _offers(request: WebRequest, place: Place) -> list[tuple[str, str, str]]:
    """(Name, what it says, address)."""
    by, found = request.visitor.actor, []
    if place.above and any(by.may(SEE, one.path) for one in place.schools):
        found.append((_("Schools"), _("Every school side by side."), reverse("reports:schools")))
    if place.school is None or not by.may(SEE, place.one.path):
        return found
    query = f"?school={place.one.id}" if len(place.schools) > 1 else ""

    def offer(name: str, what: str, address: str) -> None:
        found.append((name, what, f"{reverse(address)}{query}"))

    offer(_("The school"), _("Marks, absences and remarks by class and by subject."), "reports:school")
    if by.may(PUPILS, place.one.path):
        offer(_("Teachers"), _("Marks by teacher, class and subject."), "reports:teachers")
        offer(_("Who may need help"), _("Failing marks, unexcused absences, marks that fall."), "reports:risk")
    offer(_("Terms and years"), _("The last five years, term by term."), "reports:years")
    if by.may("diary.completeness.see", place.one.path):
        offer(_("Completeness"), _("What is registered, when, and who is behind."), "reports:completeness")
    if by.may(REGISTERS, place.one.path) and by.may("records.record.read", place.one.path):
        offer(_("Class registers"), _("The year of each class as a signed record."), "reports:registers")
    return found


def _groups(request: WebRequest, place: Place) -> list[tuple[GroupView, bool]]:
    """The classes that the visitor is told of pupil by pupil; whether it is the whole class."""
    by, on = request.visitor.actor, today(request.visitor)
    if place.school is None:
        return []
    if by.may(PUPILS, place.one.path):
        years = [year for year in place.years if year.starts <= on] or list(place.years[:1])
        found = schools.groups(school=place.one.id, school_year=years[-1].id, kind=GroupKind.CLASS) if years else ()
        return [(one, True) for one in found]
    own = set(place.hat.taught) | set(place.hat.groups)
    known: Mapping[UUID, GroupView] = schools.groups_by_id(own)
    some = [one for one in known.values() if by.may(PUPILS, one.path, group=one.id)]
    return [(one, by.may(CLASS, one.path, group=one.id)) for one in sorted(some, key=lambda one: one.code)]
