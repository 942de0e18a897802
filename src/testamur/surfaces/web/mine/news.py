"""What the home of a family is told of requests for correction: that the school has answered."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.schoolday.keeping import queries
from testamur.schoolday.keeping.rules import ANSWERS
from testamur.surfaces.web.family.more import Added, Doing
from testamur.surfaces.web.requests import Visitor

TOLD = timedelta(days=14)
"""For so long after its answer."""


def answered(visitor: Visitor, known: Mapping[UUID, Schooling], _news: Mapping[UUID, News]) -> dict[UUID, Added]:
    """For each child whose request was answered of late: the way to the answer. One query."""
    found = {
        one.person
        for one in queries.requests_of(by=visitor.actor, persons=list(known))
        if one.state in ANSWERS and one.decided_at is not None and visitor.now - one.decided_at < TOLD
    }
    doing = Doing(_("The school has answered your request for correction"), reverse("mine:requests"))
    return dict.fromkeys(found, Added(today=(doing,)))
