"""The signers' evidence inside a record (docs/formats.md §3 and §4): who signed this very document, and with what."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from testamur.kernel.base.ids import urn
from testamur.kernel.proofs import attested, merkle, shape
from testamur.kernel.proofs.attested import Attested
from testamur.kernel.proofs.bankid import verify_bankid
from testamur.kernel.proofs.jcs import canonical, parse_canonical
from testamur.kernel.proofs.report import EvidenceError
from testamur.kernel.proofs.shape import ShapeError, items, members, text, whole
from testamur.kernel.proofs.snapshot import NamedSigner, Snapshot, signer_ref

MAX_BYTES = 4 << 20
MAX_PATH = 40
MAX_DOCUMENTS = 1 << 32
PURPOSE = "sign-records"
CLOCK_SKEW = timedelta(minutes=5)
"""Between our server's clock and the e-ID's."""
BANKID_SCHEMES = ("se.personnummer", "se.samordningsnummer")

_HEADER = ("v", "ceremony", "purpose", "organisation", "role", "signer", "count", "root", "created")


@dataclass(frozen=True, slots=True)
class SignerEvidence:
    """A signer whose evidence holds.

    Attributes:
        signer: as the decision names them.
        method: ``bankid``, ``simulated`` or ``sms``; ``certificate`` for a signature in the file itself.
        eid_name: the name in the e-ID or certificate.
        ceremony: its id; None for a signature in the file itself, which names none.
        count: documents signed in the same ceremony.
        signed_at: as the e-ID attests it.
        test: the e-ID is a test e-ID.
        note: what a reader must know of this way to sign; empty for an e-ID.
    """

    signer: NamedSigner
    method: str
    eid_name: str
    ceremony: UUID | None
    count: int
    signed_at: datetime
    test: bool
    note: str = ""


def file_name(order: int) -> str:
    """Name of the evidence file of the signer with this order (§4)."""
    return f"evidence-{order}.json"


def orders(names: Sequence[str], snapshot: Snapshot, personal: Sequence[int] = ()) -> None:
    """Every signer of the decision has exactly one evidence file or has signed in the file; there is no other file.

    `personal` are the places of those who signed in the file, in the order of its revisions. Raises `EvidenceError`
    ``evidence.missing``, ``evidence.extra``, ``evidence.both`` or ``personal.order``.
    """
    if list(personal) != sorted(set(personal)):
        raise EvidenceError(
            "personal.order", "The signers did not sign in the order that the document names.", sub="FORMAT_FAILURE"
        )
    wanted = {file_name(signer.order): signer for signer in snapshot.signers}
    for name, signer in wanted.items():
        if name in names and signer.order in personal:
            raise _wrong("both", f"{signer.name} ({signer.title or signer.role}) signed in two ways; one is too much.")
        if name not in names and signer.order not in personal:
            raise _wrong("missing", f"The evidence of {signer.name} ({signer.title or signer.role}) is missing.")
    if extra := [name for name in names if name not in wanted]:
        raise _wrong("extra", f"The record holds {extra[0]!r}, which belongs to none of its signers.")


def verify_evidence(
    data: bytes,
    *,
    signer: NamedSigner,
    snapshot: Snapshot,
    h0: str,
    size: int,
    roots: Mapping[str, Sequence[bytes]],
) -> SignerEvidence:
    """Check one evidence file against the signer it is for and the document it lies in.

    Args:
        data: bytes of `evidence-<order>.json`.
        signer: whom the decision names at this place.
        snapshot: the record.
        h0: SHA-256 of the first revision, lower-case hex.
        size: bytes of the first revision.
        roots: DER of the pinned e-ID roots by method.

    Raises `EvidenceError`; `undecided` is set where the trust bundle knows no root of the method.
    """
    try:
        value = _parse(data)
        header = _header(value["header"])
        if (value["order"], value["role"]) != (signer.order, signer.role):
            raise _wrong("signer", f"The evidence is not the one of {signer.name} in this role.")
        _check_header(header, signer, snapshot)
        _check_document(value, header, snapshot, h0, size)
        method = value["method"]
        if header["role"] not in _ROLES.get(method, (header["role"],)):
            raise _wrong("method_role", f"{signer.name} signed as {signer.role} in a way that is not for this role.")
        found = _METHODS[method](value["proof"], canonical(header), roots.get(method, ()))
        _check_visible(found.visible, header)
        created = shape.time(header["created"], "header.created")
    except ShapeError as error:
        raise _wrong("malformed", f"The evidence of {signer.name} is malformed: {error}.", "FORMAT_FAILURE") from error
    if signer.ref not in {signer_ref(snapshot.record, *identifier) for identifier in found.identifiers}:
        raise _wrong("other_person", f"{found.name} signed, who is not the person the decision names ({signer.name}).")
    if found.signed_at < created - CLOCK_SKEW:
        raise _wrong("time", f"The signature of {signer.name} is older than the ceremony it belongs to.")
    return SignerEvidence(
        signer=signer,
        method=method,
        eid_name=found.name,
        ceremony=shape.urn(header["ceremony"], "header.ceremony"),
        count=header["count"],
        signed_at=found.signed_at,
        test=found.test,
        note=found.note,
    )


def _wrong(code: str, message: str, sub: str = "SIG_CONSTRAINTS_FAILURE") -> EvidenceError:
    return EvidenceError(f"evidence.{code}", message, sub=sub)


def _parse(data: bytes) -> dict[str, Any]:
    if len(data) > MAX_BYTES:
        raise ShapeError("it is too large")
    try:
        value = parse_canonical(data)
    except (ValueError, TypeError, RecursionError) as error:
        raise ShapeError("it is not canonical JSON") from error
    names = ("v", "order", "role", "method", "header", "leaf", "index", "path", "proof")
    found = members(value, names, "it")
    if found["v"] != 1 or isinstance(found["v"], bool):
        raise ShapeError("it is of another version")
    if text(found["method"], "method") not in _METHODS:
        raise EvidenceError(
            "evidence.method",
            "A signer used a method of identification that this verifier does not know.",
            sub="FORMAT_FAILURE",
            undecided=True,
        )
    whole(found["order"], "order", least=1)
    text(found["role"], "role")
    return found


def _header(value: object) -> dict[str, Any]:
    header = members(value, _HEADER, "the header")
    if header["v"] != 1 or isinstance(header["v"], bool):
        raise ShapeError("the header is of another version")
    shape.urn(header["ceremony"], "header.ceremony")
    shape.urn(header["organisation"], "header.organisation")
    whole(header["count"], "header.count", least=1, most=MAX_DOCUMENTS)
    shape.digest(header["root"], "header.root")
    return header


def _check_header(header: Mapping[str, Any], signer: NamedSigner, snapshot: Snapshot) -> None:
    if header["purpose"] != PURPOSE:
        raise _wrong("purpose", f"{signer.name} signed for another purpose than to sign records.")
    if header["organisation"] != urn(snapshot.issuer):
        raise _wrong("organisation", f"{signer.name} signed for another organisation than the one that issued this.")
    if (header["role"], header["signer"]) != (signer.role, signer.name):
        raise _wrong("signer", f"The ceremony was not one of {signer.name} in this role.")


def _check_document(
    value: Mapping[str, Any], header: Mapping[str, Any], snapshot: Snapshot, h0: str, size: int
) -> None:
    """The leaf is this document, and it is in the tree whose root was signed."""
    leaf = members(value["leaf"], ("h0", "record", "size"), "the leaf")
    if leaf != {"h0": h0, "record": urn(snapshot.record), "size": size} or isinstance(leaf["size"], bool):
        raise EvidenceError(
            "evidence.other_document",
            "The evidence belongs to another document, or the document was changed after it was signed.",
            sub="HASH_FAILURE",
        )
    index = whole(value["index"], "index", most=header["count"] - 1)
    path = [bytes.fromhex(shape.digest(item, "path")) for item in items(value["path"], "path", limit=MAX_PATH)]
    root = bytes.fromhex(header["root"])
    if not merkle.verify_inclusion(index, header["count"], merkle.leaf_hash(canonical(leaf)), path, root):
        raise EvidenceError(
            "evidence.path", "This document is not among those that were signed in the ceremony.", sub="HASH_FAILURE"
        )


def _check_visible(visible: bytes, header: Mapping[str, Any]) -> None:
    """The last line that the signer read names the same number of documents and the same root."""
    try:
        last = visible.decode().rpartition("\n")[2]
    except UnicodeDecodeError:
        raise ShapeError("the text shown to the signer is not UTF-8") from None
    if last != f"Testamur 1: {header['count']} {header['root']}":
        raise _wrong("visible", "The text shown to the signer does not name the documents that were signed.")


# --- methods -------------------------------------------------------------------------------------


def _bankid(proof: object, header: bytes, roots: Sequence[bytes]) -> Attested:
    value = members(proof, ("signature", "ocsp"), "the proof")
    found = verify_bankid(
        shape.binary(value["signature"], "proof.signature"),
        shape.binary(value["ocsp"], "proof.ocsp"),
        roots=roots,
        expected_nonvisible=header,
        expected_visible=None,
    )
    return Attested(
        identifiers=tuple((scheme, found.personal_number) for scheme in BANKID_SCHEMES),
        name=found.name,
        visible=found.visible or b"",
        signed_at=found.signed_at,
        test=found.test,
    )


_METHODS = {"bankid": _bankid, "simulated": attested.simulated, "sms": attested.sms}
_ROLES: Mapping[str, tuple[str, ...]] = {"sms": ("examiner",)}
"""Methods that are not for everybody: only university examiners may sign with a code (rows B12 and B13)."""
