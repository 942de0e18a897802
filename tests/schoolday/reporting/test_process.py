"""The way of signing is a dated decision, signed by the head; desks and preferences."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry as JournalEntry
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.register.people.rules import ContactInvalid
from testamur.schoolday.reporting import actions, steps, tasks
from testamur.schoolday.reporting.actions.process import ProcessTwice
from testamur.schoolday.reporting.models import ProcessRule
from testamur.schoolday.reporting.queries import desks, preferences, process
from testamur.schoolday.reporting.rules.states import Desk as Matter
from testamur.schoolday.reporting.rules.states import Way
from testamur.schoolday.reporting.rules.views import PreferenceView
from testamur.surfaces.cli.issuing import signer_actor
from testamur.surfaces.cli.trust import write_trust
from testamur.trust.archive.queries import store
from testamur.trust.records import actions as records
from testamur.trust.records import queries as kept
from testamur.trust.records.rules import State
from tests.schoolday.reporting.signing import URL, Desk
from tests.schoolday.reporting.university import University

FROM = date(2015, 6, 1)


@pytest.fixture
def desk(sealing_university: University) -> Desk:
    return Desk(sealing_university)


def rule(u: University, path: str, way: Way, day: date, *, in_force: bool = True) -> None:
    ProcessRule.objects.create(
        path=path,
        way=way,
        grade_from=day,
        decided_by=u.persons["rector"],
        made_at=u.now,
        in_force_at=u.now if in_force else None,
    )


@pytest.mark.django_db
@pytest.mark.feature("B24")
def test_the_nearest_units_latest_decision_in_force_says_the_way(university: University):
    u = university
    assert process.way_for(path=u.data, on=date(2000, 1, 1)) is Way.ELECTRONIC
    rule(u, u.path, Way.PAPER, date(1993, 7, 1))
    rule(u, u.path, Way.ELECTRONIC, FROM)
    rule(u, u.path, Way.PAPER, date(2020, 1, 1), in_force=False)
    assert process.way_for(path=u.data, on=date(2015, 5, 31)) is Way.PAPER
    assert process.way_for(path=u.data, on=FROM) is Way.ELECTRONIC
    assert process.way_for(path=u.data, on=date(2026, 1, 1)) is Way.ELECTRONIC
    rule(u, u.data, Way.PAPER, date(2026, 1, 1))
    assert process.way_for(path=u.data, on=date(2026, 1, 1)) is Way.PAPER
    assert process.way_for(path=u.departments["ekonomi"], on=date(2026, 1, 1)) is Way.ELECTRONIC


@pytest.mark.feature("B45", "B24")
@pytest.mark.django_db(transaction=True)
def test_a_change_of_the_process_is_a_signed_sealed_decision_of_the_head(desk: Desk):
    u = desk.u
    rector = u.actor("rector")
    with pytest.raises(NotAllowed):
        actions.propose_process(by=u.actor("administrator"), path=u.path, way=Way.PAPER, grade_from=FROM, now=u.now)
    key = actions.propose_process(
        by=rector, path=u.path, way=Way.PAPER, grade_from=FROM, reference="PH 2026/123", now=desk.now()
    )
    with pytest.raises(ProcessTwice):
        actions.propose_process(by=rector, path=u.path, way=Way.ELECTRONIC, grade_from=FROM, now=desk.now())
    press = steps.Press(desk.press(), URL, True, desk.now)
    by = tasks._step(rector.id)
    record = steps.prepare_process(by=by, rule=key, made=press)
    assert steps.prepare_process(by=by, rule=key, made=press) == record
    assert steps.put_in_force(by=tasks.FORCE_STEP, now=desk.now()) == 0
    assert process.way_for(path=u.data, on=date(2016, 1, 1)) is Way.ELECTRONIC
    desk.sign([record], who="rector", role="principal", path=u.path)
    assert steps.put_in_force(by=tasks.FORCE_STEP, now=desk.now()) == 0  # signed, not yet published
    desk.issue()
    assert steps.put_in_force(by=tasks.FORCE_STEP, now=desk.now()) == 1
    assert steps.put_in_force(by=tasks.FORCE_STEP, now=desk.now()) == 0
    assert process.way_for(path=u.data, on=date(2016, 1, 1)) is Way.PAPER
    (view,) = process.rules(by=rector, path=u.path)
    assert (view.record, view.reference, view.decided_by) == (record, "PH 2026/123", rector.id)
    said = kept.frozen(records=[record])[record]["content"]
    assert (said["way"], said["grade_from"], said["reference"]) == ("paper", "2015-06-01", "PH 2026/123")

    trust = parse_trust(write_trust(Path(settings.DATA) / "trust.json").read_bytes())
    assert verify_file(store().read(record, "record.pdf"), trust, "record.pdf").word == "valid"


@pytest.mark.feature("B45")
@pytest.mark.django_db(transaction=True)
def test_a_decision_that_the_head_declined_gives_its_day_free(desk: Desk):
    u, rector = desk.u, desk.u.actor("rector")

    def propose(way: Way) -> UUID:
        return actions.propose_process(by=rector, path=u.path, way=way, grade_from=FROM, now=desk.now())

    first = propose(Way.PAPER)
    press = steps.Press(desk.press(), URL, True, desk.now)
    record = steps.prepare_process(by=tasks._step(rector.id), rule=first, made=press)
    with pytest.raises(ProcessTwice):
        propose(Way.ELECTRONIC)
    head = signer_actor(rector.id, u.path, "principal")
    records.decline(by=head, records=[record], why="The wrong way, as we agreed.", now=desk.now())
    second = propose(Way.ELECTRONIC)
    assert [one.id for one in process.rules(by=rector, path=u.path)] == [second]
    assert [view.state for view in kept.by_ids(by=u.by, records=[record])] == [State.DISPOSED]
    entry = JournalEntry.objects.filter(kind="reporting.rule.proposed/1").order_by("id").last()
    assert entry is not None
    assert entry.refs["replaces"] == [str(first)]
    with pytest.raises(ProcessTwice):
        propose(Way.PAPER)


@pytest.mark.django_db
@pytest.mark.feature("B27")
def test_each_desk_has_the_address_of_the_nearest_unit(university: University):
    u = university
    by = u.actor("university_administrator", admin_mode=True)
    assert desks.of(path=u.data) == {}
    actions.set_desk(by=by, path=u.path, desk=Matter.SYSTEM, email="system@prov.example", now=u.now)
    actions.set_desk(by=by, path=u.path, desk=Matter.OFFICE, email="kansli@prov.example", now=u.now)
    actions.set_desk(by=by, path=u.data, desk=Matter.OFFICE, email="data@prov.example", now=u.now)
    assert desks.of(path=u.data) == {Matter.SYSTEM: "system@prov.example", Matter.OFFICE: "data@prov.example"}
    actions.set_desk(by=by, path=u.data, desk=Matter.OFFICE, email="", now=u.now)
    assert desks.of(path=u.data)[Matter.OFFICE] == "kansli@prov.example"
    with pytest.raises(ContactInvalid):
        actions.set_desk(by=by, path=u.path, desk=Matter.OFFICE, email="ingen adress", now=u.now)
    with pytest.raises(NotAllowed):
        actions.set_desk(by=u.actor("university_administrator"), path=u.path, desk=Matter.OFFICE, email="", now=u.now)
    assert "prov.example" not in str(
        list(JournalEntry.objects.filter(kind="reporting.desk.set/1").values_list("refs", flat=True))
    )


@pytest.mark.django_db
@pytest.mark.feature("B4")
def test_everybody_who_reports_keeps_own_preferences(university: University):
    u = university
    teacher = u.actor("teacher")
    assert preferences.of(person=teacher.id) == PreferenceView()
    chosen = PreferenceView(sort="given", enter_moves="right", mail_signed=False)
    actions.set_preference(by=teacher, path=u.data, preference=chosen, now=u.now)
    assert preferences.of(person=teacher.id) == chosen
    assert preferences.of(person=u.persons["colleague"]) == PreferenceView()
    with pytest.raises(NotFound):
        actions.set_preference(by=teacher, path=u.data, preference=PreferenceView(sort="colour"), now=u.now)
