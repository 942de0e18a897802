"""What the verifier says of single checks, and the checks that need nothing but their own arguments."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import datetime

from testamur.kernel.base.clock import stamp
from testamur.kernel.proofs import cms, notes, tlog
from testamur.kernel.proofs.chain import name_of
from testamur.kernel.proofs.evidence import SignerEvidence
from testamur.kernel.proofs.report import Failed
from testamur.kernel.proofs.standing import Status, StatusList
from testamur.kernel.proofs.trust import Organisation


def revisions(personal: int) -> str:
    """What the file is made of; `personal` is the number of personal signatures."""
    if not personal:
        return "Two revisions: the document as it was signed, and the seal over it; nothing else."
    return (
        f"{personal + 2} revisions: the document, one for each of {personal} personal signatures, and the seal over "
        "them; nothing else."
    )


def called(found: SignerEvidence) -> str:
    """The name in the e-ID where it is another than the document's: the number binds, but readers trust the name."""
    names = (found.signer.name, found.eid_name)
    one, other = (set(unicodedata.normalize("NFC", name).casefold().split()) for name in names)
    return "" if one <= other or other <= one else f', whose e-ID bears the name "{found.eid_name}"'


def check_sealer(seal: cms.Seal, organisation: Organisation | None, at: datetime, source: str | None) -> None:
    """The chain of the seal's certificate ends in the issuer's own roots, which only the trust bundle can say."""
    if organisation is None:
        raise Failed(
            "seal.unknown",
            f"The seal is whole and covers every byte; whether {name_of(seal.certificate)} may seal for the issuer "
            "cannot be said without a trust bundle that knows the issuer.",
            sub="NO_CERTIFICATE_CHAIN_FOUND",
            undecided=True,
        )
    cms.check_certificate(seal, organisation.seal_roots, organisation.crls, at=at, proven=source is not None)


def no_longer(says: Status, newest: StatusList) -> Failed:
    """A genuine record that must not be relied upon."""
    made = stamp(newest.header.made)
    if says is Status.ANNULLED:
        return Failed("status.annulled", f"The record is void: the issuer has annulled it (status list of {made}).")
    return Failed(
        "status.replaced",
        "The document is genuine, but it is no longer the valid record: a later version has replaced it "
        f"(status list of {made}).",
    )


def flaw(code: str, message: str) -> Failed:
    """A part that is not written as its format has it."""
    return Failed(code, message, sub="FORMAT_FAILURE")


def check_known_names(proof: tlog.Proof, organisation: Organisation) -> None:
    """A line that bears a known name with an unknown key, or a known key under another name, was meddled with.

    Lines by wholly unknown witnesses are ignored, as C2SP signed-note asks; a half-known one could otherwise hide a
    changed byte behind the rule.
    """
    keys: Sequence[notes.Vkey] = organisation.policy.vkeys
    exact = {(key.name, key.key_id) for key in keys}
    names, ids = {key.name for key in keys}, {key.key_id for key in keys}
    for line in notes.Note.parse(proof.checkpoint).signatures:
        if (line.name, line.key_id) not in exact and (line.name in names or line.key_id in ids):
            raise Failed(
                "proof.key",
                f"The proof carries a signature of {line.name} by a key that the trust bundle does not know.",
                undecided=True,
            )


def refused(error: tlog.ProofRefused) -> Failed:
    """The log's own words, with the verdict's terms. A missing quorum proves nothing either way."""
    sub = {"malformed": "FORMAT_FAILURE", "signature": "SIG_CRYPTO_FAILURE", "inclusion": "HASH_FAILURE"}
    return Failed(
        f"proof.{error.flaw}",
        f"The transparency proof does not hold: {error}.",
        sub=sub.get(error.flaw),
        undecided=error.flaw == "witnesses",
    )
