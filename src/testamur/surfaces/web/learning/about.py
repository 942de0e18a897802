"""What the pages of a group stand on: the group, its school, its pupils as one may see them, what one may do there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from testamur.access.accounts.rules import Hat
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, UnitView
from testamur.schoolday.diary.queries.rooms import EVERY, room
from testamur.schoolday.diary.rules.rooms import NoPack, Room
from testamur.surfaces.web import sightings
from testamur.surfaces.web.diary.about import subject_names, subjects_of, today
from testamur.surfaces.web.requests import Visitor

TABS = (
    ("plans", "learning:group", "learning.plan.see"),
    ("portfolio", "learning:portfolio", "learning.entry.see"),
    ("development", "learning:developments", "learning.development.see"),
    ("talks", "learning:talks", "learning.talk.see"),
)


@dataclass(frozen=True)
class Place:
    """A group that a page is about. `room`: its rules; None where none are in force, as in many preschools."""

    visitor: Visitor
    group: GroupView
    school: UnitView
    room: Room | None
    on: date
    pupils: Mapping[UUID, PersonView]

    @property
    def by(self) -> Actor:
        """Who looks."""
        return self.visitor.actor

    @cached_property
    def subjects(self) -> dict[str, str]:
        """Code → name of what the visitor teaches here."""
        if self.room is None:
            return {}
        names = subject_names(self.room.pack)
        return {code: names.get(code, code) for code in subjects_of(self.by, self.room, self.on)}

    def subject(self, code: str) -> str:
        """What a subject is called here; the code where nobody knows it."""
        return subject_names(self.room.pack).get(code, code) if self.room is not None else code

    @property
    def planned(self) -> bool:
        """Whether the law knows development plans in this class."""
        form = self.room.pack.diary.assessment(self.room.level, self.on) if self.room is not None else None
        return form is not None and form.plan

    def may(self, verb: str) -> bool:
        """Whether the visitor holds the verb here."""
        return self.by.may(verb, self.group.path, group=self.group.id)

    def pupil(self, pupil: UUID) -> PersonView:
        """One of the group's pupils. Raises NotFound."""
        found = self.pupils.get(pupil)
        if found is None:
            raise NotFound("There is no such pupil in this group.", pupil=str(pupil))
        return found

    def tabs(self, current: str = "") -> list[dict[str, object]]:
        """The pages of the group, as `components/tabs.html` wants them."""
        labels = {
            "plans": pgettext("of teaching", "Plans"),
            "portfolio": _("Portfolio"),
            "development": _("Development plans"),
            "talks": _("Talks"),
        }
        return [
            {"label": labels[key], "address": reverse(name, args=[self.group.id]), "current": key == current}
            for key, name, verb in TABS
            if self.may(verb) and (key != "development" or self.planned)
        ]


def place_of(visitor: Visitor, group: UUID, seen: str, verb: str) -> Place:
    """The group of a page, for who holds `verb` there. True names of protected pupils are noted under the name `seen`.

    Raises NotFound, NotAllowed.
    """
    found = schools.group(group)
    if found is None:
        raise NotFound("There is no such group.", group=str(group))
    visitor.actor.must(verb, found.path, group=group)
    on = today(visitor)
    try:
        place = room(group=group, on=on)
    except NoPack:
        place = None
    school = place.school if place is not None else schools.units([found.school])[found.school]
    members = [row.person for row in schools.members(group=group, on=on)]
    known = people.people(by=visitor.actor, ids=members, numbers=False)
    pupils = {one.id: one for one in sorted(known.values(), key=lambda one: (one.sort_key, one.id))}
    hidden = sightings.protected(pupils)
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, school.path), seen)
    return Place(visitor, found, school, place, on, pupils)


def groups_of(visitor: Visitor) -> tuple[GroupView, ...]:
    """The groups whose learning is the visitor's work under the role that is worn, in order of code."""
    hat: Hat | None = visitor.hat
    unit = visitor.units.get(hat.unit) if hat is not None and hat.unit is not None else None
    if hat is None or unit is None:
        return ()
    if visitor.actor.may(EVERY, unit.path):
        running = schools.term_on(authority=schools.units_above(unit.path)[0].id, on=today(visitor))
        found = schools.groups(school=unit.id, school_year=running.school_year) if running is not None else ()
    else:
        found = tuple(schools.groups_by_id(hat.taught).values())
    return tuple(sorted(found, key=lambda one: (len(one.code), one.code)))
