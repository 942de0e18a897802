"""What pages about a class and its pupils stand on: the class, its pupils as one may see them, names, subjects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from uuid import UUID

from django.urls import NoReverseMatch, reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.law.contract import Pack
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView
from testamur.schoolday.diary.queries.rooms import EVERY, room
from testamur.schoolday.diary.rules.rooms import Room
from testamur.surfaces.web import sightings
from testamur.surfaces.web.requests import Visitor


@dataclass(frozen=True)
class Class:
    """A class or teaching group that a page is about.

    Attributes:
        pupils: its members on the day, by name as the visitor may see them, in the order of the class list.
    """

    visitor: Visitor
    room: Room
    on: date
    pupils: Mapping[UUID, PersonView]

    @property
    def by(self) -> Actor:
        """Who looks."""
        return self.visitor.actor

    @property
    def id(self) -> UUID:
        """The group."""
        return self.room.group.id

    @property
    def name(self) -> str:
        """What the class is called."""
        return self.room.group.code

    @cached_property
    def subjects(self) -> tuple[str, ...]:
        """Codes of the subjects that the visitor teaches here: all that the class can have for the head."""
        return subjects_of(self.by, self.room, self.on)

    @cached_property
    def assessed(self) -> bool:
        """Whether the law knows written assessments in this class."""
        return self.room.pack.diary.assessment(self.room.level, self.on) is not None

    def tabs(self, current: str = "") -> list[dict[str, object]]:
        """The pages of the class, as `components/tabs.html` wants them; one without an address is left out."""
        first = self.subjects[0] if self.subjects else ""
        offers: list[tuple[str, str, str, dict[str, object]]] = [
            (_("Marks"), "diary:grid", "diary.mark.enter", {"subject": first}),
            (_("Absences"), "diary:absences", "diary.absence.see", {}),
            (_("Remarks"), "diary:remarks", "diary.remark.see", {}),
            (_("Assessments"), "diary:assessments", "diary.assessment.see", {"subject": first}),
            (_("Health"), "diary:health", "diary.health.see", {}),
        ]
        shown = []
        for label, name, verb, more in offers:
            if not self.may(verb) or (more and not first) or (name == "diary:assessments" and not self.assessed):
                continue
            if address := where(name, group=self.id, **more):
                shown.append({"label": label, "address": address, "current": name == current})
        return shown

    def may(self, verb: str) -> bool:
        """Whether the visitor holds the verb here."""
        return self.by.may(verb, self.room.path, group=self.id)

    def subject_name(self, code: str) -> str:
        """What a subject is called in the language of the law."""
        return subject_names(self.room.pack).get(code, code)

    def pupil(self, pupil: UUID) -> PersonView:
        """One of its pupils. Raises NotFound."""
        found = self.pupils.get(pupil)
        if found is None:
            raise NotFound("There is no such pupil in this group.", pupil=str(pupil))
        return found


def today(visitor: Visitor) -> date:
    """The day where the visitor is."""
    return timezone.localtime(visitor.now).date()


def class_of(visitor: Visitor, group: UUID, seen: str, verb: str = "schools.group.see") -> Class:
    """The class of a page, for who holds `verb` there. True names of protected pupils are noted under the name `seen`.

    Raises NotFound, NotAllowed, NoPack.
    """
    on = today(visitor)
    place = room(group=group, on=on)
    for needed in ("schools.group.see", verb):
        visitor.actor.must(needed, place.path, group=group)
    members = [row.person for row in schools.members(group=group, on=on)]
    known = people.people(by=visitor.actor, ids=members, numbers=False)
    pupils = {one.id: one for one in sorted(known.values(), key=lambda one: (one.sort_key, one.id))}
    hidden = sightings.protected(pupils)
    if hidden:
        sightings.note(visitor, visitor.actor, dict.fromkeys(hidden, place.school.path), seen)
    return Class(visitor, place, on, pupils)


def subjects_of(by: Actor, place: Room, on: date) -> tuple[str, ...]:
    """Codes of the subjects that somebody teaches in a group, in the order of the law; all of them for the head."""
    possible = [one.code for one in place.pack.subjects_for(place.level, on)] if place.level else []
    possible = possible or [one.code for one in place.pack.subjects]
    if by.may(EVERY, place.path):
        return tuple(possible)
    taught = {one.subject for one in schools.teaching(person=by.id, on=on) if one.group == place.group.id}
    if "" in taught:
        return tuple(possible)
    return tuple(sorted(taught, key=lambda code: (code not in possible, code)))


def subject_names(pack: Pack) -> dict[str, str]:
    """Code → name, in the language of the law."""
    return {one.code: one.name for one in pack.subjects}


def names_of(visitor: Visitor, ids: Iterable[UUID]) -> dict[UUID, str]:
    """What people are called, as the visitor may see them; one query."""
    return {key: one.name for key, one in people.people(by=visitor.actor, ids=ids, numbers=False).items()}


def where(name: str, **arguments: object) -> str:
    """The address of a page, or nothing where there is no such page."""
    try:
        return reverse(name, kwargs=arguments)
    except NoReverseMatch:
        return ""


def reaches_families(visitor: Visitor, group: GroupView) -> bool:
    """Whether the visitor may write to the families of a group from the place of the hat: for links to that form."""
    hat = visitor.hat
    here = hat is not None and not hat.university and hat.unit == group.school
    if not here or hat is None or not visitor.actor.may("conversations.staff.write", hat.unit_path):
        return False
    return visitor.actor.may("conversations.family.write", group.path, group=group.id)
