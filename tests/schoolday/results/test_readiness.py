"""The board of a school, making documents in the background, and who signs by delegation."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest

from testamur.kernel.base.actor import Actor, Grant
from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.register.schools import actions as schools
from testamur.register.schools.rules import NewPost, Role
from testamur.schoolday.results import actions, queries, steps, tasks
from testamur.schoolday.results.rules import Change, differences
from testamur.trust.records import actions as record_actions
from testamur.trust.records import queries as records
from testamur.trust.records.models import Record
from testamur.trust.records.render import CharacterNotPrintable, Renderer
from testamur.trust.records.rules import State, WorkState
from tests.schoolday.results.conftest import NOW, VT, Class

URL = "https://test.testamur.example"
REPORT = "se.compulsory.terminsbetyg"

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def renderer() -> Renderer:
    return Renderer()


@pytest.fixture
def ready(school: Class, tmp_path: Path, settings: Any) -> Class:
    settings.DATA, settings.MODE, settings.PUBLIC_URL = tmp_path, "demo", URL
    school.graded()
    return school


def board(school: Class, *documents: str) -> dict[str, steps.Cell]:
    seen = steps.readiness(
        by=school.by, school=school.school, school_year="2025/2026", term="VT", issued_on=VT.ends, now=NOW,
        documents=documents,
    )  # fmt: skip
    return {cell.short: cell for cell in seen.cells}


def rows(school: Class, document: str = "terminsbetyg") -> dict[UUID, steps.Row]:
    found = steps.readiness_of(
        by=school.by, school=school.school, school_year="2025/2026", term="VT", group=school.group, document=document,
        issued_on=VT.ends, now=NOW,
    )  # fmt: skip
    return {row.subject: row for row in found}


def make(school: Class, renderer: Renderer, *documents: str, pupils: list[UUID] | None = None) -> steps.Made:
    return steps.make(
        by=school.by, school=school.school, school_year="2025/2026", term="VT", documents=documents,
        pupils=pupils or [], issued_on=VT.ends, renderer=renderer, public_url=URL, test=True, clock=lambda: NOW,
    )  # fmt: skip


@pytest.mark.feature("A4")
def test_the_board_follows_the_documents_from_decision_to_ready(ready: Class, renderer: Renderer) -> None:
    before = board(ready)
    assert set(before) == {"terminsbetyg", "betygskatalog"}  # a leaving certificate is not due in year 8
    assert (before["terminsbetyg"].pupils, before["terminsbetyg"].not_made) == (2, 2)
    made = make(ready, renderer)
    assert (len(made.made), made.thrown_away, made.errors) == (4, 0, [])
    assert make(ready, renderer).made == []
    assert board(ready)["terminsbetyg"].drafted == 2
    report = rows(ready)[ready.pupils[0]]
    assert report.record is not None
    record_actions.mark_ready(by=ready.by, path=ready.path, records=[report.record], now=NOW)
    cell = board(ready)["terminsbetyg"]
    assert (cell.ready, cell.drafted, cell.changed) == (1, 1, 0)
    assert Record.objects.get(id=report.record).group_code == "8A"
    catalogue = Record.objects.filter(document_type="se.compulsory.betygskatalog").order_by("id")[0]
    assert sorted(catalogue.pupils) == sorted(map(str, ready.pupils))


@pytest.mark.feature("A4")
def test_what_is_missing_is_told_by_reason_and_pupil(school: Class) -> None:
    school.record(school.new(0), school.new(0, "unexcused_hours", "0", kind="fact", decided_by=()), school.new(1))
    cell = board(school)["terminsbetyg"]
    assert cell.missing == {"se.compulsory.terminsbetyg.absence_missing": 1}
    assert cell.not_made == 1
    found = rows(school)
    assert found[school.pupils[1]].code == "se.compulsory.terminsbetyg.absence_missing"
    assert (found[school.pupils[0]].state, found[school.pupils[0]].record) == ("not_made", None)


@pytest.mark.feature("A4")
def test_a_decision_that_changed_since_the_snapshot_is_shown_and_made_anew(ready: Class, renderer: Renderer) -> None:
    first = make(ready, renderer, "terminsbetyg")
    actions.correct_decision(by=ready.by, decision=ready.grade().id, amendment=ready.slip(), now=NOW)
    assert board(ready, "terminsbetyg")["terminsbetyg"].changed == 1
    row = rows(ready)[ready.pupils[0]]
    grade = next(change for change in row.changes if change.path.endswith("grade"))
    assert (grade.old, grade.new) == ("B", "A")
    assert not row.other_signers
    assert make(ready, renderer, "terminsbetyg", pupils=[ready.pupils[1]]).made == []
    again = make(ready, renderer, "terminsbetyg", pupils=[ready.pupils[0]])
    assert (len(again.made), again.thrown_away) == (1, 1)
    assert Record.objects.filter(id__in=first.made, state=State.DISPOSED).count() == 1
    assert rows(ready)[ready.pupils[0]].changes == ()


def test_one_document_that_cannot_be_printed_does_not_keep_the_others(
    ready: Class, renderer: Renderer, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = Renderer.render

    def render(self: Renderer, **given: Any) -> bytes:
        if b"Bror" in given["record_json"]:
            raise CharacterNotPrintable("It holds a character that cannot be shown.", field="subject.name")
        return plain(self, **given)

    monkeypatch.setattr(Renderer, "render", render)
    made = make(ready, renderer, "terminsbetyg")
    assert len(made.made) == 1
    assert made.errors == [
        {"code": CharacterNotPrintable.code, "document": REPORT, "subject": str(ready.pupils[1]),
         "field": "subject.name"},
    ]  # fmt: skip


@pytest.mark.feature("A4")
def test_work_that_somebody_asked_for_is_done_in_the_background_and_its_progress_kept(ready: Class) -> None:
    office = Actor(UUID(int=7), "test", (Grant("administrator", ready.path, ("records.*",)),))
    asked: dict[str, Any] = {
        "school": ready.school, "school_year": "2025/2026", "term": "VT", "documents": ["terminsbetyg"],
        "groups": [ready.group], "pupils": [], "issued_on": VT.ends, "now": NOW,
    }  # fmt: skip
    with pytest.raises(NotAllowed):
        tasks.request(by=Actor(UUID(int=8), "test"), **asked)
    work = tasks.request(by=office, **asked)
    assert records.work(by=office, work=work).state is WorkState.WAITING
    assert tasks.make.call(str(work)) == 2
    done = records.work(by=office, work=work)
    assert (done.state, done.total, done.done, done.failed, done.errors) == (WorkState.DONE, 2, 2, 0, ())
    assert tasks.make.call(str(work)) == 0  # a second run of a finished work does nothing
    assert [view.id for view in records.works(by=office, path=ready.path)] == [work]
    with pytest.raises(NotFound):
        records.work(by=Actor(UUID(int=8), "test"), work=work)


def test_work_that_the_law_refuses_ends_with_its_reason(ready: Class) -> None:
    work = tasks.request(
        by=ready.by, school=ready.school, school_year="2025/2026", term="HT", documents=[], groups=[], pupils=[],
        issued_on=VT.ends, now=NOW,
    )  # fmt: skip
    assert tasks.make.call(str(work)) == 0
    ended = records.work(by=ready.by, work=work)
    assert (ended.state, ended.errors) == (WorkState.FAILED, ({"code": "not_found"},))


def test_work_whose_last_try_broke_down_ends_with_the_error(ready: Class, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_given: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(steps, "make", full)
    work = tasks.request(
        by=ready.by, school=ready.school, school_year="2025/2026", term="VT", documents=[], groups=[], pupils=[],
        issued_on=VT.ends, now=NOW,
    )  # fmt: skip
    with pytest.raises(OSError, match="No space"):
        tasks.make.call(str(work))
    assert records.work(by=ready.by, work=work).errors == ({"code": "OSError"},)


# --- delegation ------------------------------------------------------------------------------------


def delegate(school: Class, starts: date = date(2026, 1, 1), ends: date | None = None) -> UUID:
    schools.add_posts(
        by=school.by, posts=[NewPost(school.other, school.school, Role.DELEGATE, starts, ends=ends)], now=NOW
    )
    return school.other


@pytest.mark.feature("A7")
def test_a_delegate_signs_what_the_school_chose_and_the_law_allows(ready: Class) -> None:
    who = delegate(ready)
    assert {s.person for r in ready.plan("terminsbetyg").records for s in r.signers} == {ready.principal}
    actions.choose_signer(by=ready.by, unit=ready.school, document_type=REPORT, signer="delegate", now=NOW)
    assert queries.signing_choices(by=ready.by, path=ready.path, unit=ready.school) == {REPORT: "delegate"}
    (signer,) = {s for r in ready.plan("terminsbetyg").records for s in r.signers}
    assert (signer.person, signer.role, signer.title) == (who, "delegate", "Enligt delegation från rektor")
    with pytest.raises(actions.NotDelegable):
        actions.choose_signer(
            by=ready.by, unit=ready.school, document_type="se.compulsory.slutbetyg", signer="delegate", now=NOW
        )
    with pytest.raises(NotAllowed):
        actions.choose_signer(
            by=Actor(UUID(int=9), "test"), unit=ready.school, document_type=REPORT, signer="principal", now=NOW
        )


@pytest.mark.feature("A7")
def test_without_a_delegate_in_office_the_principal_signs(ready: Class) -> None:
    delegate(ready, ends=date(2026, 5, 31))
    actions.choose_signer(by=ready.by, unit=ready.school, document_type=REPORT, signer="delegate", now=NOW)
    assert {s.role for r in ready.plan("terminsbetyg").records for s in r.signers} == {"principal"}


@pytest.mark.feature("A7")
def test_drafts_that_name_another_signer_than_now_are_made_anew(ready: Class, renderer: Renderer) -> None:
    make(ready, renderer, "terminsbetyg")
    who = delegate(ready)
    actions.choose_signer(by=ready.by, unit=ready.school, document_type=REPORT, signer="delegate", now=NOW)
    assert {row.other_signers for row in rows(ready).values()} == {True}
    again = make(ready, renderer, "terminsbetyg")
    assert (len(again.made), again.thrown_away) == (2, 2)
    assert {row.signers[0][2] for row in rows(ready).values()} == {who}


# --- differences -----------------------------------------------------------------------------------


def test_differences_find_rows_by_their_code_and_not_by_their_place() -> None:
    old = {"subjects": [{"code": "MA", "grade": "B"}, {"code": "SV", "grade": "C"}], "notes": ["a"], "same": 1}
    new = {"subjects": [{"code": "BL", "grade": "A"}, {"code": "MA", "grade": "A"}, {"code": "SV", "grade": "C"}],
           "notes": ["a", "b"], "same": 1}  # fmt: skip
    assert set(differences(old, new)) == {
        Change("subjects.MA.grade", "B", "A"),
        Change("subjects.BL.code", "", "BL"),
        Change("subjects.BL.grade", "", "A"),
        Change("notes.1", "", "b"),
    }
    assert differences(old, old) == ()


def test_a_board_of_a_school_that_is_not_there_is_refused(school: Class) -> None:
    with pytest.raises(NotFound):
        steps.readiness(
            by=school.by, school=UUID(int=5), school_year="2025/2026", term="VT", issued_on=VT.ends,
            now=datetime(2026, 6, 20, tzinfo=UTC),
        )  # fmt: skip
