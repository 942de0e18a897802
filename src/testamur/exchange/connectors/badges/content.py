"""What a badge says, and about whom.

Source: Open Badges 3.0, context 3.0.3, on the Verifiable Credentials Data Model 2.0. The subject is named by name
alone: a personal number would travel with every copy, and whoever needs it finds it in the certificate that the
badge leads to. The subject's id is made for this credential, so that two badges of one person cannot be joined by it.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from testamur.exchange.connectors.completed import Completed
from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.trust.records.queries import CitizenRecord

CONTEXTS = (
    "https://www.w3.org/ns/credentials/v2",
    "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
)


def address(public: str, code: str) -> str:
    """Id of the badge that stands on the certificate with that code; there it says whether it holds."""
    return f"{public.rstrip('/')}/badges/{code}"


def issuer_address(public: str, organisation: UUID) -> str:
    """Id of the issuer; there stand its name and keys."""
    return f"{public.rstrip('/')}/badges/issuers/{organisation}"


def profile(public: str, organisation: UUID, name: str) -> dict[str, Any]:
    """The issuer as it stands inside a badge."""
    return {
        "id": issuer_address(public, organisation),
        "type": ["Profile"],
        "name": name,
        "url": public,
    }


def credential(one: Completed, held: CitizenRecord, *, public: str, name: str) -> dict[str, Any]:
    """The credential of a completed course, not secured yet. `held` is its certificate, `name` the student's."""
    code = address(public, held.code)
    began = datetime.fromtimestamp(int(held.released_at.timestamp()), UTC)  # whole seconds: ``nbf`` has no others
    return {
        "@context": list(CONTEXTS),
        "id": code,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": one.whole.name,
        "issuer": profile(public, held.organisation, held.organisation_name),
        "validFrom": stamp(began),
        "awardedDate": f"{one.decided_on.isoformat()}T00:00:00Z",
        "credentialSubject": _subject(one, code, name),
        "credentialStatus": {
            "id": f"{issuer_address(public, held.organisation)}/revocations",
            "type": "1EdTechRevocationList",
        },
        "evidence": [
            {
                "id": f"{public.rstrip('/')}/v/{held.code}",
                "type": ["Evidence"],
                "name": held.title,
                "narrative": f"The sealed certificate with the code {held.code}.",
            }
        ],
    }


def _subject(one: Completed, code: str, name: str) -> dict[str, Any]:
    grade = urn(uuid5(NAMESPACE_URL, f"{one.course}/{one.whole.scale.id}"))
    return {
        "id": urn(uuid5(NAMESPACE_URL, f"{code}#{one.decision}")),
        "type": ["AchievementSubject"],
        "identifier": [
            {"type": "IdentityObject", "identityHash": name, "identityType": "name", "hashed": False},
        ],
        "activityEndDate": f"{one.whole.examined_on.isoformat()}T00:00:00Z",
        "creditsEarned": _credits(one),
        "achievement": _achievement(one, grade),
        "result": [{"type": ["Result"], "resultDescription": grade, "value": one.whole.value}],
    }


def _achievement(one: Completed, grade: str) -> dict[str, Any]:
    english = f" ({one.whole.name_en})" if one.whole.name_en else ""
    modules = ", ".join(f"{part.code} {part.name}" for part in one.parts)
    return {
        "id": urn(one.course),
        "type": ["Achievement"],
        "achievementType": "Course",
        "humanCode": one.whole.code,
        "name": one.whole.name,
        "description": f"{one.whole.code} {one.whole.name}{english}, {one.whole.credits} ECTS credits.",
        "criteria": {"narrative": f"A passing grade on the whole course{f'; modules: {modules}' if modules else ''}."},
        "creditsAvailable": _credits(one),
        "resultDescription": [
            {
                "id": grade,
                "type": ["ResultDescription"],
                "name": "Grade",
                "resultType": "LetterGrade",
                "allowedValue": [step.value for step in one.whole.scale.values],
            }
        ],
    }


def _credits(one: Completed) -> int | float:
    """A whole number without a point: canonical JSON writes it so."""
    amount = one.whole.credits
    return int(amount) if amount == int(amount) else float(amount)
