"""The list of one's conversations: all, unread, planned; found by words; and those about one child."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from testamur.access.accounts.rules import Area
from testamur.schoolday.conversations import queries
from testamur.schoolday.conversations.rules import Circle, ConversationLine
from testamur.surfaces.web import sightings
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.family.child import opened
from testamur.surfaces.web.messages import news, words
from testamur.surfaces.web.messages.recipients import has_desk, may_write
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest

PER_PAGE = 40
BOXES: tuple[tuple[str, str | Promise], ...] = (
    ("", _("All")),
    ("unread", _("Unread")),
    ("planned", _("Planned")),
    ("closed", _("Closed")),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A conversation in the list with its words."""

    one: ConversationLine
    circle: str
    icon: str
    state: tuple[str | Promise, str, str] | None
    child: str


@door("messages.home", Area.STAFF, Area.OFFICE, Area.FAMILY)
@require_safe
def home(request: WebRequest) -> HttpResponse:
    """Everything that one takes part in, newest first; with ``?q=`` what holds all those words."""
    visitor = request.visitor
    text, box = request.GET.get("q", "").strip()[:200], request.GET.get("show", "")
    leaf, shown = _found(visitor, text, box) if text else _leaf(visitor, box, request.GET.get("page", ""))
    noted(visitor, leaf.sights, "messages.home")
    family = visitor.hat is not None and visitor.hat.unit is None
    called = reach.persons(visitor, "messages.home") if family else {}
    names = {key: person.given or person.name for key, person in called.items()} if len(called) > 1 else {}
    return page(
        request,
        "web/messages/home.html",
        lines=[line(one, names) for one in leaf.lines],
        shown=shown,
        text=text,
        boxes=[(key, name, key == box) for key, name in BOXES if key != "planned" or not family],
        box=box,
        unread=leaf.unread,
        writes=may_write(visitor),
        family=family,
        news=news.for_families(request, list(called))[:3] if family and not text and not box else (),
        tells=news.may_tell(visitor),
        away=has_desk(visitor),
        letters=not family and may_write(visitor),
    )


@door("messages.home", Area.FAMILY)
@require_safe
def child(request: WebRequest, pupil: UUID) -> HttpResponse:
    """The conversations about one child, and the news of its class and school."""
    visitor = request.visitor
    one = opened(visitor, pupil, "messages")
    found, sights = queries.listed(by=visitor.actor, now=visitor.now, child=pupil)
    noted(visitor, sights, "messages.child")
    return page(
        request,
        "web/messages/child.html",
        child=one,
        lines=[line(each, {}) for each in found],
        news=news.for_families(request, [pupil]),
        writes=one.schooling.school is not None and may_write(visitor),
        children=one.children,
    )


def line(one: ConversationLine, names: dict[UUID, str]) -> Line:
    """A conversation with its words; the child's name where there are several, and the circle does not say it."""
    told = () if one.circle in {Circle.CHILD, Circle.SCHOOL} else one.children
    child = ", ".join(names[key] for key in told if key in names)
    return Line(one, words.circle(one), words.ICONS[one.circle], words.STATES.get(one.state), child)


def noted(visitor: Visitor, sights: dict[UUID, str], where: str) -> None:
    """Write down the protected persons whose true names are shown."""
    sightings.note(visitor, visitor.actor, {key: path or "/" for key, path in sights.items()}, where)


def _leaf(visitor: Visitor, box: str, number: str) -> tuple[queries.Leaf, Page[int]]:
    """A page of a box, and what the links to the others need."""
    wanted = int(number) if number.isdecimal() and len(number) < 6 else 1  # noqa: PLR2004 - no list is that long
    leaf = queries.leaf(by=visitor.actor, now=visitor.now, box=box, number=wanted, size=PER_PAGE)
    shown = Paginator(range(leaf.total), PER_PAGE).get_page(wanted)
    if shown.number != wanted:  # beyond the last page
        leaf = queries.leaf(by=visitor.actor, now=visitor.now, box=box, number=shown.number, size=PER_PAGE)
    return leaf, shown


def _found(visitor: Visitor, text: str, box: str) -> tuple[queries.Leaf, Page[ConversationLine]]:
    """What holds all words of a search, in one page: the newest."""
    found, sights = queries.listed(by=visitor.actor, now=visitor.now, text=text)
    mine = tuple(one for one in found if _in(one, box))
    shown = Paginator(mine, max(len(mine), 1)).get_page(1)
    return queries.Leaf(mine, sights, len(mine), sum(one.unread for one in found if not one.muted)), shown


def _in(one: ConversationLine, box: str) -> bool:
    if box == "unread":
        return one.unread > 0
    if box in {"planned", "closed"}:
        return one.state == box
    return True
