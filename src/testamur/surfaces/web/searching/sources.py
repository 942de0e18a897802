"""Where the search looks. Each source answers with what the visitor could open anyway, and never with a number.

A person whose identity is protected is found by nobody, neither by the true name nor by the alias: whoever needs one
goes by the class. A source stops at `MOST` hits and does not tell how many more there are.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from itertools import islice
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from testamur.access.accounts.rules import Area
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView, Protection, fold
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.schoolday.conversations.queries import lines as conversations
from testamur.schoolday.diary.queries import pupil as diary
from testamur.schoolday.learning import queries as learning
from testamur.schoolday.learning.rules import PlanView
from testamur.schoolday.noticeboard import queries as board
from testamur.schoolday.noticeboard.rules import Audience, EventView
from testamur.schoolday.support import queries as support
from testamur.surfaces.web.family import child as children
from testamur.surfaces.web.family import reach
from testamur.surfaces.web.navigation import items
from testamur.surfaces.web.requests import Visitor

MOST = 6
"""Hits of one source."""
AHEAD, BEHIND = timedelta(days=200), timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found: what it is called, where it is, what stands beside it."""

    title: str
    address: str
    more: str = ""


class Looking:
    """One search of one visitor, with what several sources need looked up once."""

    def __init__(self, visitor: Visitor, text: str) -> None:
        """`text` is what was typed."""
        self.visitor = visitor
        self.text = text
        self.words = fold(text).split()
        self.on = visitor.now.date()

    @property
    def family(self) -> bool:
        """Whether a guardian or pupil looks."""
        return self.visitor.hat is not None and self.visitor.hat.unit is None

    @property
    def path(self) -> str:
        """The place of the hat that is worn."""
        return self.visitor.hat.unit_path if self.visitor.hat is not None else "/"

    def holds(self, *texts: object) -> bool:
        """Whether every word that was typed begins a word of these texts."""
        told = [word for text in texts for word in fold(str(text)).split()]
        return bool(self.words) and all(any(one.startswith(word) for one in told) for word in self.words)

    @cached_property
    def groups(self) -> dict[UUID, GroupView]:
        """The groups of the visitor's work, or of the family's children."""
        hat = self.visitor.hat
        if hat is None:
            return {}
        if self.family:
            found = schools.groups_of(persons=hat.wards, on=self.on)
            return {one.id: one for some in found.values() for one in some}
        if self.visitor.actor.may("schools.group.see", self.path) and hat.unit is not None:
            return {one.id: one for one in schools.groups(school=hat.unit)}
        return schools.groups_by_id(hat.taught)

    @cached_property
    def subjects(self) -> Mapping[UUID, PersonView]:
        """The family's children, or oneself; a protected one is found by nobody, not even here."""
        seen = {key: self.visitor.persons[key] for key in reach.subjects(self.visitor) if key in self.visitor.persons}
        return {key: one for key, one in seen.items() if one.protection is Protection.NONE}


def persons(looking: Looking) -> Iterator[Hit]:
    """People by name: a family's own; of the school for its office; of the groups that a teacher has."""
    visitor, by = looking.visitor, looking.visitor.actor
    if looking.family:
        for key, one in looking.subjects.items():
            if looking.holds(one.name):
                yield Hit(one.name, children.address("events", key))
    elif by.may("people.person.search", looking.path):
        for one in people.search(by=by, text=looking.text, path=looking.path, limit=MOST):
            yield Hit(one.name, _pupil(visitor, one.id), "")
    else:
        told: set[UUID] = set()
        for group in looking.groups.values():
            for row in schools.class_list(by=by, group=group.id, on=looking.on):
                one = row.person
                if one.protection is Protection.NONE and one.id not in told and looking.holds(one.name):
                    told.add(one.id)
                    yield Hit(one.name, _address("diary:pupil", group.id, one.id), group.code)


def groups(looking: Looking) -> Iterator[Hit]:
    """Classes and groups by their code."""
    if looking.family:
        return
    office = looking.visitor.hat is not None and Area.OFFICE in looking.visitor.hat.areas
    for group in looking.groups.values():
        if looking.holds(group.code):
            where = _address("office:register_class", group.id) if office else ""
            yield Hit(group.code, where or _address("diary:remarks", group.id))


def events(looking: Looking) -> Iterator[Hit]:
    """Events of one's groups and school, not long ago or ahead."""
    now, hat = looking.visitor.now, looking.visitor.hat
    if hat is None:
        return
    if not looking.family:
        units = {one.id for one in schools.units_above(looking.path)}
        found = board.events(starts_at=now - BEHIND, ends_at=now + AHEAD, units=units, groups=list(looking.groups))
        yield from _events(looking, found, None)
        return
    known = diary.schoolings(by=looking.visitor.actor, pupils=list(hat.wards), on=looking.on)
    own = diary.groups_of(known, looking.on, looking.on)
    for key, some in children.events(known, own, now - BEHIND, now + AHEAD).items():
        yield from _events(looking, some, key)


def _events(looking: Looking, found: Iterable[EventView], pupil: UUID | None) -> Iterator[Hit]:
    for one in found:
        if looking.holds(one.title, one.place, one.text):
            where = reverse("family:event", args=[pupil, one.id]) if pupil else reverse("diary:event", args=[one.id])
            yield Hit(one.title, where, timezone.localdate(one.starts_at).isoformat())


def documents(looking: Looking) -> Iterator[Hit]:
    """A family's own documents by their title."""
    if looking.family and reach.is_strong(looking.visitor):
        for one in reach.own(looking.visitor):
            if looking.holds(one.title, one.period):
                yield Hit(one.title, reverse("family:record", args=[one.record]), one.period)


def talks(looking: Looking) -> Iterator[Hit]:
    """Conversations that hold the words, by their subject."""
    for one in conversations(by=looking.visitor.actor, now=looking.visitor.now, text=looking.text):
        yield Hit(one.subject, _address("messages:conversation", one.id), timezone.localdate(one.at).isoformat())


def plans(looking: Looking) -> Iterator[Hit]:
    """Teaching plans: for those who teach, drafts too; for families the published ones of today and to come."""
    by, hat = looking.visitor.actor, looking.visitor.hat
    if looking.family:
        wanted = list(looking.subjects)
        found = learning.plans_for(by=by, children=wanted, first=looking.on, last=looking.on + AHEAD)
        for child, some in found.items():
            yield from _plans(looking, some, child)
    elif hat is not None and Area.STAFF in hat.areas and not hat.university:
        yield from _plans(looking, learning.plans_in(by=by, groups=looking.groups.values()), None)


def _plans(looking: Looking, found: Iterable[PlanView], pupil: UUID | None) -> Iterator[Hit]:
    for one in found:
        if looking.holds(one.title, one.content, *(goal.text for goal in one.goals)):
            where = _address("learning:child_teaching", pupil, one.id) if pupil else _address("learning:plan", one.id)
            yield Hit(one.title, where, one.starts.isoformat())


def questions(looking: Looking) -> Iterator[Hit]:
    """Questions that one asked, or that wait for one."""
    by = looking.visitor.actor
    waiting = () if looking.family else support.to_answer(by=by, path=looking.path)
    for one in (*support.asked(by=by), *waiting):
        if looking.holds(one.title):
            yield Hit(
                one.title,
                reverse("support:question", args=[one.id]),
                timezone.localdate(one.asked_at).isoformat(),
            )


def contacts(looking: Looking) -> Iterator[Hit]:
    """Whom one reaches at one's schools."""
    hat = looking.visitor.hat
    if hat is None:
        return
    paths = {looking.path} if not looking.family else {group.path for group in looking.groups.values()}
    units = {unit.id for path in paths for unit in schools.units_above(path)}
    for one in support.contacts(units=units):
        if looking.holds(one.name, one.role):
            yield Hit(one.name, reverse("support:home"), one.phone or one.email)


def news(looking: Looking) -> Iterator[Hit]:
    """What stands on the board for everybody, and for staff."""
    audiences = (Audience.EVERYBODY, Audience.FAMILY if looking.family else Audience.STAFF)
    for one in board.news(locale=get_language() or "en", now=looking.visitor.now, audiences=audiences, limit=50):
        if looking.holds(one.title, one.body):
            yield Hit(one.title, reverse("public:news"), timezone.localdate(one.published_at).isoformat())


def pages(looking: Looking) -> Iterator[Hit]:
    """Pages of the menu by their name, in the visitor's language."""
    for item in items(looking.visitor, ""):
        if looking.holds(item.label):
            yield Hit(str(item.label), item.address)


Source = Callable[[Looking], Iterator[Hit]]
SOURCES: tuple[tuple[str | Promise, str, Source], ...] = (
    (_("People"), "users", persons),
    (_("Classes and groups"), "users-round", groups),
    (_("Events"), "calendar", events),
    (_("Documents"), "files", documents),
    (_("Messages"), "message-square", talks),
    (pgettext_lazy("of teaching", "Plans"), "notebook-pen", plans),
    (_("Questions"), "message-circle-question-mark", questions),
    (_("Contacts"), "phone", contacts),
    (_("News"), "newspaper", news),
    (_("Pages"), "panel-left", pages),
)
"""Title, icon and function of each source, in the order in which they are shown."""


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one source."""

    title: str | Promise
    icon: str
    hits: tuple[Hit, ...]


def look(visitor: Visitor, text: str) -> list[Found]:
    """What every source finds; a source without a hit is left out."""
    looking = Looking(visitor, text)
    if not looking.words:
        return []
    found = [Found(title, icon, tuple(islice(source(looking), MOST))) for title, icon, source in SOURCES]
    return [one for one in found if one.hits]


def _pupil(visitor: Visitor, person: UUID) -> str:
    """Where the office reads of a person: a pupil's page in the register, where the hat opens it; else nowhere."""
    if visitor.hat is None or Area.OFFICE not in visitor.hat.areas or not schools.enrolments_of(person=person):
        return ""
    return _address("office:register_pupil", person)


def _address(name: str, *args: UUID) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""
