"""Keys and certificates of the body responsible."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, pkcs7
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from testamur.kernel.base import clock
from testamur.kernel.base.actor import operator
from testamur.trust.sealing import queries, testpki
from testamur.trust.sealing.models import SealCertificate
from testamur.trust.sealing.queries import Seal
from testamur.trust.sealing.rules import SealState
from tests.surfaces.web import world as worlds
from tests.surfaces.web.office.conftest import Answer, LogIn, text
from tests.surfaces.web.world import World

pytestmark = pytest.mark.django_db
ASKED = {"where": "file", "algorithm": "p256", "organisation": "Exempelkommun", "common_name": "Exempelkommun sigill"}


def ask(browser: Client) -> UUID:
    answer = browser.post(reverse("office:seal_request"), ASKED)
    assert answer.status_code == 302, text(answer)
    return UUID(answer["Location"].rstrip("/").rpartition("/")[2])


def issue(pki: testpki.TestPki, pem: bytes) -> x509.Certificate:
    """What a certificate authority makes of a request."""
    asked, now = x509.load_pem_x509_csr(pem), clock.now()
    issuer = x509.load_der_x509_certificate(pki.issuing)
    uses = dict.fromkeys(
        ("digital_signature", "key_encipherment", "data_encipherment", "key_agreement", "key_cert_sign", "crl_sign",
         "encipher_only", "decipher_only"), False
    )  # fmt: skip
    builder = (
        x509.CertificateBuilder()
        .subject_name(asked.subject)
        .issuer_name(issuer.subject)
        .public_key(asked.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=700))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(content_commitment=True, **uses), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(asked.public_key()), critical=False)
        .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(pki.issuing_key.public_key()), critical=False)
    )
    return builder.sign(pki.issuing_key, hashes.SHA256())


def install(browser: Client, seal: UUID, *files: bytes) -> Answer:
    sent = [SimpleUploadedFile(f"{n}.crt", data) for n, data in enumerate(files)]
    return browser.post(reverse("office:seal_install", args=[seal]), {"certificates": sent}, follow=True)


def active(world: World) -> list[Seal]:
    return [s for s in queries.seals(by=operator(), organisation=world.authority) if s.state is SealState.ACTIVE]


@pytest.mark.feature("A18", "A19")
def test_a_seal_is_asked_for_installed_tried_and_changed(world: World, log_in: LogIn, tmp_path: Path) -> None:
    worlds.equip(world, clock.now())
    (former,) = active(world)
    browser = log_in("authority_administrator")
    seal = ask(browser)
    keys = list((Path(settings.DATA) / "keys").glob("seal-exempelkommun-*.p12"))
    assert len(keys) == 1
    assert all(p.stat().st_mode & 0o077 == 0 for p in (keys[0], keys[0].with_suffix(".pass")))
    pem = browser.get(reverse("office:seal_pem", args=[seal])).content
    pki = testpki.make(tmp_path / "ca", organisation="TEST CA", country="SE", now=clock.now())
    own = issue(pki, pem)
    issuing, root = (x509.load_der_x509_certificate(der) for der in (pki.issuing, pki.root))
    assert "holds no certificate" in text(install(browser, seal, b"nonsense"))
    assert "Was another request sent?" in text(install(browser, seal, pki.seal.certificate, pki.issuing))
    assert "Send the whole chain." in text(install(browser, seal, own.public_bytes(Encoding.PEM)))
    assert active(world) == [former]
    bundle = pkcs7.serialize_certificates([root, own, issuing], Encoding.DER)
    assert "The seal is in use." in text(install(browser, seal, bundle))
    (now,) = active(world)
    assert now.id == seal
    tried = text(browser.post(reverse("office:seal_try", args=[seal])))
    assert "The trial holds" in tried
    assert "every byte of the sample is covered" in tried
    folder = Path(settings.DATA) / "trust" / "seal-roots" / str(world.authority)
    for path in folder.glob("*.der"):
        path.unlink()
    assert "The trial does not hold" in text(browser.post(reverse("office:seal_try", args=[seal])))
    page = text(browser.get(reverse("office:seals")))
    assert "Exempelkommun sigill" in page
    assert "Retired" in page


def test_a_certificate_that_ends_soon_is_told_and_a_seal_retires(world: World, log_in: LogIn) -> None:
    worlds.equip(world, clock.now())
    browser = log_in("authority_administrator")
    SealCertificate.objects.update(valid_to=clock.now() + timedelta(days=20, hours=1))
    page = text(browser.get(reverse("office:seals")))
    assert "The certificate ends in 20 days." in page
    assert 'data-color="danger"' in page
    (seal,) = active(world)
    retire = reverse("office:seal_retire", args=[seal.id])
    assert "Say that you are sure." in text(browser.post(retire, {}, follow=True))
    assert active(world) == [seal]
    browser.post(retire, {"sure": "on"})
    assert active(world) == []
    assert "There is no seal in use" in text(browser.get(reverse("office:seals")))


def test_keys_are_for_the_body_responsible_alone(world: World, log_in: LogIn) -> None:
    worlds.equip(world, clock.now())
    (seal,) = active(world)
    for name in ("administrator", "principal"):
        browser = log_in(name)
        page = text(browser.get(reverse("office:seals")))
        assert "The seal belongs to" in page
        assert str(seal.id) not in page
        assert browser.get(reverse("office:seal", args=[seal.id])).status_code == 404
        assert browser.post(reverse("office:seal_request"), ASKED).status_code == 403
        assert browser.post(reverse("office:seal_retire", args=[seal.id]), {"sure": "on"}).status_code == 404
    boss = log_in("authority_administrator")
    wrong = boss.post(reverse("office:seal_request"), {**ASKED, "where": "token:/lib/evil.so", "label": "x"})
    assert wrong.status_code == 400
    assert "Select a valid choice" in text(wrong)
    assert active(world) == [seal]
