"""What was believed of providers whose metadata come from an address: one small file each, under ``<data>/saml``.

A federation's list has thousands of providers and is signed as a whole; it is fetched and checked in the background,
and only what it says of our providers is kept.
"""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from datetime import datetime
from hashlib import sha256
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings

from testamur.access.accounts.methods.saml.known import Known
from testamur.access.accounts.methods.saml.settings import Provider
from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.durable import write_durable


def keep(provider: Provider, known: Known, *, until: datetime) -> None:
    """Keep what was believed, in place of what was kept before."""
    told = {
        "until": stamp(until), "sso": known.sso, "leave": known.leave, "left": known.left,
        "certificates": [b64encode(one.public_bytes(Encoding.DER)).decode() for one in known.certificates],
    }  # fmt: skip
    write_durable(_file(provider), json.dumps(told).encode(), mode=0o600)


def of(provider: Provider, *, now: datetime) -> Known | None:
    """What is kept of a provider and holds still; None where nothing is, or it cannot be read."""
    try:
        told = json.loads(_file(provider).read_bytes())
        if parse_stamp(told["until"]) <= now:
            return None
        found = tuple(x509.load_der_x509_certificate(b64decode(one)) for one in told["certificates"])
        return Known(told["sso"], found, told["leave"], told["left"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _file(provider: Provider) -> Path:
    """Named by all on which the belief rests: with another signer, what the former one signed is kept no more."""
    certificate = provider.metadata_certificate.read_bytes() if provider.metadata_certificate else b""
    what = f"{provider.metadata}\n{provider.entity_id}".encode() + certificate
    return Path(settings.DATA) / "saml" / f"{sha256(what).hexdigest()[:32]}.json"
