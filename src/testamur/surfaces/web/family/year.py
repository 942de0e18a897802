"""A child's school year as it is decided: levels, tests, qualities, competences, comments, the year's result, awards.

Where the law of the school closes moments of a year. Each word stands as the law has it, and in English for those who
do not read the page in that language.
"""

from __future__ import annotations

from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.results import families
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import fits, opened
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import WebRequest

LANGUAGES = {"VN": "vi"}
"""Country of a school → the language of its law."""


@require_GET
@door("family.records", Area.FAMILY)
def year(request: WebRequest, pupil: UUID) -> HttpResponse:
    """One year, the latest unless ``?year=`` names another; nothing of a moment that is not closed (D13, D14)."""
    visitor = request.visitor
    child = opened(visitor, pupil, "year")
    found = families.year_of(
        by=visitor.actor, pupil=pupil, path=child.schooling.path, school_year=request.GET.get("year", "")[:9]
    )
    if not found.years and not fits("year", child.schooling, child.today):
        raise NotFound("There is no such page for this child.", pupil=str(pupil))
    school = child.schooling.school
    own = LANGUAGES.get(school.country, "vi") if school is not None else "vi"
    return page(
        request,
        "web/family/year.html",
        child=child,
        found=found,
        own=own,
        english=not (get_language() or "").startswith(own),
        children=child.children,
    )
