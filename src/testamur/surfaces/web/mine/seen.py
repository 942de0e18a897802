"""Who saw what of me or my child: by name and role where allowed, the place, when and why."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_GET

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.register.people import reach as kin
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import PostView
from testamur.schoolday.custody.rules import Purpose
from testamur.schoolday.keeping import queries
from testamur.surfaces.web.custody.words import PURPOSES
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.mine import words
from testamur.surfaces.web.office.paging import offset, pages
from testamur.surfaces.web.office.words import shown
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.surfaces.web.roles import ROLE_NAMES

DAYS = 365
LINES = 50


@door("mine.requests", Area.FAMILY)
@require_GET
def seen(request: WebRequest, subject: UUID) -> HttpResponse:
    """The sights of a year, newest first. Other guardians are named as such and not by name."""
    visitor = request.visitor
    if subject not in reach.subjects(visitor):
        raise NotFound("There is no such person.", subject=str(subject))
    person = reach.persons(visitor, "mine.seen")[subject]
    found = queries.seen(by=visitor.actor, person=subject, since=visitor.now - timedelta(days=DAYS), now=visitor.now)
    start = offset(request, LINES)
    some = found[start : start + LINES]
    return page(
        request,
        "web/mine/seen.html",
        rows=_rows(visitor, subject, some),
        name=person.given or person.name,
        subject=subject,
        total=len(found),
        days=DAYS,
        pages=pages(request, len(found), LINES),
    )


def _why(one: queries.Seen) -> words.Word:
    """What it was for; the purpose of a look-up where it was the family's own errand, and no word of an inquiry."""
    if one.what == "custody.lookup.opened" and one.where:
        return PURPOSES[Purpose(one.where)]
    return words.PURPOSES.get(one.what, "")


def _role(path: str, posts: Sequence[PostView]) -> str:
    """In which post of today somebody could see something of that place; none where the place is not told."""
    if path == queries.NOWHERE:
        return ""
    fitting = (post.role.value for post in posts if path.startswith(post.path) or post.path.startswith(path))
    return next(fitting, "")


def _rows(visitor: Visitor, subject: UUID, some: tuple[queries.Seen, ...]) -> list[dict[str, object]]:
    actors = {one.actor for one in some}
    names = people.people(by=visitor.actor, ids=actors, numbers=False)
    family = kin.family(child=subject)
    posts = {actor: schools.posts_of(person=actor, on=visitor.now.date()) for actor in actors - family}
    places = {path: way[-1].name for path, way in schools.ways({one.path for one in some}).items() if way}
    rows: list[dict[str, object]] = []
    for one in some:
        role = _role(one.path, posts.get(one.actor, ()))
        own = one.actor == visitor.actor.id
        office = one.what.startswith("custody.") and not own  # who asks in an office asks for it, and it answers
        known = one.actor in names and not office and (own or one.actor not in family)
        rows.append(
            {
                "at": one.at,
                "what": words.SEEN.get(one.what, one.what),
                "why": _why(one),
                "where": shown(one.where) if one.what == "name" else "",
                "own": own,
                "guardian": one.actor in family and not own,
                "actor": places.get(one.path, "") if office else names[one.actor].name if known else "",
                "role": ROLE_NAMES.get(role, role),
                "place": places.get(one.path, ""),
            }
        )
    return rows
