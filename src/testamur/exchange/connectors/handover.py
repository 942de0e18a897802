"""The one place where a finished document leaves the import and becomes a draft record."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.conf import settings

from testamur.exchange.connectors.rules import IncomingDocument
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.register.people.actions import legal_persons
from testamur.register.people.queries import holder_of_identifier
from testamur.register.schools import queries as schools
from testamur.schoolday.results.steps import authority_of
from testamur.trust.records.rules import Issuer, Signer, Subject
from testamur.trust.records.steps import taking_in

PURPOSE = "connectors.documents"


class SchoolUnknown(Refused):
    """Neither the register file nor the pupil's enrolment tells which school issues the document."""

    code = "import.document.school"


class SignerUnknown(Refused):
    """A signer is nobody in the register."""

    code = "import.document.signer_unknown"


def take_in(*, by: Actor, document: IncomingDocument, pupil: UUID, unit: UUID | None, now: datetime) -> UUID:
    """Make a draft record of a finished document; returns its id.

    Raises `SchoolUnknown`, `SignerUnknown` and what `trust.records.taking_in.take_in` refuses.
    """
    school = schools.unit(unit) if unit is not None else None
    if school is None:
        raise SchoolUnknown("Name the school in the column school_code.", field="school_code")
    persons = [_signer(s.scheme, s.identifier, now.date()) for s in document.signers]
    legal = legal_persons(by=by, ids=list(dict.fromkeys([pupil, *persons])), purpose=PURPOSE, now=now)
    body = authority_of(school)
    facts = legal[pupil].facts
    signers = tuple(
        Signer(
            s.order, s.role, s.role, person, legal[person].facts.name, legal[person].facts.identifier_scheme,
            legal[person].facts.identifier,
        )
        for s, person in zip(document.signers, persons, strict=True)
    )  # fmt: skip
    finished = taking_in.Finished(
        data=document.load(),
        name=document.path,
        kind=document.title or document.document_type,
        issuer=Issuer(body.id, body.name, school.id, school.code, school.name, school.path),
        subject=Subject(
            "pupil", pupil, facts.name, facts.given, facts.family, facts.identifier_scheme, facts.identifier,
            facts.birth_date,
        ),
        period=f"{document.school_year} {document.term}".strip(),
        signers=signers,
        issued_on=document.issued_on or now.date(),
    )  # fmt: skip
    test = settings.MODE == "demo"
    return taking_in.take_in(by=by, finished=finished, public_url=settings.PUBLIC_URL, test=test, now=now)


def _signer(scheme: str, identifier: str, on: date) -> UUID:
    person = holder_of_identifier(scheme=scheme, value=identifier, on=on)
    if person is None:
        raise SignerUnknown("A signer is nobody in the register: import the staff first.", field="signers")
    return person
