"""Status lists: what is written is what is read, what is small stays small, and no change to a file goes unnoticed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from testamur.kernel.proofs import standing, status
from testamur.kernel.proofs.report import Failed, Verdict
from testamur.kernel.proofs.standing import Status
from testamur.kernel.proofs.trust import TrustError, parse_trust
from testamur.kernel.proofs.verify import verify_file
from tests.conformance import builder
from tests.conformance.builder import AT, ORGANISATION, ORIGIN, OTHER_RECORD, RECORD, status_list

DAY = timedelta(days=1)
places = st.sets(st.integers(0, 2**64 - 1), max_size=300)
records = st.lists(st.uuids(version=4), unique=True, max_size=12)


def opened(value: object) -> standing.StatusList:
    policy = builder.world().trust().organisations[ORGANISATION].policy
    return standing.open_list(value, organisation=ORGANISATION, origin=ORIGIN, policy=policy)


def status_check(verdict: Verdict) -> tuple[str, str]:
    (check,) = [c for c in verdict.checks if c.name == "status"]
    return check.outcome.value, check.code


@given(places)
@example(set())
@example({0, 1, 255, 256, 2**63, 2**64 - 1})
def test_keys_written_in_columns_are_read_again(numbers: set[int]) -> None:
    sorted_keys = status.keys(numbers)
    assert list(sorted_keys) == sorted(numbers)
    assert status.from_columns(status.columns(sorted_keys)) == sorted_keys


def test_the_first_column_holds_the_highest_bytes_whatever_the_machine() -> None:
    assert status.columns(status.keys([0x0102030405060708, 0x1112131415161718])) == bytes.fromhex(
        "0111 0212 0313 0414 0515 0616 0717 0818"
    )
    # printf 'testamur/status/1\n<record urn>' | sha256sum
    assert status.key(RECORD) == 0x0CD5C67F1B95B396


@given(places, st.data())
def test_keys_that_do_not_ascend_are_refused(numbers: set[int], data: st.DataObject) -> None:
    shuffled = data.draw(st.permutations(sorted(numbers)))
    unsorted = status.keys([])
    unsorted.extend(shuffled)
    if list(shuffled) == sorted(numbers):
        return
    with pytest.raises(ValueError, match="ascend"):
        status.from_columns(status.columns(unsorted))


@given(places, places, places, places)
def test_the_next_list_says_all_that_the_former_one_said(
    replaced: set[int], annulled: set[int], replaced_before: set[int], annulled_before: set[int]
) -> None:
    now_replaced, now_annulled = status.merged((replaced, annulled), (replaced_before, annulled_before))
    assert set(now_annulled) == annulled | annulled_before
    assert set(now_replaced) == (replaced | replaced_before) - set(now_annulled)


@settings(max_examples=30, deadline=None)
@given(records, records, records)
def test_a_list_names_exactly_the_records_that_were_put_on_it(
    replaced: list[UUID], annulled: list[UUID], others: list[UUID]
) -> None:
    replaced = [r for r in replaced if r not in annulled]
    found = opened(json.loads(json.dumps(status_list(replaced=replaced, annulled=annulled))))
    assert {found.of(r) for r in annulled} <= {Status.ANNULLED}
    assert {found.of(r) for r in replaced} <= {Status.REPLACED}
    assert {found.of(r) for r in others if r not in {*replaced, *annulled}} <= {Status.GOOD}
    assert (found.header.replaced, found.header.annulled) == (len(replaced), len(annulled))


def opened_or_refused(data: bytes) -> standing.StatusList | Failed:
    try:
        return opened(status.parse(data))
    except Failed as failure:
        return failure


GOOD_FILE = json.dumps(status_list(annulled=[OTHER_RECORD], replaced=[RECORD])).encode()


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(GOOD_FILE) - 1), st.integers(1, 255))
def test_one_changed_byte_is_refused_or_changes_nothing(at: int, flip: int) -> None:
    data = bytearray(GOOD_FILE)
    data[at] ^= flip
    found = opened_or_refused(bytes(data))
    if isinstance(found, Failed):
        assert found.code.startswith("status.")
        assert found.undecided
    else:  # a space between members, or a signature line of a witness that is not needed for the quorum
        assert found == opened(status.parse(GOOD_FILE))


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD_FILE) - 1))
def test_a_file_cut_anywhere_is_refused(length: int) -> None:
    with pytest.raises(Failed) as refused:
        status.parse(GOOD_FILE[:length])
    assert refused.value.code == "status.malformed"


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(
    st.sampled_from(["v", "note", "keys", "proof"]) | st.text(), c)))  # fmt: skip
def test_any_other_json_is_refused_in_one_sentence(value: object) -> None:
    with pytest.raises(Failed) as refused:
        opened(value)
    assert refused.value.code == "status.malformed"
    assert str(refused.value).endswith(".")


def test_every_spelling_of_the_signed_text_but_one_is_refused() -> None:
    text = opened(status_list()).text
    assert status.Header.parse(text).text() == text
    for other in (text[:-1], text + "\n", text.replace(":1}", ": 1}"), text.replace('"v":1', '"v":2'), "x" + text,
                  text.replace('"v":1', '"v":true'), text.replace('"replaced":0', '"replaced":-1'),
                  text.replace('"replaced":0', '"more":1,"replaced":0')):  # fmt: skip
        assert other != text
        with pytest.raises(ValueError, match=r"list|text|canonical|replaced|JSON|Extra"):
            status.Header.parse(other)


# --- what the verifier says ----------------------------------------------------------------------


@pytest.mark.feature("D11")
def test_a_list_that_does_not_name_the_record_answers_with_its_date() -> None:
    trust = builder.world().trust(status=status_list(annulled=[OTHER_RECORD]))
    verdict = verify_file(builder.good().data, trust, "file.pdf", at=AT + 2 * DAY)
    assert (verdict.word.value, status_check(verdict)) == ("valid", ("ok", "ok"))
    (said,) = [c.found for c in verdict.checks if c.name == "status"]
    assert said == f"Not replaced or annulled as of {(AT + DAY):%Y-%m-%dT%H:%M:%SZ}."


def test_an_old_list_is_called_stale_and_still_names_what_it_names() -> None:
    good = builder.world().trust(status=status_list())
    bad = builder.world().trust(status=status_list(annulled=[RECORD]))
    late = AT + 9 * DAY
    verdict = verify_file(builder.good().data, good, "file.pdf", at=late)
    assert (verdict.word.value, status_check(verdict)) == ("valid", ("absent", "status.stale"))
    assert verify_file(builder.good().data, good, "f", at=late, max_status_age=8 * DAY).checks[-2].code == "ok"
    assert verify_file(builder.good().data, bad, "file.pdf", at=late).code == "status.annulled"


def test_without_a_clock_the_making_of_the_bundle_tells_the_age() -> None:
    trust = builder.world().trust(status=status_list())
    assert status_check(verify_file(builder.good().data, trust, "f"))[1] == "ok"
    later = replace(trust, made=AT + 30 * DAY)
    assert status_check(verify_file(builder.good().data, later, "f"))[1] == "status.stale"
    assert status_check(verify_file(builder.good().data, later, "f", at=AT))[1] == "status.stale"


def test_a_list_older_than_the_record_does_not_vouch_for_it() -> None:
    index = 2  # of the good record in its log
    for entries, code in ((index, "status.younger"), (index + 1, "ok")):
        trust = builder.world().trust(status=status_list(entries=entries))
        assert status_check(verify_file(builder.good().data, trust, "f", at=AT))[1] == code


def test_a_record_whose_place_in_the_log_is_not_shown_is_not_vouched_for() -> None:
    unproved = builder.finish(
        builder.good().sealed, builder.good().record_json, builder.good().evidence,
        make_proof=lambda sealed, record: builder.proof(builder.statement(sealed, record), witnesses=[]),
    )  # fmt: skip
    trust = builder.world().trust(status=status_list())
    verdict = verify_file(unproved.data, trust, "f", at=AT)
    assert (verdict.word.value, status_check(verdict)) == ("undecided", ("absent", "status.uncovered"))


def test_the_list_of_another_organisation_says_nothing() -> None:
    foreign = json.dumps(status_list(organisation=UUID(int=5, version=4), annulled=[RECORD])).encode()
    trust = builder.world().trust().with_status(foreign)
    verdict = verify_file(builder.good().data, trust, "f", at=AT)
    assert (verdict.word.value, status_check(verdict)[1]) == ("valid", "status.absent")


def test_a_bundle_with_two_lists_of_one_organisation_is_no_bundle() -> None:
    value = json.loads(builder.world().trust_json(status=status_list()))
    value["status"] *= 2
    with pytest.raises(TrustError, match="two status lists"):
        parse_trust(json.dumps(value).encode())


def test_seven_million_records_fit_a_telephone() -> None:
    from random import Random

    random = Random(7)
    issued, share = 7_000_000, 0.01
    replaced = status.keys(random.getrandbits(64) for _ in range(int(issued * share)))
    packed, _digest = status.pack(replaced, status.keys([]))
    assert len(packed) < 600_000
    assert len(packed) / len(replaced) < 7
