"""What is tried against a token, inside the process that owns it."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, load_der_public_key

from testamur.trust.sealing import testpki
from testamur.trust.sealing.keys.contract import SealKey
from testamur.trust.sealing.keys.opening import certificate_request, open_key
from testamur.trust.sealing.sealer import Sealer
from tests.trust.sealing.support import EVIDENCE, FIELD_TEXT, LINES, RECT, tagged


def check(
    locator: Callable[[str], str], refused: Callable[[Callable[[], object]], str], module: str, pin_file: str
) -> dict[str, object]:
    """Everything at once: a token is opened once per process."""
    found: dict[str, object] = {}
    bad = Path(pin_file).with_name("bad")
    bad.write_text("000000")
    found["wrong_pin"] = refused(lambda: open_key(locator("rsa2048").replace(pin_file, str(bad))))
    for name in ("p256", "rsa2048"):
        found[name] = verdict(open_key(locator(name)))
    key = open_key(locator("p256"))
    asked = certificate_request(key, country="SE", organisation="TEST kommun", common_name="TEST token")
    found["request"] = x509.load_der_x509_csr(asked).is_signature_valid
    found["sealed"] = sealed(key, asked)
    found["weak"] = refused(lambda: open_key(locator("rsa1024")))
    found["missing"] = refused(lambda: open_key(locator("nothing")))
    found["twice"] = refused(lambda: open_key(locator("twice")))
    found["wrong_token"] = refused(lambda: open_key(locator("p256").replace("TEST%20seal", "other")))
    found["no_object"] = refused(lambda: open_key(f"pkcs11:token=x?module-path={module}&pin-source={pin_file}"))
    said: list[str] = []
    thread = threading.Thread(target=lambda: said.append(refused(lambda: key.sign(bytes(32)))))
    thread.start()
    thread.join()
    (found["other_thread"],) = said
    found["forked"] = forked([lambda: key.sign(bytes(32)), lambda: open_key(locator("rsa2048"))], refused)
    return found


def verdict(key: SealKey) -> str:
    message = b"message"
    signature = key.sign(hashlib.sha256(message).digest())
    public = load_der_public_key(key.public_key)
    try:
        if isinstance(public, rsa.RSAPublicKey):
            public.verify(signature, message, padding.PKCS1v15(), hashes.SHA256())
        elif isinstance(public, ec.EllipticCurvePublicKey):
            public.verify(signature, message, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return "not valid"
    return "verified"


def sealed(key: SealKey, asked: bytes) -> str:
    """Seal with the token's key under a certificate made for its request."""
    now = datetime.now(UTC)
    with tempfile.TemporaryDirectory() as folder:
        pki = testpki.make(Path(folder), organisation="TEST kommun", country="SE", now=now)
    request = x509.load_der_x509_csr(asked)
    issuing = x509.load_der_x509_certificate(pki.issuing)
    leaf = (
        x509.CertificateBuilder()
        .subject_name(request.subject)
        .issuer_name(issuing.subject)
        .public_key(request.public_key())
        .serial_number(7)
        .not_valid_before(now)
        .not_valid_after(issuing.not_valid_after_utc)
        .sign(pki.issuing_key, hashes.SHA256())
        .public_bytes(Encoding.DER)
    )
    sealer = Sealer(key, (leaf, pki.issuing), "TEST kommun")
    made = sealer.prepare_batch(LINES).seal(
        tagged(), evidence=EVIDENCE, page=1, rect=RECT, lines=LINES, field_text=FIELD_TEXT, at=now
    )
    return "verified" if made.file().startswith(tagged()) else "not valid"


def forked(works: list[Callable[[], object]], refused: Callable[[Callable[[], object]], str]) -> list[str]:
    """What a forked child is told."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.write(writing, json.dumps([refused(work) for work in works]).encode())
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as pipe:
        said: list[str] = json.loads(pipe.read())
    os.waitpid(child, 0)
    return said
