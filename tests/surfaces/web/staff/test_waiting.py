"""What waits for a signer: grouped, filtered, opened one by one, declined."""

from __future__ import annotations

import re
from collections.abc import Callable
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from testamur.kernel.base.actor import operator
from testamur.trust.records import queries
from testamur.trust.records.models import Decline, Record, Sight
from testamur.trust.records.rules import State
from tests.surfaces.web.staff.ready import CATALOGUE, TERM_REPORT, make_ready, planned, rows
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]


def text(browser: Client, address: str, **headers: str) -> str:
    answer = browser.get(address, headers=headers or None)
    assert answer.status_code == 200, (answer.status_code, answer.content[:500])
    return answer.content.decode()


@pytest.mark.feature("A9")
def test_home_shows_each_signer_what_waits_for_him_or_her_alone(world: World, ready: list[UUID], log_in: LogIn) -> None:
    make_ready(planned(world, documents=[CATALOGUE])[:3])
    principal, teacher = text(log_in("principal"), "/sign/"), text(log_in("teacher"), "/sign/")
    assert "4 documents wait for your signature" in principal
    assert world.names["pupil"] in principal
    assert "Betygskatalog" not in principal
    assert "3 documents wait for your signature" in teacher
    assert "Betygskatalog" in teacher
    assert world.names["pupil"] not in teacher
    assert "Nothing waits for you" in text(log_in("other_principal"), "/sign/")
    assert log_in("administrator").get("/sign/").status_code == 403
    assert Client().get("/sign/").status_code == 302


@pytest.mark.feature("A9")
def test_the_list_is_filtered_and_the_fragment_is_the_page(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser = log_in("principal")
    family = world.names["third"].split()[-1]
    found = text(browser, f"/sign/?type={TERM_REPORT}&class=8A&q={family.lower()}")
    assert world.names["third"] in found
    assert world.names["fourth"] not in found
    assert "No document fits" in text(browser, "/sign/?q=nobody-at-all")
    part = text(browser, "/sign/?q=nobody-at-all", **{"HX-Request": "true", "HX-Target": "list"})
    assert part.strip() in text(browser, "/sign/?q=nobody-at-all")
    assert "<html" not in part


@pytest.mark.feature("A9")
def test_five_hundred_waiting_documents_cost_few_questions(world: World, log_in: LogIn) -> None:
    browser = log_in("principal")
    rows(world, 3)
    text(browser, "/sign/")  # what is read once per process has been read
    with CaptureQueriesContext(connection) as few:
        text(browser, "/sign/")
    rows(world, 500, version=10)
    with CaptureQueriesContext(connection) as many:
        found = text(browser, "/sign/")
    assert len(many) == len(few) <= 14
    assert "Sign all 503 documents" in found
    assert len(re.findall(r'name="record"', found)) == 503


@pytest.mark.feature("A12", "A13", "C19")
def test_a_document_is_read_in_the_page_with_its_neighbours(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser = log_in("principal")
    found = text(browser, "/sign/")
    order = re.findall(r'href="(/sign/document/[^"]+)"', found)
    assert len(order) == 4
    middle = text(browser, order[1])
    assert "2 of 4" in middle
    assert order[0] in middle
    assert order[2] in middle
    assert "principal: not signed yet" in " ".join(middle.split())
    pdf = browser.get(order[1] + "pdf/")
    assert pdf.content.startswith(b"%PDF")
    assert pdf["Content-Type"] == "application/pdf"
    assert pdf["X-Frame-Options"] == "SAMEORIGIN"
    seen = Sight.objects.filter(actor=world.persons["principal"], person=world.persons["protected"])
    assert seen.count() == 1  # the list showed the true name; once an hour is enough
    for stranger in ("teacher", "other_principal"):
        assert log_in(stranger).get(order[1]).status_code == 404
        assert log_in(stranger).get(order[1] + "pdf/").status_code == 404
    assert browser.get("/sign/document/00000000-0000-0000-0000-000000000001/").status_code == 404


@pytest.mark.feature("A7", "A13")
def test_one_or_several_are_declined_with_a_reason(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser = log_in("principal")
    choice = f"record={ready[0].hex}&record={ready[1].hex}"
    assert "Decline 2 documents" in text(browser, f"/sign/decline/?{choice}")
    short = browser.post("/sign/decline/", {"choice": choice, "why": "no"})
    assert short.status_code == 422
    assert Record.objects.filter(state=State.READY).count() == 4
    done = browser.post("/sign/decline/", {"choice": choice, "why": "The grade in chemistry is the one of last year."})
    assert (done.status_code, done["Location"]) == (303, "/sign/")
    assert set(Decline.objects.values_list("record", flat=True)) == set(ready[:2])
    waiting = queries.waiting(by=operator(), person=world.persons["principal"])
    assert {d.record for d in waiting} == set(ready[2:])
    assert browser.get("/sign/decline/").status_code == 303  # nothing chosen
    assert log_in("teacher").post("/sign/decline/", {"choice": choice, "why": "x" * 20})["Location"] == "/sign/"
    assert Decline.objects.count() == 2
