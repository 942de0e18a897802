"""What messages add to the home of a family: how many are unread, about which child."""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from testamur.schoolday.conversations import queries
from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.surfaces.web.family.more import Added, NewPart
from testamur.surfaces.web.requests import Visitor


def unread(visitor: Visitor, known: Mapping[UUID, Schooling], _news: Mapping[UUID, News]) -> Mapping[UUID, Added]:
    """The unread messages of each child with the subjects of the latest conversations."""
    fresh = queries.fresh(by=visitor.actor, now=visitor.now)
    found = {}
    for child in known:
        some = [one for one in fresh if child in one.children]
        if some:
            subjects = tuple(one.subject for one in some[:3])
            part = NewPart(
                _("Messages"),
                "mail",
                reverse("messages:child", args=[child]),
                sum(one.unread for one in some),
                subjects,
            )
            found[child] = Added(parts=(part,))
    return found
