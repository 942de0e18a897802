"""Programs that read through the API: what their scopes let them do, and as whom they act."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import Refused

GRADEBOOK = "https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.readonly"
"""OneRoster 1.2, Gradebook Service."""
GRADES = "ss12000.grades.readonly"
"""SS 12000 names no scopes; these are ours, one for each resource."""
ORGANISATIONS = "ss12000.organisations.readonly"
PERSONS = "ss12000.persons.readonly"
GROUPS = "ss12000.groups.readonly"
DUTIES = "ss12000.duties.readonly"
ACTIVITIES = "ss12000.activities.readonly"
CALENDAR = "ss12000.calendar.readonly"
ATTENDANCES = "ss12000.attendances.readonly"
ABSENCES = "ss12000.absences.readonly"
"""What families reported and the school granted; never why."""
PLACEMENTS = "ss12000.placements.readonly"
"""Children in preschool and after-school care."""
CARE = "ss12000.care.readonly"
"""Their hours, and when they came and went."""
SUBSCRIPTIONS = "ss12000.subscriptions"
GUARDIANS = "ss12000.guardians.readonly"
"""Beside `PERSONS`: who has custody of a child, and how they are reached."""
ROSTER_CORE = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-core.readonly"
"""OneRoster 1.2, Rostering Service, without guardians."""
ROSTER = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
"""The same with guardians as agents."""
DEMOGRAPHICS = "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-demographics.readonly"
PROTECTED = "testamur.protected.readonly"
"""Beside another scope: protected persons by name. Without it they are masked or left out."""

_ROSTER = ("people.contact.see",)
SCOPES: Mapping[str, tuple[str, ...]] = {
    GRADEBOOK: ("results.decision.read",),
    GRADES: ("results.decision.read",),
    ORGANISATIONS: (),
    PERSONS: ("people.details.see", "people.contact.see"),
    GUARDIANS: ("people.guardianship.see",),
    GROUPS: (),
    DUTIES: (),
    ACTIVITIES: (),
    CALENDAR: (),
    ATTENDANCES: (),
    ABSENCES: (),
    PLACEMENTS: (),
    CARE: (),
    SUBSCRIPTIONS: ("connectors.roster.subscribe",),
    ROSTER_CORE: _ROSTER,
    ROSTER: (*_ROSTER, "people.guardianship.see"),
    DEMOGRAPHICS: ("people.details.see",),
    PROTECTED: ("people.protected.see",),
}
"""Scope → what a program that has it may do at its place. None but `PROTECTED` shows a protected person."""
SHORT: Mapping[str, str] = {
    "gradebook": GRADEBOOK, "grades": GRADES, "organisations": ORGANISATIONS, "persons": PERSONS,
    "guardians": GUARDIANS, "groups": GROUPS, "duties": DUTIES, "activities": ACTIVITIES, "calendar": CALENDAR,
    "attendances": ATTENDANCES, "absences": ABSENCES, "placements": PLACEMENTS, "care": CARE,
    "subscriptions": SUBSCRIPTIONS, "roster-core": ROSTER_CORE, "roster": ROSTER,
    "demographics": DEMOGRAPHICS, "protected": PROTECTED,
}  # fmt: skip
"""What people call the scopes, at the console and in the office."""


class ScopeUnknown(Refused):
    """There is no such scope, or none was named."""

    code = "accounts.client.scope"


class ClientUnnamed(Refused):
    """A client has a name of at most 120 characters."""

    code = "accounts.client.name"


class ClientRefused(Refused):
    """The client is unknown, ended, or its secret is wrong; which of them is not told."""

    code = "accounts.client.refused"


@dataclass(frozen=True, slots=True)
class ClientView:
    """A program that reads. `path` is the place at and below which it reads."""

    id: UUID
    name: str
    path: str
    scopes: tuple[str, ...]
    made_by: UUID
    made_at: datetime
    used_at: datetime | None
    ended_at: datetime | None


@dataclass(frozen=True, slots=True)
class NewClient:
    """A client just made. The secret is shown once and kept nowhere."""

    id: UUID
    secret: str


def program(client: ClientView, scopes: tuple[str, ...]) -> Actor:
    """The actor that a client is with these scopes, of which it has to have all. Raises ScopeUnknown."""
    beyond = set(scopes) - set(client.scopes)
    if beyond:
        raise ScopeUnknown("The client has no such scope.", field="scope", scope=min(beyond)[:120])
    verbs = tuple(dict.fromkeys(verb for scope in scopes for verb in SCOPES.get(scope, ())))
    return Actor(id=client.id, identified_by="api", grants=(Grant("program", client.path, verbs),) if verbs else ())
