"""News of a class or a school: told by teachers and those who lead the school, read by its families."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from testamur.access.accounts.rules import Area
from testamur.kernel.base.refused import NotAllowed, Refused
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import UnitKind
from testamur.schoolday.noticeboard import actions, queries
from testamur.schoolday.noticeboard.rules import Audience, ClassNewsView, NewsText
from testamur.surfaces.web import refusals
from testamur.surfaces.web.account.entering import SeeOther
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.messages.fields import NewsForm
from testamur.surfaces.web.messages.recipients import Desk, desk_of
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

TELL = "noticeboard.class_news.tell"


@dataclass(frozen=True, slots=True)
class Leaf:
    """News with the words around them."""

    news: ClassNewsView
    place: str
    author: str
    mine: bool


@door("messages.home", Area.STAFF, Area.OFFICE)
@require_http_methods(["GET", "HEAD", "POST"])
def told(request: WebRequest) -> HttpResponse:
    """The news of one's groups and school, and the form for new ones."""
    visitor = request.visitor
    desk = desk_of(visitor)
    if not may_tell(visitor):
        raise NotAllowed
    groups = [(str(one.id), one.code) for one in desk.groups.values()]
    form = NewsForm(
        [("", desk.unit.name), *groups] if desk.leads else groups, request.POST if request.method == "POST" else None
    )
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        try:
            actions.tell_news(
                by=visitor.actor, unit=desk.unit.id, group=UUID(said["group"]) if said["group"] else None,
                audience=Audience(said["audience"]), now=visitor.now,
                texts={said["language"]: NewsText(said["title"], said["text"])},
            )  # fmt: skip
        except Refused as refused:
            refusals.into(form, refused)
        else:
            messages.success(request, _("The news is told. Families are told the way they chose."))
            return SeeOther(reverse("messages:news"))
    return page(
        request,
        "web/messages/news.html",
        status=422 if form.is_bound and form.errors else 200,
        form=form,
        desk=desk,
        news=_leaves(request, [desk.unit.id], list(desk.groups), tuple(Audience), desk),
    )


@door("messages.home", Area.STAFF, Area.OFFICE)
@require_POST
def take_back(request: WebRequest, class_news: UUID) -> HttpResponse:
    """Take news off the board."""
    actions.take_back_news(by=request.visitor.actor, news=class_news, now=request.visitor.now)
    messages.success(request, _("The news was taken off the board."))
    return SeeOther(reverse("messages:news"))


def may_tell(visitor: Visitor) -> bool:
    """Whether the visitor tells news of some group or school."""
    hat = visitor.hat
    unit = visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
    if hat is None or unit is None or unit.kind is not UnitKind.SCHOOL or hat.university:
        return False
    return visitor.actor.may(TELL, unit.path) or any(
        visitor.actor.may(TELL, unit.path, group=group) for group in hat.taught
    )


def for_families(request: WebRequest, children: Collection[UUID]) -> list[Leaf]:
    """What the classes and schools of the children tell their families, newest first."""
    on = request.visitor.now.date()
    groups = {one.id for some in schools.groups_of(persons=children, on=on).values() for one in some}
    units = {one.school for one in schools.placements(persons=children, on=on).values()}
    return _leaves(request, units, groups, (Audience.FAMILY, Audience.EVERYBODY)) if units or groups else []


def _leaves(
    request: WebRequest,
    units: Collection[UUID],
    groups: Collection[UUID],
    audiences: Collection[Audience],
    desk: Desk | None = None,
) -> list[Leaf]:
    visitor = request.visitor
    found = queries.class_news(
        locale=request.LANGUAGE_CODE or "en", now=visitor.now, units=units, groups=groups, audiences=audiences
    )
    names = people.people(by=visitor.actor, ids={one.author for one in found}, numbers=False) if found else {}
    codes = {key: one.code for key, one in schools.groups_by_id({one.group for one in found if one.group}).items()}
    places = schools.unit_names({one.unit for one in found})
    return [
        Leaf(
            one,
            codes.get(one.group, "") if one.group is not None else places.get(one.unit, ""),
            names[one.author].name if one.author in names else "",
            desk is not None and visitor.actor.may(TELL, one.path, group=one.group),
        )
        for one in found
    ]
