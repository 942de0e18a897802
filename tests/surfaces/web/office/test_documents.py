"""Finding documents, one document's page, and declaring one void."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from testamur.kernel.base.actor import operator
from testamur.trust.records import queries
from testamur.trust.records.rules import State
from tests.surfaces.web.office.conftest import LogIn, reports, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db


def found(browser: Client, **asked: str) -> str:
    return text(browser.get(reverse("office:documents"), asked))


@pytest.mark.feature("A14", "A20", "A24")
def test_documents_are_found_and_an_original_is_fetched_and_checked(issued: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    record = next(r for r in reports(issued) if r.subject == issued.persons["pupil"])
    given, family = issued.names["pupil"].split(" ", 1)
    page = found(browser, who=f"{given[:4]} {family[:4]}", kind=record.document_type)
    assert record.code in page
    assert "Released" in page
    assert record.code in found(browser, code=record.code.lower().replace("-", " "))
    assert "Nothing was found" in found(browser, who=given, state="annulled")
    fragment = browser.get(reverse("office:documents"), {"who": family}, headers={"hx-request": "true"})
    assert text(fragment).strip() in found(browser, who=family)
    details = text(browser.get(reverse("office:record", args=[record.id])))
    assert issued.names["principal"] in details
    assert "Sealed by the body responsible" in details
    original = browser.get(reverse("office:original", args=[record.id]))
    assert original.content.startswith(b"%PDF-")
    assert original["Content-Disposition"] == f'attachment; filename="{record.code}.pdf"'
    assert "Original fetched" in text(browser.get(reverse("office:record", args=[record.id])))
    report = text(browser.post(reverse("office:check", args=[record.id])))
    assert "The archived original is whole" in report
    assert "TOTAL-PASSED" in report
    archive = Path(settings.DATA) / "archive"
    (pdf,) = [p for p in archive.rglob("record.pdf") if str(record.id) in str(p)]
    pdf.write_bytes(pdf.read_bytes()[:-20] + b"x" * 20)
    assert "The archived original is damaged" in text(browser.post(reverse("office:check", args=[record.id])))
    assert browser.get(reverse("office:original", args=[record.id])).status_code == 409


def test_a_protected_pupil_is_found_by_number_alone(issued: World, log_in: LogIn) -> None:
    browser = log_in("administrator")
    record = next(r for r in reports(issued) if r.subject == issued.persons["protected"])
    assert record.code not in found(browser, who=issued.names["protected"])
    assert record.code in found(browser, who=issued.numbers["protected"])


def test_a_document_is_annulled_with_a_reason_and_no_other_school_may(issued: World, log_in: LogIn) -> None:
    record = reports(issued)[0]
    address = reverse("office:annul", args=[record.id])
    stranger = log_in("other_administrator")
    assert stranger.get(reverse("office:record", args=[record.id])).status_code == 404
    assert stranger.post(address, {"why": "was never decided", "sure": "on"}).status_code == 404
    assert log_in("principal").get(address).status_code == 403
    browser = log_in("administrator")
    page = browser.post(address, {"why": "no"})
    assert page.status_code == 400
    assert "Ensure this value has at least 10 characters" in text(page)
    done = browser.post(address, {"why": "was never decided", "sure": "on"}, follow=True)
    assert "was never decided" in text(done)
    assert "Annulled" in text(done)
    assert queries.by_ids(by=operator(), records=[record.id])[0].state is State.ANNULLED
