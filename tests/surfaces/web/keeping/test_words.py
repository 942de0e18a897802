"""What the plan of retention names as its sources stands in words on the page."""

from testamur.schoolday.keeping.rules.plan import PLAN, Category, term_of
from testamur.surfaces.web.keeping.sources import SOURCES


def test_every_source_of_the_plan_has_a_word() -> None:
    named = {term.source for plan in PLAN.values() for term in plan.values()}
    assert named | {term_of("XX", Category.MARKS).source} == set(SOURCES)
