"""The folder of named bad files, made afresh in each run: what a forger would try, and what must be said to it.

Each case is a function that returns the bytes (and, where it matters, another trust bundle or a sidecar).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from testamur.kernel.base.clock import stamp
from testamur.kernel.base.ids import urn
from testamur.kernel.proofs import notes, tlog
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.merkle import MerkleTree, leaf_hash
from testamur.kernel.proofs.pdf.reader import read
from testamur.kernel.proofs.pdf.values import Ref, Value
from testamur.kernel.proofs.snapshot import verify_code
from testamur.kernel.proofs.trust import Trust
from testamur.trust.sealing.sealer import Sealed
from tests.conformance import builder as make
from tests.conformance.builder import AT, EXAMINER, PRINCIPAL, TEACHER, Ceremony
from tests.kernel.proofs import eid

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Bad:
    """A file, and what it is verified with."""

    data: bytes
    trust: Trust | None = None
    sidecar: bytes | None = None


Case = tuple[Callable[[], Bad], str, str]
CASES: dict[str, Case] = {}


def case(verdict: str, code: str) -> Callable[[Callable[[], Bad]], Callable[[], Bad]]:
    """Register a case under its function's name."""

    def register(function: Callable[[], Bad]) -> Callable[[], Bad]:
        CASES[function.__name__] = (function, verdict, code)
        return function

    return register


# --- bytes ---------------------------------------------------------------------------------------


@case("foreign", "pdf.header")
def an_empty_file() -> Bad:
    return Bad(b"")


@case("foreign", "pdf.header")
def a_text_file() -> Bad:
    return Bad("Betyg: A i alla ämnen".encode())


@case("foreign", "pdf.xref")
def any_other_pdf() -> Bad:
    return Bad(b"%PDF-1.4\n1 0 obj<<>>endobj\nstartxref\n0\n%%EOF\n")


@case("invalid", "pdf.end")
def a_file_cut_short() -> Bad:
    return Bad(make.good().data[:-500])


@case("invalid", "pdf.end")
def a_file_with_a_byte_too_few() -> Bad:
    return Bad(make.good().data[:-3])


@case("invalid", "seal.absent")
def the_seal_cut_off() -> Bad:
    return Bad(make.good().first)


@case("invalid", "pdf.end")
def bytes_after_the_end() -> Bad:
    return Bad(make.good().data + b"<script>")


@case("invalid", "pdf.header")
def bytes_before_the_beginning() -> Bad:
    return Bad(b"GIF89a" + make.good().data)


@case("invalid", "evidence.other_document")
def a_changed_byte_in_the_document() -> Bad:
    data = bytearray(make.good().data)
    data[inside_the_page_contents()] ^= 0x20
    return Bad(bytes(data))


def inside_the_page_contents() -> int:
    """An offset in the compressed contents of the first page."""
    pdf = read(make.good().data)
    contents = pdf.get(pdf.get(Ref(page_number(pdf.data))).fields["Contents"])
    assert contents.stream is not None
    return sum(contents.stream) // 2


@case("invalid", "seal.digest")
def a_changed_byte_in_the_seals_own_revision() -> Bad:
    data = make.good().data
    return Bad(data.replace(b"/Name(Provkommunen TEST)", b"/Name(Provkommunen BEST)"))


@case("invalid", "seal.contents")
def hexadecimal_digits_in_another_case() -> Bad:
    offset = make.good().sealed.contents_offset
    data = bytearray(make.good().data)
    at = next(i for i in range(offset + 40, len(data)) if chr(data[i]) in "abcdef")
    data[at] ^= 0x20
    return Bad(bytes(data))


@case("invalid", "seal.malformed")
def something_hidden_in_the_padding() -> Bad:
    sealed = make.good().sealed
    data = bytearray(make.good().data)
    end = sealed.contents_offset + sealed.reserved
    data[end - 10 : end] = b"48656c6c6f"
    return Bad(bytes(data))


# --- shadow attacks: a later revision ------------------------------------------------------------


def later_revision(objects: Mapping[int, bytes]) -> bytes:
    """A third revision, as an editor writes it."""
    data = make.good().data
    pdf = read(data)
    parts, offsets, at = [], {}, len(data)
    for number, body in objects.items():
        offsets[number] = at
        parts.append(b"%d 0 obj\n%b\nendobj\n" % (number, body))
        at += len(parts[-1])
    table = b"xref\n" + b"".join(b"%d 1\n%010d 00000 n \n" % item for item in offsets.items())
    root = number_of(pdf.trailer["Root"])
    size = int(str(pdf.trailer["Size"]))
    trailer = b"trailer\n<</Size %d/Root %d 0 R/Prev %d>>" % (size, root, pdf.revisions[-1].section.start)
    return data + b"".join(parts) + table + trailer + b"\nstartxref\n%d\n%%%%EOF\n" % at


def number_of(value: Value) -> int:
    assert isinstance(value, Ref)
    return value.number


def page_number(data: bytes) -> int:
    from testamur.kernel.proofs.pdf.contents import page

    return page(read(data), 1).number


@case("invalid", "seal.byte_range")
def a_page_replaced_after_sealing() -> Bad:
    number = page_number(make.good().data)
    return Bad(later_revision({number: b"<</Type/Page/MediaBox[0 0 595 842]>>"}))


@case("invalid", "seal.byte_range")
def an_empty_revision_after_sealing() -> Bad:
    return Bad(later_revision({}).replace(b"xref\ntrailer", b"xref\n0 0\ntrailer"))


# --- shadow attacks: a second revision that the issuer sealed in earnest ---------------------------


def changed(number: int, old: bytes, new: bytes) -> Callable[[dict[int, bytes]], None]:
    def change(objects: dict[int, bytes]) -> None:
        assert old in objects[number], objects[number][:200]
        objects[number] = objects[number].replace(old, new, 1)

    return change


def where(mark: bytes) -> int:
    """The object of the second revision that holds `mark`."""
    pdf = read(make.good().data)
    for number in pdf.revisions[1].section.numbers():
        obj = pdf.find(number)
        if obj is not None and obj.revision == 2 and mark in pdf.raw(obj):
            return number
    raise AssertionError(mark)


def new_number() -> int:
    return int(str(read(make.good().data).trailer["Size"]))


def plain(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%b\nendobj" % (number, body)


@case("invalid", "revision.changed")
def a_page_with_other_contents() -> Bad:
    number = page_number(make.good().data)

    def change(objects: dict[int, bytes]) -> None:
        added = new_number()
        objects[number] = re.sub(rb"/Contents \d+ 0 R", b"/Contents %d 0 R" % added, objects[number])
        objects[added] = plain(added, b"<</Length 0>>\nstream\n\nendstream")

    return Bad(make.resealed(change))


@case("invalid", "revision.redefined")
def the_contents_of_the_page_replaced() -> Bad:
    pdf = read(make.good().data)
    contents = number_of(pdf.get(Ref(page_number(pdf.data))).fields["Contents"])

    def change(objects: dict[int, bytes]) -> None:
        objects[contents] = plain(contents, b"<</Length 0>>\nstream\n\nendstream")

    return Bad(make.resealed(change))


@case("invalid", "revision.overlay")
def a_note_laid_over_the_page() -> Bad:
    number = page_number(make.good().data)

    def change(objects: dict[int, bytes]) -> None:
        added = new_number()
        widget = where(b"/Subtype/Widget")
        objects[number] = objects[number].replace(b"%d 0 R" % widget, b"%d 0 R %d 0 R" % (widget, added), 1)
        objects[added] = plain(added, b"<</Type/Annot/Subtype/Square/Rect[0 0 595 842]/IC[1 1 1]>>")

    return Bad(make.resealed(change))


@case("invalid", "revision.removed")
def the_contents_of_the_page_removed() -> Bad:
    pdf = read(make.good().data)
    contents = number_of(pdf.get(Ref(page_number(pdf.data))).fields["Contents"])
    return Bad(make.resealed(lambda objects: objects.update({contents: b""})))


@case("invalid", "revision.shape")
def a_seal_that_is_on_no_page() -> Bad:
    number = page_number(make.good().data)

    def change(objects: dict[int, bytes]) -> None:
        del objects[number]

    return Bad(make.resealed(change))


@case("invalid", "revision.changed")
def a_layer_switched_off_in_the_catalog() -> Bad:
    return Bad(make.resealed(changed(where(b"/Type/Catalog"), b"/Perms", b"/OCProperties<</OCGs[]>>/Perms")))


@case("invalid", "revision.changed")
def an_action_when_the_document_opens() -> Bad:
    return Bad(make.resealed(changed(where(b"/Type/Catalog"), b"/Perms", b"/OpenAction[]/Perms")))


@case("invalid", "revision.changed")
def a_form_that_redraws_itself() -> Bad:
    return Bad(make.resealed(changed(where(b"/Type/Catalog"), b"/SigFlags 3", b"/SigFlags 3/NeedAppearances true")))


@case("invalid", "revision.permissions")
def a_seal_that_does_not_close_the_document() -> Bad:
    catalog = where(b"/Type/Catalog")

    def change(objects: dict[int, bytes]) -> None:
        objects[catalog] = re.sub(rb"/Perms<<.*?>>", b"", objects[catalog])

    return Bad(make.resealed(change))


@case("invalid", "revision.box")
def a_seal_moved_over_the_grades() -> Bad:
    box = make.RECT
    moved = (box[0], box[1] + 40_000, box[2], box[3] + 40_000)
    return Bad(make.build(rect=moved).data)


@case("invalid", "revision.widget")
def a_seal_field_with_an_action() -> Bad:
    return Bad(make.resealed(changed(where(b"/Subtype/Widget"), b"/F 132", b"/F 132/AA<</E<</S/Named>>>>")))


@case("invalid", "revision.widget")
def a_hidden_seal_field() -> Bad:
    return Bad(make.resealed(changed(where(b"/Subtype/Widget"), b"/F 132", b"/F 134")))


@case("invalid", "revision.appearance")
def a_seal_picture_larger_than_its_box() -> Bad:
    return Bad(make.resealed(changed(where(b"/Subtype/Form"), b"/BBox[0 0 ", b"/BBox[-9 0 ")))


@case("invalid", "revision.appearance")
def a_seal_picture_with_images() -> Bad:
    return Bad(make.resealed(changed(where(b"/Subtype/Form"), b"/Resources<<", b"/Resources<</XObject<<>>")))


@case("invalid", "revision.extra")
def an_object_that_belongs_to_nothing() -> Bad:
    def change(objects: dict[int, bytes]) -> None:
        objects[new_number()] = plain(new_number(), b"<</Hidden(later)>>")

    return Bad(make.resealed(change))


@case("invalid", "revision.attachments")
def another_attachment_in_the_name_tree() -> Bad:
    catalog = where(b"/Type/Catalog")
    spec = where(b"/AFRelationship/Supplement")
    return Bad(make.resealed(changed(catalog, b"(record.json)", b"(betyg.json)%d 0 R(record.json)" % spec)))


@case("invalid", "revision.structure")
def a_seal_read_aloud_as_something_else() -> Bad:
    return Bad(make.resealed(changed(where(b"/S/Form"), b"/S/Form", b"/S/Form/ActualText(A)")))


@case("invalid", "revision.changed")
def a_changed_structure_tree() -> Bad:
    root = where(b"/StructTreeRoot/")

    return Bad(make.resealed(changed(root, b"/ParentTreeNextKey", b"/Added<<>>/ParentTreeNextKey")))


@case("invalid", "revision.form")
def a_second_field_in_the_form() -> Bad:
    widget, catalog = where(b"/Subtype/Widget"), where(b"/Type/Catalog")

    def change(objects: dict[int, bytes]) -> None:
        added = new_number()
        objects[catalog] = objects[catalog].replace(
            b"Fields[%d 0 R" % widget, b"Fields[%d 0 R %d 0 R" % (widget, added)
        )
        objects[added] = plain(added, b"<</FT/Tx/T(Betyg)/V(A)>>")

    return Bad(make.resealed(change))


@case("invalid", "revision.attachments")
def the_record_exchanged_in_the_name_tree() -> Bad:
    spec = where(b"/AFRelationship/Supplement")

    def change(objects: dict[int, bytes]) -> None:
        number = where(b"/Type/Catalog")
        objects[number] = re.sub(rb"\(record\.json\) ?\d+ 0 R", b"(record.json)%d 0 R" % spec, objects[number])

    return Bad(make.resealed(change))


@case("invalid", "revision.structure")
def a_seal_that_is_not_in_the_structure() -> Bad:
    number = where(b"/StructTreeRoot/")

    def change(objects: dict[int, bytes]) -> None:
        del objects[number]

    return Bad(make.resealed(change))


@case("invalid", "revision.structure")
def another_key_of_the_seal_in_the_structure() -> Bad:
    number = where(b"/Subtype/Widget")

    def change(objects: dict[int, bytes]) -> None:
        objects[number] = re.sub(rb"/StructParent \d+", b"/StructParent 0", objects[number])

    return Bad(make.resealed(change))


@case("invalid", "revision.page")
def another_reading_order() -> Bad:
    number = page_number(make.good().data)

    def change(objects: dict[int, bytes]) -> None:
        objects[number] = re.sub(rb"/Tabs ?/S", b"/Tabs/C", objects[number])

    return Bad(make.resealed(change))


@case("invalid", "seal.date")
def a_seal_without_a_date_of_the_calendar() -> Bad:
    sealed = make.good().sealed
    twin = make.reseal(sealed.file(), len(sealed.first), lambda _objects: None)
    day = AT.strftime("%Y%m%d").encode()
    wrong = replace_and_sign(twin, b"(D:" + day, b"(D:20260231")
    return Bad(make.finish(wrong, make.good().record_json, make.good().evidence).data)


@case("invalid", "seal.malformed")
def two_proofs_in_one_seal() -> Bad:
    from testamur.trust.sealing import cms

    sealed, proof = make.good().sealed, make.good().proof
    twice = [*cms.unsigned_attributes(proof=proof), *cms.unsigned_attributes(proof=proof + b"x")]
    return Bad(sealed.file(cms.with_unsigned(sealed.cms, twice)))


@case("invalid", "revision.signature")
def an_approval_instead_of_a_certification() -> Bad:
    sealed = make.good().sealed
    twin = make.reseal(sealed.file(), len(sealed.first), lambda _objects: None)
    weaker = replace_and_sign(twin, b"/P 1/V/1.2", b"/P 3/V/1.2")
    return Bad(make.finish(weaker, make.good().record_json, make.good().evidence).data)


def replace_and_sign(sealed: Sealed, old: bytes, new: bytes) -> Sealed:
    """Change the second revision byte for byte (same length) and sign again."""
    from testamur.trust.sealing import cms
    from testamur.trust.sealing.rules import Algorithm

    assert len(old) == len(new)
    assert old in sealed.head + sealed.tail
    head, tail = sealed.head.replace(old, new), sealed.tail.replace(old, new)
    digest = hashlib.sha256(sealed.first + head + tail).digest()
    template = cms.Template([make.world().seal.der, make.world().seal_ca.der], Algorithm.P256)
    signature = make.Key(make.world().seal).sign(hashlib.sha256(template.to_be_signed(digest)).digest())
    return replace(
        sealed,
        head=head,
        tail=tail,
        cms=template.build(digest, signature),
        doc_digest=digest,
        signature_value=signature,
    )


@case("invalid", "revision.trailer")
def another_information_dictionary() -> Bad:
    sealed = make.good().sealed
    found = re.search(rb"/Info (\d+) 0 R", sealed.tail)
    assert found is not None
    other = b"/Info %0*d 0 R" % (len(found[1]), int(found[1]) - 1)
    twin = replace_and_sign(sealed, found[0], other)
    return Bad(make.finish(twin, make.good().record_json, make.good().evidence).data)


@case("invalid", "revision.dangling")
def a_document_prepared_to_show_what_is_added_later() -> Bad:
    """The first revision refers to an object it does not have; the second gives it one."""
    record_json = canonical(make.snapshot())
    first = make.render(record_json)
    number = int(str(read(first).trailer["Size"]))
    # room inside the page dictionary: its /Contents becomes an array whose second member is still nothing
    page = page_number(first)
    pdf = read(first)
    raw = pdf.raw(pdf.get(Ref(page)))
    trap = re.sub(rb"/Contents (\d+ 0 R)", b"/Contents[\\1 %d 0 R]" % number, raw)
    first = moved(first, page, trap)
    evidence = make.signed_evidence(first)
    sealed = make.seal(first, evidence)
    return Bad(make.finish(sealed, record_json, evidence).data)


def moved(first: bytes, number: int, raw: bytes) -> bytes:
    """`first` with one object longer than it was, and every offset put right."""
    pdf = read(first)
    section = pdf.revisions[0].section
    old = pdf.find(number)
    assert old is not None
    shift = len(raw) - (old.end - old.start)
    body = first[: old.start] + raw + first[old.end : section.start]
    rows = []
    for n in section.numbers():
        offset, generation, used = section.entry(first, n) or (0, 65_535, False)
        rows.append(
            b"%010d %05d %b \n" % (offset + shift * (used and offset > old.start), generation, b"n" if used else b"f")
        )
    trailer = first[section.trailer.start : section.trailer.end]
    start = section.start + shift
    return (
        body + b"xref\n0 %d\n" % len(rows) + b"".join(rows) + b"trailer\n" + trailer
        + b"\nstartxref\n%d\n%%%%EOF\n" % start
    )  # fmt: skip


# --- signature tricks ----------------------------------------------------------------------------


@case("invalid", "seal.malformed")
def an_empty_signature_value() -> Bad:
    sealed = make.good().sealed
    return Bad(sealed.file(b"\0"))


@case("invalid", "pdf.signature")
def no_byte_range() -> Bad:
    return Bad(make.good().data.replace(b"/ByteRange[", b"/ByteRangf["))


@case("invalid", "pdf.signature")
def a_negative_byte_range() -> Bad:
    return Bad(re.sub(rb"/ByteRange\[0 (\d)", rb"/ByteRange[0 -", make.good().data))


@case("invalid", "seal.byte_range")
def a_byte_range_that_leaves_something_out() -> Bad:
    data = make.good().data
    found = re.search(rb"/ByteRange\[0 (\d+) (\d+) (\d+)\]", data)
    assert found is not None
    numbers = b"/ByteRange[0 %d %d %d]" % (int(found[1]), int(found[2]) + 1, int(found[3]) - 1)
    return Bad(data.replace(found[0], numbers.ljust(len(found[0]))))


@case("invalid", "seal.second")
def two_seals() -> Bad:
    widget, catalog = where(b"/Subtype/Widget"), where(b"/Type/Catalog")

    def change(objects: dict[int, bytes]) -> None:
        added = new_number()
        objects[catalog] = objects[catalog].replace(
            b"Fields[%d 0 R" % widget, b"Fields[%d 0 R %d 0 R" % (widget, added)
        )
        objects[added] = objects[widget].replace(b"%d 0 obj" % widget, b"%d 0 obj" % added)

    return Bad(make.resealed(change))


@case("invalid", "seal.digest")
def a_seal_taken_from_another_record() -> Bad:
    other = make.build(at=AT + timedelta(seconds=1))
    return Bad(make.good().sealed.file(other.sealed.cms))


@case("invalid", "seal.signature")
def a_seal_signed_by_another_key() -> Bad:
    sealed = make.good().sealed
    stranger = make.Key(make.seal_certificate(make.world().seal_ca))
    wrong = stranger.sign(hashlib.sha256(b"something").digest())
    container = sealed.cms.replace(sealed.signature_value, wrong.ljust(len(sealed.signature_value), b"\0"))
    if len(wrong) > len(sealed.signature_value):  # ECDSA values differ in length by chance
        return a_seal_signed_by_another_key()
    return Bad(sealed.file(container))


@case("invalid", "seal.malformed")
def an_unknown_unsigned_attribute() -> Bad:
    from testamur.trust.sealing import cms
    from testamur.trust.sealing.der import oid, tlv

    sealed = make.good().sealed
    attribute = tlv(0x30, oid("1.2.3.4"), tlv(0x31, tlv(0x04, b"hidden")))
    return Bad(sealed.file(cms.with_unsigned(sealed.cms, [attribute])))


# --- certificates of the seal --------------------------------------------------------------------


def sealed_by(issued: eid.Issued, above: eid.Issued, **changes: Any) -> bytes:
    return make.build(by=issued, chain=[issued.der, above.der], **changes).data


@case("invalid", "chain.untrusted")
def a_self_made_seal() -> Bad:
    root = eid.issue("Provkommunen Root TEST", None, ca=True)
    ca = eid.issue("Provkommunen CA TEST", root, ca=True)
    return Bad(sealed_by(make.seal_certificate(ca), ca))


@case("invalid", "chain.untrusted")
def a_seal_that_leads_to_another_organisations_root() -> Bad:
    other = eid.issue("Grannkommunen Root TEST", None, ca=True)
    return Bad(make.good().data, make.world().trust(seal_roots=[other.der]))


@case("invalid", "chain.expired")
def an_expired_seal_certificate() -> Bad:
    ca = make.world().seal_ca
    return Bad(sealed_by(make.seal_certificate(ca, end=AT - DAY), ca))


@case("invalid", "chain.not_yet_valid")
def a_seal_certificate_of_tomorrow() -> Bad:
    ca = make.world().seal_ca
    return Bad(sealed_by(make.seal_certificate(ca, start=AT + DAY), ca))


@case("invalid", "chain.revoked")
def a_seal_certificate_revoked_before() -> Bad:
    world = make.world()
    crl = make.revoked(world.seal, by=world.seal_ca, on=AT - DAY)
    return Bad(make.good().data, world.trust(crls=[crl]))


@case("undecided", "seal.revoked_later")
def a_certificate_revoked_later_and_no_witness_of_the_time() -> Bad:
    world = make.world()
    crl = make.revoked(world.seal, by=world.seal_ca, on=AT + DAY)
    return Bad(make.good().data, world.trust(crls=[crl], threshold=0))


@case("invalid", "seal.key_usage")
def a_certificate_that_is_not_for_sealing() -> Bad:
    ca = make.world().seal_ca
    return Bad(sealed_by(make.seal_certificate(ca, key_usage=eid.usage(key_encipherment=True)), ca))


@case("invalid", "chain.not_ca")
def a_seal_issued_by_another_seal() -> Bad:
    world = make.world()
    child = eid.issue("Provkommunen sigill TEST", world.seal, key_usage=eid.usage(digital_signature=True))
    return Bad(make.build(by=child, chain=[child.der, world.seal.der, world.seal_ca.der]).data)


@case("invalid", "chain.path_length")
def an_authority_below_one_that_may_have_none() -> Bad:
    world = make.world()
    lower = eid.issue("Provkommunen CA 2 TEST", world.seal_ca, ca=True)
    leaf = make.seal_certificate(lower)
    return Bad(make.build(by=leaf, chain=[leaf.der, lower.der, world.seal_ca.der]).data)


@case("invalid", "seal.malformed")
def a_certificate_smuggled_into_the_seal() -> Bad:
    world = make.world()
    stranger = eid.issue("Grannkommunen CA TEST", make.world().seal_root, ca=True)
    return Bad(make.build(by=world.seal, chain=[world.seal.der, world.seal_ca.der, stranger.der]).data)


@case("invalid", "seal.time")
def a_seal_that_claims_to_be_younger_than_its_proof() -> Bad:
    return Bad(make.build(at=AT + timedelta(hours=1)).data)


# --- evidence ------------------------------------------------------------------------------------


def with_evidence(*files: Mapping[str, Any], signers: Sequence[make.Signer] = (PRINCIPAL,)) -> bytes:
    """A record whose evidence files are these, in order."""
    held = {f"evidence-{n}.json": canonical(dict(value)) for n, value in enumerate(files, 1)}
    return make.build(signers, evidence=lambda _first: held).data


def first_of(signers: Sequence[make.Signer] = (PRINCIPAL,)) -> bytes:
    return make.render(canonical(make.snapshot(signers=signers)))


def ceremony(signer: make.Signer = PRINCIPAL, first: bytes | None = None, **changes: Any) -> Ceremony:
    return Ceremony(signer, [make.leaf(make.RECORD, first or first_of())], **changes)


def simulated(act: Ceremony, order: int = 1, **proof: Any) -> dict[str, Any]:
    return act.evidence(order, 0, "simulated", act.simulated(**proof))


@case("invalid", "evidence.missing")
def no_evidence_at_all() -> Bad:
    return Bad(make.build(evidence=lambda _first: {}).data)


@case("invalid", "evidence.missing")
def one_of_two_signers_missing() -> Bad:
    both = (TEACHER, PRINCIPAL)
    return Bad(with_evidence(simulated(ceremony(TEACHER, first_of(both))), signers=both))


@case("invalid", "evidence.extra")
def evidence_of_a_signer_whom_nobody_named() -> Bad:
    one = simulated(ceremony())
    return Bad(with_evidence(one, simulated(ceremony(TEACHER), 2)))


@case("invalid", "evidence.other_document")
def evidence_moved_from_another_document() -> Bad:
    act = Ceremony(PRINCIPAL, [make.leaf(make.OTHER_RECORD, b"another document")])
    return Bad(with_evidence(simulated(act)))


@case("invalid", "evidence.path")
def a_document_slipped_into_another_ceremony() -> Bad:
    act = Ceremony(PRINCIPAL, [make.leaf(make.OTHER_RECORD, b"another document")])
    return Bad(with_evidence(simulated(act) | {"leaf": make.leaf(make.RECORD, first_of())}))


@case("invalid", "evidence.signer")
def evidence_of_another_signer() -> Bad:
    return Bad(with_evidence(simulated(ceremony(TEACHER))))


@case("invalid", "evidence.other_person")
def somebody_else_signed_under_the_signers_name() -> Bad:
    impostor = make.simulated_certificate(TEACHER, make.world().eid_root)
    return Bad(with_evidence(simulated(ceremony(), certificate=impostor)))


@case("invalid", "evidence.signer")
def two_signers_who_changed_places() -> Bad:
    both = (TEACHER, PRINCIPAL)
    first = first_of(both)
    return Bad(
        with_evidence(simulated(ceremony(PRINCIPAL, first)), simulated(ceremony(TEACHER, first), 2), signers=both)
    )


@case("invalid", "simulated.nonvisible")
def a_header_from_another_ceremony() -> Bad:
    act = ceremony()
    value = simulated(act)
    value["header"] = dict(act.header, ceremony="urn:uuid:0195f2a0-0000-7000-8000-000000000002")
    return Bad(with_evidence(value))


@case("invalid", "evidence.organisation")
def a_signature_for_another_organisation() -> Bad:
    return Bad(with_evidence(simulated(ceremony(header={"organisation": urn(make.OTHER_RECORD)}))))


@case("invalid", "evidence.purpose")
def a_signature_for_another_purpose() -> Bad:
    return Bad(with_evidence(simulated(ceremony(header={"purpose": "log-in"}))))


@case("invalid", "evidence.visible")
def a_manifest_that_names_more_than_was_shown() -> Bad:
    leaves = [make.leaf(make.RECORD, first_of()), make.leaf(make.OTHER_RECORD, b"another document")]
    root = MerkleTree([leaf_hash(canonical(item)) for item in leaves]).root.hex()
    act = Ceremony(PRINCIPAL, leaves, visible=f"Du skriver under ett betyg.\nTestamur 1: 1 {root}")
    return Bad(with_evidence(simulated(act)))


@case("invalid", "evidence.visible")
def a_text_without_the_last_line() -> Bad:
    return Bad(with_evidence(simulated(ceremony(visible="Du skriver under ett betyg."))))


@case("invalid", "simulated.signature")
def a_signature_of_the_e_id_that_is_not_genuine() -> Bad:
    value = simulated(ceremony())
    value["proof"]["signed_at"] = stamp(AT - timedelta(minutes=2))
    return Bad(with_evidence(value))


@case("invalid", "chain.untrusted")
def a_self_made_e_id() -> Bad:
    own = make.simulated_certificate(PRINCIPAL, eid.issue("Simulated e-ID TEST", None, ca=True))
    return Bad(with_evidence(simulated(ceremony(), certificate=own)))


@case("invalid", "chain.expired")
def an_expired_e_id() -> Bad:
    old = make.simulated_certificate(PRINCIPAL, make.world().eid_root, end=AT - DAY)
    return Bad(with_evidence(simulated(ceremony(), certificate=old)))


@case("invalid", "evidence.after_seal")
def a_signature_younger_than_the_seal() -> Bad:
    return Bad(with_evidence(simulated(ceremony(), signed_at=AT + timedelta(hours=1))))


@case("invalid", "evidence.time")
def a_signature_older_than_its_ceremony() -> Bad:
    return Bad(with_evidence(simulated(ceremony(), signed_at=AT - DAY)))


@case("invalid", "evidence.malformed")
def evidence_with_an_unknown_member() -> Bad:
    return Bad(with_evidence(simulated(ceremony()) | {"note": "x"}))


@case("invalid", "evidence.malformed")
def evidence_that_is_not_canonical() -> Bad:
    spaced = canonical(simulated(ceremony())).replace(b'"v":1}', b'"v": 1}')
    return Bad(make.build(evidence=lambda _first: {"evidence-1.json": spaced}).data)


@case("undecided", "evidence.method")
def a_method_that_this_verifier_does_not_know() -> Bad:
    return Bad(with_evidence(simulated(ceremony()) | {"method": "freja"}))


@case("undecided", "simulated.roots.absent")
def a_bundle_without_roots_of_the_e_id() -> Bad:
    return Bad(make.good().data, make.world().trust(eid_roots={"simulated": []}))


@case("invalid", "evidence.test")
def a_test_identity_under_a_real_record() -> Bad:
    data = make.build(snapshot_changes={"test": False}).data
    return Bad(data, make.world().trust(test=False))


# --- codes by SMS --------------------------------------------------------------------------------


def coded(change: Mapping[str, Any] | None = None, signer: make.Signer = EXAMINER, **signed: Any) -> Bad:
    """A record that an examiner signed with a code; `signed` is attested in earnest, `change` comes afterwards."""
    act = ceremony(signer, first_of((signer,)))
    value = act.evidence(1, 0, "sms", act.sms(**signed) | dict(change or {}))
    return Bad(with_evidence(value, signers=(signer,)))


@case("invalid", "sms.signature")
def a_code_returned_at_another_time_than_was_attested() -> Bad:
    return coded({"signed_at": stamp(AT - timedelta(seconds=70))})


@case("invalid", "sms.signature")
def a_code_sent_to_another_number_than_was_attested() -> Bad:
    return coded({"phone": {"last": "12", "commitment": "6" * 64}})


@case("invalid", "sms.signature")
def a_code_guessed_more_often_than_was_attested() -> Bad:
    return coded({"tries": 2})


@case("invalid", "evidence.malformed")
def a_code_guessed_four_times() -> Bad:
    return coded(tries=4)


@case("invalid", "evidence.malformed")
def a_whole_number_in_place_of_its_last_digits() -> Bad:
    return coded(phone={"last": "+46700000012", "commitment": "5" * 64})


@case("invalid", "sms.time")
def a_code_returned_after_five_minutes() -> Bad:
    return coded(sent_at=AT - timedelta(minutes=6, seconds=1))


@case("invalid", "sms.time")
def a_code_returned_before_it_was_sent() -> Bad:
    return coded(sent_at=AT - timedelta(seconds=59))


@case("invalid", "sms.nonvisible")
def a_code_for_another_ceremony() -> Bad:
    act = ceremony(EXAMINER, first_of((EXAMINER,)))
    value = act.evidence(1, 0, "sms", act.sms())
    value["header"] = dict(act.header, ceremony="urn:uuid:0195f2a0-0000-7000-8000-000000000002")
    return Bad(with_evidence(value, signers=(EXAMINER,)))


@case("invalid", "evidence.other_person")
def a_code_of_another_person() -> Bad:
    return coded(certificate=make.sms_certificate(TEACHER, make.world().sms_root))


@case("invalid", "evidence.method_role")
def a_principal_who_signed_with_a_code() -> Bad:
    return coded(signer=PRINCIPAL)


@case("invalid", "chain.untrusted")
def a_self_made_attestation_of_a_code() -> Bad:
    return coded(certificate=make.sms_certificate(EXAMINER, eid.issue("SMS code attestation TEST", None, ca=True)))


@case("invalid", "chain.untrusted")
def an_e_id_that_attests_a_code() -> Bad:
    return coded(certificate=make.simulated_certificate(EXAMINER, make.world().eid_root))


@case("invalid", "evidence.malformed")
def a_certificate_for_something_else_that_attests_a_code() -> Bad:
    return coded(certificate=make.sms_certificate(EXAMINER, make.world().sms_root, unit="Mail"))


@case("invalid", "simulated.signature")
def a_code_that_poses_as_an_e_id() -> Bad:
    act = ceremony(EXAMINER, first_of((EXAMINER,)))
    kept = ("visible", "nonvisible", "signed_at", "signature", "certificates")
    proof = {name: value for name, value in act.sms().items() if name in kept}
    return Bad(with_evidence(act.evidence(1, 0, "simulated", proof), signers=(EXAMINER,)))


@case("undecided", "sms.roots.absent")
def a_bundle_without_roots_of_codes() -> Bad:
    return replace(coded(), trust=make.world().trust(eid_roots={"sms": []}))


def bankid(change: Callable[[bytes], bytes] = bytes, **proof: Any) -> Bad:
    """A record signed with BankID (its test chain), the XML changed afterwards."""
    act = ceremony()
    person = eid.person(PRINCIPAL.identifier[1])
    value = act.bankid(person)
    value["signature"] = eid.b64(change(make.decode(value["signature"])))
    return Bad(with_evidence(act.evidence(1, 0, "bankid", value | proof)))


@case("invalid", "bankid.shape")
def a_comment_in_the_e_ids_xml() -> Bad:
    return bankid(lambda xml: xml.replace(b'wysiwys">', b'wysiwys"><!-- -->'))


@case("invalid", "bankid.shape")
def a_doctype_in_the_e_ids_xml() -> Bad:
    return bankid(lambda xml: xml.replace(b"?><", b"?><!DOCTYPE Signature><", 1))


@case("invalid", "bankid.shape")
def a_wrapped_signature_in_the_e_ids_xml() -> Bad:
    return bankid(lambda xml: xml.replace(b"</Object>", b"</Object><Object></Object>"))


@case("invalid", "bankid.digest")
def another_text_shown_in_the_e_ids_xml() -> Bad:
    return bankid(lambda xml: xml.replace(eid.b64(b"Du skriver")[:12].encode(), eid.b64(b"Du slipper")[:12].encode()))


@case("invalid", "bankid.ocsp.other_signature")
def an_ocsp_response_from_another_signature() -> Bad:
    person = eid.person(PRINCIPAL.identifier[1])
    xml = make.decode(ceremony().bankid(person)["signature"])
    twin = xml.replace(b"<funcId>", b"<funcId> ")
    act = ceremony()
    value = act.evidence(1, 0, "bankid", {"signature": eid.b64(xml), "ocsp": eid.b64(eid.ocsp_response(person, twin))})
    return Bad(with_evidence(value))


@case("invalid", "evidence.other_person")
def another_persons_bankid() -> Bad:
    act = ceremony()
    value = act.evidence(1, 0, "bankid", act.bankid(eid.person("199912310000", key=1)))
    return Bad(with_evidence(value))


# --- the record itself ---------------------------------------------------------------------------


@case("invalid", "record.malformed")
def a_record_with_an_unknown_member() -> Bad:
    return Bad(make.build(snapshot_changes={"grade": "A"}).data)


@case("invalid", "record.malformed")
def a_record_with_the_code_of_another() -> Bad:
    code = verify_code(make.OTHER_RECORD)
    return Bad(make.build(snapshot_changes={"verify": {"code": code, "url": "https://x.example"}}).data)


@case("invalid", "record.malformed")
def a_record_of_a_later_version_of_the_format() -> Bad:
    return Bad(make.build(snapshot_changes={"v": 2}).data)


@case("invalid", "record.relationship")
def a_record_attached_as_something_else() -> Bad:
    return Bad(make.build(template=make.TEMPLATE.replace('relationship: "data"', 'relationship: "supplement"')).data)


@case("undecided", "seal.unknown")
def an_issuer_whom_the_bundle_does_not_know() -> Bad:
    return Bad(make.good().data, make.world().trust(organisation=make.OTHER_RECORD))


# --- the proof -----------------------------------------------------------------------------------


def with_proof(change: Callable[[Sealed, bytes], bytes], **trust: Any) -> Bad:
    built = make.good()
    data = make.finish(built.sealed, built.record_json, built.evidence, make_proof=change).data
    return Bad(data, make.world().trust(**trust) if trust else None)


@case("undecided", "proof.absent")
def no_proof() -> Bad:
    return Bad(make.good().sealed.file())


@case("invalid", "proof.other_record")
def the_proof_of_another_record() -> Bad:
    return with_proof(lambda s, r: make.proof(make.statement(s, r, record=make.OTHER_RECORD)))


@case("invalid", "proof.other_record")
def the_proof_of_an_annulment() -> Bad:
    return with_proof(lambda s, r: make.proof(make.statement(s, r, event="annul")))


@case("invalid", "proof.other_record")
def the_proof_of_another_seal_over_the_same_document() -> Bad:
    return with_proof(lambda s, r: make.proof(make.statement(s, r, seal_sig_sha256=bytes(32))))


@case("invalid", "proof.log")
def a_proof_from_another_log() -> Bad:
    other = make.new_log("log.example/log/grannkommunen")
    return with_proof(lambda s, r: make.proof(make.statement(s, r), log=other))


@case("undecided", "proof.key")
def a_proof_from_a_self_made_log_of_the_same_name() -> Bad:
    forged = make.new_log()
    return with_proof(lambda s, r: make.proof(make.statement(s, r), log=forged))


@case("undecided", "proof.witnesses")
def a_forked_log_that_the_witnesses_did_not_see() -> Bad:
    return with_proof(lambda s, r: make.proof(make.statement(s, r), witnesses=[]))


@case("undecided", "proof.witnesses")
def a_proof_with_too_few_witnesses() -> Bad:
    return with_proof(lambda s, r: make.proof(make.statement(s, r), witnesses=make.world().witnesses[:1]))


@case("invalid", "proof.inclusion")
def a_proof_with_an_older_checkpoint() -> Bad:
    """The log's genuine checkpoint from before the record was entered."""

    def older(sealed: Sealed, record_json: bytes) -> bytes:
        held = tlog.Proof.parse(make.proof(make.statement(sealed, record_json)))
        entries = [tlog.entry(tlog.EntryKind.RECORD, hashlib.sha256(b"%d" % n).digest()) for n in range(2)]
        tree = MerkleTree([leaf_hash(item) for item in entries])
        text = notes.Checkpoint(make.ORIGIN, 2, tree.root).text()
        world = make.world()
        lines = [notes.sign(text, world.log), *(notes.sign(text, w, time=int(AT.timestamp())) for w in world.witnesses)]
        return replace(held, checkpoint=notes.Note(text, tuple(lines)).data()).data()

    return with_proof(older)


@case("invalid", "proof.inclusion")
def a_status_list_entry_passed_off_as_a_record() -> Bad:
    return with_proof(lambda s, r: make.proof(make.statement(s, r), kind=tlog.EntryKind.STATUS_LIST))


@case("invalid", "proof.inclusion")
def a_proof_with_another_salt() -> Bad:
    def salted(sealed: Sealed, record_json: bytes) -> bytes:
        held = tlog.Proof.parse(make.proof(make.statement(sealed, record_json)))
        return replace(held, extra=b"t" * 32 + (held.extra or b"")[32:]).data()

    return with_proof(salted)


@case("invalid", "proof.signature")
def a_cosignature_that_is_wrong() -> Bad:
    def spoiled(sealed: Sealed, record_json: bytes) -> bytes:
        held = tlog.Proof.parse(make.proof(make.statement(sealed, record_json)))
        note = notes.Note.parse(held.checkpoint)
        last = note.signatures[-1]
        wrong = replace(last, blob=last.blob[:-1] + bytes([last.blob[-1] ^ 1]))
        return replace(held, checkpoint=notes.Note(note.text, (*note.signatures[:-1], wrong)).data()).data()

    return with_proof(spoiled)


@case("invalid", "proof.time")
def a_proof_older_than_what_it_proves() -> Bad:
    return with_proof(lambda s, r: make.proof(make.statement(s, r, time=AT + DAY)))


@case("invalid", "proof.malformed")
def a_proof_that_is_no_proof() -> Bad:
    return with_proof(lambda _s, _r: b"trust me\n")


@case("invalid", "proof.differs")
def a_proof_beside_the_file_that_is_another() -> Bad:
    built = make.good()
    return Bad(built.data, sidecar=make.proof(make.statement(built.sealed, built.record_json), others=9))


def unproved_but_with_sidecar() -> Bad:
    """Not bad: the proof may lie beside the file alone."""
    built = make.good()
    return Bad(built.sealed.file(), sidecar=built.proof)


def revoked_later_but_witnessed() -> Bad:
    """Not bad: the certificate was revoked after the witnesses had seen the record."""
    world = make.world()
    return Bad(make.good().data, world.trust(crls=[make.revoked(world.seal, by=world.seal_ca, on=AT + DAY)]))


# --- time-stamps ---------------------------------------------------------------------------------


def stamped(token: Callable[[bytes], bytes] = make.time_stamp, **trust: Any) -> Bad:
    """A record of level B-T; good unless `token` makes another time-stamp."""
    built = make.good()
    data = make.finish(built.sealed, built.record_json, built.evidence, time_stamp=token).data
    return Bad(data, make.world().trust(**{"tsa_roots": [make.tsa_root().der]} | trust))


@case("invalid", "timestamp.imprint")
def a_time_stamp_of_another_signature() -> Bad:
    return stamped(lambda value: make.time_stamp(value + b"x"))


@case("undecided", "timestamp.untrusted")
def a_time_stamp_of_an_unknown_authority() -> Bad:
    return stamped(tsa_roots=[])


@case("invalid", "timestamp.malformed")
def a_time_stamp_that_is_none() -> Bad:
    return stamped(lambda _value: bytes.fromhex("3003020101"))


@case("invalid", "timestamp.malformed")
def a_time_stamp_by_a_certificate_for_something_else() -> Bad:
    return stamped(lambda value: make.time_stamp(value, extended=()))


@case("invalid", "timestamp.chain.expired")
def a_time_stamp_by_an_expired_authority() -> Bad:
    return stamped(lambda value: make.time_stamp(value, end=AT - DAY))


@case("invalid", "timestamp.signature")
def a_time_stamp_with_another_time_written_in() -> Bad:
    year = AT.strftime("%Y%m%d").encode()
    return stamped(lambda value: make.time_stamp(value).replace(year, b"20010101"))


@case("invalid", "seal.time")
def a_time_stamp_older_than_the_seal() -> Bad:
    return stamped(lambda value: make.time_stamp(value, at=AT - timedelta(hours=1)))


@case("invalid", "chain.revoked")
def a_seal_certificate_revoked_before_the_time_stamp() -> Bad:
    world = make.world()
    crl = make.revoked(world.seal, by=world.seal_ca, on=AT - DAY)
    return stamped(crls=[crl])
