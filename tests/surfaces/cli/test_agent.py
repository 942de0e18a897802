"""`testamur sign-request`, `certificate` and `agent` as the signer runs them: with a file, with a SoftHSM token."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_public_key

from testamur.kernel.base.ports import free_port
from testamur.trust.sealing.personal import verifies
from testamur.trust.signing.methods.certificate import anchors
from testamur.trust.signing.methods.certificate.certificates import UID, read
from testamur.trust.signing.methods.certificate.requests import (
    RequestedDocument,
    SigningRequest,
    fingerprint,
    read_answer,
)
from tests.trust.signing.own import PASSWORD, own

MODULE = Path("/usr/lib/softhsm/libsofthsm2.so")
PIN = "435261"
softhsm = pytest.mark.skipif(
    not MODULE.exists() or shutil.which("softhsm2-util") is None, reason="SoftHSM (Debian softhsm2) is not installed"
)

MAKE = """
import sys
import time
from base64 import b64decode
import pkcs11
from pkcs11 import Attribute, KeyType, ObjectClass
from pkcs11.util.ec import encode_named_curve_parameters, encode_ec_public_key
from pkcs11.util.rsa import encode_rsa_public_key
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
kind, pin = sys.argv[2:4]
with pkcs11.lib(sys.argv[1]).get_token(token_label="TEST own").open(rw=True, user_pin=pin) as session:
    if kind == "put":
        session.create_object({Attribute.CLASS: ObjectClass.CERTIFICATE, Attribute.CERTIFICATE_TYPE: pkcs11.CertificateType.X_509,
            Attribute.TOKEN: True, Attribute.LABEL: sys.argv[4], Attribute.ID: sys.argv[4].encode(),
            Attribute.SUBJECT: bytes.fromhex(sys.argv[5]), Attribute.VALUE: bytes.fromhex(sys.argv[6])})
    elif kind == "p256":
        parameters = session.create_domain_parameters(
            KeyType.EC, {Attribute.EC_PARAMS: encode_named_curve_parameters("secp256r1")}, local=True)
        public, _private = parameters.generate_keypair(store=True, label="p256", id=b"p256")
        sys.stdout.buffer.write(load_der_public_key(encode_ec_public_key(public)).public_bytes(
            Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    else:
        public, _private = session.generate_keypair(KeyType.RSA, 2048, store=True, label="rsa", id=b"rsa")
        from cryptography.hazmat.primitives.asymmetric import rsa
        numbers = rsa.RSAPublicNumbers(*(int.from_bytes(public[a], "big") for a in (
            Attribute.PUBLIC_EXPONENT, Attribute.MODULUS)))
        sys.stdout.buffer.write(numbers.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
"""  # noqa: E501 - a program of its own


@pytest.fixture(scope="module")
def token(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment with a token that holds two keys of one person, with certificates."""
    folder = tmp_path_factory.mktemp("softhsm")
    (folder / "tokens").mkdir()
    (folder / "conf").write_text(f"directories.tokendir = {folder / 'tokens'}\nobjectstore.backend = file\n")
    environment = {**os.environ, "SOFTHSM2_CONF": str(folder / "conf"), "PYTHONPATH": os.pathsep.join(["src", "."])}
    initialise = ["softhsm2-util", "--init-token", "--free", "--label", "TEST own", "--so-pin", "999999", "--pin", PIN]
    subprocess.run(initialise, env=environment, check=True, capture_output=True)
    ca = anchors.test_ca(folder / "ca")
    for kind in ("p256", "rsa"):
        public = load_pem_public_key(make(environment, kind))
        now = datetime.now(UTC)
        certificate = (
            x509.CertificateBuilder()
            .subject_name(x509.Name([x509.NameAttribute(UID, "CCCD:001190000017")]))
            .issuer_name(ca.certificate.subject)
            .public_key(public)  # type: ignore[arg-type]
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(
                x509.KeyUsage(
                    digital_signature=True, content_commitment=True, key_encipherment=False, data_encipherment=False,
                    key_agreement=False, key_cert_sign=False, crl_sign=False, encipher_only=False, decipher_only=False,
                ),
                critical=True,
            )
            .sign(ca.key, hashes.SHA256())
        )  # fmt: skip
        der = certificate.public_bytes(Encoding.DER)
        make(environment, "put", kind, certificate.subject.public_bytes().hex(), der.hex())
    return environment


def make(environment: dict[str, str], *what: str) -> bytes:
    command = [sys.executable, "-c", MAKE, str(MODULE), what[0], PIN, *what[1:]]
    done = subprocess.run(command, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def command(environment: dict[str, str], *arguments: str, typed: str = "") -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "testamur", *arguments]
    return subprocess.run(line, env=environment, input=typed, capture_output=True, text=True, timeout=60, check=False)


def plain() -> dict[str, str]:
    """An environment in which nothing of an installation is set."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("TESTAMUR_")}
    return {**kept, "PYTHONPATH": "src"}


def request_for(der: bytes, count: int = 3) -> SigningRequest:
    documents = tuple(RequestedDocument(uuid4(), f"Học bạ {n}", b"attributes %d" % n) for n in range(count))
    return SigningRequest("https://school.example", uuid4(), "Ví Dụ", "hiệu trưởng", fingerprint(der), documents)


@pytest.mark.feature("D11")
def test_a_request_is_signed_with_a_file_and_no_installation(tmp_path: Path) -> None:
    mine = own("Ví Dụ", "vn.cccd", "001190000017", now=datetime.now(UTC), folder=tmp_path / "ca")
    p12, request, pem = mine.file(tmp_path), tmp_path / "request.json", tmp_path / "me.pem"
    done = command(plain(), "certificate", str(pem), "--p12", str(p12), typed=f"{PASSWORD}\n")
    assert done.returncode == 0, done.stderr
    assert read(pem.read_bytes()) == (mine.der,)
    asked = request_for(mine.der)
    request.write_bytes(asked.written())
    typed = f"{PASSWORD}\nyes\n{PASSWORD}\n"
    done = command(plain(), "sign-request", str(request), "--p12", str(p12), typed=typed)
    assert done.returncode == 0, done.stderr
    answer = read_answer((tmp_path / "request.answer.json").read_bytes())
    assert answer.ceremony == asked.ceremony
    assert all(verifies(mine.der, answer.signatures[one.record], one.to_be_signed) for one in asked.documents)
    assert PASSWORD not in done.stdout + (tmp_path / "request.answer.json").read_text()
    refused = command(plain(), "sign-request", str(request), "--p12", str(p12), typed=f"{PASSWORD}\nno\n")
    assert refused.returncode == 1


@softhsm
@pytest.mark.feature("D11")
@pytest.mark.parametrize("kind", ["p256", "rsa"])
def test_a_request_is_signed_with_a_token(token: dict[str, str], tmp_path: Path, kind: str) -> None:
    where = ("--pkcs11", str(MODULE), "--token", "TEST own", "--label", kind)
    pem, request = tmp_path / "me.pem", tmp_path / "request.json"
    done = command(token, "certificate", str(pem), *where)  # certificates need no PIN
    assert done.returncode == 0, done.stderr
    (der,) = read(pem.read_bytes())
    asked = request_for(der, 50)
    request.write_bytes(asked.written())
    done = command(token, "sign-request", str(request), *where, typed=f"yes\n{PIN}\n")
    assert done.returncode == 0, done.stderr
    answer = read_answer((tmp_path / "request.answer.json").read_bytes())
    assert all(verifies(der, answer.signatures[one.record], one.to_be_signed) for one in asked.documents)
    wrong = command(token, "sign-request", str(request), *where, typed="yes\n000000\n")
    assert wrong.returncode == 1
    assert "PinIncorrect" in wrong.stdout + wrong.stderr


@softhsm
def test_a_token_with_two_certificates_wants_to_be_told_which(token: dict[str, str], tmp_path: Path) -> None:
    done = command(token, "certificate", str(tmp_path / "me.pem"), "--pkcs11", str(MODULE), "--token", "TEST own")
    assert done.returncode == 1
    assert "name one with --label" in done.stdout + done.stderr


@softhsm
@pytest.mark.feature("D11")
def test_the_agent_signs_with_a_token_for_a_page(token: dict[str, str]) -> None:
    port = free_port()
    command = [
        sys.executable, "-u", "-m", "testamur", "agent", "--service", "https://school.example/",
        "--port", str(port), "--pkcs11", str(MODULE), "--token", "TEST own", "--label", "p256",
    ]  # fmt: skip
    with subprocess.Popen(
        command, env=token, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdin is not None
            code = ""
            for line in process.stdout:
                if found := re.search(r"pairing code\s+(\d{6})", line):
                    code = found[1]
                    break
            process.stdin.write(f"yes\n{PIN}\n")
            process.stdin.flush()
            with httpx.Client(
                base_url=f"http://127.0.0.1:{port}",
                timeout=60,
                headers={"Origin": "https://school.example", "Testamur-Pairing": code},
            ) as page:
                (known,) = page.get("/v1/certificates").json()["certificates"]
                der = x509.load_der_x509_certificate(b64decode(known["chain"][0]))
                asked = request_for(der.public_bytes(Encoding.DER), 20)
                job = page.post("/v1/sign", content=asked.written()).json()["job"]
                told = {"state": "asking", "made": 0}
                end = time.monotonic() + 120
                while time.monotonic() < end:
                    told = page.get(f"/v1/jobs/{job}").json()
                    if told["state"] == "done":
                        break
                    time.sleep(0.05)
                assert (told["state"], told["made"]) == ("done", 20), json.dumps(told)[:400]
        finally:
            process.terminate()
