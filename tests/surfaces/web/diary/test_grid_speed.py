"""What the page of a class costs, login and all: as much for thirty pupils as for five."""

from __future__ import annotations

from http import HTTPStatus

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.schoolday.diary import actions
from testamur.schoolday.diary.rules.marks import Entry
from tests.schoolday.diary.school import School, build
from tests.surfaces.web.diary.conftest import Enter

pytestmark = pytest.mark.django_db
MOST = 12
"""Queries of the whole page, login and all."""


def _filled(pupils: int) -> School:
    """A class, nobody of it protected, with three columns of marks."""
    now = clock.now()
    school = build("bg.school", now=now, pupils=pupils + 3)
    by = school.actor("teacher", on=now.date())
    for _ in range(3):
        task = actions.add_task(
            by=by, group=school.group, subject="MAT", kind="current", on=now.date(), title="", now=now
        )
        actions.enter_marks(by=by, task=task, entries=[Entry(p, "5") for p in school.pupils], now=now)
    return school


@pytest.mark.feature("E6")
@pytest.mark.parametrize(("pupils", "who"), [(2, "teacher"), (27, "teacher"), (27, "principal")])
def test_the_page_of_a_class_asks_at_most_twelve_queries(pupils: int, who: str, enter: Enter) -> None:
    school = _filled(pupils)
    browser, address = enter(school, who), reverse("diary:grid", args=[school.group, "MAT"])
    assert browser.get(address).status_code == HTTPStatus.OK  # notes the sight of the protected pupil
    with CaptureQueriesContext(connection) as seen:
        answer = browser.get(address)
    asked = [one["sql"] for one in seen if "SAVEPOINT" not in one["sql"] and "records_sight" not in one["sql"]]
    assert answer.content.count(b'role="rowheader"') == pupils + 3
    assert len(asked) <= MOST, "\n".join(asked)
