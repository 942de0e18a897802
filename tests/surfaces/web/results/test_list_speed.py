"""What the page of a list of four hundred costs: as many queries as one of twenty, and well under half a second."""

from __future__ import annotations

import json
import time
from http import HTTPStatus
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.register.people import actions as people
from testamur.register.people import queries as people_queries
from testamur.register.studies import actions as studies
from testamur.register.studies.rules import NewRegistration
from testamur.schoolday.reporting import actions
from testamur.surfaces.cli import demo_university as demo
from tests.schoolday.reporting.university import BEGAN, University
from tests.surfaces.web.results.conftest import Enter, grade, module_list, text, view
from tests.surfaces.web.results.test_list import form_of

pytestmark = pytest.mark.django_db
MOST = 60
"""Queries of the whole page, login and all."""
BOUND = 0.4
"""Seconds of processor time for the page of four hundred, of this thread alone: simulators of other tests may run."""


def big_list(u: University, students: int) -> UUID:
    """A graded list of so many students, all registered."""
    source, now = demo.invented_students(90210), clock.now()
    known = people_queries.holder_of_identifier
    free = (one for one in source if known(scheme="se.personnummer", value=one.number, on=now.date()) is None)
    new = [demo.student(next(free)) for _ in range(students)]
    ids = people.register_persons(by=u.by, path=u.path, persons=new, now=now)
    rows = [NewRegistration(one, u.occasions["MA1441"], BEGAN) for one in ids]
    studies.register_students(by=u.by, registrations=rows, now=now)
    made = module_list(u, "other_examiner", course="MA1441", module="2205")
    by = u.actor("other_examiner")
    actions.fetch_registered(by=by, list=made, occasion=u.occasions["MA1441"], now=now)
    return made


def asked(browser: Client, address: str) -> int:
    """Queries of a page that was looked at before."""
    assert browser.get(address).status_code == HTTPStatus.OK
    with CaptureQueriesContext(connection) as seen:
        browser.get(address)
    return len([one for one in seen if "SAVEPOINT" not in one["sql"]])


def test_the_number_of_queries_does_not_grow_with_the_students(university: University, enter: Enter) -> None:
    browser = enter("other_examiner")
    few, many = big_list(university, 5), big_list(university, 120)
    counts = [asked(browser, reverse("results:list", args=[one])) for one in (few, many)]
    assert counts[1] - counts[0] <= 2, counts  # registrations are asked for by five hundred persons
    assert counts[1] <= MOST


@pytest.mark.slow
def test_a_list_of_four_hundred_is_shown_and_one_cell_of_it_saved_in_less_than_half_a_second(
    university: University, enter: Enter
) -> None:
    browser, made = enter("other_examiner"), big_list(university, 390)
    grade(university, made, "other_examiner", value="4")
    address = reverse("results:list", args=[made])
    browser.get(address)
    began = time.thread_time()
    page = browser.get(address)
    spent = time.thread_time() - began
    assert page.content.count(b"data-row=") == len(view(university, made, "other_examiner").rows) >= 390
    head = view(university, made, "other_examiner").head
    row = view(university, made, "other_examiner").rows[7]
    body = {"entries": [{"row": str(row.id), "value": "5", "revision": head.revision}], "since": head.revision}
    began = time.thread_time()
    saved = browser.post(reverse("results:rows", args=[made]), json.dumps(body), content_type="application/json")
    saving = time.thread_time() - began
    assert saved.json()["rows"][0]["value"] == "5"
    print(f"page {spent * 1000:.0f} ms, cell {saving * 1000:.0f} ms, {len(page.content)} bytes")  # noqa: T201 - figures
    assert spent < BOUND
    assert saving < BOUND


@pytest.mark.slow
def test_a_list_of_four_hundred_is_saved_at_once_without_script(university: University, enter: Enter) -> None:
    browser, made = enter("other_examiner"), big_list(university, 390)
    page = text(browser.get(reverse("results:list", args=[made])))
    form = form_of(page)
    assert len(form) > 1000  # more fields than a form usually has
    for name in form:
        if name.startswith("v."):
            form[name] = "5"
        if name.startswith("d."):
            form[name] = "2026-11-20"
    assert browser.post(reverse("results:rows", args=[made]), form).status_code == HTTPStatus.FOUND
    assert {row.value for row in view(university, made, "other_examiner").rows} == {"5"}
