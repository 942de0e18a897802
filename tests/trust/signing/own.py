"""Personal certificates of invented people, made by the demonstration's TEST authority."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding

from testamur.kernel.base import clock
from testamur.trust.signing.methods.certificate import anchors
from testamur.trust.signing.methods.certificate.agent.keys import FileKey, open_file
from testamur.trust.signing.methods.certificate.requests import SigningAnswer, read_request

PASSWORD = "1234"


@dataclass(frozen=True, slots=True)
class Own:
    """A person's key and certificate, as the person has them."""

    key: ec.EllipticCurvePrivateKey
    certificate: x509.Certificate

    @property
    def der(self) -> bytes:
        return self.certificate.public_bytes(Encoding.DER)

    @property
    def pem(self) -> bytes:
        return self.certificate.public_bytes(Encoding.PEM)

    def sign(self, data: bytes) -> bytes:
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))

    def answer(self, request: bytes, *, most: int | None = None) -> bytes:
        """What `testamur sign-request` makes of a request; only the first `most` signatures where a line breaks."""
        found = read_request(request)
        signed = {one.record: self.sign(one.to_be_signed) for one in found.documents[:most]}
        return SigningAnswer(found.ceremony, signed).written()

    def file(self, folder: Path) -> Path:
        path = folder / "own.p12"
        path.write_bytes(anchors.invented_p12(self.key, self.certificate, PASSWORD))
        return path

    def opened(self, folder: Path) -> FileKey:
        return open_file(self.file(folder), lambda _prompt: PASSWORD)


def own(
    name: str, scheme: str, identifier: str, *, now: datetime | None = None, days: int = 730, folder: Path | None = None
) -> Own:
    """Somebody's certificate from the TEST authority (of the installation, or of another in `folder`)."""
    ca = anchors.test_ca(folder or anchors.test_folder())
    return Own(
        *anchors.invented_certificate(
            ca, name=name, scheme=scheme, identifier=identifier, now=now or clock.now(), days=days
        )
    )
