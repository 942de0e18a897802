"""Every named bad file gets the right verdict for the right reason, and good files stay good."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from testamur.kernel.proofs.report import INDICATION
from testamur.kernel.proofs.verify import NO_TRUST, verify_file
from tests.conformance import bad_files, bad_personal, bad_status, builder, personal
from tests.conformance.bad_files import Bad
from tests.conformance.bad_personal import CASES
from tests.kernel.proofs import eid


def verdict_on(bad: Bad):
    return verify_file(bad.data, bad.trust or builder.world().trust(), "file.pdf", sidecar=bad.sidecar)


@pytest.mark.parametrize("name", CASES)
def test_bad_file(name: str) -> None:
    make, word, code = CASES[name]
    verdict = verdict_on(make())
    assert (verdict.word.value, verdict.code) == (word, code), verdict.checks
    assert verdict.indication == INDICATION[verdict.word]
    assert all(check.found.endswith((".", "!")) for check in verdict.checks), verdict.checks


@pytest.mark.feature("D11")
def test_a_good_record_is_valid_and_every_check_says_why() -> None:
    verdict = verdict_on(Bad(builder.good().data))
    assert verdict.word == "valid"
    assert verdict.indication == "TOTAL-PASSED"
    assert [(c.name, c.outcome.value) for c in verdict.checks] == [
        ("revisions", "ok"), ("digest", "ok"), ("signer 1", "ok"), ("seal", "ok"), ("proof", "ok"),
        ("status", "absent"), ("issuer", "ok"),
    ]  # fmt: skip
    assert verdict.test


GOOD: dict[str, Callable[[], Bad]] = {
    "two signers": lambda: Bad(builder.build((builder.TEACHER, builder.PRINCIPAL)).data),
    "no signer": lambda: Bad(builder.build((), evidence=lambda _first: {}).data),
    "an invisible seal": lambda: Bad(
        builder.build(rect=(0, 0, 0, 0), snapshot_changes={"seal": {"page": 1, "rect": [0, 0, 0, 0]}}).data
    ),
    "a seal on the second page": lambda: Bad(
        builder.build(
            page=2,
            snapshot_changes={"seal": {"page": 2, "rect": list(builder.RECT)}},
            template=builder.TEMPLATE + "\n#pagebreak()\n== Sida två\n",
        ).data
    ),
    "a signature with BankID": bad_files.bankid,
    "a signature with a code by SMS": bad_files.coded,
    "a proof beside the file alone": bad_files.unproved_but_with_sidecar,
    "a certificate revoked after witnesses had seen the record": bad_files.revoked_later_but_witnessed,
    "a rewritten but equal second revision": lambda: Bad(builder.resealed(lambda _objects: None)),
    "a time-stamp": bad_files.stamped,
    "an RSA seal": lambda: Bad(rsa_sealed()),
    "a status list that does not name it": bad_status.not_listed,
    "an older status list and a newer one": bad_status.renewed,
} | bad_personal.GOOD


def rsa_sealed() -> bytes:
    world = builder.world()
    leaf = builder.seal_certificate(world.seal_ca, key=eid.rsa_key())
    return builder.build(by=leaf, chain=[leaf.der, world.seal_ca.der]).data


@pytest.mark.parametrize("name", GOOD)
def test_a_record_is_valid_with(name: str) -> None:
    verdict = verdict_on(GOOD[name]())
    assert verdict.word == "valid", verdict.checks


def test_without_a_bundle_nothing_is_decided_and_nothing_is_called_forged() -> None:
    verdict = verify_file(builder.good().data, NO_TRUST, "file.pdf")
    assert verdict.word == "undecided"
    assert verdict.sub_indication == "NO_CERTIFICATE_CHAIN_FOUND"


def test_a_changed_record_is_forged_even_without_a_bundle() -> None:
    bad = bad_files.a_changed_byte_in_the_document()
    assert verify_file(bad.data, NO_TRUST, "file.pdf").word == "invalid"


def test_a_changed_document_is_never_called_unchanged() -> None:
    checks = {c.name: c for c in verdict_on(bad_files.a_changed_byte_in_the_document()).checks}
    assert (checks["digest"].outcome.value, checks["digest"].code) == ("absent", "digest.unshown")
    unsigned = {c.name: c for c in verdict_on(Bad(builder.build((), evidence=lambda _first: {}).data)).checks}
    assert (unsigned["digest"].outcome.value, unsigned["digest"].code) == ("absent", "digest.unsigned")


@pytest.mark.feature("B13")
def test_a_signature_with_a_code_is_called_what_it_is() -> None:
    verdict = verdict_on(bad_files.coded())
    (said,) = (c.found for c in verdict.checks if c.name == "signer 1")
    assert "by sms" in said
    assert "no e-ID but weaker" in said
    assert "the work phone ending in 12" in said
    assert "TEST identity" not in said


@pytest.mark.feature("D11", "D12")
def test_a_record_signed_in_the_file_says_who_signed_with_what() -> None:
    verdict = verdict_on(Bad(personal.good().data))
    said = {check.name: check.found for check in verdict.checks}
    assert said["revisions"].startswith("4 revisions")
    assert "Nguyễn Thị Ví Dụ (Giáo viên chủ nhiệm) signed this document" in said["signer 1"]
    assert "by certificate; the certificate is one of Personal CA TEST" in said["signer 2"]
    assert "whether it had been revoked is not known offline" in said["signer 2"]
    crl = builder.revoked(by=builder.world().person_ca, on=builder.AT)
    known = verdict_on(Bad(personal.good().data, builder.world().trust(crls=[crl])))
    assert all("not known offline" not in c.found for c in known.checks if c.name.startswith("signer"))


@pytest.mark.feature("D15")
def test_no_byte_of_a_personal_revision_can_be_changed() -> None:
    """Every byte of the revisions but the zero padding's neighbours, in steps, with one bit and with all bits."""
    data, first = personal.good().data, personal.first()
    seal = data.rindex(b"/FieldMDP")
    offsets = range(len(first), seal, 41)
    assert len(offsets) > 300
    for at in offsets:
        for bits in (0x01, 0xFF):
            changed = bytearray(data)
            changed[at] ^= bits
            verdict = verdict_on(Bad(bytes(changed)))
            assert verdict.word == "invalid", (at, bits, verdict.checks)
