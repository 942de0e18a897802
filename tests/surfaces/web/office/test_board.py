"""From the board to documents that are ready to sign."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from testamur.kernel.base.actor import operator
from testamur.surfaces.web.office import words
from testamur.trust.records import queries
from testamur.trust.records.rules import State
from tests.surfaces.web.office.conftest import TERM, LogIn, do_work, make, reports, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


def cell(world: World) -> str:
    return f"{reverse('office:group', args=[world.group])}?term={TERM}&document=terminsbetyg"


def press(browser: Client, world: World, act: str, **more: object) -> str:
    data = {"act": act, "school": str(world.school), "term": TERM, "document": "terminsbetyg", **more}
    answer = browser.post(reverse("office:group_act", args=[world.group]), data, follow=True)
    assert answer.status_code == 200
    return text(answer)


@pytest.mark.feature("A4", "A5")
def test_an_administrator_makes_drafts_looks_at_them_and_marks_them_ready(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    board = text(browser.get(reverse("office:home")))
    assert "Solbackaskolan (exempel)" in board
    assert "8A" in board
    assert "Terminsbetyg" in board
    assert "0 of 4 issued" in board
    make(browser, world)
    page = text(browser.get(cell(world)))
    assert page.count('name="records"') == 4
    assert world.names["pupil"] in page
    told = press(browser, world, "ready", records=[str(r.id) for r in reports(world)][:3])
    assert "3 documents are ready to sign." in told
    assert {r.state for r in reports(world)} == {State.READY, State.DRAFTED}
    browser.post(reverse("office:act"), {"act": "ready", "school": str(world.school), "term": TERM})
    assert {r.state for r in reports(world)} == {State.READY}


def test_ready_documents_are_recalled_discarded_and_made_again(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    make(browser, world)
    first, second, *_rest = [str(r.id) for r in reports(world)]
    press(browser, world, "ready", records=[first])
    assert "1 document is a draft again." in press(browser, world, "recall", records=[first])
    told = press(browser, world, "recall", records=[first])
    assert "Choose documents that this can be done with." in told
    assert "1 draft was discarded." in press(browser, world, "discard", records=[second])
    assert len(reports(world)) == 3
    asked = {"act": "remake", "school": str(world.school), "term": TERM, "document": "terminsbetyg", "records": [first]}
    do_work(browser.post(reverse("office:group_act", args=[world.group]), asked))
    assert first not in {str(r.id) for r in reports(world)}
    assert len(reports(world)) == 3


def test_a_work_page_shows_how_far_it_is_and_the_fragment_is_a_part_of_it(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    asked = {"act": "make", "term": TERM, "document": "terminsbetyg"}
    answer = browser.post(reverse("office:group_act", args=[world.group]), asked)
    waiting = text(browser.get(answer["Location"]))
    assert "Waiting to begin" in waiting
    assert "hx-trigger" in waiting
    do_work(answer)
    whole = text(browser.get(answer["Location"]))
    part = text(browser.get(answer["Location"], headers={"hx-request": "true"}))
    assert "Finished" in part
    assert "hx-trigger" not in part
    assert "<html" not in part
    assert part.strip() in whole
    assert answer["Location"] in text(browser.get(reverse("office:works")))
    assert log_in("other_administrator").get(answer["Location"]).status_code == 404


def test_a_principal_sees_the_board_and_no_buttons(world: World, log_in: LogIn) -> None:
    make(log_in("administrator"), world)
    browser = log_in("principal")
    assert 'name="act"' not in text(browser.get(reverse("office:home")))
    assert 'name="act"' not in text(browser.get(cell(world)))
    asked = {"act": "ready", "school": str(world.school), "term": TERM, "records": [str(reports(world)[0].id)]}
    assert browser.post(reverse("office:act"), asked).status_code == 403
    asked["document"] = "terminsbetyg"
    assert browser.post(reverse("office:group_act", args=[world.group]), asked).status_code == 403
    assert {r.state for r in reports(world)} == {State.DRAFTED}


def test_another_school_is_not_there(world: World, log_in: LogIn) -> None:
    make(log_in("administrator"), world)
    record = reports(world)[0].id
    stranger = log_in("other_administrator")
    assert stranger.get(cell(world)).status_code == 404
    assert stranger.get(reverse("office:home"), {"school": str(world.school)}).status_code == 404
    assert stranger.get(reverse("office:preview", args=[record])).status_code == 404
    assert stranger.get(reverse("office:pdf", args=[record])).status_code == 404
    asked = {"act": "discard", "school": str(world.school), "term": TERM, "records": [str(record)]}
    assert stranger.post(reverse("office:group_act", args=[world.group]), asked).status_code == 404
    asked = {"act": "make", "school": str(world.school), "term": TERM}
    assert stranger.post(reverse("office:act"), asked).status_code == 404
    assert log_in("teacher").get(reverse("office:home")).status_code == 403
    assert Client().get(reverse("office:home")).status_code == 302


@pytest.mark.feature("A12")
def test_a_draft_is_shown_as_pdf_in_the_page(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    make(browser, world)
    record = next(r for r in reports(world) if r.subject == world.persons["pupil"]).id
    page = text(browser.get(reverse("office:preview", args=[record])))
    assert world.names["pupil"] in page
    assert world.names["principal"] in page
    assert f'<iframe src="{reverse("office:pdf", args=[record])}' in page
    answer = browser.get(reverse("office:pdf", args=[record]))
    assert answer.content.startswith(b"%PDF-")
    assert answer["Content-Disposition"].startswith("inline")
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"


def test_a_protected_pupil_is_noted_when_seen_and_hidden_from_who_may_not(archivist: World, log_in: LogIn) -> None:
    office = log_in("administrator")
    make(office, archivist)
    record = next(r for r in reports(archivist) if r.subject == archivist.persons["protected"]).id
    before = len(queries.sights(by=operator(), path="/"))
    assert archivist.names["protected"] in text(office.get(reverse("office:preview", args=[record])))
    assert len(queries.sights(by=operator(), path="/")) == before + 1
    keeper = log_in("adult", "archivist")
    page = text(keeper.get(reverse("office:preview", args=[record])))
    assert archivist.names["protected"] not in page
    assert "<iframe" not in page
    assert keeper.get(reverse("office:pdf", args=[record])).status_code == 403
    assert keeper.get(reverse("office:home"))["Location"] == reverse("office:documents")
    listed = text(keeper.get(reverse("office:documents")))
    assert archivist.names["pupil"] in listed
    assert archivist.names["protected"] not in listed


def test_the_board_asks_the_database_as_often_for_four_pupils_as_for_forty(world: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    with CaptureQueriesContext(connection) as before:
        browser.get(reverse("office:home"))
    make(browser, world)
    with CaptureQueriesContext(connection) as after:
        browser.get(reverse("office:home"))
    assert abs(len(after) - len(before)) <= 4


def test_the_authority_sees_every_school_and_changes_between_them(world: World, log_in: LogIn) -> None:
    make(log_in("administrator"), world)
    boss = log_in("authority_administrator")
    page = text(boss.get(reverse("office:overview")))
    assert "Solbackaskolan (exempel)" in page
    assert "Strandskolan (exempel)" in page
    assert "4 pupils" in page
    other = text(boss.get(reverse("office:home"), {"school": str(world.other_school)}))
    assert '<th scope="row">8B</th>' in other
    assert '<th scope="row">8A</th>' not in other


@pytest.mark.parametrize("law", ["bg.school", "vn.primary"])
def test_why_a_document_cannot_be_made_yet_is_told_in_words(law: str):
    code = f"{law}.document.empty"
    assert words.reason(code) != code
