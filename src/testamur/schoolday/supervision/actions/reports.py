"""The closing report: drafted, written, closed."""

from __future__ import annotations

import json
from datetime import date, datetime
from hashlib import sha256
from uuid import UUID

from django.db import IntegrityError, transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound
from testamur.kernel.journal.actions import append
from testamur.register.schools import queries as schools
from testamur.schoolday.supervision.models import Report
from testamur.schoolday.supervision.queries.reports import figures
from testamur.schoolday.supervision.rules import (
    LONGEST_TEXT,
    NoSchoolYear,
    ReportClosed,
    ReportEmpty,
    ReportStands,
    ReportState,
    TextTooLong,
)
from testamur.schoolday.transcripts.queries import adding


@transaction.atomic
def draft_report(*, by: Actor, unit: UUID, school_year: str, now: datetime) -> UUID:
    """Begin the closing report of a school year; returns its id.

    Journal: ``supervision.report.drafted/1``. Needs ``supervision.report.write`` at the place. Raises NotFound,
    NoSchoolYear (nothing was counted), ReportStands.
    """
    place = schools.unit(unit)
    if place is None:
        raise NotFound("There is no such place.", unit=str(unit))
    by.must("supervision.report.write", place.path)
    if school_year not in adding.school_years(by=by, path=place.path):
        raise NoSchoolYear("Nothing was counted of that school year here.", field="year")
    made = Report(id=new_id(), unit=place.id, path=place.path, school_year=school_year, made_by=by.id, made_at=now)
    try:
        with transaction.atomic():
            made.save(force_insert=True)
    except IntegrityError:  # there is one, or somebody else began it in the same moment
        raise ReportStands("There is a report of that school year already.") from None
    _tell(by, "drafted", made, now)
    return made.id


@transaction.atomic
def write_report(*, by: Actor, report: UUID, outcome: str, causes: str, proposals: str, now: datetime) -> None:
    """Write what is concluded: what was reached, why things were late, what should change.

    Journal: ``supervision.report.written/1``. Needs ``supervision.report.write`` at the place. Raises NotFound,
    ReportClosed, TextTooLong.
    """
    row = _draft(by, report, "supervision.report.write")
    for name, text in (("outcome", outcome), ("causes", causes), ("proposals", proposals)):
        if len(text) > LONGEST_TEXT:
            raise TextTooLong(f"Up to {LONGEST_TEXT} letters.", field=name)
        setattr(row, name, text.strip())
    row.save(update_fields=["outcome", "causes", "proposals"])
    _tell(by, "written", row, now)


@transaction.atomic
def close_report(*, by: Actor, report: UUID, on: date, now: datetime) -> None:
    """Close a report: its figures of this moment are kept with it, and nothing of it changes any more.

    Journal: ``supervision.report.closed/1`` with the digest of texts and figures. Needs ``supervision.report.close`` at
    the place. Raises NotFound, ReportClosed, ReportEmpty.
    """
    row = _draft(by, report, "supervision.report.close")
    if not row.outcome:
        raise ReportEmpty("Write what was reached first.", field="outcome")
    row.content = figures(by=by, unit=row.unit, school_year=row.school_year, on=on)
    whole = {"outcome": row.outcome, "causes": row.causes, "proposals": row.proposals, "figures": row.content}
    row.sha256 = sha256(json.dumps(whole, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    row.state, row.closed_by, row.closed_at = ReportState.CLOSED, by.id, now
    row.save(update_fields=["content", "sha256", "state", "closed_by", "closed_at"])
    _tell(by, "closed", row, now, sha256=row.sha256)


def _draft(by: Actor, report: UUID, verb: str) -> Report:
    row = Report.objects.select_for_update().filter(id=report).first()
    if row is None or not by.may("supervision.board.see", row.path):
        raise NotFound("There is no such report, or it is not yours.", report=str(report))
    by.must(verb, row.path)
    if row.state == ReportState.CLOSED:
        raise ReportClosed("The report is closed and stays as it is.")
    return row


def _tell(by: Actor, what: str, row: Report, now: datetime, **more: str) -> None:
    refs = {"report": str(row.id), "unit": str(row.unit), "school_year": row.school_year, **more}
    append(by=by, kind=f"supervision.report.{what}/1", path=row.path, refs=refs, now=now)
