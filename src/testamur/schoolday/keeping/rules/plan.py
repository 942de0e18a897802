"""The plan of what is kept for how long (row A20, domain §4), as data: years after the school year in which it arose.

Sources: SE: grades are never erased (archive purpose), lesson attendance three school years (Skola24's proposal to its
customers; the body responsible decides); BG: the e-diary five years (Naredba 8/2016; NEISPUO); VN: Circular 27/2016
has groups that are not decided here, so that nothing is proposed. Log of views: five years at least.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from testamur.kernel.base.refused import Refused


class Category(StrEnum):
    """What a list of deletion can be about, and what is kept beside it."""

    ATTENDANCE = "attendance"
    LEAVES = "leaves"
    REMARKS = "remarks"
    MARKS = "marks"
    HEALTH = "health"
    ASSESSMENTS = "assessments"
    GRADES = "grades"
    DOCUMENTS = "documents"
    VIEWS = "views"
    MESSAGES = "messages"
    """Conversations with their attachments, and days on which staff did not answer."""
    EVENTS = "events"
    """Events with their answers and booked times, and news of a school or a class."""
    FORMS = "forms"
    """Forms with their answers and consents."""
    CARE = "care"
    """Weeks, arrivals and departures, who fetched, collectors with their pictures."""
    PORTFOLIO = "portfolio"
    TALKS = "talks"
    PLANS = "plans"
    """Teachers' plans with what was stated, and development plans with their signatures."""
    SUPPORT = "support"
    """Questions to the school, and the reception of protected pupils who have left."""
    NOTICES = "notices"
    """Notices that reached nobody, and registrations that came to nothing; the rest goes by itself after 60 days."""


DELETES = frozenset(Category) - {Category.GRADES, Category.DOCUMENTS, Category.VIEWS}
"""Those whose lawful deletion is built. The others are kept, whatever the plan says."""


class NoDeletion(Refused):
    """The plan keeps this for ever, or no deletion of it is built."""

    code = "keeping.plan.kept"


@dataclass(frozen=True, slots=True)
class Term:
    """How long something is kept. `years`: whole school years after the one in which it arose; None: for ever."""

    years: int | None
    source: str


_EVER = "archive: never erased"
_COMMON: Mapping[Category, Term] = {
    Category.GRADES: Term(None, _EVER),
    Category.DOCUMENTS: Term(None, _EVER),
    Category.VIEWS: Term(5, "log of views: five years at least; the log can only grow"),
}
_PORTAL = (
    Category.MESSAGES, Category.EVENTS, Category.FORMS, Category.CARE, Category.PORTFOLIO, Category.TALKS,
    Category.PLANS, Category.SUPPORT, Category.NOTICES,
)  # fmt: skip
_DECIDED = Term(3, "as attendance; decided by the body responsible")
PLAN: Mapping[str, Mapping[Category, Term]] = {
    "SE": {
        **_COMMON,
        **dict.fromkeys(_PORTAL, _DECIDED),
        Category.PLANS: Term(5, "as the written assessments that they rest on"),
        Category.ATTENDANCE: Term(3, "three school years, decided by the body responsible"),
        Category.LEAVES: Term(3, "as attendance"),
        Category.REMARKS: Term(3, "as attendance"),
        Category.HEALTH: Term(3, "as attendance; earlier on request"),
        Category.MARKS: Term(5, "five school years: the basis of grades can be asked for"),
        Category.ASSESSMENTS: Term(5, "five school years"),
    },
    "BG": {
        **_COMMON,
        **dict.fromkeys(_PORTAL, _DECIDED),
        Category.PLANS: Term(5, "as the written assessments that they rest on"),
        **dict.fromkeys(
            (
                Category.ATTENDANCE, Category.LEAVES, Category.REMARKS, Category.MARKS, Category.HEALTH,
                Category.ASSESSMENTS,
            ),
            Term(5, "e-diary: five years (Naredba 8/2016)"),
        ),
    },
    "VN": {
        **_COMMON,
        **dict.fromkeys(
            (
                Category.ATTENDANCE, Category.LEAVES, Category.REMARKS, Category.MARKS, Category.HEALTH,
                Category.ASSESSMENTS, *_PORTAL,
            ),
            Term(None, "Circular 27/2016: the group is not decided; kept"),
        ),
    },
}  # fmt: skip
"""Country → category → term."""
YEAR_BEGINS = (8, 1)
"""Month and day from which a school year counts, in all three countries: none of them teaches in July."""


def term_of(country: str, category: Category) -> Term:
    """The term at a school of that country; an unknown country keeps everything."""
    return PLAN.get(country, {}).get(category, Term(None, "no plan for this country: kept"))


def limit(country: str, category: Category, today: date) -> date:
    """Rows from before that day have been kept long enough at `today`. Raises NoDeletion.

    >>> limit("SE", Category.ATTENDANCE, date(2026, 11, 30))
    datetime.date(2023, 8, 1)
    """
    term = term_of(country, category)
    if category not in DELETES or term.years is None:
        raise NoDeletion("The plan keeps this.", category=category.value)
    month, day = YEAR_BEGINS
    begun = today.year if (today.month, today.day) >= YEAR_BEGINS else today.year - 1
    return date(begun - term.years, month, day)
