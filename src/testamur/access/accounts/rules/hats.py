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
    RESULTS = "results"
    """Result lists of a university."""


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
        university: the unit belongs to a university: its work is result lists and no diary.
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
    university: bool = False

    @property
    def home(self) -> Area:
        """The area whose home page is this hat's."""
        return self.areas[0]


_SIGNS = ("records.record.sign", "signing.ceremony.*")
OWN = (
    "delivery.device.*",
    "notices.own.*",
    "support.own.*",
    "accounts.app.*",
    "noticeboard.feed.work",
    "rollout.first.*",
    "diary.phrase.own",
)
"""What everybody may do about oneself, whatever hat is worn."""
_SEES = ("people.details.see", "people.guardianship.see", "schools.group.see")

_PORTAL = ("conversations.*", "care.*", "noticeboard.class_news.*")
"""What those who lead or administer a school may do in its portal."""
_LEARNING = ("learning.plan.*", "learning.matrix.*", "learning.development.*", "learning.talk.*", "learning.entry.*")
"""What a teacher does in the groups taught, and the head everywhere; what families do is theirs alone."""
_FAMILY = (
    "conversations.*", "forms.answer.*", "care.week.see", "learning.family.*",
    "support.question.ask", "keeping.extract.*", "keeping.request.make", "noticeboard.highlight.choose",
)  # fmt: skip
"""What families may do for their wards, or for oneself."""

VERBS: Mapping[str, tuple[str, ...]] = {
    "principal": (
        *_SIGNS, *_SEES, "records.record.read", "results.decision.read", "results.decision.rectification",
        "results.decision.change", "people.protected.see", "people.person.search", "people.contact.see", "journal.read",
        "people.legal_name.read", "people.alias.choose", "people.need.grant", "support.case.*", "support.contact.*",
        "support.link.*", "schools.post.add", "schools.post.end", "records.record.choose_signer",
        "diary.*", "noticeboard.event.*", "noticeboard.time.*", "schools.timetable.*", "notices.registration.*",
        "people.code.*", *_PORTAL, "safety.caution.write", "forms.form.*", *_LEARNING, "noticeboard.menu.*",
        "support.question.*", "keeping.request.*", "transcripts.*", "custody.*", "rollout.plan.see",
        "rollout.plan.join", "results.moment.*", "results.year.*",
    ),
    "delegate": (*_SIGNS, *_SEES),
    "teacher": (*_SIGNS, "conversations.staff.*", "rollout.plan.see"),
    "class_teacher": (*_SIGNS, "conversations.staff.*", "rollout.plan.see"),
    "examiner": (*_SIGNS,),
    "administrator": (
        *_SEES, "records.record.read", "records.record.draft", "records.record.ready", "records.record.release",
        "records.record.retry", "records.record.annul", "records.record.choose_signer", "results.decision.*",
        "people.*", "schools.*", "curriculum.*", "connectors.import.*", "journal.read", "signing.ceremony.see",
        "sealing.seal.read", "delivery.message.see", "diary.lesson.*", "diary.attendance.*", "diary.absence.*",
        "diary.leave.*", "diary.report.see", "diary.register.*", "diary.import.*", "diary.export.*",
        "diary.completeness.*", "diary.phrase.school", "diary.group.every", "noticeboard.event.*", "noticeboard.time.*",
        "notices.registration.*", *_PORTAL, "forms.form.*", "noticeboard.menu.*", "support.question.*",
        "support.case.*", "support.contact.*", "support.link.*",
        "keeping.request.*", "learning.plan.see", "transcripts.*", "custody.*", "rollout.plan.see", "rollout.plan.join",
    ),
    "archivist": (
        "records.record.read", "archive.*", "journal.read", "people.details.see", "keeping.list.*",
        "custody.lookup.open", "custody.copy.*", "custody.transfer.see",
    ),
    GUARDIAN: (
        "people.details.see", "people.protected.see", "records.record.fetch", "records.record.share", "diary.family.*",
        "diary.leave.ask", "diary.leave.consent", "diary.leave.withdraw", "noticeboard.event.answer",
        "noticeboard.time.book", "noticeboard.feed.*", "notices.choice.*", *_FAMILY, "care.week.write",
        "care.collector.*",
    ),
    SELF: (
        "diary.family.*", "noticeboard.feed.*", "notices.choice.*", *_FAMILY,
        "people.details.see", "people.protected.see", "records.record.fetch", "records.record.share",
        "people.guardianship.consent", "people.contact.see", "people.contact.add", "people.contact.remove",
        "reporting.own.*",
    ),
}  # fmt: skip
"""Role → verbs at its place. Guardian and self are limited to their wards, or to oneself."""

GROUP_VERBS: Mapping[str, tuple[str, ...]] = {
    "teacher": (
        "schools.group.see", "people.details.see", "diary.lesson.*", "diary.attendance.*", "diary.mark.*",
        "diary.remark.*", "diary.assessment.*", "diary.health.see", "diary.report.*", "noticeboard.event.*",
        "noticeboard.time.*", "noticeboard.class_news.*", "conversations.*", "forms.form.*", "care.*", *_LEARNING,
        "support.question.answer", "support.link.*",
    ),
    "class_teacher": (
        "diary.absence.*", "diary.class.*", "diary.leave.*", "diary.health.*", "diary.completeness.see",
        "people.contact.see",
        "people.guardianship.see", "people.code.*", "notices.registration.*", "transcripts.*",
        "results.moment.close", "results.year.see", "results.year.confirm", "results.year.reassess",
    ),
}  # fmt: skip
"""Role → verbs in the groups that a teacher teaches, and in those that a class teacher has; nowhere else."""

AUTHORITY_VERBS: tuple[str, ...] = (
    "diary.phrase.body", "sealing.seal.*", "people.protected.review", "support.tool.*", "noticeboard.*", "keeping.*",
    "accounts.client.*", "rollout.*", "supervision.*", "connectors.delivery.*",
)  # fmt: skip
"""What an administrator of the body responsible (or an office of it) may do beyond one of a school."""

HEAD_VERBS: tuple[str, ...] = ("supervision.*", "connectors.delivery.see")
"""What the head of a body responsible (or of an office of it) may do beyond one of a school."""

SCHOOL_VERBS: tuple[str, ...] = ("diary.report.pupils", "diary.mark.see", "diary.remark.see")
"""What an administrator of a school may do, and one of the body responsible may not: see marks and remarks pupil by
pupil. What reports hide of small groups would stand open beside them."""

_REPORTS = (
    "reporting.list.read", "reporting.list.open", "reporting.list.write", "reporting.list.send",
    "reporting.list.comment", "reporting.list.grader", "reporting.subscription.*", "reporting.feedback.send",
    "connectors.lms.fetch",
)  # fmt: skip
UNIVERSITY_VERBS: Mapping[str, tuple[str, ...]] = {
    "teacher": _REPORTS,
    "examiner": (
        *_REPORTS, "reporting.list.return", "reporting.list.sign", "reporting.list.correct", "connectors.registry.see",
        "connectors.registry.resolve",
    ),
    "administrator": (
        "reporting.list.read", "reporting.list.open", "reporting.list.comment", "reporting.subscription.*",
        "reporting.feedback.send", "reporting.office.see", "reporting.log.read", "connectors.registry.see",
    ),
    "principal": ("reporting.list.read", "reporting.office.see", "reporting.rule.propose", "reporting.log.read"),
    "archivist": ("reporting.list.read", "reporting.log.read", "reporting.office.see"),
}  # fmt: skip
"""Role → what it may do with result lists at its unit of a university, beyond `VERBS`."""

ADMIN_MODE_VERBS: tuple[str, ...] = (
    "reporting.list.write", "reporting.list.send", "reporting.list.correct", "reporting.list.enter",
    "reporting.office.*", "reporting.desk.*", "reporting.rule.propose", "connectors.registry.*", "connectors.lms.*",
    "accounts.client.*", "studies.*",
)  # fmt: skip
"""What an administrator of a university may do once the administrator mode is on; off at each login (row B43)."""

UNIVERSITY_WIDE: tuple[str, ...] = ("people.details.see", "people.person.search", "studies.study.see")
"""What all who report may do in the whole university: students and registrations belong to no department."""

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
_UNIVERSITY_AREAS: Mapping[str, tuple[Area, ...]] = {
    "principal": (Area.RESULTS, Area.STAFF, Area.OFFICE),
    "teacher": (Area.RESULTS, Area.STAFF),
    "examiner": (Area.RESULTS, Area.STAFF),
    "administrator": (Area.RESULTS, Area.OFFICE),
    "archivist": (Area.OFFICE, Area.RESULTS),
}


class NoAdminMode(Refused):
    """The role that is worn has no administrator mode."""

    code = "accounts.admin_mode.none"


def has_admin_mode(hat: Hat) -> bool:
    """Whether that hat can be given more powers for the rest of a login: administrators of a university."""
    return hat.university and hat.role == "administrator"


def hats_from(
    *,
    person: UUID,
    posts: Sequence[PostView],
    unit_paths: Mapping[UUID, str],
    wards: Collection[UUID],
    lessons: Mapping[UUID, Collection[UUID]] | None = None,
    universities: Collection[UUID] = (),
) -> tuple[Hat, ...]:
    """The hats of a person: one for each role and unit, then guardian, then oneself.

    A class teacher who teaches other classes too wears one hat for both, and so does an examiner who teaches at the
    same unit of a university. `lessons`: unit → groups that the timetable lets the person teach there. `universities`:
    those of the units that belong to one.
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
            areas=_UNIVERSITY_AREAS.get(role, AREAS[role]) if unit in universities else AREAS[role],
            university=unit in universities,
            groups=tuple(p.group for p in some if p.group is not None),
            taught=tuple(sorted(taught.get(unit, ()))) if role in {"teacher", "class_teacher"} else (),
        )
        for (role, unit), some in found.items()
        if not (role == "teacher" and _wider(unit, found, universities))
    ]
    if wards:
        hats.append(Hat(GUARDIAN, GUARDIAN, "/", None, "/", AREAS[GUARDIAN], wards=tuple(sorted(wards))))
    hats.append(Hat(SELF, SELF, "/", None, "/", AREAS[SELF], wards=(person,)))
    return tuple(hats)


def _wider(unit: UUID, found: Mapping[tuple[str, UUID], Sequence[PostView]], universities: Collection[UUID]) -> bool:
    """Whether another hat of the person at that unit can do all that a teacher's can."""
    return ("class_teacher", unit) in found or (unit in universities and ("examiner", unit) in found)


def actor_of(hat: Hat, *, person: UUID, identified_by: str, authority: bool, admin_mode: bool = False) -> Actor:
    """The actor under a hat. `authority`: the hat's unit is a body responsible or an office of it.

    `admin_mode`: an administrator of a university has switched on what only then may be done.
    """
    verbs = VERBS[hat.role]
    if hat.university:
        verbs = (*verbs, *UNIVERSITY_VERBS.get(hat.role, ()))
        if admin_mode and hat.role == "administrator":
            verbs = (*verbs, *ADMIN_MODE_VERBS)
    if hat.role == "administrator":
        verbs = (*verbs, *(AUTHORITY_VERBS if authority else SCHOOL_VERBS))
    if hat.role == "principal" and authority:
        verbs = (*verbs, *HEAD_VERBS)
    grants = [
        Grant(hat.role, hat.path, verbs, wards=frozenset(hat.wards)),
        Grant(hat.role, "/", OWN, wards=frozenset({person})),
    ]
    if hat.university and hat.role in UNIVERSITY_VERBS:
        whole = "/" + hat.path.split("/")[1] + "/"
        grants.append(Grant(hat.role, whole, UNIVERSITY_WIDE))
    if hat.taught:  # a grant that is limited to no group would hold for all of them
        grants.append(Grant("teacher", hat.path, GROUP_VERBS["teacher"], groups=frozenset(hat.taught)))
    if hat.role == "class_teacher" and hat.groups:
        grants.append(Grant(hat.role, hat.path, GROUP_VERBS[hat.role], groups=frozenset(hat.groups)))
    return Actor(id=person, identified_by=identified_by, grants=tuple(grants))
