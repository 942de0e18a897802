"""How this installation reaches BankID, and the TLS context that trusts BankID's own root and nothing else."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from testamur.kernel.base.mutual import client_context
from testamur.kernel.base.refused import Refused


class NotSetUp(Refused):
    """BankID is not configured here, or a file of its configuration cannot be used."""

    code = "signing.bankid.not_set_up"


@dataclass(frozen=True, slots=True)
class BankIdSettings:
    """One relying party at one BankID environment.

    Attributes:
        url: base of the API, ends with ``/rp/v6.0/``.
        client_certificate: PKCS#12 (``.p12``, ``.pfx``) or PEM of the relying party's certificate.
        client_key: PEM of its key; None when the key is in the same file.
        password_file: file with the password of key or PKCS#12; None for a key without one.
        server_root: PEM of the root that BankID's servers chain to; the system's store is never used.
        signature_roots: PEM of the roots that personal certificates chain to.
        policies: accepted certificate policies; empty accepts every policy BankID uses, of its test too.
        relying_party: our name as BankID records it in signatures (base64-decoded ``srvInfo/name``); empty: any.
        timeout: seconds for one call.
    """

    url: str
    client_certificate: Path
    server_root: Path
    signature_roots: Path
    client_key: Path | None = None
    password_file: Path | None = None
    policies: tuple[str, ...] = ()
    relying_party: str = ""
    timeout: float = 10.0

    def root_ders(self) -> list[bytes]:
        """DER of the pinned roots of personal certificates; read once per file. Raises `NotSetUp`."""
        return _ders(self.signature_roots)

    def ssl_context(self) -> ssl.SSLContext:
        """mTLS: our certificate, and BankID's root as the only trusted one. Raises `NotSetUp`."""
        try:
            return client_context(
                self.client_certificate,
                key=self.client_key,
                password_file=self.password_file,
                server_root=self.server_root,
            )
        except (OSError, ValueError) as error:  # ssl.SSLError is an OSError
            raise NotSetUp(f"The certificates for BankID cannot be used: {error}.", field="bankid") from error


def configured() -> BankIdSettings:
    """From ``TESTAMUR_BANKID_*``. Raises `NotSetUp` with the names of what is missing."""
    given = settings.BANKID
    needed = ("url", "client_certificate", "server_root", "signature_roots")
    missing = [f"TESTAMUR_BANKID_{name.upper()}" for name in needed if not given[name]]
    if missing:
        raise NotSetUp(f"BankID is not set up here: {', '.join(missing)}.", field="method", missing=missing)
    return BankIdSettings(
        url=given["url"].rstrip("/") + "/",
        client_certificate=given["client_certificate"],
        client_key=given["client_key"],
        password_file=given["password_file"],
        server_root=given["server_root"],
        signature_roots=given["signature_roots"],
        policies=tuple(p.strip() for p in given["policies"].split(",") if p.strip()),
        relying_party=given["relying_party"],
        timeout=given["timeout"],
    )


@lru_cache(maxsize=8)
def _ders(path: Path) -> list[bytes]:
    try:
        found = x509.load_pem_x509_certificates(path.read_bytes())
    except (OSError, ValueError) as error:
        raise NotSetUp(f"{path} holds no certificates.", field="signature_roots") from error
    return [certificate.public_bytes(Encoding.DER) for certificate in found]
