"""Hats: the roles that a person can act in, and what each may do where.

A hat comes from the register alone: a post gives powers at its place, guardianship over the children that it reaches on
the day, and everybody reaches oneself. One hat is worn at a time, so that what is shown and journalled has one reason.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import Refused
from testamur.register.schools.rules import PostView

GUARDIAN = "guardian"
SELF = "self"


class HatUnknown(Refused):
    """The register gives the person no such role today."""

    code = "accounts.hat.unknown"


class Area(StrEnum):
    """The part of the web that a hat opens."""

    STAFF = "staff"
    OFFICE = "office"
    FAMILY = "family"


@dataclass(frozen=True, slots=True)
class Hat:
    """A role that a person can act in today.

    Attributes:
        key: stable name for a session or a form: ``principal@/kommun/skola/``, ``guardian``, ``self``.
        role: ``principal``, ``administrator`` …, ``guardian``, ``self``.
        path: the place of the post (its unit; a class teacher's is the group's), ``/`` for guardian and self.
        unit: the unit of the post, None for guardian and self.
        unit_path: the unit's own path, ``/`` for guardian and self.
        areas: what it opens; the first is its home.
        groups: the groups of the person's posts of this role at that unit.
        taught: every group that the person teaches at that unit, by post or timetable.
        wards: the children (guardian) or oneself (self).
    """

    key: str
    role: str
    path: str
    unit: UUID | None
    unit_path: str
    areas: tuple[Area, ...]
    groups: tuple[UUID, ...] = ()
    taught: tuple[UUID, ...] = ()
    wards: tuple[UUID, ...] = ()

    @property
    def home(self) -> Area:
        """The area whose home page is this hat's."""
        return self.areas[0]


_SIGNS = ("records.record.sign", "signing.ceremony.*")
OWN = ("delivery.device.*", "notices.own.*")
"""What everybody may do about oneself, whatever hat is worn."""
_SEES = ("people.details.see", "people.guardianship.see", "schools.group.see")

VERBS: Mapping[str, tuple[str, ...]] = {
    "principal": (
        *_SIGNS, *_SEES, "records.record.read", "results.decision.read", "results.decision.rectification",
        "results.decision.change", "people.protected.see", "people.person.search", "people.contact.see", "journal.read",
        "people.legal_name.read", "schools.post.add", "schools.post.end", "records.record.choose_signer",
        "diary.*", "noticeboard.event.*", "noticeboard.time.*", "schools.timetable.*", "notices.registration.*",
        "people.code.*",
    ),
    "delegate": (*_SIGNS, *_SEES),
    "teacher": (*_SIGNS,),
    "class_teacher": (*_SIGNS,),
    "examiner": (*_SIGNS,),
    "administrator": (
        *_SEES, "records.record.read", "records.record.draft", "records.record.ready", "records.record.release",
        "records.record.retry", "records.record.annul", "records.record.choose_signer", "results.decision.*",
        "people.*", "schools.*", "curriculum.*", "connectors.import.*", "journal.read", "signing.ceremony.see",
        "sealing.seal.read", "delivery.message.see", "diary.lesson.*", "diary.attendance.*", "diary.absence.*",
        "diary.leave.*", "diary.report.see", "diary.register.*", "diary.import.*", "diary.export.*",
        "diary.completeness.*", "diary.group.every", "noticeboard.event.*", "noticeboard.time.*",
        "notices.registration.*",
    ),
    "archivist": ("records.record.read", "archive.*", "journal.read", "people.details.see"),
    GUARDIAN: (
        "people.details.see", "people.protected.see", "records.record.fetch", "records.record.share", "diary.family.*",
        "diary.leave.ask", "diary.leave.consent", "diary.leave.withdraw", "noticeboard.event.answer",
        "noticeboard.time.book", "noticeboard.feed.*", "notices.choice.*",
    ),
    SELF: (
        "diary.family.*", "noticeboard.feed.*", "notices.choice.*",
        "people.details.see", "people.protected.see", "records.record.fetch", "records.record.share",
        "people.guardianship.consent", "people.contact.see", "people.contact.add", "people.contact.remove",
    ),
}  # fmt: skip
"""Role → verbs at its place. Guardian and self are limited to their wards, or to oneself."""

GROUP_VERBS: Mapping[str, tuple[str, ...]] = {
    "teacher": (
        "schools.group.see", "people.details.see", "diary.lesson.*", "diary.attendance.*", "diary.mark.*",
        "diary.remark.*", "diary.assessment.*", "diary.health.see", "diary.report.*", "noticeboard.event.*",
        "noticeboard.time.*",
    ),
    "class_teacher": (
        "diary.absence.*", "diary.class.*", "diary.leave.*", "diary.health.*", "diary.completeness.see",
        "people.contact.see",
        "people.guardianship.see", "people.code.*", "notices.registration.*",
    ),
}  # fmt: skip
"""Role → verbs in the groups that a teacher teaches, and in those that a class teacher has; nowhere else."""

AUTHORITY_VERBS: tuple[str, ...] = ("sealing.seal.*", "people.protected.review", "noticeboard.*")
"""What an administrator of the body responsible (or an office of it) may do beyond one of a school."""

SCHOOL_VERBS: tuple[str, ...] = ("diary.report.pupils", "diary.mark.see", "diary.remark.see")
"""What an administrator of a school may do, and one of the body responsible may not: see marks and remarks pupil by
pupil. What reports hide of small groups would stand open beside them."""

AREAS: Mapping[str, tuple[Area, ...]] = {
    "principal": (Area.STAFF, Area.OFFICE),
    "delegate": (Area.STAFF,),
    "teacher": (Area.STAFF,),
    "class_teacher": (Area.STAFF,),
    "examiner": (Area.STAFF,),
    "administrator": (Area.OFFICE,),
    "archivist": (Area.OFFICE,),
    GUARDIAN: (Area.FAMILY,),
    SELF: (Area.FAMILY,),
}


def hats_from(
    *,
    person: UUID,
    posts: Sequence[PostView],
    unit_paths: Mapping[UUID, str],
    wards: Collection[UUID],
    lessons: Mapping[UUID, Collection[UUID]] | None = None,
) -> tuple[Hat, ...]:
    """The hats of a person: one for each role and unit, then guardian, then oneself.

    A class teacher who teaches other classes too wears one hat for both. `lessons`: unit → groups that the timetable
    lets the person teach there.
    """
    taught = {unit: set(groups) for unit, groups in (lessons or {}).items()}
    for post in posts:
        if post.group is not None and post.role.value in {"teacher", "class_teacher"}:
            taught.setdefault(post.unit, set()).add(post.group)
    found: dict[tuple[str, UUID], list[PostView]] = {}
    for post in posts:
        if post.role.value in AREAS and post.unit in unit_paths:
            found.setdefault((post.role.value, post.unit), []).append(post)
    hats = [
        Hat(
            key=f"{role}@{unit_paths[unit]}",
            role=role,
            path=unit_paths[unit],
            unit=unit,
            unit_path=unit_paths[unit],
            areas=AREAS[role],
            groups=tuple(p.group for p in some if p.group is not None),
            taught=tuple(sorted(taught.get(unit, ()))) if role in {"teacher", "class_teacher"} else (),
        )
        for (role, unit), some in found.items()
        if not (role == "teacher" and ("class_teacher", unit) in found)  # that hat can do all that this one can
    ]
    if wards:
        hats.append(Hat(GUARDIAN, GUARDIAN, "/", None, "/", AREAS[GUARDIAN], wards=tuple(sorted(wards))))
    hats.append(Hat(SELF, SELF, "/", None, "/", AREAS[SELF], wards=(person,)))
    return tuple(hats)


def actor_of(hat: Hat, *, person: UUID, identified_by: str, authority: bool) -> Actor:
    """The actor under a hat. `authority`: the hat's unit is a body responsible or an office of it."""
    verbs = VERBS[hat.role]
    if hat.role == "administrator":
        verbs = (*verbs, *(AUTHORITY_VERBS if authority else SCHOOL_VERBS))
    grants = [
        Grant(hat.role, hat.path, verbs, wards=frozenset(hat.wards)),
        Grant(hat.role, "/", OWN, wards=frozenset({person})),
    ]
    if hat.taught:  # a grant that is limited to no group would hold for all of them
        grants.append(Grant("teacher", hat.path, GROUP_VERBS["teacher"], groups=frozenset(hat.taught)))
    if hat.role == "class_teacher" and hat.groups:
        grants.append(Grant(hat.role, hat.path, GROUP_VERBS[hat.role], groups=frozenset(hat.groups)))
    return Actor(id=person, identified_by=identified_by, grants=tuple(grants))
