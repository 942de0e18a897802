"""People on pages of the office: as the visitor may see them, and each sight of a protected one noted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from django.http import HttpRequest

from testamur.kernel.base.refused import NotAllowed
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView, Protection
from testamur.surfaces.web.office.scope import visitor_of
from testamur.trust.records.actions.seeing import note_sight


def shown(request: HttpRequest, ids: Iterable[UUID], where: str) -> Mapping[UUID, PersonView]:
    """The persons as the visitor may see them. Showing the true name of a protected one is noted once a page."""
    found = people.people(by=visitor_of(request).actor, ids=ids)
    note(request, found.values(), where)
    return found


def must_see(request: HttpRequest, ids: Iterable[UUID], where: str) -> None:
    """Raise `NotAllowed` unless the visitor may see every one of the persons by name: a document names them all."""
    if any(view.masked for view in shown(request, ids, where).values()):
        raise NotAllowed("This document names a person with protected identity.", where=where)


def note(request: HttpRequest, views: Iterable[PersonView], where: str) -> None:
    """Note which protected persons the visitor sees by name; oneself is nobody to note."""
    visitor = visitor_of(request)
    seen = [v.id for v in views if v.protection not in {None, Protection.NONE} and v.id != visitor.actor.id]
    if seen:
        path = visitor.hat.unit_path if visitor.hat is not None else "/"
        note_sight(by=visitor.actor, persons=seen, where=where, path=path, now=visitor.now)
