"""Signing with a certificate of one's own through the pages: files, half an answer, every wrong file."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
import time_machine
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client

from testamur.kernel.base import clock
from testamur.kernel.base.actor import Actor, Grant, operator
from testamur.register.people import queries as people
from testamur.trust.records import bundle
from testamur.trust.records.models import Record
from testamur.trust.records.rules import State
from testamur.trust.signing import actions as signing
from testamur.trust.signing import steps as signing_steps
from testamur.trust.signing.actions import TooManyAtOnce
from testamur.trust.signing.methods.certificate import anchors
from testamur.trust.signing.methods.certificate.requests import SigningAnswer, read_answer, read_request
from testamur.trust.signing.models import Ceremony, CeremonySignature
from testamur.trust.signing.rules import DocumentToSign, SignerIdentity
from tests.surfaces.web.staff.test_signing import shown, start
from tests.surfaces.web.world import World
from tests.trust.signing.own import Own, own

pytestmark = pytest.mark.django_db
LogIn = Callable[..., Client]


def certificate_of(world: World, who: str, **how: Any) -> Own:
    """That person's certificate, the number in it as the register has it."""
    me = people.person(by=operator(), id=world.persons[who])
    assert me is not None
    assert me.identifier is not None
    return own(me.name, me.identifier.scheme.value, me.identifier.value, **how)


def begun(browser: Client, choice: str = "all=1") -> str:
    """Start a ceremony with a certificate; returns the address of its page."""
    page = str(browser.get(start(browser, choice, "certificate"))["Location"])
    assert page.endswith("/certificate/")
    return page


def choose(browser: Client, page: str, data: bytes) -> Any:
    return browser.post(page + "choose/", {"certificate": SimpleUploadedFile("me.pem", data)})


def hand_in(browser: Client, page: str, data: bytes, **headers: str) -> Any:
    return browser.post(page + "answer/", {"answer": SimpleUploadedFile("a.json", data)}, headers=headers)


@pytest.mark.feature("D11", "D12")
def test_documents_are_signed_with_files_alone(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    assert "Certificate on my own computer" in shown(browser, "/sign/review/?all=1")
    page = begun(browser)
    assert "First the certificate" in shown(browser, page)
    assert browser.get(page + "request/").status_code == 404
    assert choose(browser, page, mine.pem).status_code == 303
    text = shown(browser, page)
    assert world.names["principal"] in text
    assert "Fetch the signing request" in text
    request = browser.get(page + "request/")
    assert request["Content-Disposition"].startswith("attachment")
    assert hand_in(browser, page, mine.answer(request.content)).status_code == 303
    assert browser.get(page)["Location"].startswith("/sign/progress/")
    assert {record.state for record in Record.objects.filter(id__in=ready)} == {State.SIGNED}
    assert CeremonySignature.objects.count() == 4


@pytest.mark.feature("D11")
def test_half_an_answer_counts_and_the_rest_follows_later(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    page = begun(browser)
    choose(browser, page, mine.pem)
    first = browser.get(page + "request/").content
    hand_in(browser, page, mine.answer(first, most=1))
    text = shown(browser, page)
    assert "1 of 4 documents are signed" in text
    assert "Choose another certificate" not in text
    kept = bytes(CeremonySignature.objects.get().signature)
    again = browser.get(page + "request/").content
    assert len(read_request(again).documents) == 3
    assert hand_in(browser, page, mine.answer(first)).status_code == 303  # the first request again, all of it
    assert kept in {bytes(one) for one in CeremonySignature.objects.values_list("signature", flat=True)}
    assert CeremonySignature.objects.count() == 4
    assert browser.get(page)["Location"].startswith("/sign/progress/")


def test_a_page_with_scripts_is_told_how_many_are_signed(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    page = begun(browser)
    choose(browser, page, mine.pem)
    policy = browser.get(page)["Content-Security-Policy"]
    assert "connect-src 'self' http://127.0.0.1:24826;" in policy
    assert "http://127.0.0.1:31000;" in browser.get(page + "?port=31000")["Content-Security-Policy"]
    for wrong in ("80", "80 evil.example", "99999", "-1"):  # the one that was told last stays
        assert "'self' http://127.0.0.1:31000;" in browser.get(page, {"port": wrong})["Content-Security-Policy"]
    assert "127.0.0.1" not in browser.get("/sign/")["Content-Security-Policy"]
    request = browser.get(page + "request/").content
    told = hand_in(browser, page, mine.answer(request, most=2), Accept="application/json")
    assert told.json() == {"done": 2, "count": 4, "problem": ""}
    other = certificate_of(world, "principal")
    told = hand_in(browser, page, other.answer(browser.get(page + "request/").content), Accept="application/json")
    assert told.status_code == 422
    assert told.json()["done"] == 2
    assert "not by this certificate" in told.json()["problem"]


def test_every_wrong_certificate_is_said_in_its_field(
    world: World, ready: list[UUID], log_in: LogIn, tmp_path: Path
) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    page = begun(browser)
    long_ago = clock.now() - timedelta(days=900)
    wrong = {
        "in another person": certificate_of(world, "teacher").pem,
        "does not come from an authority": certificate_of(world, "principal", folder=tmp_path / "ca").pem,
        "is not valid today": certificate_of(world, "principal", now=long_ago, days=30).pem,
        "There is no certificate in this file": mine.file(tmp_path).read_bytes(),
        "The submitted file is empty.": b"",
    }
    for words, data in wrong.items():
        answer = choose(browser, page, data)
        assert answer.status_code == 422, words
        assert words in answer.content.decode()
    both = choose(browser, page, mine.pem + certificate_of(world, "principal").pem)
    assert "There is no certificate in this file" in both.content.decode()
    assert CeremonySignature.objects.count() == 0
    root = anchors.test_ca(anchors.test_folder()).certificate.public_bytes(Encoding.PEM)
    assert choose(browser, page, root + mine.pem).status_code == 303  # a root beside it, in any order


def test_every_wrong_answer_is_refused_as_a_whole(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    page = begun(browser)
    assert hand_in(browser, page, b"{}").status_code == 422
    choose(browser, page, mine.pem)
    request = browser.get(page + "request/").content
    found = read_request(request)
    good = read_answer(mine.answer(request))
    first, second = found.documents[:2]
    swapped = {**good.signatures, first.record: good.signatures[second.record]}
    wrong = {
        "not by this certificate": SigningAnswer(found.ceremony, swapped).written(),
        "answer is to another request": SigningAnswer(uuid4(), good.signatures).written(),
        "This answer is to another": SigningAnswer(found.ceremony, {uuid4(): b"x"}).written(),
        "not the file": request,
    }
    for words, data in wrong.items():
        answer = hand_in(browser, page, data)
        assert answer.status_code == 422, words
        assert words in answer.content.decode()
    assert CeremonySignature.objects.count() == 0


def test_another_certificate_can_be_chosen_until_something_is_signed(
    world: World, ready: list[UUID], log_in: LogIn
) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    page = begun(browser)
    choose(browser, page, certificate_of(world, "principal").pem)
    browser.post(page + "other/")
    assert "First the certificate" in shown(browser, page)
    choose(browser, page, mine.pem)
    hand_in(browser, page, mine.answer(browser.get(page + "request/").content, most=1))
    assert "Go on with that one" in browser.post(page + "other/", follow=True).content.decode()
    assert choose(browser, page, certificate_of(world, "principal").pem).status_code == 303
    assert "Go on with that one" in shown(browser, page)
    assert CeremonySignature.objects.count() == 1


def test_a_cancelled_signature_leaves_nothing_and_one_that_waits_a_day_ends(
    world: World, ready: list[UUID], log_in: LogIn
) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    page = begun(browser)
    choose(browser, page, mine.pem)
    request = browser.get(page + "request/").content
    hand_in(browser, page, mine.answer(request, most=2))
    browser.post(page.replace("certificate/", "cancel/"))
    assert CeremonySignature.objects.count() == 0
    assert {record.state for record in Record.objects.filter(id__in=ready)} == {State.READY}
    assert "The signature was cancelled" in browser.get(page, follow=True).content.decode()
    late = hand_in(browser, page, mine.answer(request))
    assert late.status_code == 303
    assert CeremonySignature.objects.count() == 0
    page = begun(browser)
    choose(browser, page, mine.pem)
    hand_in(browser, page, mine.answer(browser.get(page + "request/").content, most=2))
    now = clock.now()
    with time_machine.travel(now + timedelta(hours=23), tick=False):
        signing_steps.sweep(by=operator(), now=clock.now())
    assert CeremonySignature.objects.count() == 2
    signing_steps.sweep(by=operator(), now=now + timedelta(hours=25))
    assert CeremonySignature.objects.count() == 0
    assert Ceremony.objects.filter(state="expired").count() == 1


def test_nobody_else_finds_the_page(world: World, ready: list[UUID], log_in: LogIn) -> None:
    page = begun(log_in("principal"))
    other = log_in("teacher")
    assert other.get(page).status_code == 404
    assert other.get(page + "request/").status_code == 404
    assert choose(other, page, certificate_of(world, "teacher").pem).status_code == 404
    assert hand_in(other, page, b"{}").status_code == 404


def test_the_database_keeps_what_was_signed(world: World, ready: list[UUID], log_in: LogIn) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    page = begun(browser)
    choose(browser, page, mine.pem)
    hand_in(browser, page, mine.answer(browser.get(page + "request/").content))
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        CeremonySignature.objects.update(signature=b"other")
    with pytest.raises(IntegrityError, match="fixed"), transaction.atomic():
        CeremonySignature.objects.all().delete()


@pytest.mark.feature("D11")
def test_the_request_names_the_pupils_but_never_one_with_protected_identity(
    world: World, ready: list[UUID], log_in: LogIn
) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal")
    page = begun(browser)
    choose(browser, page, mine.pem)
    found = read_request(browser.get(page + "request/").content)
    titles = " ".join(one.title for one in found.documents)
    assert world.names["pupil"] in titles
    assert world.names["protected"] not in titles
    hidden = Record.objects.get(id__in=ready, subject=world.persons["protected"])
    assert f"{hidden.title}, {hidden.code}" in titles
    assert (found.signer, found.service) == (world.names["principal"], settings.PUBLIC_URL.rstrip("/"))


def test_a_certificate_that_is_revoked_or_runs_out_on_the_way_signs_nothing_more(
    world: World, ready: list[UUID], log_in: LogIn
) -> None:
    browser, mine = log_in("principal"), certificate_of(world, "principal", days=1)
    page = begun(browser)
    choose(browser, page, mine.pem)
    request = browser.get(page + "request/").content
    assert hand_in(browser, page, mine.answer(request, most=1)).status_code == 303
    with time_machine.travel(clock.now() + timedelta(hours=23), tick=False):
        hand_in(log_in("principal"), page, mine.answer(request, most=2))
    assert CeremonySignature.objects.count() == 2
    revoke(world, mine)
    late = hand_in(browser, page, mine.answer(request))
    assert "This certificate has been revoked" in late.content.decode()
    assert CeremonySignature.objects.count() == 2
    browser.post(page.replace("certificate/", "cancel/"))
    page = begun(browser)
    assert "This certificate has been revoked" in choose(browser, page, mine.pem).content.decode()
    short = certificate_of(world, "principal", days=1, now=clock.now() - timedelta(hours=23))
    choose(browser, page, short.pem)
    request = browser.get(page + "request/").content
    with time_machine.travel(clock.now() + timedelta(hours=2), tick=False):
        late = hand_in(log_in("principal"), page, short.answer(request))
    assert "is not valid today" in late.content.decode()
    assert CeremonySignature.objects.count() == 0


def revoke(world: World, mine: Own) -> None:
    """The authority's list names the certificate, and the organisation has got the list."""
    ca, now = anchors.test_ca(anchors.test_folder()), clock.now()
    entry = x509.RevokedCertificateBuilder().serial_number(mine.certificate.serial_number).revocation_date(now).build()
    crl = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(ca.certificate.subject)
        .last_update(now)
        .next_update(now + timedelta(days=7))
        .add_revoked_certificate(entry)
        .sign(ca.key, hashes.SHA256())
    )
    folder = bundle.anchors() / "crls" / str(world.authority)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "persons.der").write_bytes(crl.public_bytes(Encoding.DER))


def test_a_certificate_signs_no_more_than_it_can(world: World) -> None:
    teacher = world.persons["teacher"]
    by = Actor(teacher, "simulated", (Grant("signer", world.school_path, ("signing.*",)),))
    with pytest.raises(TooManyAtOnce):
        signing.start(
            by=by, organisation=world.authority, path=world.school_path, role="teacher", method="certificate",
            signer=SignerIdentity(teacher, "N", "se.personnummer", "190001010000"), locale="sv", now=clock.now(),
            documents=[DocumentToSign(uuid4(), "0" * 64, 1, "T") for _ in range(2001)],
        )  # fmt: skip
