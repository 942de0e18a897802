"""Signing with a certificate of one's own through the pages: files, half an answer, every wrong file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from testamur.kernel.base.actor import operator
from testamur.register.people import queries as people
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State
from testamur.trust.signing.models import Ceremony, CeremonySignature
from tests.surfaces.web.staff.test_signing import shown, start
from tests.surfaces.web.world import World
from tests.trust.signing.own import Own, own

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]


def certificate_of(world: World, who: str, **how: object) -> Own:
    """That person's certificate, the number in it as the register has it."""
    me = people.person(by=operator(), id=world.persons[who])
    assert me is not None
    assert me.identifier is not None
    return own(me.name, me.identifier.scheme.value, me.identifier.value, **how)  # type: ignore[arg-type]


def begun(browser: Client, choice: str = "all=1") -> str:
    """Start a ceremony with a certificate; returns the address of its page."""
    page = str(browser.get(start(browser, choice, "certificate"))["Location"])
    assert page.endswith("/certificate/")
    return page


def choose(browser: Client, page: str, data: bytes) -> object:
    return browser.post(page + "choose/", {"certificate": SimpleUploadedFile("me.pem", data)})


def hand_in(browser: Client, page: str, data: bytes, **headers: str) -> object:
    return browser.post(page + "answer/", {"answer": SimpleUploadedFile("a.json", data)}, headers=headers)


@pytest.mark.feature("D11", "D12")
def test_documents_are_signed_with_files_alone(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    assert "Certificate on my own computer" in shown(browser, "/sign/review/?all=1")
    page = begun(browser)
    assert "First the certificate" in shown(browser, page)
    assert browser.get(page + "request/").status_code == 404
    assert choose(browser, page, mine.pem).status_code == 303  # type: ignore[attr-defined]
    text = shown(browser, page)
    assert world.names["principal"] in text
    assert "Fetch the signing request" in text
    request = browser.get(page + "request/")
    assert request["Content-Disposition"].startswith("attachment")
    assert hand_in(browser, page, mine.answer(request.content)).status_code == 303  # type: ignore[attr-defined]
    assert browser.get(page)["Location"].startswith("/sign/progress/")
    assert {record.state for record in Record.objects.filter(id__in=ready)} == {State.SIGNED}
    assert CeremonySignature.objects.count() == 4
