"""Who signs a document, in which order."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID

from testamur.kernel.base.refused import Refused
from testamur.law.contract import DocumentType, SignerStep
from testamur.register.schools.rules import GroupView, Role
from testamur.schoolday.results.steps.gathering import School
from testamur.trust.records.rules import DELEGATE, Signer


class NobodySigns(Refused):
    """A document needs a signer and nobody holds the post, or the holder has no number to be recognised by."""

    code = "results.documents.nobody_signs"


def holders(shared: School, group: GroupView) -> dict[str, Sequence[UUID]]:
    """Principals and delegates of the school, class teachers of the class on the day; who began last comes first."""
    latest = shared.posts[::-1]  # of one role they come in order of start
    return {
        "principal": [p.person for p in latest if p.role is Role.PRINCIPAL],
        DELEGATE: [p.person for p in latest if p.role is Role.DELEGATE],
        "class_teacher": [p.person for p in latest if p.role is Role.CLASS_TEACHER and p.group == group.id],
    }


def signers(
    shared: School, document: DocumentType, held: Mapping[str, Sequence[UUID]], titles: Mapping[UUID, str] | None = None
) -> tuple[Signer, ...]:
    """The document's signers in order; `titles` for those who sign in another capacity. Raises NobodySigns.

    A delegate signs in the holder's place where the law allows it, the school chose it, and there is one on the day.
    """
    found: list[Signer] = []
    for asked in document.signers:
        if asked.role in {"school", "organisation"}:
            continue  # the seal itself
        step = asked
        if asked.delegable and document.code in shared.delegated and held.get(DELEGATE):
            step = replace(asked, role=DELEGATE, title=asked.delegate_title or asked.title)
        people = held.get(step.role, ())
        if not people and not step.needed:
            continue
        if not people:
            raise NobodySigns(
                f"{document.title} at {shared.unit.name} is signed by the {step.role.replace('_', ' ')}; nobody holds "
                "that post on the day. Import whoever does (column role), then issue again.",
                field="role", role=step.role, school=shared.unit.code,
            )  # fmt: skip
        for person in people if step.each else people[:1]:
            found.append(_signer(shared, step, person, len(found) + 1, (titles or {}).get(person, step.title)))
    return tuple(found)


def _signer(shared: School, step: SignerStep, person: UUID, order: int, title: str) -> Signer:
    facts = shared.persons[person].facts
    if not facts.identifier or facts.identifier_scheme == "local":
        raise NobodySigns(
            f"A {step.role.replace('_', ' ')} at {shared.unit.name} has no personal number to be recognised by. Import "
            "the staff with their numbers (--identifiers names their scheme), then issue again.",
            field="identifier", role=step.role, school=shared.unit.code,
        )  # fmt: skip
    return Signer(order, step.role, title, person, facts.name, facts.identifier_scheme, facts.identifier)
