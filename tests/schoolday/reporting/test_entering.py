"""The definitive entry, the archive list, the way of paper."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.actions.deciding import SignedOnInvalid
from testamur.schoolday.reporting.models import ListRow, ProcessRule
from testamur.schoolday.reporting.queries import office, process, transfer
from testamur.schoolday.reporting.rules.control import ControlNumberWrong, control_number, read_control_number
from testamur.schoolday.reporting.rules.documents import WayOfPaper
from testamur.schoolday.reporting.rules.lists import ListNotSent, NotExaminer
from testamur.schoolday.reporting.rules.states import ListState, Way
from testamur.schoolday.results import queries as decided
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import University


@given(st.integers(2000, 2999), st.integers(1, 10**9), st.integers(0, 13), st.integers(1, 9))
def test_a_control_number_with_one_wrong_digit_is_none(year: int, number: int, place: int, add: int):
    written = control_number(year=year, number=number)
    assert read_control_number(written.replace("-", " ")) == written
    digits = [index for index, sign in enumerate(written) if sign.isdigit()]
    at = digits[place % len(digits)]
    wrong = written[:at] + str((int(written[at]) + add) % 10) + written[at + 1 :]
    with pytest.raises(ControlNumberWrong):
        read_control_number(wrong)


@given(st.text(max_size=30))
def test_what_is_no_control_number_is_refused(text: str):
    with pytest.raises(ControlNumberWrong, match="each digit"):
        read_control_number(text)


@pytest.fixture
def desk(sealing_university: University) -> Desk:
    return Desk(sealing_university)


@pytest.mark.feature("B25", "B36", "B42")
@pytest.mark.django_db(transaction=True)
def test_the_office_enters_a_signed_list_by_the_control_number_of_the_archive_list(desk: Desk):
    u = desk.u
    one = desk.sent({u.students[0]: "C"})
    clerk = u.actor("administrator", admin_mode=True)
    with pytest.raises(ListNotSent):
        actions.enter(by=clerk, list=one, control_number="2026-000001-0", now=desk.now())
    assert office.archive_list(by=clerk, list=one).control_number == ""
    desk.finish(one)
    assert [head.id for head in office.queue(by=clerk, path=u.data, now=desk.now()).to_enter] == [one]
    assert transfer.not_entered(by=u.by, path=u.path) == (one,)
    archive = office.archive_list(by=clerk, list=one)
    assert (archive.course_name, archive.module_name) == ("Databasteknik", "Salstentamen")
    assert archive.control_number == control_number(year=2026, number=desk.head(one).number)
    assert [(row.person, row.value) for row in archive.rows] == [(u.students[0], "C")]
    with pytest.raises(NotAllowed):  # the administrator mode is off
        actions.enter(by=u.actor("administrator"), list=one, control_number=archive.control_number, now=desk.now())
    other = control_number(year=2026, number=desk.head(one).number + 1)
    with pytest.raises(ControlNumberWrong):
        actions.enter(by=clerk, list=one, control_number=other, now=desk.now())
    typed = archive.control_number.replace("-", " ")
    assert actions.enter(by=clerk, list=one, control_number=typed, now=desk.now()) is True
    assert actions.enter(by=clerk, list=one, control_number=typed, now=desk.now()) is False
    assert desk.head(one).state is ListState.ENTERED
    assert office.queue(by=clerk, path=u.data, now=desk.now()).to_enter == ()


@pytest.mark.django_db
def test_the_queue_tells_of_lists_that_wait_too_long_for_their_examiner(desk: Desk):
    one = desk.sent({desk.u.students[0]: "C"})
    by, path = desk.u.actor("administrator"), desk.u.data
    assert office.queue(by=by, path=path, now=desk.now()).unsigned == ()
    later = desk.now() + timedelta(days=8)
    assert [head.id for head in office.queue(by=by, path=path, now=later).unsigned] == [one]
    with pytest.raises(NotAllowed):
        office.queue(by=desk.u.actor("teacher"), path=path, now=later)
    with pytest.raises(NotFound):
        office.archive_list(by=by, list=desk.open())


def on_paper(desk: Desk, until: date = date(2026, 9, 1)) -> None:
    """Results go by paper, and from a day of examination on electronically."""
    for way, day in ((Way.PAPER, date(2020, 1, 1)), (Way.ELECTRONIC, until)):
        ProcessRule.objects.create(
            path=desk.u.path, way=way, grade_from=day, decided_by=desk.u.persons["rector"], made_at=desk.u.now,
            in_force_at=desk.u.now,
        )  # fmt: skip


@pytest.mark.feature("B24")
@pytest.mark.django_db(transaction=True)
def test_older_grade_dates_are_signed_by_hand_and_noted_by_the_office(desk: Desk):
    u = desk.u
    on_paper(desk)
    assert process.way_for(path=u.data, on=date(2026, 9, 1)) is Way.ELECTRONIC
    assert process.way_for(path=u.data, on=date(2026, 8, 31)) is Way.PAPER
    one = desk.sent({u.students[0]: "A"}, on="2026-08-31")
    assert desk.head(one).way is Way.PAPER
    assert desk.prepare(one) == 0
    clerk = u.actor("administrator", admin_mode=True)
    printed = office.archive_list(by=clerk, list=one)
    assert printed.control_number  # the paper bears it before it is signed
    assert [head.id for head in office.queue(by=clerk, path=u.data, now=desk.now()).on_paper] == [one]
    note: dict[str, Any] = {
        "by": clerk,
        "list": one,
        "examiner": u.persons["examiner"],
        "signed_on": u.now.date(),
        "now": desk.now(),
    }
    with pytest.raises(NotAllowed):
        actions.note_paper_signature(**{**note, "by": u.actor("examiner")})
    with pytest.raises(NotExaminer):
        actions.note_paper_signature(**{**note, "examiner": u.persons["other_examiner"]})
    with pytest.raises(SignedOnInvalid):
        actions.note_paper_signature(**{**note, "signed_on": u.now.date() - timedelta(days=1)})
    assert actions.note_paper_signature(**note) == 1
    head = desk.head(one)
    assert (head.state, head.signed_method, head.control_number) == (ListState.SIGNED, "paper", printed.control_number)
    row = ListRow.objects.get(list=one)
    assert row.certificate is None
    assert row.decision is not None
    assert decided.results_by_id([row.decision])[row.decision].value == "A"
    assert actions.enter(by=clerk, list=one, control_number=printed.control_number, now=desk.now())


@pytest.mark.django_db
def test_a_list_of_today_is_not_signed_by_hand(desk: Desk):
    on_paper(desk)
    one = desk.sent({desk.u.students[0]: "A"})
    with pytest.raises(WayOfPaper):
        actions.note_paper_signature(
            by=desk.u.actor("administrator", admin_mode=True), list=one, examiner=desk.u.persons["examiner"],
            signed_on=desk.u.now.date(), now=desk.now(),
        )  # fmt: skip
