"""The verifier as a whole: it answers whatever it is given, and only the genuine file is valid."""

from __future__ import annotations

import json
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from testamur.kernel.proofs import verify as module
from testamur.kernel.proofs.jcs import canonical
from testamur.kernel.proofs.report import Check, Outcome, Verdict, Word, conclude, exit_code
from testamur.kernel.proofs.shape import ShapeError
from testamur.kernel.proofs.snapshot import parse_snapshot, signer_ref, verify_code
from testamur.kernel.proofs.trust import TrustError, parse_trust
from testamur.kernel.proofs.verify import NO_TRUST, verify_file
from tests.conformance import bad_files, builder
from tests.kernel.proofs.odd import ODD, places, put


def word(data: bytes) -> Word:
    verdict = verify_file(data, builder.world().trust(), "file.pdf")
    assert verdict.code != "internal", verdict.checks
    return verdict.word


def test_no_changed_byte_leaves_the_file_valid() -> None:
    """Every byte of the seal's value in use, and a sample of all others; a time-stamped file with a proof."""
    bad = bad_files.stamped()
    sealed = builder.good().sealed
    start = sealed.contents_offset
    used = len(bad.data[start : start + sealed.reserved].rstrip(b"0"))
    chance = random.Random(7)
    offsets = [*chance.sample(range(start, start + used), 250), *chance.sample(range(len(bad.data)), 250)]
    for at in offsets:
        digit = chance.choice(b"0123456789abcdef")
        if bad.data[at] == digit:
            continue
        twin = bad.data[:at] + bytes([digit]) + bad.data[at + 1 :]
        verdict = verify_file(twin, bad.trust or NO_TRUST, "file.pdf")
        assert verdict.word is not Word.VALID, at
        assert verdict.code != "internal", verdict.checks


def test_no_truncated_file_is_valid() -> None:
    data = builder.good().data
    for size in [*range(0, len(data), 1_009), *range(len(data) - 60, len(data))]:
        assert word(data[:size]) in {Word.INVALID, Word.FOREIGN}


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=300), st.integers(0, 2**32))
def test_inserted_bytes_never_leave_it_valid_and_never_crash(junk: bytes, at: int) -> None:
    data = builder.good().data
    at %= len(data)
    if junk:
        assert word(data[:at] + junk + data[at:]) is not Word.VALID


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=500))
def test_random_files_are_no_records(data: bytes) -> None:
    """Foreign, or invalid where chance wrote a mark of ours into them."""
    assert word(data) in {Word.FOREIGN, Word.INVALID}
    assert word(b"%PDF-1.7\n" + data) in {Word.FOREIGN, Word.INVALID}


def test_what_goes_wrong_inside_leaves_the_file_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_arguments: object, **_options: object) -> None:
        raise RuntimeError("a defect of the verifier")

    monkeypatch.setattr(module, "verify_evidence", broken)
    verdict = verify_file(builder.good().data, builder.world().trust(), "file.pdf")
    assert (verdict.word, verdict.code) == (Word.UNDECIDED, "internal")
    assert "RuntimeError" in verdict.checks[-1].found


def test_the_verdict_is_the_worst_of_its_checks() -> None:
    def checks(*outcomes: Outcome) -> list[Check]:
        return [Check("x", outcome, outcome.value, "Found.") for outcome in outcomes]

    assert conclude(checks(Outcome.OK, Outcome.ABSENT)) is Word.VALID
    assert conclude(checks(Outcome.OK, Outcome.UNDECIDED)) is Word.UNDECIDED
    assert conclude(checks(Outcome.UNDECIDED, Outcome.FAILED)) is Word.INVALID
    assert exit_code([Word.VALID, Word.FOREIGN, Word.UNDECIDED]) == 2
    assert exit_code([Word.VALID, Word.FOREIGN]) == 3
    assert exit_code([Word.UNDECIDED, Word.INVALID]) == 1
    assert exit_code([]) == 0


def test_the_report_has_the_members_of_the_format() -> None:
    verdict: Verdict = verify_file(builder.good().data, builder.world().trust(), "betyg.pdf")
    report = verdict.as_json()
    assert set(report) == {"file", "verdict", "indication", "sub_indication", "test", "practice", "record", "checks"}
    assert report["file"] == "betyg.pdf"
    assert all(set(check) == {"name", "outcome", "code", "found"} for check in report["checks"])
    assert report["record"]["title"] == "Terminsbetyg"


def test_code_and_reference_of_a_record_do_not_change() -> None:
    """Printed on paper for life: a change here breaks every document ever issued."""
    assert verify_code(builder.RECORD) == "NW34-EMHQ-ZV6W"
    reference = signer_ref(builder.RECORD, "se.personnummer", "199001010000")
    assert reference == "e351408956484e5b9538d6773c557e5293ed1505cd3005f78ea78bd65a73edf2"


def test_a_snapshot_with_a_wrong_member_is_refused_in_a_sentence() -> None:
    wrong = {
        "version": 0, "record": "urn:uuid:X", "signers": [{"order": 2}], "test": "yes", "seal": {"page": 0, "rect": []},
        "subject": {"kind": "cat", "name": "Misse"}, "issued_on": "2026-02-30", "frozen_at": "2026-06-10",
        "replaces": 7, "content": [], "verify": {},
    }  # fmt: skip
    for member, value in wrong.items():
        with pytest.raises(ShapeError) as caught:
            parse_snapshot(canonical(builder.snapshot() | {member: value}))
        assert str(caught.value)


def test_a_trust_bundle_is_read_strictly() -> None:
    data = builder.world().trust_json()
    assert parse_trust(data).organisations[builder.ORGANISATION].name == "Provkommunen TEST"
    fewer = json.loads(data) | {"eid_roots": {}}
    assert parse_trust(canonical(fewer)).eid_roots == {"bankid": (), "simulated": (), "sms": (), "certificate": ()}
    for old, new in (
        (b'"v": 1', b'"v": 2'),
        (b'"test": true', b'"test": 1'),
        (b'"tsa_roots"', b'"tsa_rots"'),
        (b'"v": 1', b'"v": 1, "v": 1'),
        (b'"seal_roots": ["', b'"seal_roots": ["AAAA'),
        (b"quorum", b"kvorum"),
        (b"urn:uuid:", b"urn:uuid:X"),
    ):
        assert old in data
        with pytest.raises(TrustError):
            parse_trust(data.replace(old, new, 1))
    for junk in (b"", b"[]", b"\xff", b"[" * 100_000):
        with pytest.raises(TrustError):
            parse_trust(junk)


def test_no_odd_value_in_any_place_of_a_snapshot_or_bundle_crashes() -> None:
    snapshot, bundle = builder.snapshot(), json.loads(builder.world().trust_json())
    accepted = 0
    for value, parse, refusal in ((snapshot, parse_snapshot, ShapeError), (bundle, parse_trust, TrustError)):
        for path in places(value):
            for odd in ODD:
                try:
                    parse(canonical(put(value, path, odd)))
                    accepted += 1
                except refusal as error:
                    assert str(error)  # noqa: PT017 - a refusal is allowed here, anything else is not
    assert 0 < accepted < 700, "free texts take any text, and nothing else takes anything"
