"""Which status list counts, and what it says of a record (docs/formats.md §12)."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from uuid import UUID

from testamur.kernel.base.clock import stamp
from testamur.kernel.proofs import notes, tlog
from testamur.kernel.proofs.notes import MalformedNote, NoteNotTrusted
from testamur.kernel.proofs.policies import Policy
from testamur.kernel.proofs.report import Failed
from testamur.kernel.proofs.status import Header, entry, key, malformed, read, unpack

MAX_AGE = timedelta(days=7)
"""A list that is older is called stale: lists are made daily, and a verifier may have been offline for some days."""
CLOCK_SKEW = timedelta(minutes=5)


class Status(StrEnum):
    """What a list says of one record."""

    GOOD = "good"
    REPLACED = "replaced"
    ANNULLED = "annulled"


# --- what it says --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StatusList:
    """A list that holds: signed by the log, its keys are those signed, and it stands in the log.

    Attributes:
        header: what was signed.
        text: the signed text.
        index: of its entry in the log.
        replaced: sorted keys of replaced records.
        annulled: sorted keys of annulled records.
    """

    header: Header
    text: str
    index: int
    replaced: array[int]
    annulled: array[int]

    def of(self, record: UUID) -> Status:
        """What the list says of a record. Whether it speaks of the record at all is `covers`."""
        place = key(record)
        if _holds(self.annulled, place):
            return Status.ANNULLED
        return Status.REPLACED if _holds(self.replaced, place) else Status.GOOD

    def covers(self, index: int) -> bool:
        """True when the record at that place of the log is among those that the list speaks of."""
        return index < self.header.entries


def _holds(places: Sequence[int], place: int) -> bool:
    at = bisect_left(places, place)
    return at < len(places) and places[at] == place


def _refused(code: str, found: str) -> Failed:
    return Failed(code, found, undecided=True)


def open_list(value: object, *, organisation: UUID, origin: str, policy: Policy) -> StatusList:
    """Check a parsed list completely against the log that the verifier believes.

    Raises `Failed`, always undecided, since a list that proves nothing says nothing against a record:
    ``status.malformed``, ``status.log`` (another organisation's or log's), ``status.signature``, ``status.keys``
    (truncated or exchanged keys), ``status.proof`` (not in the log), ``status.witnesses`` (quorum missing),
    ``status.time`` (claims to be younger than its own proof).
    """
    note, header, packed, proof = read(value)
    if (header.organisation, header.origin) != (organisation, origin):
        raise _refused("status.log", f"The status list is one of {header.origin}, not of the issuer's log {origin}.")
    signers = [vkey for vkey in policy.logs if vkey.name == origin and vkey.kind is notes.Kind.ED25519]
    known = {(vkey.name, vkey.key_id) for vkey in signers}
    if not any((line.name, line.key_id) in known for line in note.signatures):
        raise _refused("status.log", "The status list is not signed by a key of the issuer's log.")
    try:
        notes.verify(note, signers)
    except NoteNotTrusted:
        raise _refused("status.signature", "The signature of the status list is wrong.") from None
    index = _logged(note.text, header, proof, policy)
    try:
        replaced, annulled = unpack(packed, header)
    except ValueError as error:
        raise _refused("status.keys", f"The status list is not whole: {error}.") from error
    return StatusList(header, note.text, index, replaced, annulled)


def _logged(text: str, header: Header, proof: tlog.Proof, policy: Policy) -> int:
    """Index of the list's entry in the log, proven."""
    try:
        _salt, stated = proof.opening()
        found = tlog.verify_proof(proof, leaf=entry(text), policy=policy)
    except MalformedNote as error:
        raise malformed(str(error)) from error
    except tlog.ProofRefused as error:
        code = "status.witnesses" if error.flaw == "witnesses" else "status.proof"
        raise _refused(code, f"That the status list stands in the log is not shown: {error}.") from error
    if stated != text.encode() or found.origin != header.origin or found.index < header.entries:
        raise _refused("status.proof", "The proof of the status list belongs to something else.")
    if found.existed is not None and header.made - found.existed > CLOCK_SKEW:
        raise _refused("status.time", "The status list claims to be younger than the proof that it existed.")
    return found.index


# --- several lists -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Standing:
    """The list that counts for an organisation, and why another one was refused, where one was."""

    newest: StatusList | None
    refused: Failed | None


class Carried:
    """Lists of one organisation as they came (first the bundle's, then those given beside it); opened when asked for.

    A bundle can carry the lists of hundreds of organisations; a verifier looks at one record's issuer only.
    """

    def __init__(self, values: Sequence[object]) -> None:
        self.values = tuple(values)
        self._standing: Standing | None = None

    def standing(self, *, organisation: UUID, origin: str, policy: Policy) -> Standing:
        """Open all lists, compare them and keep the answer; a `Carried` belongs to one organisation of one bundle."""
        if self._standing is None:
            self._standing = _compare(self.values, organisation=organisation, origin=origin, policy=policy)
        return self._standing


def _compare(values: Sequence[object], *, organisation: UUID, origin: str, policy: Policy) -> Standing:
    newest: StatusList | None = None
    refused: Failed | None = None
    for value in values:
        try:
            opened = open_list(value, organisation=organisation, origin=origin, policy=policy)
            if newest is not None:
                _check_follows(newest, opened)
            newest = opened
        except Failed as failure:
            refused = refused or failure
    return Standing(newest, refused)


def _check_follows(known: StatusList, given: StatusList) -> None:
    """A later list says all that an earlier one said: nothing that was annulled becomes good again.

    Raises `Failed`: ``status.rolled_back`` for an older list than the known one, ``status.fork`` for one that
    contradicts it.
    """
    if given.header.entries < known.header.entries:
        raise _refused(
            "status.rolled_back",
            f"A status list of {stamp(given.header.made)} was given, but a newer one is known, "
            f"of {stamp(known.header.made)}.",
        )
    if given.text == known.text:
        return
    said = given.header.entries > known.header.entries and given.header.made >= known.header.made
    annulled = set(given.annulled)
    if (
        not said
        or not annulled.issuperset(known.annulled)
        or not (annulled | set(given.replaced)).issuperset(known.replaced)
    ):
        raise _refused("status.fork", "Two status lists, both signed by the issuer's log, contradict each other.")
