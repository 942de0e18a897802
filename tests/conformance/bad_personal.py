"""Named bad files with personal signatures, and good ones. Importing this adds the bad ones to `CASES`."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.pdf.reader import read
from testamur.trust.sealing import cms
from testamur.trust.sealing.personal import PersonalAlgorithm
from testamur.trust.sealing.revision.personal import draft_next, laid_out
from tests.conformance import builder as make
from tests.conformance import personal
from tests.conformance.bad_files import CASES, DAY, Bad, case
from tests.conformance.builder import AT
from tests.conformance.personal import BOTH, DEPUTY, PRINCIPAL, SIGNED, TEACHER, finished, first, own, rewritten, signed
from tests.kernel.proofs import eid
from tests.kernel.proofs.eid import Issued, usage

__all__ = ["CASES", "GOOD"]


def by_teacher(who: Issued | None = None, **changes: Any) -> Bad:
    """Both signed; the teacher with another certificate, or at another time."""
    document = first()
    one = signed(document, TEACHER, 1, by=who, **changes)
    return Bad(finished(document, [one, signed(document + one, PRINCIPAL, 2)]).data)


def laid_out_otherwise(change: personal.Change) -> Bad:
    """The first revision of a signer does something else, signed and sealed in earnest."""
    document = first()
    one = rewritten(document, signed(document, TEACHER, 1), change, own(TEACHER))
    return Bad(finished(document, [one, signed(document + one, PRINCIPAL, 2)]).data)


def filled_otherwise(change: personal.Change) -> Bad:
    """The revision of the second signer does something else."""
    document = first()
    one = signed(document, TEACHER, 1)
    two = rewritten(document + one, signed(document + one, PRINCIPAL, 2), change, own(PRINCIPAL))
    return Bad(finished(document, [one, two]).data)


def sealed_otherwise(change: personal.Change) -> Bad:
    """The seal's revision does something else."""
    document = first()
    one = signed(document, TEACHER, 1)
    return Bad(finished(document, [one, signed(document + one, PRINCIPAL, 2)], change=change).data)


def edit(part: bytes, old: bytes, new: bytes) -> personal.Change:
    """Replace bytes in every object that holds `part`."""

    def change(objects: dict[int, bytes]) -> None:
        assert any(part in raw and old in raw for raw in objects.values())
        for number, raw in objects.items():
            if part in raw:
                objects[number] = raw.replace(old, new, 1)

    return change


def with_contents(make_container: Callable[[bytes], bytes]) -> Bad:
    """The teacher's signature holds another CMS."""
    document = first()
    one = rewritten(document, signed(document, TEACHER, 1), lambda _objects: None, own(TEACHER), make_container)
    return Bad(finished(document, [one, signed(document + one, PRINCIPAL, 2)]).data)


# --- who signed ----------------------------------------------------------------------------------


@case("invalid", "personal.other_person")
def the_certificate_of_another_person() -> Bad:
    return by_teacher(own(PRINCIPAL))


@case("invalid", "personal.other_person")
def a_certificate_that_names_no_number() -> Bad:
    return by_teacher(personal.certificate(TEACHER, subject={}))


@case("invalid", "personal.other_person")
def a_number_of_another_country() -> Bad:
    return by_teacher(personal.certificate(TEACHER, subject={NameOID.SERIAL_NUMBER: "PNOSE-001190000001"}))


@case("invalid", "chain.untrusted")
def a_certificate_that_somebody_made_for_themselves() -> Bad:
    who = personal.certificate(TEACHER, eid.issue("Personal CA TEST", None, ca=True))
    return by_teacher(who, certificates=[who.der])


@case("invalid", "chain.expired")
def a_certificate_that_had_expired() -> Bad:
    return by_teacher(personal.certificate(TEACHER, end=SIGNED - DAY))


@case("invalid", "chain.not_yet_valid")
def a_certificate_that_was_not_valid_yet() -> Bad:
    return by_teacher(personal.certificate(TEACHER, start=SIGNED + DAY))


@case("undecided", "personal.lapsed")
def a_certificate_that_lapsed_before_the_seal() -> Bad:
    return by_teacher(personal.certificate(TEACHER, end=SIGNED + timedelta(minutes=5)))


@case("invalid", "personal.key_usage")
def a_certificate_that_is_not_for_signing() -> Bad:
    return by_teacher(personal.certificate(TEACHER, key_usage=usage(key_encipherment=True)))


@case("invalid", "chain.weak_key")
def a_key_on_a_curve_that_nobody_knows() -> Bad:
    weak = personal.certificate(TEACHER, key=ec.generate_private_key(ec.SECP256K1()))
    return with_contents(lambda digest: _with_certificate(digest, weak))


@case("invalid", "chain.revoked")
def a_certificate_that_was_revoked() -> Bad:
    who = personal.certificate(TEACHER)
    crl = make.revoked(who, by=make.world().person_ca, on=SIGNED - DAY)
    return replace(by_teacher(who), trust=make.world().trust(crls=[crl]))


@case("undecided", "personal.lapsed")
def a_certificate_that_was_revoked_before_the_seal() -> Bad:
    who = personal.certificate(TEACHER)
    crl = make.revoked(who, by=make.world().person_ca, on=SIGNED + timedelta(minutes=5))
    return replace(by_teacher(who), trust=make.world().trust(crls=[crl]))


@case("undecided", "personal.roots.absent")
def a_bundle_without_roots_of_personal_certificates() -> Bad:
    return Bad(personal.good().data, make.world().trust(eid_roots={"certificate": []}))


@case("invalid", "evidence.missing")
def only_one_of_two_signed_in_the_file() -> Bad:
    document = first()
    return Bad(finished(document, [signed(document, TEACHER, 1)]).data)


@case("invalid", "evidence.both")
def evidence_and_a_signature_in_the_file_of_the_same_person() -> Bad:
    document = first()
    one = signed(document, TEACHER, 1)
    return Bad(finished(document, [one], evidence=make.signed_evidence(document, BOTH)).data)


@case("invalid", "personal.order")
def signers_who_signed_in_another_order() -> Bad:
    signers = (TEACHER, DEPUTY, PRINCIPAL)
    document = first(signers)
    one = signed(document, TEACHER, 1)
    three = signed(document + one, PRINCIPAL, 3)
    two = _filled(document + one + three, "signer-2", DEPUTY)
    return Bad(finished(document, [one, three, two], signers=signers).data)


@case("invalid", "personal.time")
def a_signature_older_than_the_one_before_it() -> Bad:
    document = first()
    one = signed(document, TEACHER, 1)
    two = signed(document + one, PRINCIPAL, 2, at=SIGNED - timedelta(hours=1))
    return Bad(finished(document, [one, two]).data)


@case("invalid", "personal.time")
def a_signature_older_than_the_document() -> Bad:
    return by_teacher(at=AT - DAY)


@case("invalid", "evidence.after_seal")
def a_personal_signature_younger_than_the_seal() -> Bad:
    document = first()
    one = signed(document, TEACHER, 1)
    two = signed(document + one, PRINCIPAL, 2, at=AT + timedelta(hours=1))
    return Bad(finished(document, [one, two]).data)


# --- what was signed -----------------------------------------------------------------------------


@case("invalid", "personal.digest")
def a_signature_moved_from_another_document() -> Bad:
    other = make.render(canonical(make.snapshot(signers=BOTH, content={"grades": []})))
    moved = read(other + signed(other, TEACHER, 1))
    (held,) = make_signatures(moved)
    return with_contents(lambda _digest: held.rstrip(b"\0"))


@case("invalid", "personal.digest")
def a_signature_over_the_first_revision_alone() -> Bad:
    return with_contents(lambda _digest: personal.container_of(own(TEACHER), hashlib.sha256(first()).digest()))


@case("invalid", "personal.byte_range")
def a_signature_that_leaves_out_the_end_of_its_revision() -> Bad:
    document = first()
    one = rewritten(document, signed(document, TEACHER, 1), lambda _objects: None, own(TEACHER), short=40)
    return Bad(finished(document, [one, signed(document + one, PRINCIPAL, 2)]).data)


@case("invalid", "personal.signature")
def a_signature_by_another_key_than_the_certificates() -> Bad:
    class Swapped:
        key = own(PRINCIPAL).key
        der = own(TEACHER).der

    return with_contents(lambda digest: personal.container_of(Swapped, digest))  # type: ignore[arg-type]


@case("invalid", "personal.malformed")
def signed_attributes_that_do_not_name_the_certificate() -> Bad:
    return with_contents(lambda digest: personal.without_ess(own(TEACHER), digest))


@case("invalid", "personal.certificate")
def signed_attributes_that_name_another_certificate() -> Bad:
    def swapped(digest: bytes) -> bytes:
        good = personal.container_of(own(TEACHER), digest)
        mark = own(TEACHER).certificate.fingerprint(hashes.SHA256())
        assert mark in good
        return good.replace(mark, bytes(32))

    return with_contents(swapped)


@case("invalid", "personal.malformed")
def a_proof_hidden_in_a_personal_signature() -> Bad:
    extra = cms.unsigned_attributes(proof=b"c2sp.org/tlog-proof@v1\n")
    return with_contents(lambda digest: cms.with_unsigned(personal.container_of(own(TEACHER), digest), extra))


@case("invalid", "personal.malformed")
def a_strangers_certificate_in_a_personal_signature() -> Bad:
    world = make.world()
    certificates = [own(TEACHER).der, world.person_ca.der, world.seal_ca.der]
    return with_contents(lambda digest: personal.container_of(own(TEACHER), digest, certificates))


@case("invalid", "personal.malformed")
def nothing_where_the_signature_should_be() -> Bad:
    return with_contents(lambda _digest: b"")


# --- what the revisions do -----------------------------------------------------------------------


@case("invalid", "revision.changed")
def a_page_hidden_in_a_personal_revision() -> Bad:
    return laid_out_otherwise(edit(b"/Type/Page/", b"/Contents", b"/Hidden"))


@case("invalid", "revision.personal")
def a_page_replaced_by_the_second_signer() -> Bad:
    data = first()
    number = next(obj.number for obj in read(data).walk(revision=1) if b"/Type/Page/" in read(data).raw(obj))
    return filled_otherwise(lambda objects: objects.update({number: read(data).raw(read(data).find(number))}))  # type: ignore[arg-type]


@case("invalid", "revision.extra")
def an_object_added_with_the_first_signature() -> Bad:
    return laid_out_otherwise(
        lambda objects: objects.update({max(objects) + 9: b"%d 0 obj\n<</X 1>>\nendobj" % (max(objects) + 9)})
    )


@case("invalid", "revision.extra")
def an_object_added_with_the_second_signature() -> Bad:
    return filled_otherwise(lambda objects: objects.update({900: b"900 0 obj\n<</X 1>>\nendobj"}))


@case("invalid", "revision.box")
def a_signers_field_that_can_be_seen() -> Bad:
    return laid_out_otherwise(edit(b"/T(signer-1)", b"/Rect[0 0 0 0]", b"/Rect[0 0 500 700]"))


@case("invalid", "revision.box")
def a_seals_box_that_covers_the_page() -> Bad:
    return laid_out_otherwise(edit(b"/T(TestamurSeal)", b"/Rect[50 60 300 120]", b"/Rect[0 0 600 800]"))


@case("invalid", "revision.widget")
def a_picture_on_a_signers_field() -> Bad:
    return laid_out_otherwise(edit(b"/T(signer-2)", b"/F 132", b"/F 132/AP<</N 1 0 R>>"))


@case("invalid", "revision.widget")
def an_action_on_a_signers_field() -> Bad:
    return laid_out_otherwise(edit(b"/T(signer-2)", b"/F 132", b"/F 132/A<</S/URI/URI(http://x.example)>>"))


@case("invalid", "revision.widget")
def a_field_that_says_another_name() -> Bad:
    return laid_out_otherwise(edit(b"/T(signer-1)", b"/TU<FEFF", b"/TU<FEFF0041"))


@case("invalid", "pdf.form")
def a_field_that_is_listed_twice() -> Bad:
    document = first()
    one = signed(document, TEACHER, 1)

    def change(objects: dict[int, bytes]) -> None:
        field = next(n for n, raw in objects.items() if b"/T(signer-2)" in raw)
        edit(b"/AcroForm", b"/Fields[", b"/Fields[%d 0 R " % field)(objects)

    return Bad(finished(document, [rewritten(document, one, change, own(TEACHER))]).data)


@case("invalid", "revision.form")
def a_field_of_nobody() -> Bad:
    return laid_out_otherwise(_field_of_nobody)


@case("invalid", "revision.changed")
def an_action_of_the_document_in_a_personal_revision() -> Bad:
    return laid_out_otherwise(edit(b"/AcroForm", b"/AcroForm", b"/OpenAction<</S/URI/URI(http://x.example)>>/AcroForm"))


@case("invalid", "revision.redefined")
def a_picture_on_a_signers_field_in_the_seals_revision() -> Bad:
    document = first()
    data = read(document + signed(document, TEACHER, 1))
    number = next(n for n in data.revisions[-1].section.numbers() if b"/T(signer-1)" in data.raw(data.find(n)))  # type: ignore[arg-type]
    raw = data.raw(data.find(number))  # type: ignore[arg-type]
    return sealed_otherwise(lambda objects: objects.update({number: raw.replace(b"/F 132", b"/F 132/AP<</N 1 0 R>>")}))


@case("invalid", "revision.changed")
def a_seals_field_that_was_moved_when_it_was_sealed() -> Bad:
    return sealed_otherwise(edit(b"/T(TestamurSeal)", b"/Rect[50 60 300 120]", b"/Rect[50 60 300 121]"))


@case("invalid", "seal.byte_range")
def a_personal_signature_after_the_seal() -> Bad:
    document = first()
    one = signed(document, TEACHER, 1)
    evidence = {k: v for k, v in make.signed_evidence(document, BOTH).items() if k == "evidence-2.json"}
    data = finished(document, [one], evidence=evidence).data
    return Bad(data + _filled(data, "signer-2", PRINCIPAL))


@case("invalid", "seal.absent")
def the_seal_cut_off_after_personal_signatures() -> Bad:
    return Bad(personal.good().first)


@case("invalid", "evidence.missing")
def the_personal_signatures_taken_out() -> Bad:
    return Bad(finished(first(), []).data)


# --- helpers -------------------------------------------------------------------------------------


def make_signatures(pdf: object) -> list[bytes]:
    from testamur.kernel.proofs.pdf.contents import signatures
    from testamur.kernel.proofs.pdf.reader import PdfFile

    assert isinstance(pdf, PdfFile)
    return [one.contents for one in signatures(pdf)]


def _field_of_nobody(objects: dict[int, bytes]) -> None:
    """One more field, entered everywhere as the others are."""
    field = next(raw for raw in objects.values() if b"/T(signer-2)" in raw)
    number = max(objects) + 9
    objects[number] = b"%d 0 obj" % number + field[field.index(b" obj") + 4 :].replace(b"signer-2", b"signer-3")
    edit(b"/AcroForm", b"/Fields[", b"/Fields[%d 0 R " % number)(objects)


def _filled(document: bytes, field: str, signer: make.Signer) -> bytes:
    """A field filled in without asking whose turn it is."""
    pdf = read(document)
    made = draft_next(pdf, laid_out(pdf, field), name=signer.name, at=SIGNED, reserved=personal.RESERVED)
    digest = hashlib.sha256(document + made.head + made.tail).digest()
    container = personal.container_of(own(signer), digest).hex().encode().ljust(personal.RESERVED, b"0")
    return made.head + b"<" + container + b">" + made.tail


def _with_certificate(digest: bytes, who: Issued) -> bytes:
    template = cms.Template(personal.chain(who), PersonalAlgorithm.P256)
    return template.build(digest, personal.value(who, template.to_be_signed(digest)))


# --- good ones -----------------------------------------------------------------------------------


def _mixed(*, personally: int) -> Bad:
    """One of the two signed in the file, the other with an e-ID."""
    document = first()
    signer = BOTH[personally - 1]
    evidence = make.signed_evidence(document, BOTH)
    del evidence[f"evidence-{personally}.json"]
    return Bad(finished(document, [signed(document, signer, personally)], evidence=evidence).data)


def _revoked_later() -> Bad:
    who = personal.certificate(TEACHER)
    crl = make.revoked(who, by=make.world().person_ca, on=AT + DAY)
    return replace(by_teacher(who), trust=make.world().trust(crls=[crl]))


def _on_page_two() -> Bad:
    changes: dict[str, Any] = {"seal": {"page": 2, "rect": list(make.RECT)}}
    facts = canonical(make.snapshot(signers=BOTH, **changes))
    document = make.render(facts, make.TEMPLATE + "\n#pagebreak()\n== Trang hai\n")
    one = signed(document, TEACHER, 1)
    built = finished(document, [one, signed(document + one, PRINCIPAL, 2)], snapshot_changes=changes, page=2)
    return Bad(built.data)


def _without_a_box() -> Bad:
    changes: dict[str, Any] = {"seal": {"page": 1, "rect": [0, 0, 0, 0]}}
    document = make.render(canonical(make.snapshot(signers=BOTH, **changes)))
    one = signed(document, TEACHER, 1)
    built = finished(document, [one, signed(document + one, PRINCIPAL, 2)], snapshot_changes=changes, rect=(0, 0, 0, 0))
    return Bad(built.data)


GOOD: dict[str, Callable[[], Bad]] = {
    "two personal signatures": lambda: Bad(personal.good().data),
    "a personal signature and then an e-ID": lambda: _mixed(personally=1),
    "an e-ID and then a personal signature": lambda: _mixed(personally=2),
    "a personal RSA certificate": lambda: by_teacher(personal.certificate(TEACHER, key=eid.rsa_key())),
    "a personal certificate on P-384": lambda: by_teacher(
        personal.certificate(TEACHER, key=ec.generate_private_key(ec.SECP384R1()))
    ),
    "a number written as Europe does": lambda: by_teacher(
        personal.certificate(TEACHER, subject={NameOID.SERIAL_NUMBER: "PNOVN-001190000001"})
    ),
    "a number in serialNumber": lambda: by_teacher(
        personal.certificate(TEACHER, subject={NameOID.SERIAL_NUMBER: "CCCD:001190000001"})
    ),
    "a certificate revoked after the seal": _revoked_later,
    "personal signatures and a seal on the second page": _on_page_two,
    "personal signatures and an invisible seal": _without_a_box,
    "a bundle that trusts the issuing authority itself": lambda: Bad(
        personal.good().data, make.world().trust(eid_roots={"certificate": [make.world().person_ca.der]})
    ),
    "rewritten but equal personal revisions": lambda: laid_out_otherwise(lambda _objects: None),
    "a rewritten but equal seal after personal signatures": lambda: sealed_otherwise(lambda _objects: None),
}
