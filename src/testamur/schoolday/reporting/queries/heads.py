"""Lists without their rows, as shapes. For this package's own queries; each asks first whether the list may be seen."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Q, QuerySet

from testamur.schoolday.reporting.models import ResultList
from testamur.schoolday.reporting.rules.states import ListKind, ListState, Way
from testamur.schoolday.reporting.rules.views import ListHead


def counted() -> QuerySet[ResultList]:
    """Lists with how many rows they have and how many of these have a grade."""
    return ResultList.objects.annotate(
        of_rows=Count("rows"), of_graded=Count("rows", filter=~Q(rows__value=""))
    ).order_by("-number")


def head_of(row: Any, *, rows: int | None = None, graded: int | None = None) -> ListHead:
    """The list as its readers see it; the counts come along from `counted`."""
    return ListHead(
        id=row.id,
        number=row.number,
        kind=ListKind(row.kind),
        state=ListState(row.state),
        unit=row.unit,
        path=row.path,
        course=row.course,
        course_code=row.course_code,
        module=row.module,
        module_code=row.module_code,
        occasion=row.occasion,
        exam=row.exam,
        scale=row.scale,
        degree_project=row.degree_project,
        title=row.title,
        title_en=row.title_en,
        anonymous=row.anonymous,
        reason=row.reason,
        revision=row.revision,
        made_by=row.made_by,
        made_at=row.made_at,
        examiner=row.examiner,
        sent_by=row.sent_by,
        sent_at=row.sent_at,
        sent_sha256=row.sent_sha256,
        returned_at=row.returned_at,
        returned_by=row.returned_by,
        returned_why=row.returned_why,
        way=Way(row.way),
        record=row.record,
        prepared_at=row.prepared_at,
        signed_at=row.signed_at,
        signed_method=row.signed_method,
        control_number=row.control_number,
        entered_at=row.entered_at,
        rows=row.of_rows if rows is None else rows,
        graded=row.of_graded if graded is None else graded,
    )
