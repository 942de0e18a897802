"""A family's documents: seen by those whom they are about, and by nobody else."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import timedelta
from uuid import UUID
from zipfile import ZipFile

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from testamur.access.accounts.rules import Level
from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.kernel.proofs.report import Word
from testamur.kernel.proofs.trust import parse_trust
from testamur.kernel.proofs.verify import verify_file
from testamur.register.people import actions as people
from testamur.register.people.rules import NewGuardianship, Relation
from testamur.trust.archive.queries import store
from testamur.trust.archive.rules import object_path
from testamur.trust.records import actions
from testamur.trust.records.models import Record, Retrieval, Sight
from testamur.trust.records.rules import State
from tests.surfaces.web.conftest import TODAY
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]
PAGES = ("", "pdf/", "original/", "evidence/", "share/")


def shown(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200, (answer.status_code, answer.headers)
    return answer.content.decode()


@pytest.mark.feature("A2", "A15", "C17", "D14", "D20")
def test_a_guardian_finds_reads_and_fetches_the_original(world: World, reports: dict[str, UUID], log_in: LogIn) -> None:
    browser = log_in("guardian")
    home = shown(browser, "/family/")
    assert "1 document is new." in home
    assert "Terminsbetyg" in home
    assert "Solbackaskolan (exempel)" in home
    assert world.names["third"].split()[0] not in home
    address = f"/family/record/{reports['pupil']}/"
    page = shown(browser, address)
    assert "This document is valid." in page
    assert world.names["principal"] in page
    assert "Print" in page or "print it" in page
    original = browser.get(address + "original/")
    assert original["Content-Disposition"].startswith('attachment; filename="Terminsbetyg 2025-2026 VT ')
    assert original.content == store().read(reports["pupil"], "record.pdf")
    assert shown(browser, "/family/").count("is new") == 0
    retrieval = Retrieval.objects.get()
    assert (retrieval.way, retrieval.person) == ("guardian", world.persons["guardian"])
    assert "Fetched 1 time" in shown(browser, address)
    assert browser.get(address + "pdf/")["Content-Disposition"].startswith("inline")


@pytest.mark.feature("A22", "D15", "D16")
def test_the_evidence_bundle_verifies_without_us(world: World, reports: dict[str, UUID], log_in: LogIn) -> None:
    answer = log_in("pupil").get(f"/family/record/{reports['pupil']}/evidence/")
    with ZipFile(io.BytesIO(answer.content)) as packed:
        names = packed.namelist()
        pdf = next(name for name in names if name.endswith(".pdf"))
        trust = parse_trust(packed.read("trust.json"))
        verdict = verify_file(packed.read(pdf), trust, pdf, sidecar=packed.read(pdf + ".tlog-proof"), at=clock.now())
        assert json.loads(packed.read("integrity.json"))["checks"]
    assert verdict.word is Word.VALID
    assert str(world.names["pupil"]) not in answer["Content-Disposition"]


@pytest.mark.feature("A2")
def test_a_receipt_tells_in_plain_words_what_was_checked(world: World, reports: dict[str, UUID], log_in: LogIn) -> None:
    browser = log_in("guardian")
    address = f"/family/record/{reports['pupil']}/"
    page = browser.post(address + "check/").content.decode()
    assert "The file is the one that was issued, to the last byte." in page
    assert "It stands in the issuer" in page
    path = settings.DATA / "archive" / object_path(reports["pupil"]) / "v1" / "content" / "record.pdf"
    path.chmod(0o644)
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    damaged = browser.post(address + "check/")
    assert damaged.status_code == 409
    assert "cannot show this document as it was issued" in damaged.content.decode()
    assert browser.get(address + "original/").status_code == 409
    assert Retrieval.objects.count() == 1


def test_nobody_else_learns_even_that_there_is_a_document(
    world: World, reports: dict[str, UUID], log_in: LogIn
) -> None:
    """Other guardians, a former guardian, unknown ids, other roles."""
    now = clock.now()
    former = NewGuardianship(
        world.persons["pupil"], world.persons["teacher"], Relation.PARENT, now.date() - timedelta(days=900),
        ends=now.date() - timedelta(days=1),
    )  # fmt: skip
    people.add_guardianships(by=operator(), guardianships=[former], now=now)
    unknown = UUID(int=7)
    for browser in (log_in("other_guardian"), log_in("second_guardian"), log_in("teacher", "self"), log_in("third")):
        told = {
            (page, browser.get(f"/family/record/{record}/{page}").status_code)
            for record in (reports["pupil"], unknown)
            for page in PAGES
        }
        assert told == {(page, 404) for page in PAGES}
        assert browser.post(f"/family/record/{reports['pupil']}/check/").status_code == 404
        assert browser.post(f"/family/record/{reports['pupil']}/share/", {"days": "7"}).status_code == 404
        assert world.names["pupil"] not in shown(browser, "/family/")
    for name in ("teacher", "principal", "administrator"):  # their own role, not the family's
        staff = log_in(name)
        assert {staff.get(f"/family/record/{reports['pupil']}/{page}").status_code for page in PAGES} == {403}
        assert staff.get("/family/").status_code == 403
    assert {Client().get(f"/family/record/{reports['pupil']}/{page}").status_code for page in PAGES} == {302}
    assert not Retrieval.objects.exists()


def test_a_code_by_text_message_shows_numbers_alone(world: World, reports: dict[str, UUID], log_in: LogIn) -> None:
    browser = log_in("guardian", level=Level.LOW)
    home = shown(browser, "/family/")
    assert "1 document is new." in home
    assert "Solbackaskolan (exempel): 1 document" in home
    assert "Terminsbetyg" not in home
    assert str(reports["pupil"]) not in home
    assert "log in with an e-ID" in home
    for page in PAGES:
        answer = browser.get(f"/family/record/{reports['pupil']}/{page}")
        assert answer.status_code == 302
        assert "why=level" in answer["Location"]
    assert not Retrieval.objects.exists()


@pytest.mark.feature("C19")
def test_a_protected_child_is_shown_to_its_guardian_like_any_other(
    world: World, reports: dict[str, UUID], log_in: LogIn
) -> None:
    browser = log_in("second_guardian")
    home, page = shown(browser, "/family/"), shown(browser, f"/family/record/{reports['protected']}/")
    assert world.names["protected"].split()[0] in home
    assert world.names["protected"] in page
    assert "protected" not in (home + page).replace("second_guardian", "").lower()
    seen = Sight.objects.filter(person=world.persons["protected"], actor=world.persons["second_guardian"])
    assert seen.count() == 1
    original = browser.get(f"/family/record/{reports['protected']}/original/")
    assert world.names["protected"] not in original["Content-Disposition"]
    assert not Sight.objects.filter(actor=world.persons["protected"]).exists()
    shown(log_in("protected"), "/family/")  # oneself is no sight
    assert not Sight.objects.filter(actor=world.persons["protected"]).exists()


@pytest.mark.feature("A2")
def test_what_no_longer_holds_says_so(world: World, reports: dict[str, UUID], log_in: LogIn) -> None:
    now = clock.now()
    actions.annul(
        by=operator(), path=world.school_path, record=reports["pupil"], why="Issued for the wrong pupil.", now=now
    )
    browser = log_in("guardian")
    assert "Annulled" in shown(browser, "/family/")
    page = shown(browser, f"/family/record/{reports['pupil']}/")
    assert "This document was annulled" in page
    assert "Show it to somebody" not in page
    Record.objects.filter(id=reports["third"]).update(released_at=now + timedelta(hours=1))
    pupil = log_in("third")
    assert "There is no document yet" in shown(pupil, "/family/")
    assert pupil.get(f"/family/record/{reports['third']}/").status_code == 404
    assert Record.objects.get(id=reports["third"]).state == State.PUBLISHED


@pytest.mark.feature("A15", "C16")
def test_a_guardian_switches_between_children_of_two_schools(
    world: World, reports: dict[str, UUID], log_in: LogIn
) -> None:
    now = clock.now()
    new = NewGuardianship(world.persons["other_pupil"], world.persons["guardian"], Relation.PARENT, now.date())
    people.add_guardianships(by=operator(), guardianships=[new], now=now)
    browser = log_in("guardian")
    both = shown(browser, "/family/")
    first, second = (world.names[name].split()[0] for name in ("pupil", "other_pupil"))
    assert "Solbackaskolan (exempel)" in both
    assert "Strandskolan (exempel)" in both
    assert 'aria-label="Children"' in both
    one = shown(browser, f"/family/?child={world.persons['other_pupil']}")
    assert f"<title>{second} – " in one
    assert "Solbackaskolan (exempel)" not in one
    assert f"<title>{first} – " not in shown(browser, f"/family/?child={world.persons['third']}")


@pytest.mark.feature("C16")
def test_the_day_of_coming_of_age_ends_a_guardians_reach(world: World, reports: dict[str, UUID], log_in: LogIn) -> None:
    from testamur.register.people.models import Person

    Person.objects.filter(id=world.persons["pupil"]).update(
        birth_date=TODAY.date().replace(year=2008) + timedelta(days=1)
    )
    assert "1 document is new." in shown(log_in("guardian"), "/family/")
    with time_machine.travel(TODAY + timedelta(days=1), tick=True):
        grown = log_in("pupil")
        assert "Terminsbetyg" in shown(grown, "/family/")
        late = Client()
        with pytest.raises(Exception, match="role"):
            log_in("guardian", client=late)
