"""Corrections by the law's own rules, and the new version that follows."""

from __future__ import annotations

from uuid import UUID

import pytest
from django.test import Client
from django.urls import reverse

from testamur.kernel.base.actor import operator
from testamur.schoolday.results import queries as results
from testamur.schoolday.results.queries import DecisionRow
from testamur.trust.records.rules import State
from tests.surfaces.web.office.conftest import TERM, LogIn, do_work, reports, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


def decision(world: World, code: str = "MA") -> DecisionRow:
    pupil = world.persons["pupil"]
    rows = results.standing(
        by=operator(), path=world.school_path, unit=world.school, school_year="2025/2026", term="VT", pupils=[pupil]
    )[pupil]
    return next(r for r in rows if r.facts.kind == "grade" and r.facts.code == code)


def address(row: DecisionRow, way: str, world: World) -> str:
    return f"{reverse('office:correct', args=[row.id, way])}?school={world.school}"


def higher(row: DecisionRow) -> str:
    return "A" if row.facts.value != "A" else "B"


@pytest.mark.feature("A4")
def test_a_principal_rectifies_a_slip_and_the_document_gets_a_new_version(issued: World, log_in: LogIn) -> None:
    browser, row = log_in("principal"), decision(issued)
    page = text(browser.get(reverse("office:decisions", args=[issued.persons["pupil"]])))
    assert "Rättelse" in page
    assert "Prövning" not in page
    form = text(browser.get(address(row, "rectification", issued)))
    assert "skollagen (2010:800) 3 kap. 19 §" in form
    assert "skrivfel eller förbiseende" in form
    asked = {"value": higher(row), "role": "principal", "decided_by": str(issued.persons["principal"]),
             "decided_on": "2026-06-10"}  # fmt: skip
    refused = browser.post(address(row, "rectification", issued), asked)
    assert refused.status_code == 400
    assert "Every ground of the law has to be affirmed." in text(refused)
    asked |= {"grounds": "slip", "explanation": "Fel rad i listan."}
    refused = browser.post(address(row, "rectification", issued), asked)
    assert "Let the pupil and the guardians speak first" in text(refused)
    assert decision(issued).id == row.id
    asked |= {"hearing_unneeded": "Uppenbart skrivfel till elevens fördel."}
    done = browser.post(address(row, "rectification", issued), asked, follow=True)
    assert "The decision is corrected." in text(done)
    assert "Make the new versions" not in text(done)
    new = decision(issued)
    assert (new.replaces, new.facts.value) == (row.id, higher(row))
    office = log_in("administrator")
    remake = reverse("office:remake", args=[issued.persons["pupil"]])
    do_work(office.post(remake, {"school": str(issued.school), "term": TERM}))
    mine = {r.version: r for r in reports(issued) if r.subject == issued.persons["pupil"]}
    assert mine[2].replaces == mine[1].id
    assert (mine[1].state, mine[2].state) == (State.PUBLISHED, State.DRAFTED)
    told = text(office.get(reverse("office:record", args=[mine[2].id])))
    assert "Takes the place of" in told
    assert "Rectification" in told
    assert "A newer version takes its place." in text(office.get(reverse("office:record", args=[mine[1].id])))


def test_the_office_records_a_change_that_the_teacher_decided_and_never_lower(world: World, log_in: LogIn) -> None:
    browser, row = log_in("administrator"), decision(world)
    asked = {"role": "teacher", "decided_by": str(world.persons["teacher"]), "decided_on": "2026-06-10",
             "grounds": ["obviously_wrong", "quick_and_simple"], "explanation": "Prov hade inte räknats."}  # fmt: skip
    lower = browser.post(address(row, "change", world), {**asked, "value": "F"})
    assert lower.status_code == 400
    assert decision(world).id == row.id
    early = browser.post(address(row, "change", world), {**asked, "value": higher(row), "decided_on": "2020-01-01"})
    assert "the day does not fit" in text(early)
    stranger = {**asked, "value": higher(row), "decided_by": str(world.persons["other_principal"])}
    assert "Select a valid choice" in text(browser.post(address(row, "change", world), stranger))
    assert browser.post(address(row, "change", world), {**asked, "value": higher(row)}).status_code == 302
    assert decision(world).facts.value == higher(row)
    assert decision(world).decided_by == (world.persons["teacher"],)


def test_no_other_school_corrects(world: World, log_in: LogIn) -> None:
    row, stranger = decision(world), log_in("other_principal")
    assert stranger.get(address(row, "rectification", world)).status_code == 404
    own = f"{reverse('office:correct', args=[row.id, 'rectification'])}?school={world.other_school}"
    assert stranger.get(own).status_code == 404
    assert stranger.get(reverse("office:decisions", args=[world.persons["pupil"]])).status_code == 404
    assert log_in("principal").get(address(row, "test", world)).status_code == 403
    assert log_in("principal").get(address(row, "nonsense", world)).status_code == 404


@pytest.mark.parametrize("way", ["rectification", "re-examination"])
def test_a_vietnamese_level_is_corrected_by_its_own_rules(vietnamese: World, vn_office: Client, way: str) -> None:
    assert vietnamese.vn_school is not None
    pupil = vietnamese.persons["vn_pupil"]
    rows = results.standing(
        by=operator(), path=vietnamese.vn_path, unit=vietnamese.vn_school, school_year="2025/2026", pupils=[pupil]
    )[pupil]
    row = next(r for r in rows if r.facts.kind == "level")
    where = f"{reverse('office:correct', args=[row.id, way])}?school={vietnamese.vn_school}"
    form = text(vn_office.get(where))
    assert "Thông tư 27/2020/TT-BGDĐT" in form
    other = next(v for v in ("T", "H", "C") if v != row.facts.value)
    asked = {"value": other, "role": "class_teacher", "decided_by": str(vietnamese.persons["vn_teacher"]),
             "decided_on": "2026-06-10", "explanation": "Ghi nhầm."}  # fmt: skip
    assert "Every ground has to be affirmed" in text(vn_office.post(where, asked))
    ground = "slip" if way == "rectification" else "assessed_again"
    assert vn_office.post(where, {**asked, "grounds": ground}).status_code == 302
    assert UUID(str(row.id)) not in {
        r.id
        for r in results.standing(
            by=operator(), path=vietnamese.vn_path, unit=vietnamese.vn_school, school_year="2025/2026", pupils=[pupil]
        )[pupil]
    }
