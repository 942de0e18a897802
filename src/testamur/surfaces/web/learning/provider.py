"""What the learning of the children adds to the home of a family: new works, a plan to confirm, a talk to prepare."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.schoolday.diary.rules.states import Part
from testamur.schoolday.learning import queries
from testamur.schoolday.learning.queries import Waiting
from testamur.surfaces.web.family.more import Added, Doing, NewPart
from testamur.surfaces.web.requests import Visitor

TOLD = 3
"""So many titles stand on the home."""


def learning(visitor: Visitor, known: Mapping[UUID, Schooling], news: Mapping[UUID, News]) -> Mapping[UUID, Added]:
    """What is new and what waits, by child; a constant number of queries."""
    by, now = visitor.actor, visitor.now
    since = {child: news[child].since[Part.LEARNING] for child in known}
    found = queries.waiting(by=by, children=list(known), since=since, now=now)
    return {child: _added(child, one) for child, one in found.items()}


def _added(child: UUID, one: Waiting) -> Added:
    plans = (
        Doing(_("A development plan waits to be confirmed"), reverse("learning:child_plan", args=[child, version]))
        for version in one.versions
    )
    talks = (
        Doing(_("Prepare the talk with the teacher"), reverse("learning:child_talk", args=[child, talk]))
        for talk, _at in one.talks
    )
    address = reverse("learning:child", args=[child])
    part = NewPart(gettext_lazy("Portfolio"), "images", address, len(one.entries), one.entries[:TOLD])
    return Added(todo=(*plans, *talks), parts=(part,) if one.entries else ())
