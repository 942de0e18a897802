"""What is signed, byte by byte, and which way a ceremony may go (docs/formats.md sections 3 and 4). Pure."""

from __future__ import annotations

import re
import unicodedata
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from uuid import UUID

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.merkle import MerkleTree
from testamur.trust.signing.texts import Words, words

PURPOSE = "sign-records"
MAX_DOCUMENTS = 100_000
MAX_TITLE = 120
LISTED = 60
"""So many groups stand in the visible text: what a person can read on a telephone."""
VISIBLE_LIMIT = 30_000
"""Bytes of visible text: 40,000 characters once in base64, the least that any method takes (BankID RP v6.0 `sign`)."""


CODE_ROLES = frozenset({"examiner"})
"""Who may sign with a code by SMS: examiners of a university (rows B12 and B13). Grades of schools need an e-ID."""
CODE_DIGITS = 5

CERTIFICATE, CSC = "certificate", "csc"
PERSONAL = frozenset({CERTIFICATE, CSC})
"""Methods by which a personal certificate signs each document itself; they give no evidence beside the documents."""
PERSONAL_MOST = 2000
"""Documents in one ceremony of these methods: each is prepared and compared by itself, at about 2 ms."""


class State(StrEnum):
    """Where a ceremony stands."""

    STARTED = "started"
    PENDING = "pending"
    SIGNED = "signed"
    FAILED = "failed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


TRANSITIONS: dict[State, frozenset[State]] = {
    State.STARTED: frozenset({State.PENDING, State.FAILED, State.EXPIRED, State.CANCELLED}),
    State.PENDING: frozenset({State.SIGNED, State.FAILED, State.EXPIRED, State.CANCELLED}),
    State.SIGNED: frozenset(),
    State.FAILED: frozenset(),
    State.EXPIRED: frozenset(),
    State.CANCELLED: frozenset(),
}
"""The one table of transitions; the database refuses every other by a trigger made from it."""

FINAL = frozenset(state for state, after in TRANSITIONS.items() if not after)


def may_go(old: State, new: State) -> bool:
    """True when a ceremony may go from `old` to `new`."""
    return new in TRANSITIONS[old]


class NothingToSign(Refused):
    """The list of documents is empty or longer than one ceremony takes."""

    code = "signing.documents.count"


class SignedTwice(Refused):
    """A record stands twice in the list."""

    code = "signing.documents.twice"


class BadDocument(Refused):
    """A digest or size that no first revision can have."""

    code = "signing.documents.invalid"


@dataclass(frozen=True, slots=True)
class SignerIdentity:
    """Who is to sign, as the register knows the person.

    Attributes:
        person: person id.
        name: as it stands in the header and in the document.
        scheme: of the identifier, e.g. ``se.personnummer``.
        identifier: normalised value (12 digits for a personnummer); the e-ID must show exactly this one.
    """

    person: UUID
    name: str
    scheme: str
    identifier: str


@dataclass(frozen=True, slots=True)
class DocumentToSign:
    """One document of a ceremony.

    Attributes:
        record: record id.
        h0: SHA-256 of the first revision, lower-case hex.
        size: bytes of the first revision.
        title: one line, e.g. ``Terminsbetyg 9A, Alva Exempel``; shown when it is the only document.
        order: which signer of the record this is (``signers[].order`` of record.json), from 1.
        group: what to call many of them together, e.g. ``Terminsbetyg 9A``; names no pupil.
    """

    record: UUID
    h0: str
    size: int
    title: str
    order: int = 1
    group: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What one signer signs: `header` is the non-visible data, `visible` is what is read on the screen."""

    header: bytes
    root: str
    count: int
    visible: str


_HEX64 = re.compile(r"[0-9a-f]{64}")


def leaf(*, record: UUID, h0: str, size: int) -> bytes:
    """JCS of a document's leaf. Written directly: keys are in order and no value needs escaping (RFC 8785)."""
    return b'{"h0":"%b","record":"%b","size":%d}' % (h0.encode(), urn(record).encode(), size)


def tree(leaves: Sequence[bytes]) -> MerkleTree:
    """The RFC 6962 tree over leaves in manifest order."""
    return MerkleTree([sha256(b"\x00" + one).digest() for one in leaves])


def manifest(
    *,
    ceremony: UUID,
    organisation: UUID,
    role: str,
    signer: str,
    documents: Sequence[DocumentToSign],
    locale: str,
    created: datetime,
    organisation_name: str = "",
) -> Manifest:
    """Header, root and visible text for one ceremony.

    Raises `NothingToSign`, `SignedTwice` or `BadDocument`.
    """
    check_documents(documents)
    root = tree([leaf(record=d.record, h0=d.h0, size=d.size) for d in documents]).root.hex()
    header = canonical(
        {
            "v": 1,
            "ceremony": urn(ceremony),
            "purpose": PURPOSE,
            "organisation": urn(organisation),
            "role": role,
            "signer": signer,
            "count": len(documents),
            "root": root,
            "created": stamp(created),
        }
    )
    visible = visible_text(
        documents=documents, role=role, root=root, locale=locale, organisation_name=organisation_name
    )
    return Manifest(header=header, root=root, count=len(documents), visible=visible)


def check_documents(documents: Sequence[DocumentToSign]) -> None:
    """Refuse a list that no verifier could accept later."""
    if not 1 <= len(documents) <= MAX_DOCUMENTS:
        raise NothingToSign(
            f"One ceremony takes 1 to {MAX_DOCUMENTS} documents, not {len(documents)}.",
            field="documents",
            count=len(documents),
            most=MAX_DOCUMENTS,
        )
    if len({d.record for d in documents}) != len(documents):
        record, times = Counter(d.record for d in documents).most_common(1)[0]
        raise SignedTwice(
            f"Record {record} stands {times} times in the list.", field="documents", record=str(record), times=times
        )
    for index, document in enumerate(documents):
        if not _HEX64.fullmatch(document.h0) or document.size < 1 or document.order < 1:
            raise BadDocument(
                f"Document {index + 1} needs a SHA-256 in lower-case hex, a size and an order from 1.",
                field="documents",
                index=index,
                h0=document.h0,
                size=document.size,
                order=document.order,
            )


def visible_text(
    *, documents: Sequence[DocumentToSign], role: str, root: str, locale: str, organisation_name: str = ""
) -> str:
    """What the signer reads: what, in which role, which documents or classes; the last line binds it to the root."""
    say = words(locale)
    count = len(documents)
    capacity = [say.role(role)]
    if organisation_name:
        capacity.append(one_line(organisation_name))
    head = [say.opening(count), say.capacity(", ".join(capacity)), ""]
    tail = ["", f"Testamur 1: {count} {root}"]
    room = VISIBLE_LIMIT - len("\n".join([*head, *tail]).encode()) - 200  # 200: the line that counts what is left out
    return "\n".join([*head, *_listing(documents, room, say), *tail])


def _listing(documents: Sequence[DocumentToSign], room: int, say: Words) -> list[str]:
    """The title of a single document; for several, their groups with counts and never a title.

    Every document carries this text inside its evidence, so a list of titles would show each pupil the names of all
    the others.
    """
    if len(documents) == 1:
        return [f"• {one_line(documents[0].title)}"]
    groups = list(Counter(one_line(d.group) or say.other for d in documents).items())
    shown: list[str] = []
    for name, number in groups[:LISTED]:
        line = f"• {name}: {number}"
        room -= len(line.encode()) + 1
        if room < 0:
            break
        shown.append(line)
    left_out = sum(number for _, number in groups[len(shown) :])
    return [*shown, say.more.format(left_out)] if left_out else shown


def one_line(text: str) -> str:
    """`text` on one line, without characters that hide or reorder others (Unicode Cc, Cf, Zl, Zp), bounded.

    A title comes from another system; it must not be able to forge a line of what is signed.
    """
    plain = "".join(" " if unicodedata.category(c) in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co", "Cn"} else c for c in text)
    plain = " ".join(plain.split())
    return plain if len(plain) <= MAX_TITLE else plain[: MAX_TITLE - 1] + "…"


def b64(data: bytes) -> str:
    """Standard base64, the form of all binary members."""
    return b64encode(data).decode()


@dataclass(frozen=True, slots=True)
class SignedDocument:
    """A document of a signed ceremony as it is stored."""

    record: UUID
    h0: str
    size: int
    order: int


class RootDiffers(Refused):
    """The stored documents no longer lead to the root that was signed."""

    code = "signing.documents.root_differs"


class Evidences:
    """Evidence of every document of one signed ceremony (docs/formats.md section 4), each made when it is asked for.

    The tree is built once (O(n)); a document's evidence is then a look-up of its path and one concatenation. Raises
    `RootDiffers` at once when the documents are not those of the header: better none than one that will not verify.
    """

    __slots__ = ("_documents", "_head", "_leaves", "_method", "_tail", "_tree", "_where")

    def __init__(
        self, documents: Sequence[SignedDocument], *, header: bytes, root: str, method: str, role: str, proof: bytes
    ) -> None:
        """`documents` in manifest order; `header` and `proof` (the method's own) are JCS bytes."""
        self._documents = documents
        self._leaves = [leaf(record=d.record, h0=d.h0, size=d.size) for d in documents]
        self._tree = tree(self._leaves)
        if self._tree.root.hex() != root:
            raise RootDiffers(
                f"{len(documents)} stored documents lead to another root than the one that was signed.",
                count=len(documents),
                signed=root,
                found=self._tree.root.hex(),
            )
        # members in JCS order: header, index, leaf, method, order, path, proof, role, v
        self._head = b'{"header":' + header + b',"index":'
        self._method = b',"method":' + canonical(method) + b',"order":'
        self._tail = b'],"proof":' + proof + b',"role":' + canonical(role) + b',"v":1}'
        self._where = {d.record: i for i, d in enumerate(documents)}

    def __len__(self) -> int:
        return len(self._documents)

    def __iter__(self) -> Iterator[tuple[UUID, bytes]]:
        for index, document in enumerate(self._documents):
            yield document.record, self.at(index)

    def of(self, record: UUID) -> bytes:
        """Evidence of that record. Raises KeyError when the ceremony does not hold it."""
        return self.at(self._where[record])

    def document(self, record: UUID) -> SignedDocument | None:
        """That record as it stands in the ceremony, or None."""
        index = self._where.get(record)
        return None if index is None else self._documents[index]

    def at(self, index: int) -> bytes:
        """Evidence of document `index`, JCS bytes."""
        path = '","'.join([sibling.hex() for sibling in self._tree.path(index)])
        return b"".join(
            (
                self._head,
                b"%d" % index,
                b',"leaf":',
                self._leaves[index],
                self._method,
                b"%d" % self._documents[index].order,
                b',"path":[',
                f'"{path}"'.encode() if path else b"",
                self._tail,
            )
        )
