"""What happened to a document, in plain words and in order of time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from testamur.kernel.base.actor import OPERATOR, Actor
from testamur.kernel.jobs.rules import STEP
from testamur.kernel.journal import queries as journal
from testamur.register.people import queries as people
from testamur.register.people.rules import PersonView
from testamur.surfaces.web.office import words
from testamur.trust.records.queries.finding import Details


@dataclass(frozen=True, slots=True)
class Act:
    """One thing that happened; `who` may be empty, `why` is the reason that was given."""

    at: datetime
    what: str
    who: str = ""
    why: str = ""


def told(*, by: Actor, found: Details, names: Mapping[UUID, PersonView]) -> list[Act]:
    """From the first draft on: what the record itself knows, and the journal's acts that name it."""
    acts = [Act(found.made_at, _("Draft made"))]
    if found.ready_at:
        acts.append(Act(found.ready_at, _("Marked ready to sign")))
    if found.declined_at:
        acts.append(Act(found.declined_at, _("Declined by a signer")))
    acts += [
        Act(s.signed_at, _("Signed as %(role)s") % {"role": words.word(words.ROLES, s.role)}, _name(names, s.person))
        for s in found.signatures
        if s.signed_at
    ]
    for at, what in (
        (found.sealed_at, _("Sealed by the body responsible")),
        (found.published_at, _("Written to the log and the archive")),
        (found.released_at, _("Visible to those whom it is about")),
    ):
        if at:
            acts.append(Act(at, what))
    # an e-ID tells whole seconds: within one, the order of a document's life holds
    return sorted([*acts, *_journal(by, found)], key=lambda act: act.at.replace(microsecond=0))


def _journal(by: Actor, found: Details) -> list[Act]:
    if not by.may("journal.read", found.record.path):
        return []
    entries = journal.of_record(by=by, path=found.record.path, record=found.record.id)
    who = people.people(by=by, ids={e.actor for e in entries} - {OPERATOR, STEP})
    return [
        Act(e.at, words.word(words.ACTS, e.kind), _actor(who, e.actor), str(e.refs.get("why", ""))) for e in entries
    ]


def _actor(names: Mapping[UUID, PersonView], actor: UUID) -> str:
    if actor == OPERATOR:
        return _("The operator of the system")
    return _("The system itself") if actor == STEP else _name(names, actor)


def _name(names: Mapping[UUID, PersonView], person: UUID) -> str:
    return names[person].name if person in names else ""
