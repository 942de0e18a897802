"""The closing report: a draft with the figures of now, then closed with those of its day and never changed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import pytest
from django.db import DatabaseError, transaction

from testamur.kernel.base.refused import NotAllowed, NotFound
from testamur.kernel.journal.models import Entry
from testamur.schoolday.supervision import actions, queries
from testamur.schoolday.supervision.models import Report
from testamur.schoolday.supervision.rules import (
    LONGEST_TEXT,
    NoSchoolYear,
    ReportClosed,
    ReportEmpty,
    ReportStands,
    ReportState,
    TextTooLong,
)
from testamur.schoolday.transcripts.models import ClassYear
from testamur.schoolday.transcripts.rules import Step
from tests.schoolday.supervision.province import NOW, TODAY, YEAR, Province, class_year, planned

pytestmark = [pytest.mark.django_db, pytest.mark.feature("D6")]


def drafted(province: Province, **texts: str) -> UUID:
    officer = province.actor("officer")
    made = actions.draft_report(by=officer, unit=province.body, school_year=YEAR, now=NOW)
    if texts:
        said = {"outcome": "", "causes": "", "proposals": "", **texts}
        actions.write_report(by=officer, report=made, now=NOW, **said)
    return made


def test_a_closed_report_keeps_its_figures_whatever_is_counted_later(province: Province) -> None:
    planned(province)
    made = drafted(province, outcome="Đạt mục tiêu")
    actions.close_report(by=province.actor("officer"), report=made, on=TODAY, now=NOW)
    before = queries.closing(by=province.actor("officer"), report=made)
    ClassYear.objects.all().delete()
    after = queries.closing(by=province.actor("officer"), report=made)
    assert before == after
    assert after.state is ReportState.CLOSED
    assert after.figures is not None
    assert after.figures["taking_part"] == after.figures["schools"] == 5
    assert after.figures["plan"]["reason"] == "Kế hoạch 213/KH-BGDĐT"
    assert after.figures["late"]["classes"] == 4
    entry = Entry.objects.get(kind="supervision.report.closed/1")
    assert entry.refs["sha256"] == after.sha256


def test_a_closed_report_is_neither_written_nor_closed_again(province: Province) -> None:
    made, officer = drafted(province, outcome="Đạt"), province.actor("officer")
    actions.close_report(by=officer, report=made, on=TODAY, now=NOW)
    with pytest.raises(ReportClosed):
        actions.write_report(by=officer, report=made, outcome="x", causes="", proposals="", now=NOW)
    with pytest.raises(ReportClosed):
        actions.close_report(by=officer, report=made, on=TODAY, now=NOW)
    changes: tuple[dict[str, Any], ...] = ({"outcome": "x"}, {"content": {}}, {"sha256": "0"}, {"state": "draft"})
    for change in changes:
        with pytest.raises(DatabaseError), transaction.atomic():
            Report.objects.filter(id=made).update(**change)


def test_a_report_needs_counts_conclusions_and_stands_once(province: Province) -> None:
    officer = province.actor("officer")
    with pytest.raises(NoSchoolYear):
        actions.draft_report(by=officer, unit=province.body, school_year="1999/2000", now=NOW)
    made = drafted(province)
    with pytest.raises(ReportStands):
        drafted(province)
    with pytest.raises(ReportEmpty):
        actions.close_report(by=officer, report=made, on=TODAY, now=NOW)
    with pytest.raises(TextTooLong):
        actions.write_report(
            by=officer,
            report=made,
            outcome="x" * (LONGEST_TEXT + 1),
            causes="",
            proposals="",
            now=NOW,
        )


def test_a_district_reads_no_report_of_the_province_and_a_school_none(province: Province) -> None:
    made = drafted(province)
    for who in ("head", "head_2", "principal", "administrator"):
        with pytest.raises(NotFound):
            queries.closing(by=province.actor(who), report=made)
    with pytest.raises(NotAllowed):
        actions.draft_report(by=province.actor("head"), unit=province.body, school_year=YEAR, now=NOW)


def test_a_class_of_few_pupils_has_no_counts(province: Province) -> None:
    school = province.schools[0]
    ClassYear.objects.bulk_create([class_year(school, "1Z", Step.COMPLETE, pupils=4)])
    made = drafted(province, outcome="Đạt")
    actions.close_report(by=province.actor("officer"), report=made, on=TODAY, now=NOW)
    figures = queries.closing(by=province.actor("officer"), report=made).figures
    assert figures is not None
    assert next(row[3] for row in figures["classes"] if row[1] == "1Z") == {"classes": 1, "few": 1}
