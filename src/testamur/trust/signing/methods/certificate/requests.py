"""Signing requests and answers as files (docs/formats.md §14), for the agent and `testamur sign-request`. Pure."""

from __future__ import annotations

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any
from uuid import UUID

from testamur.kernel.base.refused import Refused

REQUEST, ANSWER = "testamur-signing-request", "testamur-signing-answer"
MOST_BYTES = 128 << 20
MOST_DOCUMENTS = 100_000
MOST_SIGNED = 4096
"""Bytes of the signed attributes of one document, and more than any signature value."""


class RequestUnreadable(Refused):
    """The file is no signing request or answer, or not all of it."""

    code = "signing.certificate.file"


@dataclass(frozen=True, slots=True)
class RequestedDocument:
    """One document: `to_be_signed` is DER of the signed attributes, whose SHA-256 is signed."""

    record: UUID
    title: str
    to_be_signed: bytes


@dataclass(frozen=True, slots=True)
class SigningRequest:
    """What is to be signed, in which service and capacity, with which certificate (SHA-256 of its DER, hex)."""

    service: str
    ceremony: UUID
    signer: str
    capacity: str
    certificate: str
    documents: tuple[RequestedDocument, ...]

    def written(self) -> bytes:
        """The file."""
        return _json(
            {
                "format": REQUEST,
                "v": 1,
                "service": self.service,
                "ceremony": str(self.ceremony),
                "signer": self.signer,
                "capacity": self.capacity,
                "certificate_sha256": self.certificate,
                "documents": [
                    {"record": str(d.record), "title": d.title, "to_be_signed": b64encode(d.to_be_signed).decode()}
                    for d in self.documents
                ],
            }
        )


@dataclass(frozen=True, slots=True)
class SigningAnswer:
    """Signature values by record, all of them or the first that were made."""

    ceremony: UUID
    signatures: Mapping[UUID, bytes]

    def written(self) -> bytes:
        """The file."""
        values = {str(record): b64encode(value).decode() for record, value in self.signatures.items()}
        return _json({"format": ANSWER, "v": 1, "ceremony": str(self.ceremony), "signatures": values})


def read_request(data: bytes) -> SigningRequest:
    """Raises `RequestUnreadable`; nothing in the file is believed but its shape."""
    told = _members(data, REQUEST)
    try:
        documents = tuple(_document(one) for one in _list(told["documents"]))
        found = SigningRequest(
            _line(told["service"]),
            UUID(told["ceremony"]),
            _line(told["signer"]),
            _line(told["capacity"]),
            _line(told["certificate_sha256"]),
            documents,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RequestUnreadable("The signing request cannot be read.", field="request") from error
    if len({d.record for d in documents}) != len(documents):
        raise RequestUnreadable("A document stands twice in the signing request.", field="request")
    return found


def read_answer(data: bytes) -> SigningAnswer:
    """Raises `RequestUnreadable`."""
    told = _members(data, ANSWER)
    try:
        values = told["signatures"]
        signatures = {UUID(record): _binary(value) for record, value in values.items()}
        return SigningAnswer(UUID(told["ceremony"]), signatures)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RequestUnreadable("The answer cannot be read.", field="answer") from error


def fingerprint(certificate: bytes) -> str:
    """How a request names a certificate."""
    return sha256(certificate).hexdigest()


def _members(data: bytes, kind: str) -> dict[str, Any]:
    if len(data) > MOST_BYTES:
        raise RequestUnreadable("The file is too large.")
    try:
        told = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise RequestUnreadable("The file is no JSON.") from error
    if not isinstance(told, dict) or told.get("format") != kind or told.get("v") != 1:
        raise RequestUnreadable(f"The file is no {kind}.")
    return told


def _document(told: Any) -> RequestedDocument:
    return RequestedDocument(UUID(told["record"]), _line(told["title"]), _binary(told["to_be_signed"]))


def _list(value: Any) -> Sequence[Any]:
    if not isinstance(value, list) or not 1 <= len(value) <= MOST_DOCUMENTS:
        raise ValueError("documents")
    return value


def _binary(value: Any) -> bytes:
    found = b64decode(value, validate=True)
    if not 1 <= len(found) <= MOST_SIGNED:
        raise ValueError("size")
    return found


def _line(value: Any) -> str:
    """A text that is shown in a terminal: one line, nothing that moves the cursor or hides."""
    if not isinstance(value, str):
        raise TypeError("text")
    return "".join(c if c.isprintable() else " " for c in value)[:300]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
