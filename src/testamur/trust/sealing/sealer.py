"""Sealing many documents with one key: two-phase, so that a proof can enter the seal after the log has answered.

    sealer = Sealer(key, certificates, "Exempel kommun")
    batch = sealer.prepare_batch(lines_of_all_documents)
    sealed = batch.seal(first, evidence=…, page=1, rect=…, lines=…, field_text=…, at=now)
    final = embed_proof(sealed, proof)

Everything is a pure function of its arguments but for the signature itself: the same first revision, evidence, lines,
instant and letters of the batch give the same bytes, so a worker that died after signing makes the very same file again
from the signature value alone (`Batch.seal(..., signature=…)`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa

from testamur.kernel.base.refused import Refused
from testamur.trust.sealing import cms
from testamur.trust.sealing.appearance import Font, box, subset_for
from testamur.trust.sealing.der import NotDer
from testamur.trust.sealing.keys.contract import SealKey
from testamur.trust.sealing.keys.opening import open_key
from testamur.trust.sealing.revision.drafting import INVISIBLE, Appearance, draft, must_be_a_box
from testamur.trust.sealing.revision.objects import Block, block
from testamur.trust.sealing.rules import Rect

PROOF_ROOM = 6_144
"""Bytes kept free for a `.tlog-proof` with three witnesses and a log of four thousand million entries (3.4 kB)."""
TIME_STAMP_ROOM = 10_240
"""Bytes kept free for a time-stamp token with its certificates."""

_SLACK = 64
_MAX_BLOCKS = 64


class ContentsTooSmall(Refused):
    """Proof and time-stamp do not fit into the room that was reserved in the file."""

    code = "sealing.contents.too_small"


class KeyMismatch(Refused):
    """The key is not the one of the certificate."""

    code = "sealing.key.mismatch"


class SignatureDiffers(Refused):
    """A signature made before does not belong to these bytes: the file cannot be made again from it."""

    code = "sealing.signature.differs"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A sealed file in parts, and what the log wants to know of it.

    Attributes:
        first: the first revision, and the personal revisions over it.
        head: the seal's revision up to ``<`` of ``/Contents``.
        tail: the rest from after ``>``.
        reserved: hexadecimal digits of ``/Contents``.
        cms: the seal without unsigned attributes.
        h0: SHA-256 of the first revision.
        doc_digest: SHA-256 of the bytes under ``/ByteRange``.
        signature_value: the CMS signature value.
    """

    first: bytes
    head: bytes
    tail: bytes
    reserved: int
    cms: bytes
    h0: bytes
    doc_digest: bytes
    signature_value: bytes

    @property
    def contents_offset(self) -> int:
        """Offset of ``<`` of ``/Contents`` in the file."""
        return len(self.first) + len(self.head)

    @property
    def size(self) -> int:
        """Length of the file in bytes; it does not change when a proof is embedded."""
        return self.contents_offset + self.reserved + 2 + len(self.tail)

    def file(self, container: bytes | None = None) -> bytes:
        """The whole file, with `container` (default: the seal as it is) in ``/Contents``. `ContentsTooSmall`."""
        digits = _padded(self.cms if container is None else container, self.reserved)
        return b"".join((self.first, self.head, b"<", digits, b">", self.tail))


class Sealer:
    """One organisation's key with its certificates; made once per process."""

    def __init__(
        self,
        key: SealKey,
        certificates: Sequence[bytes],
        organisation: str,
        *,
        proof_room: int = PROOF_ROOM,
        time_stamp_room: int = 0,
    ) -> None:
        """Bind a key to its certificates.

        Args:
            key: the private key.
            certificates: DER, the seal's own first, then its issuing CA.
            organisation: its name, written into every signature.
            proof_room: bytes to reserve for the transparency proof.
            time_stamp_room: bytes to reserve for a time-stamp; `TIME_STAMP_ROOM` for level B-T, 0 for B-B.

        Raises:
            KeyMismatch: the key does not belong to the first certificate.
            CertificatesInvalid: see `cms.Template`.
        """
        self.key = key
        self.organisation = organisation
        self._template = cms.Template(certificates, key.algorithm)
        self._public = x509.load_der_x509_certificate(certificates[0]).public_key()
        spki = self._public.public_bytes(serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo)
        if spki != key.public_key:
            raise KeyMismatch("The key is not the one that the seal's certificate names.", field="key")
        self.reserved = 2 * (self._template.max_size + proof_room + time_stamp_room + _SLACK)

    def prepare_batch(self, lines: Iterable[str]) -> Batch:
        """Make ready what a batch shares. `lines` are all lines that any of its seal boxes will show.

        Raises `appearance.Unprintable` for letters that the font does not have.
        """
        return Batch(self, subset_for(lines))

    def verifies(self, signature: bytes, to_be_signed: bytes) -> bool:
        """True when `signature` over `to_be_signed` was made with this seal's key."""
        try:
            if isinstance(self._public, rsa.RSAPublicKey):
                self._public.verify(signature, to_be_signed, padding.PKCS1v15(), hashes.SHA256())
            elif isinstance(self._public, ec.EllipticCurvePublicKey):
                self._public.verify(signature, to_be_signed, ec.ECDSA(hashes.SHA256()))
            else:
                return False
        except InvalidSignature:
            return False
        return True


class Batch:
    """Documents that are sealed together: the font is cut once and laid out once per object number."""

    def __init__(self, sealer: Sealer, font: Font) -> None:
        """Made by `Sealer.prepare_batch`."""
        self._sealer = sealer
        self._font = font
        self._blocks: dict[int, Block] = {}

    def seal(
        self,
        first: bytes,
        *,
        evidence: Mapping[str, bytes],
        page: int,
        rect: Rect,
        lines: Sequence[str],
        field_text: str,
        at: datetime,
        signature: bytes | None = None,
        personal: Sequence[bytes] = (),
    ) -> Sealed:
        """Seal one document.

        Args:
            first: the first revision, ending in ``%%EOF`` and one newline.
            evidence: file name → bytes, carried as PDF/A-3 associated files.
            page: page of the box, counted from 1.
            rect: the box in points ×100; four zeros for an invisible seal.
            lines: the text of the box; ignored when invisible.
            field_text: what a screen reader says for the seal.
            at: time of sealing.
            signature: a signature value made before over the same bytes; the key is then not used.
            personal: the personal revisions over `first`, in order (`personal.revision`).

        Raises:
            PdfError, NotSealable, EvidenceRefused, RectInvalid: as `revision.drafting.draft`.
            BoxTooSmall, Unprintable: as `appearance.box`.
            SignatureDiffers: `signature` is not over these bytes.
        """
        sealer = self._sealer
        must_be_a_box(rect)
        document = b"".join((first, *personal)) if personal else first
        made = draft(
            document,
            evidence=evidence,
            page=page,
            rect=rect,
            appearance=None if rect == INVISIBLE else Appearance(box(self._font, lines, rect), self._font_block),
            organisation=sealer.organisation,
            field_text=field_text,
            at=at,
            reserved=sealer.reserved,
            personal=len(personal),
        )
        state = hashlib.sha256(first)
        h0 = state.digest()
        for revision in personal:
            state.update(revision)
        state.update(made.head)
        state.update(made.tail)
        doc_digest = state.digest()
        template = sealer._template  # noqa: SLF001 - a batch is a part of its sealer
        to_be_signed = template.to_be_signed(doc_digest)
        if signature is None:
            signature = sealer.key.sign(hashlib.sha256(to_be_signed).digest())
        elif not sealer.verifies(signature, to_be_signed):
            raise SignatureDiffers("The signature was made over other bytes.", field="signature")
        container = template.build(doc_digest, signature)
        return Sealed(document, made.head, made.tail, made.reserved, container, h0, doc_digest, signature)

    def _font_block(self, first: int) -> Block:
        if first not in self._blocks:
            if len(self._blocks) >= _MAX_BLOCKS:
                self._blocks.clear()
            self._blocks[first] = block(first, self._font.objects(first))
        return self._blocks[first]


def open_sealer(*, locator: str, certificates: Sequence[bytes], organisation: str, time_stamp_room: int = 0) -> Sealer:
    """A `Sealer` for the key at `locator`, opened once per process. Raises as `open_key` and `Sealer`."""
    return Sealer(open_key(locator), certificates, organisation, time_stamp_room=time_stamp_room)


def embed_proof(sealed: Sealed, proof: bytes, time_stamp: bytes | None = None) -> bytes:
    """The final file: the bytes of the `.tlog-proof` (and a time-stamp token) inside the seal. `ContentsTooSmall`."""
    attributes = cms.unsigned_attributes(proof=proof, time_stamp=time_stamp)
    return sealed.file(cms.with_unsigned(sealed.cms, attributes))


def embed_in_file(
    data: bytes, contents_offset: int, *, proof: bytes | None = None, time_stamp: bytes | None = None
) -> bytes:
    """As `embed_proof`, for a sealed file read back from disk; what the seal already holds of another kind stays.

    `contents_offset` is the offset of ``<`` (`Sealed.contents_offset`, `pdf.contents.Signature.contents_start`).
    Raises `ContentsTooSmall`, `der.NotDer`.
    """
    end = data.find(b">", contents_offset)
    try:
        held = bytes.fromhex(data[contents_offset + 1 : end].decode("ascii"))
    except ValueError:
        raise NotDer("There is no hexadecimal /Contents at that offset.") from None
    if data[contents_offset : contents_offset + 1] != b"<" or end < 0:
        raise NotDer("There is no hexadecimal /Contents at that offset.")
    container = cms.with_unsigned(held, cms.unsigned_attributes(proof=proof, time_stamp=time_stamp))
    digits = _padded(container, end - contents_offset - 1)
    return b"".join((data[: contents_offset + 1], digits, data[end:]))


def _padded(container: bytes, reserved: int) -> bytes:
    digits = container.hex().encode("ascii")
    if len(digits) > reserved:
        raise ContentsTooSmall(
            f"The seal needs {len(digits)} hexadecimal digits and the file has room for {reserved}.",
            needed=len(digits),
            reserved=reserved,
        )
    return digits.ljust(reserved, b"0")
