"""Evidence files: whatever is put in any place of them, the answer is a typed refusal, never a crash or a pass."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.kernel.proofs.bankid import EvidenceError
from testamur.kernel.proofs.evidence import SignerEvidence, verify_evidence
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.snapshot import parse_snapshot
from tests.conformance import bad_files, builder
from tests.kernel.proofs import eid
from tests.kernel.proofs.odd import ODD, places, put

SIGNERS = {"sms": builder.EXAMINER}


def check(data: bytes, method: str = "simulated") -> SignerEvidence:
    signers = (SIGNERS.get(method, builder.PRINCIPAL),)
    first = bad_files.first_of(signers)
    leaf = builder.leaf(builder.RECORD, first)
    snapshot = parse_snapshot(canonical(builder.snapshot(signers=signers)))
    roots = {
        "bankid": [eid.shared_root().der],
        "simulated": [builder.world().eid_root.der],
        "sms": [builder.world().sms_root.der],
    }
    return verify_evidence(
        data,
        signer=snapshot.signers[0],
        snapshot=snapshot,
        h0=leaf["h0"],
        size=leaf["size"],
        roots={method: roots[method]},
    )


def good(method: str) -> dict[str, Any]:
    if method == "sms":
        act = bad_files.ceremony(builder.EXAMINER, bad_files.first_of((builder.EXAMINER,)))
        return act.evidence(1, 0, method, act.sms())
    act = bad_files.ceremony()
    if method == "simulated":
        return act.evidence(1, 0, method, act.simulated())
    return act.evidence(1, 0, method, act.bankid(eid.person(builder.PRINCIPAL.identifier[1])))


@pytest.mark.parametrize("method", ["simulated", "bankid", "sms"])
def test_good_evidence_says_who_signed_when_and_with_how_many_others(method: str) -> None:
    found = check(canonical(good(method)), method)
    assert found.signer.name == SIGNERS.get(method, builder.PRINCIPAL).name
    assert (found.method, found.count, found.test) == (method, 1, method != "sms")
    assert bool(found.note) == (method == "sms")


@pytest.mark.parametrize("method", ["simulated", "bankid", "sms"])
def test_no_odd_value_in_any_place_passes_or_crashes(method: str) -> None:
    value = good(method)
    tried = 0
    for path in places(value):
        for odd in ODD:
            twin = put(value, path, odd)
            if json.dumps(twin) == json.dumps(value):
                continue
            with pytest.raises(EvidenceError):
                check(canonical(twin), method)
            tried += 1
    assert tried > 300


@settings(max_examples=200, deadline=None)
@given(st.binary(max_size=300))
def test_random_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(EvidenceError):
        check(data)


def test_deep_and_huge_evidence_is_refused() -> None:
    for data in (b"[" * 100_000, b'{"v":' + b"9" * 5_000 + b"}", b" " * (5 << 20)):
        with pytest.raises(EvidenceError):
            check(data)


def test_an_unknown_root_leaves_it_undecided() -> None:
    with pytest.raises(EvidenceError) as caught:
        check(canonical(good("simulated")), "bankid")
    assert caught.value.undecided


def test_a_coordination_number_is_accepted_as_such() -> None:
    signer = builder.Signer("principal", "Rektor", "Rektor Provsson", ("se.samordningsnummer", "199001610000"))
    record_json = canonical(builder.snapshot(signers=(signer,)))
    first = builder.render(record_json)
    act = builder.Ceremony(signer, [builder.leaf(builder.RECORD, first)])
    value = act.evidence(1, 0, "bankid", act.bankid(eid.person("199001610000")))
    snapshot = parse_snapshot(record_json)
    leaf = act.leaves[0]
    found = verify_evidence(
        canonical(value),
        signer=snapshot.signers[0],
        snapshot=snapshot,
        h0=leaf["h0"],
        size=leaf["size"],
        roots={"bankid": [eid.shared_root().der]},
    )
    assert found.method == "bankid"
