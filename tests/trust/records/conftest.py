"""A small installation with a seal, a log and a school, and records on their way through it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.ids import new_id, random_id
from testamur.law.contract import Decision, DocumentFacts, Period, PupilFacts, SchoolFacts
from testamur.law.tables import pack
from testamur.surfaces.cli import demo_build, issuing
from testamur.trust.records import steps
from testamur.trust.records.render import Renderer, template_digest
from testamur.trust.records.rules import Issuer, NewRecord, Signer, Subject
from testamur.trust.records.steps import sealing as sealing_step
from testamur.trust.sealing.rules import Algorithm

URL = "https://test.testamur.example"
NOW = datetime(2026, 6, 10, 8, 0, tzinfo=UTC)


@dataclass
class Installation:
    """What the tests use."""

    data: Path
    by: Actor
    issuer: Issuer
    principal: Signer
    renderer: Renderer

    def record(self, number: int = 1, **changes: Any) -> NewRecord:
        """A term report of an invented pupil."""
        se = pack("se.compulsory")
        document = se.documents["terminsbetyg"]
        period = Period("2025/2026", "VT", date(2026, 1, 8), date(2026, 6, 12))
        pupil = PupilFacts(f"Alva Exempelsson {number}", "Alva", "Exempelsson", "se.personnummer", "201203049813",
                           date(2012, 3, 4))  # fmt: skip
        decisions = (
            Decision("grade", "MA", "A", period, 8, decided_on=date(2026, 6, 1)),
            Decision("grade", "SV", "C", period, 8, decided_on=date(2026, 6, 1)),
            Decision("fact", "unexcused_hours", "0", period, 8),
        )
        school = SchoolFacts("1", "Solbackaskolan", "Exempelkommun")
        facts = DocumentFacts(school, period, 8, "8A", pupil, decisions, date(2026, 6, 12))
        values: dict[str, Any] = {
            "record": random_id(),
            "issuer": self.issuer,
            "document": document,
            "pack_id": se.id,
            "pack_version": se.version,
            "template_sha256": template_digest(document.template),
            "subject": Subject("pupil", new_id(), pupil.name, pupil.given, pupil.family, "se.personnummer",
                               "201203049813", date(2012, 3, 4)),
            "period": period.label,
            "content": document.content(facts),
            "signers": (self.principal,),
            "issued_on": date(2026, 6, 12),
        }  # fmt: skip
        return NewRecord(**{**values, **changes})

    def prepare(self, *records: NewRecord) -> list[UUID]:
        """Drafts."""
        return steps.prepare(by=self.by, new=records, renderer=self.renderer, public_url=URL, test=True, now=NOW)

    def issue(self, *records: NewRecord) -> list[UUID]:
        """All the way to published."""
        how = issuing.How(self.data, "demo", URL)
        issuing.run(self.by, list(records), how, lambda _title, _total: lambda _count: None)
        return [r.record for r in records]


@pytest.fixture(scope="session")
def renderer() -> Renderer:
    """One for all tests: loading fonts takes longer than a document."""
    return Renderer()


@pytest.fixture
def installation(tmp_path: Path, settings: Any, renderer: Renderer, transactional_db: None) -> Installation:
    """Seal, log and a school with its principal, in a data folder of its own."""
    settings.DATA = tmp_path
    settings.MODE = "demo"
    by = operator()
    authority, school, principal = demo_build.bare_school(
        by, data=tmp_path, public_url=URL, algorithm=Algorithm.P256, now=datetime.now(UTC)
    )
    issuer = Issuer(authority.id, authority.name, school.id, school.code, school.name, school.path)
    signer = Signer(1, "principal", "Rektor", principal.person, principal.name, "se.personnummer", principal.number)
    sealing_step._ceremony.cache_clear()
    return Installation(tmp_path, by, issuer, signer, renderer)
