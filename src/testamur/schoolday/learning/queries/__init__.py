"""Reading plans, matrices, development plans, talks and the portfolio. Callers import them from here."""

from __future__ import annotations

from testamur.schoolday.learning.queries.consent import (
    Showable,
    showable,
)
from testamur.schoolday.learning.queries.development import (
    demanded,
    development,
    developments,
    developments_for,
    judgements,
    paper,
    place_of,
    versions_by_id,
)
from testamur.schoolday.learning.queries.plans import (
    course,
    goals_by_id,
    goals_in,
    library,
    matrices_for,
    matrix,
    may_copy,
    plan,
    plan_for,
    plans,
    plans_by_id,
    plans_for,
    plans_in,
)
from testamur.schoolday.learning.queries.portfolio import (
    earlier,
    entries,
    entries_by_id,
    entries_for,
    entry,
    picture,
)
from testamur.schoolday.learning.queries.standing import (
    Told,
    Waiting,
    told,
    waiting,
)
from testamur.schoolday.learning.queries.talks import (
    talk,
    talk_for,
    talks,
    talks_by_id,
    talks_for,
    times_taken,
)

__all__ = [
    "Showable",
    "Told",
    "Waiting",
    "course",
    "demanded",
    "development",
    "developments",
    "developments_for",
    "earlier",
    "entries",
    "entries_by_id",
    "entries_for",
    "entry",
    "goals_by_id",
    "goals_in",
    "judgements",
    "library",
    "matrices_for",
    "matrix",
    "may_copy",
    "paper",
    "picture",
    "place_of",
    "plan",
    "plan_for",
    "plans",
    "plans_by_id",
    "plans_for",
    "plans_in",
    "showable",
    "talk",
    "talk_for",
    "talks",
    "talks_by_id",
    "talks_for",
    "times_taken",
    "told",
    "versions_by_id",
    "waiting",
]
