"""Our own provider read by our own connectors: what one part of the product tells, another takes over."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.conf import settings
from django.core import signals
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections

from testamur.access.accounts.rules import clients as scopes
from testamur.exchange.connectors.models import SourceKey
from testamur.exchange.connectors.roster.rules import SourceView
from testamur.exchange.connectors.rostering import sources, syncing
from testamur.exchange.connectors.rostering.syncing import Synced
from testamur.exchange.connectors.tabular.report import Report
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.register.people import actions as people
from testamur.register.people.rules import PersonUpdate
from testamur.register.schools import actions as schools
from testamur.register.schools import queries
from testamur.register.schools.models import Enrolment
from testamur.register.schools.rules import NewUnit, UnitKind
from tests.surfaces.api.conftest import program
from tests.surfaces.api.roster.conftest import Taught

pytestmark = pytest.mark.django_db
ALL = {
    "ss12000": (
        scopes.ORGANISATIONS, scopes.PERSONS, scopes.GUARDIANS, scopes.GROUPS, scopes.DUTIES, scopes.ACTIVITIES,
        scopes.PROTECTED,
    ),
    "oneroster": (scopes.ROSTER, scopes.DEMOGRAPHICS, scopes.PROTECTED),
}  # fmt: skip
BASES = {"ss12000": "/ss12000/v2", "oneroster": "/ims/oneroster/rostering/v1p2"}


@dataclass
class Reading:
    """A body that reads the school of `taught` through the product's own addresses."""

    source: SourceView

    def sync(self, **how: Any) -> tuple[Synced, Report]:
        """Read once."""
        report = Report()
        done = syncing.sync(
            by=operator(), source=self.source.id, report=report, now=clock.now(), loopback=True,
            transport=httpx.WSGITransport(app=get_wsgi_application()), pause=lambda _s: None, **how,
        )  # fmt: skip
        return done, report

    def keys(self, kind: str) -> dict[str, Any]:
        """What of a kind is known of it."""
        name = f"{self.source.authority}/{self.source.name}"
        return dict(SourceKey.objects.filter(source__name=name, kind=kind).values_list("key", "object_id"))


@pytest.fixture(params=sorted(ALL))
def reading(taught: Taught, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Reading]:
    """Another body, which reads the school by one of the two standards."""
    kind = request.param
    former, settings.DATA = settings.DATA, tmp_path / "data"
    unit = NewUnit(UnitKind.AUTHORITY, "9902", "Grannkommunen", country="SE")
    schools.add_units(by=operator(), units=[unit], now=clock.now())
    client = program(taught.world.school_path, *ALL[kind]).made
    made = sources.add_source(
        by=operator(), authority="9902", name="neighbour", kind=kind, base_url=f"http://localhost{BASES[kind]}",
        token_url="http://localhost/api/token", client_id=str(client.id), secret=client.secret, now=clock.now(),
        loopback=True,
    )  # fmt: skip
    signals.request_started.disconnect(close_old_connections)  # the program asked shares the test's transaction
    signals.request_finished.disconnect(close_old_connections)
    yield Reading(made)
    settings.DATA = former
    signals.request_started.connect(close_old_connections)
    signals.request_finished.connect(close_old_connections)


def test_the_whole_roster_is_taken_over_and_again_nothing_changes(taught: Taught, reading: Reading):
    world = taught.world
    done, report = reading.sync()
    # who is read into the very register that tells has the same guardians there already
    refused = {defect.code for defect in report.first if defect.severity == "refused"}
    assert (done.outcome.refused, refused) == (2, {"people.guardianship.invalid"})
    persons = reading.keys("person")
    for name in ("pupil", "protected", "third", "fourth", "teacher", "principal", "guardian"):
        # by their numbers they are known here already: the same persons
        assert persons[str(world.persons[name])] == world.persons[name]
    groups = reading.keys("group")
    assert set(groups) == {str(world.group), str(taught.maths)}
    today = clock.now().date()
    members = queries.members_of(groups=groups.values(), on=today)
    assert len(members[groups[str(world.group)]]) == 4
    assert len(members[groups[str(taught.maths)]]) == 2
    assert queries.group(groups[str(world.group)]).code  # type: ignore[union-attr]
    again, _report = reading.sync(full=True)
    assert again.outcome.changed == 0
    delta, _report = reading.sync()
    assert not delta.full
    assert delta.outcome.changed == 0


def test_a_change_and_a_departure_come_with_the_next_reading(
    taught: Taught, reading: Reading, later: Callable[[], None]
):
    world = taught.world
    reading.sync()
    later()
    fourth = world.persons["fourth"]
    rows = Enrolment.objects.filter(person=fourth, ends=None, school=world.school)
    schools.end_enrolments(by=operator(), ends={row.id: date(2026, 6, 9) for row in rows}, now=clock.now())
    changed = PersonUpdate(world.persons["third"], preferred="Ändrad")
    people.update_persons(by=operator(), updates=[changed], now=clock.now())
    done, _report = reading.sync()
    assert not done.full
    assert done.going["person"] == 1
    group = reading.keys("group")[str(world.group)]
    ended = Enrolment.objects.filter(person=fourth, group=group).get()
    assert ended.ends is not None
