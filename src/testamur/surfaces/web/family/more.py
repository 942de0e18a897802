"""What other parts of the product add to the home of a family: care, messages, forms, plans, menus.

Each of them has one provider: a function of the visitor and the children's schooling, asked once for all children, with
a number of queries that does not grow with them. The home shows what they answer in the order of `PROVIDERS`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.module_loading import import_string

from testamur.schoolday.diary.rules.pupil import News, Schooling
from testamur.surfaces.web.requests import Visitor


@dataclass(frozen=True, slots=True)
class NewPart:
    """What is new in one part: how much, and the latest in words."""

    label: str | Promise
    icon: str
    address: str
    count: int
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doing:
    """Something that waits for the family, or a fact of today, with the page where it is done or seen."""

    text: str
    address: str


@dataclass(frozen=True, slots=True)
class Added:
    """What one provider says of one child: what waits, what is new, and what is to be known today."""

    todo: tuple[Doing, ...] = ()
    parts: tuple[NewPart, ...] = ()
    today: tuple[Doing, ...] = ()


Provider = Callable[[Visitor, Mapping[UUID, Schooling], Mapping[UUID, News]], Mapping[UUID, Added]]
PROVIDERS: tuple[str, ...] = (
    "testamur.surfaces.web.family.year.decided",
    "testamur.surfaces.web.care.provider.care",
    "testamur.surfaces.web.messages.provider.unread",
    "testamur.surfaces.web.asking.family.waiting",
    "testamur.surfaces.web.learning.provider.learning",
    "testamur.surfaces.web.menus.showing.today",
    "testamur.surfaces.web.mine.news.answered",
)
"""Dotted names of providers, in the order in which a family needs them; names, since their packages import this one."""


def added(visitor: Visitor, known: Mapping[UUID, Schooling], news: Mapping[UUID, News]) -> dict[UUID, Added]:
    """What all providers say of each child."""
    answers = [_provider(name)(visitor, known, news) for name in PROVIDERS]
    return {
        child: Added(
            tuple(one for some in answers for one in some.get(child, Added()).todo),
            tuple(one for some in answers for one in some.get(child, Added()).parts),
            tuple(one for some in answers for one in some.get(child, Added()).today),
        )
        for child in known
    }


def _provider(name: str) -> Provider:
    found: Provider = import_string(name)
    return found
