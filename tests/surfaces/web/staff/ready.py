"""Documents that wait for a signature, made quickly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from uuid import UUID

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.base.ids import new_id
from testamur.law.contract import Period
from testamur.register.people import actions as people
from testamur.register.people.rules import Scheme
from testamur.register.schools import actions as schools
from testamur.register.schools import queries as school_queries
from testamur.register.schools.rules import NewEnrolment
from testamur.surfaces.cli import demo_build, demo_data, issuing
from testamur.trust.records import actions, steps
from testamur.trust.records.models import DraftFile, Record, RecordSigner
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import NewRecord, State, code
from tests.surfaces.web import world as worlds
from tests.surfaces.web.world import World

TERM_REPORT = "se.compulsory.terminsbetyg"
CATALOGUE = "betygskatalog"
_RENDERERS: list[Renderer] = []


def planned(
    world: World, school: UUID | None = None, documents: Sequence[str] = ("terminsbetyg",), term: str = worlds.TERM
) -> list[NewRecord]:
    """What a school has to issue this term, of those kinds."""
    plan = issuing.plan(operator(), school or world.school, worlds.YEAR, term, documents, worlds.ISSUED_ON)
    return list(plan.records)


def make_ready(new: Sequence[NewRecord]) -> list[UUID]:
    """Everything prepared and marked ready; returns the ids."""
    by = operator()
    if not _RENDERERS:
        _RENDERERS.append(Renderer())
    made = steps.prepare(
        by=by, new=new, renderer=_RENDERERS[0], public_url="https://testamur.example", test=True, now=clock.now()
    )
    issuing.vouch(by, made)
    for path in sorted({one.issuer.path for one in new}):
        some = [one.record for one in new if one.issuer.path == path]
        actions.mark_ready(by=by, path=path, records=some, now=clock.now())
    return list(made)


def issue_all() -> int:
    """What the background worker does: one batch after another, to the end."""
    published = 0
    while (done := steps.issue_next(by=operator(), worker="test", clock=clock.now)) is not None:
        published += done
    return published


def crowd(world: World, count: int) -> list[UUID]:
    """So many more pupils in the class, with grades, whose term reports are ready."""
    by, random, now = operator(), Random(23), clock.now()
    year = school_queries.school_years(world.authority)[0]
    period = Period(worlds.YEAR, worlds.TERM, year.terms[-1].starts, year.terms[-1].ends)
    land = demo_build._Land(
        world.authority, world.authority_path, "se.compulsory", Scheme.PERSONNUMMER, False, period, year.id
    )
    invented = demo_data.swedish(random, demo_data.days(random, 2011))
    new = [replace(demo_build._person(land, next(invented)), contacts=()) for _ in range(count + 8)][8:]
    pupils = people.register_persons(by=by, path=world.school_path, persons=new, now=now)
    start = worlds.ISSUED_ON - timedelta(days=290)
    schools.add_enrolments(
        by=by,
        enrolments=[NewEnrolment(p, world.school, start, group=world.group, year_level=8) for p in pupils],
        now=now,
    )
    for pupil in pupils:
        worlds.decide(land, world.school, world.school_path, pupil, world.persons["teacher"], now)
    return make_ready(planned(world))


def rows(world: World, count: int, *, version: int = 1) -> None:
    """So many waiting documents as rows alone, for looking at lists."""
    file = DraftFile(id=new_id(), made_at=clock.now(), size=1)
    file.save(force_insert=True)
    pupils = [world.persons[name] for name in ("pupil", "third", "fourth")]
    ids = [new_id() for _ in range(count)]
    Record.objects.bulk_create(
        Record(
            id=key, organisation=world.authority, unit=world.school, path=world.school_path,
            document_type=TERM_REPORT, pack="se_compulsory", subject_kind="pupil", subject=pupils[n % 3],
            title="Terminsbetyg", period="2025/2026 VT", version=version + n // 3, code=code(key),
            content_sha256="0" * 64, record_json_sha256="0" * 64, h0=f"{n:064x}", size=1, json_size=1,
            draft_file=file, draft_offset=0, issued_on=worlds.ISSUED_ON,
            group_code=f"{n // 25 + 1:02}A", ready_at=clock.now(),
        )
        for n, key in enumerate(ids)
    )  # fmt: skip
    Record.objects.filter(id__in=ids).update(state=State.READY)
    RecordSigner.objects.bulk_create(
        RecordSigner(record_id=key, order=1, role="principal", person=world.persons["principal"]) for key in ids
    )
