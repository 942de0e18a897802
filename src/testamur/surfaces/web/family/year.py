"""A child's school year as it is decided: levels, tests, qualities, competences, comments, the year's result, awards.

Where the law of the school closes moments of a year. Each word stands as the law has it, and in English for those who
do not read the page in that language.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import get_language
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.schoolday.diary.actions import note_visit
from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.results import families
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family.child import PAGES, address, fits, opened
from testamur.surfaces.web.family.more import Added, NewPart
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

LANGUAGES = {"VN": "vi"}
"""Country of a school → the language of its law."""


def decided(visitor: Visitor, known: Mapping[UUID, Schooling], news: Mapping[UUID, News]) -> Mapping[UUID, Added]:
    """What the home of a family tells: moments that were closed, and results, since it opened the page of the year."""
    mine = {key: one for key, one in known.items() if one.pack is not None and one.pack.year_end is not None}
    since = {key: news[key].since[Part.RESULTS] for key in mine}
    found = families.fresh(by=visitor.actor, since=since, paths={key: one.path for key, one in mine.items()})
    label, icon, _part = PAGES["year"]
    return {
        key: Added(
            parts=(NewPart(label, icon, address("year", key), len(new), tuple(o.moment for o in new if o.moment)),)
        )
        for key, new in found.items()
    }


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
    if decided(visitor, {pupil: child.schooling}, {pupil: child.news}):
        note_visit(by=visitor.actor, pupil=pupil, part=Part.RESULTS, now=visitor.now)
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
