"""The trust bundle: what a stranger needs to check our records without asking us (docs/formats.md §9)."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.register.schools import queries as schools
from testamur.trust.records import queries
from testamur.trust.signing.methods import simulated, sms
from testamur.trust.signing.methods.bankid.settings import configured as bankid_settings
from testamur.trust.signing.methods.certificate import anchors as anchors_of_persons
from testamur.trust.signing.rules import CERTIFICATE
from testamur.trust.transparency import queries as logs


def current(*, now: datetime) -> dict[str, Any]:
    """The bundle of this installation; the simulated e-ID's root is in it only in demo mode.

    ``sms`` is named only where codes by SMS were ever in use, ``certificate`` only where personal certificates are
    trusted: older verifiers do not know the words.
    """
    test = settings.MODE == "demo"
    roots: dict[str, list[bytes]] = {"bankid": bankid_roots(), "simulated": []}
    if test:
        roots["simulated"] = [simulated.test_ca(simulated.folder()).root_der]
    if (sms.folder() / "root.pem").exists() or sms.NAME in settings.SIGNING_METHODS:
        roots[sms.NAME] = [sms.attestation_authority().root_der]
    if personal := anchors_of_persons.roots():
        roots[CERTIFICATE] = list(personal)
    return bundle(eid_roots=roots, test=test, now=now)


def anchors() -> Path:
    """Folder of the roots that the organisation trusts: ``seal-roots``, ``crls``, ``tsa-roots`` with DER files."""
    return Path(settings.DATA) / "trust"


def bundle(*, eid_roots: Mapping[str, Sequence[bytes]], test: bool, now: datetime) -> dict[str, Any]:
    """The bundle of every organisation that has a log here.

    `eid_roots`: method → DER root certificates, as each signing method names them.
    """
    return {
        "v": 1,
        "test": test,
        "made": stamp(now),
        "organisations": [_organisation(log.organisation, log.id, log.origin) for log in logs.logs()],
        "eid_roots": {method: [_b64(root) for root in roots] for method, roots in sorted(eid_roots.items())},
        "tsa_roots": _files("tsa-roots"),
        "status": [
            {"organisation": urn(log.organisation), "list": queries.status_file(log.organisation)}
            for log in logs.logs()
            if queries.status_list(log.organisation) is not None
        ],
    }


def _organisation(organisation: UUID, log: UUID, origin: str) -> dict[str, Any]:
    unit = schools.unit(organisation)
    sealers = [organisation, *(_with_seals(unit.path) if unit else ())]
    return {
        "id": urn(organisation),
        "name": unit.name if unit else "",
        "seal_roots": sorted({root for one in sealers for root in _files(f"seal-roots/{one}")}),
        "crls": sorted({crl for one in sealers for crl in _files(f"crls/{one}")}),
        "log": {"origin": origin, "vkeys": list(logs.vkeys(log=log)), "policy": logs.policy(log=log)},
    }


def _with_seals(path: str) -> list[UUID]:
    """Schools below that place which have brought roots of a seal of their own."""
    folder = anchors() / "seal-roots"
    named = {one.name for one in folder.iterdir()} if folder.is_dir() else set()
    return sorted(unit.id for unit in schools.units_under(path) if unit.path != path and str(unit.id) in named)


def crls(organisation: UUID) -> list[bytes]:
    """Certificate revocation lists that the organisation's verifiers get, in DER: of its seals and of persons."""
    return [path.read_bytes() for path in sorted((anchors() / "crls" / str(organisation)).glob("*.der"))]


def _files(name: str) -> list[str]:
    return [_b64(path.read_bytes()) for path in sorted((anchors() / name).glob("*.der"))]


def _b64(data: bytes) -> str:
    return b64encode(data).decode()


def bankid_roots() -> list[bytes]:
    """The pinned roots that BankID signatures end in; none where BankID is not set up."""
    return bankid_settings().root_ders() if settings.BANKID["signature_roots"] else []


def write(path: Path, value: Mapping[str, Any]) -> None:
    """Write the bundle as readable JSON."""
    path.write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
