"""Named bad status lists, and good ones that say something bad of a record. Importing this adds them to `CASES`."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from testamur.kernel.proofs import notes, tlog
from tests.conformance import builder as make
from tests.conformance.bad_files import CASES, DAY, Bad, case
from tests.conformance.builder import AT, OTHER_RECORD, RECORD, status_list

__all__ = ["CASES", "not_listed", "renewed"]

THIRD_RECORD = UUID("9a1f2f6e-0b0f-4f3b-8f58-5d1c5f0a7e03")


def with_list(value: Any, given: Any = None, **trust: Any) -> Bad:
    """The good record, verified with a bundle that carries `value`, and with `given` from a file beside it."""
    known = make.world().trust(status=value, **trust)
    return Bad(make.good().data, known if given is None else known.with_status(json.dumps(given).encode()))


def not_listed() -> Bad:
    return with_list(status_list(replaced=[OTHER_RECORD], annulled=[THIRD_RECORD]))


def renewed() -> Bad:
    old = status_list(annulled=[OTHER_RECORD])
    return with_list(old, status_list(annulled=[OTHER_RECORD, THIRD_RECORD], entries=9, made=AT + 2 * DAY))


def changed(value: dict[str, Any], member: str, change: Callable[[str], str]) -> dict[str, Any]:
    return value | {member: change(value[member])}


# --- the list holds, the record does not ---------------------------------------------------------


@case("invalid", "status.annulled")
def a_record_that_was_annulled() -> Bad:
    return with_list(status_list(annulled=[OTHER_RECORD, RECORD, THIRD_RECORD]))


@case("invalid", "status.replaced")
def a_record_that_was_replaced() -> Bad:
    return with_list(status_list(replaced=[RECORD]))


@case("invalid", "status.annulled")
def a_record_annulled_after_it_was_replaced() -> Bad:
    return with_list(status_list(replaced=[RECORD]), status_list(annulled=[RECORD], entries=8, made=AT + 2 * DAY))


@case("invalid", "status.annulled")
def a_record_annulled_in_a_list_given_beside_a_bundle_without_one() -> Bad:
    return with_list(None, status_list(annulled=[RECORD]))


@case("invalid", "status.annulled")
def an_annulled_record_with_an_older_list_in_which_it_was_good() -> Bad:
    return with_list(status_list(annulled=[RECORD], entries=9), status_list(entries=6))


@case("invalid", "status.annulled")
def an_annulled_record_with_a_newer_list_in_which_it_is_good_again() -> Bad:
    return with_list(status_list(annulled=[RECORD]), status_list(entries=9, made=AT + 2 * DAY))


@case("invalid", "status.annulled")
def an_annulled_record_in_a_list_older_than_the_record_s_own_entry() -> Bad:
    return with_list(status_list(annulled=[RECORD], entries=1))


# --- the list does not hold ----------------------------------------------------------------------


@case("undecided", "status.signature")
def a_status_list_with_another_date_written_in() -> Bad:
    return with_list(changed(status_list(), "note", lambda note: note.replace('"entries":6', '"entries":9')))


@case("undecided", "status.log")
def a_status_list_signed_by_a_key_that_is_not_the_log_s() -> Bad:
    return with_list(status_list(log=make.new_log()))


@case("undecided", "status.log")
def a_status_list_of_another_log() -> Bad:
    return with_list(status_list(log=make.new_log("log.example/log/andra")))


@case("undecided", "status.log")
def a_status_list_of_another_organisation_in_the_place_of_the_issuer_s() -> Bad:
    return with_list(status_list(organisation=UUID(int=4, version=4)))


@case("undecided", "status.log")
def a_status_list_signed_by_a_witness() -> Bad:
    value = status_list()
    note = notes.Note.parse(value["note"].encode())
    witness = make.world().witnesses[0]
    signed = notes.Note(note.text, (notes.sign(note.text, notes.Ed25519Signer(witness.name, witness.key)),))
    return with_list(value | {"note": signed.data().decode()})


@case("undecided", "status.keys")
def a_status_list_cut_short() -> Bad:
    cut = base64.b64encode(base64.b64decode(status_list(annulled=[OTHER_RECORD, THIRD_RECORD])["keys"])[:-6]).decode()
    return with_list(status_list(annulled=[OTHER_RECORD, THIRD_RECORD]) | {"keys": cut})


@case("undecided", "status.keys")
def a_status_list_with_the_keys_of_another_one() -> Bad:
    return with_list(status_list(annulled=[RECORD]) | {"keys": status_list(annulled=[OTHER_RECORD])["keys"]})


@case("undecided", "status.keys")
def a_status_list_whose_annulled_keys_were_emptied() -> Bad:
    return with_list(status_list(annulled=[RECORD]) | {"keys": status_list()["keys"]})


@case("undecided", "status.keys")
def a_status_list_that_inflates_without_end() -> Bad:
    bomb = base64.b64encode(zlib.compress(bytes(64 << 20))).decode()
    return with_list(status_list(annulled=[RECORD]) | {"keys": bomb})


@case("undecided", "status.keys")
def a_status_list_with_more_keys_than_it_announces() -> Bad:
    both = status_list(annulled=[OTHER_RECORD, THIRD_RECORD])
    return with_list(status_list(annulled=[OTHER_RECORD]) | {"keys": both["keys"]})


@case("undecided", "status.malformed")
def a_status_list_without_its_proof() -> Bad:
    return with_list({k: v for k, v in status_list().items() if k != "proof"})


@case("undecided", "status.malformed")
def a_status_list_of_another_version() -> Bad:
    return with_list(status_list() | {"v": 2})


@case("undecided", "status.malformed")
def a_checkpoint_in_the_place_of_a_status_list() -> Bad:
    log = make.world().log
    text = notes.Checkpoint(log.name, 6, bytes(32)).text()
    return with_list(status_list() | {"note": notes.Note(text, (notes.sign(text, log),)).data().decode()})


@case("undecided", "status.malformed")
def a_status_list_that_is_a_number() -> Bad:
    return with_list(7)


@case("undecided", "status.proof")
def a_status_list_that_is_signed_but_not_logged() -> Bad:
    return with_list(status_list() | {"proof": status_list(annulled=[OTHER_RECORD])["proof"]})


@case("undecided", "status.proof")
def a_status_list_logged_as_a_record() -> Bad:
    return with_list(status_list(kind=tlog.EntryKind.RECORD))


@case("undecided", "status.proof")
def a_status_list_that_speaks_of_entries_after_its_own() -> Bad:
    return with_list(status_list(entries=9, index=4))


@case("undecided", "status.proof")
def a_status_list_with_the_proof_of_the_record() -> Bad:
    return with_list(status_list() | {"proof": make.good().proof.decode()})


@case("undecided", "status.witnesses")
def a_status_list_that_no_witness_has_seen() -> Bad:
    return with_list(status_list(witnesses=[]))


@case("undecided", "status.time")
def a_status_list_dated_after_the_witnesses_saw_it() -> Bad:
    return with_list(status_list(seen=timedelta(days=-30)))


# --- two lists -----------------------------------------------------------------------------------


@case("undecided", "status.rolled_back")
def an_older_status_list_than_the_known_one() -> Bad:
    return with_list(status_list(entries=9, made=AT + 2 * DAY), status_list())


@case("undecided", "status.fork")
def a_newer_status_list_that_has_forgotten_an_annulled_record() -> Bad:
    return with_list(status_list(annulled=[OTHER_RECORD]), status_list(entries=9, made=AT + 2 * DAY))


@case("undecided", "status.fork")
def a_newer_status_list_in_which_an_annulled_record_is_only_replaced() -> Bad:
    newer = status_list(replaced=[OTHER_RECORD], entries=9, made=AT + 2 * DAY)
    return with_list(status_list(annulled=[OTHER_RECORD]), newer)


@case("undecided", "status.fork")
def two_status_lists_of_the_same_log_size() -> Bad:
    return with_list(status_list(), status_list(annulled=[OTHER_RECORD]))


@case("undecided", "status.fork")
def a_status_list_with_more_entries_but_an_earlier_date() -> Bad:
    return with_list(status_list(), status_list(entries=9, made=AT + timedelta(hours=1)))
