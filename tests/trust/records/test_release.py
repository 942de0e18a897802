"""When citizens see what was published: at once, at a minute, after review; told once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.trust.records import actions, queries, steps
from testamur.trust.records.models import Record
from testamur.trust.records.rules import ReleaseMode
from testamur.trust.records.tasks import RELEASE_STEP
from tests.trust.records.conftest import NOW, Installation
from tests.trust.records.people import LATER, about, citizen, issue, office, pupil

pytestmark = pytest.mark.django_db(transaction=True)

REPORT, PERIOD = "se.compulsory.terminsbetyg", "2025/2026 VT"
MINUTE = datetime(2135, 6, 12, 8, 0, tzinfo=UTC)


def plan(place: Installation, mode: ReleaseMode, at: datetime | None = None, *, now: datetime = NOW) -> int:
    return actions.plan_release(
        by=office(place), path=place.issuer.path, unit=place.issuer.unit, document_type=REPORT, period=PERIOD,
        mode=mode, at=at, now=now,
    )  # fmt: skip


def seen(child: UUID, now: datetime) -> list[UUID]:
    return [r.record for r in queries.of_subjects(by=citizen(child), subjects=[child], now=now)]


def told() -> list[int]:
    return [e.refs["count"] for e in Entry.objects.filter(kind="records.released/1").order_by("id")]


@pytest.mark.feature("A2")
def test_without_a_plan_a_published_record_is_seen_at_once_and_told_of_once(installation: Installation) -> None:
    child = pupil(installation)
    (record,) = issue(installation, about(installation, child))
    assert seen(child, LATER) == [record]
    assert [steps.announce(by=RELEASE_STEP, now=LATER) for _ in range(2)] == [1, 0]
    assert told() == [1]
    refs = Entry.objects.get(kind="records.released/1").refs
    at = datetime.fromisoformat(refs["at"])
    found = queries.announced(unit=UUID(refs["unit"]), document_type=REPORT, period=PERIOD, at=at)
    assert found == ((record, child),)


@pytest.mark.feature("A2")
def test_a_planned_minute_needs_no_job_and_can_be_moved_before_it_comes(installation: Installation) -> None:
    child = pupil(installation)
    plan(installation, ReleaseMode.AT, MINUTE)
    (record,) = issue(installation, about(installation, child))
    second = timedelta(seconds=1)
    assert (seen(child, MINUTE - second), seen(child, MINUTE)) == ([], [record])
    assert steps.announce(by=RELEASE_STEP, now=MINUTE - second) == 0
    assert plan(installation, ReleaseMode.AT, MINUTE + timedelta(hours=1), now=LATER) == 1
    assert seen(child, MINUTE) == []
    assert plan(installation, ReleaseMode.AT_ONCE, now=LATER) == 1
    assert seen(child, LATER) == [record]
    assert plan(installation, ReleaseMode.AFTER_REVIEW, now=LATER) == 0  # what is seen stays so
    assert seen(child, LATER) == [record]


@pytest.mark.feature("A2")
def test_after_review_nothing_is_seen_until_somebody_releases_it(installation: Installation) -> None:
    child, other = pupil(installation), pupil(installation, "Bo")
    plan(installation, ReleaseMode.AFTER_REVIEW)
    records = issue(installation, about(installation, child), about(installation, other, 2))
    assert seen(child, LATER) == []
    (view,) = queries.releases(by=office(installation), path=installation.issuer.path, now=LATER)
    assert (view.mode, view.released, view.waiting) == (ReleaseMode.AFTER_REVIEW, 0, 2)
    place = {"by": office(installation), "path": installation.issuer.path, "now": LATER}
    assert actions.release(**place, records=records[:1]) == 1  # type: ignore[arg-type] # three keywords in one
    assert (len(seen(child, LATER)), len(seen(other, LATER))) == (1, 0)
    group = {"unit": installation.issuer.unit, "document_type": REPORT, "period": PERIOD}
    assert actions.release(**place, **group) == 1  # type: ignore[arg-type] # as above
    assert steps.announce(by=RELEASE_STEP, now=LATER) == 2
    assert told() == [2]
    with pytest.raises(NotFound):
        actions.release(**place)  # type: ignore[arg-type] # as above


@pytest.mark.feature("A22")
def test_a_correction_is_seen_at_once_where_the_former_was_and_waits_with_it_otherwise(
    installation: Installation,
) -> None:
    seen_child, waiting_child = pupil(installation), pupil(installation, "Bo")
    (shown,) = issue(installation, about(installation, seen_child))
    plan(installation, ReleaseMode.AT, MINUTE, now=LATER)
    (hidden,) = issue(installation, about(installation, waiting_child, 2))
    corrections = [
        about(installation, child, 3, version=2, replaces=old, replaced_because="rectification")
        for child, old in ((seen_child, shown), (waiting_child, hidden))
    ]
    issue(installation, *corrections)
    assert seen(seen_child, LATER) == [corrections[0].record, shown]
    assert seen(waiting_child, LATER) == []
    assert seen(waiting_child, MINUTE) == [corrections[1].record]  # the one that was never seen stays unseen
    former = queries.of_subjects(by=citizen(seen_child), subjects=[seen_child], now=LATER)[1]
    assert (former.state, former.replaced_by) == ("rectified", corrections[0].record)


def test_a_record_annulled_before_its_minute_is_never_shown(installation: Installation) -> None:
    child = pupil(installation)
    plan(installation, ReleaseMode.AT, MINUTE)
    (record,) = issue(installation, about(installation, child))
    actions.annul(by=installation.by, path=installation.issuer.path, record=record, why="made in error", now=LATER)
    assert seen(child, MINUTE) == []


def test_a_plan_names_a_minute_to_come_of_a_school_at_that_place(installation: Installation) -> None:
    for mode, at in ((ReleaseMode.AT, None), (ReleaseMode.AT, NOW), (ReleaseMode.AT_ONCE, MINUTE)):
        with pytest.raises(actions.PlanInvalid):
            plan(installation, mode, at)
    with pytest.raises(NotAllowed):
        actions.plan_release(
            by=Actor(UUID(int=9), "test"), path=installation.issuer.path, unit=installation.issuer.unit,
            document_type=REPORT, period=PERIOD, mode=ReleaseMode.AT_ONCE, now=NOW,
        )  # fmt: skip
    with pytest.raises(NotFound):
        actions.plan_release(
            by=office(installation), path=installation.issuer.path, unit=installation.issuer.organisation,
            document_type=REPORT, period=PERIOD, mode=ReleaseMode.AT_ONCE, now=NOW,
        )  # fmt: skip
    assert not Record.objects.exists()
