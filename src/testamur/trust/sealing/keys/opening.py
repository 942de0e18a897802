"""From a locator to a key, once per process."""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from asn1crypto import csr, keys, x509

from testamur.trust.sealing.keys.contract import KeyUnavailable, SealKey
from testamur.trust.sealing.keys.software import open_pkcs12
from testamur.trust.sealing.rules import Locator, parse_locator

_open: dict[tuple[str, int], SealKey] = {}


def open_key(locator: str) -> SealKey:
    """The key at `locator`; a second call in the same process gives the same handle.

    A handle to a token signs in the thread that opened it only; a PKCS#12 key signs in any. Raises `LocatorInvalid`,
    `KeyUnavailable`, and `KeyElsewhere` for a token that was opened before a fork.
    """
    where = (locator, os.getpid())
    if where not in _open:
        _open[where] = _opened(parse_locator(locator))
    return _open[where]


def certificate_request(key: SealKey, *, country: str, organisation: str, common_name: str) -> bytes:
    """A PKCS#10 certificate request in DER (RFC 2986) for a seal, signed with `key`.

    `country` has two letters; `organisation` is the legal name that the certificate shall carry.
    """
    subject = x509.Name.build(
        {
            "country_name": country,
            "organization_name": organisation,
            "common_name": common_name,
        }
    )
    info = csr.CertificationRequestInfo(
        {
            "version": "v1",
            "subject": subject,
            "subject_pk_info": keys.PublicKeyInfo.load(key.public_key),
            "attributes": csr.CRIAttributes([]),
        }
    )
    kind = "sha256_rsa" if key.algorithm.rsa_bits else "sha256_ecdsa"
    request = csr.CertificationRequest(
        {
            "certification_request_info": info,
            "signature_algorithm": {"algorithm": kind},
            "signature": key.sign(sha256(info.dump()).digest()),
        }
    )
    der: bytes = request.dump()
    return der


def _opened(locator: Locator) -> SealKey:
    if locator.scheme == "pkcs11":
        # Imported here: the library is wanted only where there is a token.
        from testamur.trust.sealing.keys.hsm import open_pkcs11

        return open_pkcs11(locator)
    source = Path(locator.option("pass-source"))
    try:
        password = source.read_bytes().rstrip(b"\r\n")
    except OSError as error:
        raise KeyUnavailable(f"{source.name} cannot be read ({error.strerror}).", field="locator") from error
    return open_pkcs12(Path(locator.path), password)[0]
