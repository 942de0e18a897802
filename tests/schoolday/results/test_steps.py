"""From decisions to the documents of a term."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import actions as schools
from testamur.register.schools.queries import holders, unit, units
from testamur.register.schools.rules import Role, UnitUpdate
from testamur.schoolday.results.actions import correct_decision
from testamur.schoolday.results.steps import ISSUED_ALREADY, NobodySigns, NoPack, Plan, last_day
from testamur.surfaces.cli import issuing, trial
from testamur.trust.records import queries as records
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State
from tests.schoolday.results.conftest import NOW, VT, Class

URL = "https://test.testamur.example"


def kinds(plan: Plan) -> list[str]:
    return sorted(r.document.code.rpartition(".")[2] for r in plan.records)


@pytest.mark.django_db
def test_every_pupil_gets_a_report_and_every_subject_a_catalogue(school: Class) -> None:
    school.graded()
    plan = school.plan()
    assert kinds(plan) == ["betygskatalog", "betygskatalog", "terminsbetyg", "terminsbetyg"]
    assert plan.why_skipped() == {"se.compulsory.document.not_now": 2}
    assert {s.person for r in plan.records for s in r.signers} == {school.principal, school.teacher}


@pytest.mark.django_db
def test_only_the_documents_asked_for_are_planned(school: Class) -> None:
    school.graded()
    assert kinds(school.plan("betygskatalog")) == ["betygskatalog"] * 2
    with pytest.raises(NotFound, match="terminsbetyg, slutbetyg"):
        school.plan("diplom")


@pytest.mark.django_db
def test_the_law_under_which_the_decisions_were_made_is_the_schools_when_it_names_none(school: Class) -> None:
    with pytest.raises(NoPack, match=r"schools\.csv"):
        school.plan()
    school.graded()
    assert {r.pack_id for r in school.plan().records} == {"se.compulsory"}
    schools.update_units(by=school.by, updates=[UnitUpdate(school.school, pack="vn.primary")], now=NOW)
    assert {s.document.partition(".")[0] for s in school.plan().skipped} == {"vn"}


@pytest.mark.django_db
def test_an_unknown_term_is_told_with_the_known_ones(school: Class) -> None:
    one = unit(school.school)
    assert one is not None
    assert last_day(one, "2025/2026", "VT") == VT.ends
    with pytest.raises(NotFound, match="Known: 2025/2026 VT"):
        last_day(one, "2025/2026", "HT")


@pytest.mark.django_db
def test_a_vacant_post_leaves_out_what_it_signs_and_only_that(school: Class) -> None:
    school.graded()
    plan = school.plan(issued_on=date(2025, 6, 30))  # nobody is in office on that day
    assert {s.code for s in plan.skipped} <= {NobodySigns.code, "se.compulsory.document.not_now"}
    (post,) = holders(role=Role.PRINCIPAL, unit=school.school, on=VT.ends)
    schools.end_posts(by=school.by, ends={post.id: VT.ends - timedelta(days=1)}, now=NOW)
    plan = school.plan()
    assert kinds(plan) == ["betygskatalog", "betygskatalog"]
    assert plan.why_skipped()[NobodySigns.code] == 2
    assert "nobody holds that post" in next(s.message for s in plan.skipped if s.code == NobodySigns.code)


@pytest.mark.django_db
def test_a_decision_without_a_decider_leaves_its_catalogue_out(school: Class) -> None:
    school.record(school.new(decided_by=()))
    assert school.plan("betygskatalog").why_skipped() == {"se.compulsory.betygskatalog.no_decider": 1}


# --- with records ----------------------------------------------------------------------------------


@pytest.fixture
def sealed(transactional_db: None, school: Class, tmp_path: Path, settings: Any) -> Class:
    """The class, graded, of an authority with seal and log."""
    settings.DATA, settings.MODE = tmp_path, "demo"
    body = units([school.authority])[school.authority]
    made = trial.equip(school.by, body, data=tmp_path, public_url=URL, now=NOW)
    assert made == ["seal", "log"]
    assert trial.equip(school.by, body, data=tmp_path, public_url=URL, now=NOW) == []
    school.graded()
    return school


def run(school: Class, plan: Plan, data: Path) -> None:
    how = issuing.How(data, "demo", URL)
    issuing.run(school.by, plan.records, how, quiet, unfinished=plan.unfinished, outdated=plan.outdated)


def quiet(_title: str, _total: int) -> Any:
    return lambda _count: None


def states(ids: Sequence[UUID]) -> dict[UUID, str]:
    return dict(Record.objects.filter(id__in=ids).values_list("id", "state"))


def test_what_is_issued_and_unchanged_is_not_issued_again(sealed: Class, tmp_path: Path) -> None:
    run(sealed, sealed.plan(), tmp_path)
    again = sealed.plan()
    assert again.records == again.unfinished == []
    assert again.why_skipped()[ISSUED_ALREADY] == 4


def test_a_rectified_grade_gives_new_records_that_name_the_old_ones(sealed: Class, tmp_path: Path) -> None:
    first = sealed.plan()
    run(sealed, first, tmp_path)
    issued = {r.record: r for r in first.records}
    later = NOW.replace(year=2100)  # after the seal, which carries the machine's own time
    correct_decision(by=sealed.by, decision=sealed.grade().id, amendment=sealed.slip(), now=later)
    plan = sealed.plan()
    assert kinds(plan) == ["betygskatalog", "terminsbetyg"]  # one pupil's report, and the catalogue of that subject
    for new in plan.records:
        old = issued[new.replaces]  # type: ignore[index] # the assertion is that there is one
        assert (old.document.code, old.subject.id, new.version) == (new.document.code, new.subject.id, 2)
        assert (new.replaced_because, new.issued_on) == ("rectification", date(2026, 6, 15))
    report = next(r for r in plan.records if r.document.code.endswith("terminsbetyg"))
    assert "'grade': 'A'" in str(report.content)
    catalogue = next(r for r in plan.records if r.document.code.endswith("betygskatalog"))
    assert "Rättat enligt 3 kap. 19 § skollagen. Skrivfel" in str(catalogue.content)
    assert {s.title for s in catalogue.signers} == {"Undervisande lärare", "Rektor"}
    run(sealed, plan, tmp_path)
    assert set(states([r.record for r in plan.records]).values()) == {State.PUBLISHED}
    assert set(states([r.replaces for r in plan.records if r.replaces]).values()) == {State.RECTIFIED}
    assert sealed.plan().why_skipped()[ISSUED_ALREADY] == 4


def test_a_run_that_was_interrupted_is_taken_up(sealed: Class, tmp_path: Path) -> None:
    plan = sealed.plan()
    outcome = issuing.Outcome()
    issuing._prepare(sealed.by, plan.records, issuing.How(tmp_path, "demo", URL), quiet, outcome, None)
    again = sealed.plan()
    assert again.records == []
    assert set(again.unfinished) == {r.record for r in plan.records}
    run(sealed, again, tmp_path)
    assert set(states(again.unfinished).values()) == {State.PUBLISHED}


def test_a_draft_that_no_longer_says_what_was_decided_is_made_anew(sealed: Class, tmp_path: Path) -> None:
    plan = sealed.plan("terminsbetyg")
    issuing._prepare(sealed.by, plan.records, issuing.How(tmp_path, "demo", URL), quiet, issuing.Outcome(), None)
    correct_decision(by=sealed.by, decision=sealed.grade().id, amendment=sealed.slip(), now=NOW)
    again = sealed.plan("terminsbetyg")
    (outdated,) = again.outdated
    assert (len(again.records), len(again.unfinished)) == (1, 1)
    assert (again.records[0].version, again.records[0].replaces) == (1, None)
    run(sealed, again, tmp_path)
    assert states([outdated]) == {outdated: State.DISPOSED}
    assert records.counts(by=sealed.by)[State.PUBLISHED] == 2


def test_the_newest_version_of_a_document_is_found(sealed: Class, tmp_path: Path) -> None:
    plan = sealed.plan("terminsbetyg")
    run(sealed, plan, tmp_path)
    newest = records.latest(by=sealed.by, path=sealed.path, unit=sealed.school, period=VT.label)
    assert {v.record for v in newest.values()} == {r.record for r in plan.records}
    assert {(v.version, v.state, v.replaces) for v in newest.values()} == {(1, State.PUBLISHED, None)}
    assert [v.id for v in records.by_ids(by=sealed.by, records=[new_id(), plan.records[0].record])] == [
        plan.records[0].record
    ]
