"""The offline verifier: one file and one trust bundle in, one verdict out (docs/formats.md §11).

No database, no network, no clock: the same bytes and the same bundle give the same verdict for ever. The checks follow
the record from its bytes to its issuer; each says in one sentence what was found.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Any

from testamur.kernel.base.clock import stamp
from testamur.kernel.proofs import cms, notes, tlog
from testamur.kernel.proofs.chain import name_of
from testamur.kernel.proofs.evidence import SignerEvidence, file_name, verify_evidence
from testamur.kernel.proofs.findings import (
    called,
    check_known_names,
    check_sealer,
    flaw,
    no_longer,
    refused,
    revisions,
)
from testamur.kernel.proofs.opening import Foreign, Opened, Opening
from testamur.kernel.proofs.personal import METHOD, verify_personal
from testamur.kernel.proofs.report import Failed, Notebook, Outcome, Verdict, Word, conclude
from testamur.kernel.proofs.snapshot import NamedSigner
from testamur.kernel.proofs.standing import MAX_AGE, Status, StatusList
from testamur.kernel.proofs.trust import Organisation, Trust

CLOCK_SKEW = timedelta(minutes=5)
"""Between the clocks of issuer, e-ID, time-stamp authority and witnesses."""

NO_TRUST = Trust(
    test=False,
    made=datetime(1970, 1, 1, tzinfo=UTC),
    organisations={},
    eid_roots={},
    tsa_roots=(),
    status={},
)
"""A bundle that believes nobody: what can be said without one is said, and nothing is decided."""


def verify_file(
    data: bytes,
    trust: Trust,
    name: str,
    *,
    sidecar: bytes | None = None,
    at: datetime | None = None,
    max_status_age: timedelta = MAX_AGE,
) -> Verdict:
    """Verify one file completely. Never raises: what goes wrong inside leaves the file undecided (``internal``).

    Args:
        data: the bytes of the file.
        trust: whom to believe; `NO_TRUST` where there is no bundle.
        name: for the report.
        sidecar: bytes of the `.tlog-proof` beside the file, the normative copy, where there is one.
        at: the present, by which the age of a status list is told; without it, the making of the bundle.
        max_status_age: a status list that is older is called stale.
    """
    verification = _Verification(data, trust, name, sidecar)
    verification.at = max(at or trust.made, trust.made)
    verification.max_status_age = max_status_age
    try:
        return verification.run()
    except Exception as error:  # noqa: BLE001 - a verifier answers whatever it is given
        found = f"The verifier met something it cannot handle ({type(error).__name__}); nothing can be decided."
        verification.book.failed("internal", Failed("internal", found, undecided=True))
        return verification.verdict(Word.UNDECIDED)


class _Verification:
    """One run over one file."""

    def __init__(self, data: bytes, trust: Trust, name: str, sidecar: bytes | None) -> None:
        self.trust = trust
        self.name = name
        self.sidecar = sidecar
        self.book = Notebook()
        self.opening = Opening(data)
        self.signed: list[SignerEvidence] = []
        self.at = trust.made
        self.max_status_age = MAX_AGE
        self.place: int | None = None
        """Of the record in the log, where it is proven."""

    def run(self) -> Verdict:
        try:
            record = self.opening.open()
        except Foreign as foreign:
            self.book.absent("revisions", foreign.code, str(foreign))
            return self.verdict(Word.FOREIGN)
        except Failed as failure:
            self.book.failed("revisions", failure)
            return self.verdict(conclude(self.book.checks))
        self.book.ok("revisions", revisions(len(record.personal)))
        before = len(self.book.checks)
        self._signers(record)
        self._digest(record)
        self.book.checks.insert(before, self.book.checks.pop())  # told first, known only now
        organisation = self.trust.organisations.get(record.snapshot.issuer)
        proven = self._proof(record, organisation)
        proof_check = self.book.checks.pop()
        self._seal(record, organisation, proven)
        self.book.checks.append(proof_check)
        self._status(record, organisation)
        self._issuer(record, organisation)
        return self.verdict(conclude(self.book.checks))

    def verdict(self, word: Word) -> Verdict:
        snapshot = self.opening.snapshot
        summary: dict[str, Any] = snapshot.summary() if snapshot else {}
        test = self.trust.test or any(s.test for s in self.signed) or (snapshot is not None and snapshot.test)
        practice = snapshot is not None and snapshot.practice
        return Verdict(self.name, word, test, summary, tuple(self.book.checks), practice)

    # --- signers ---

    def _signers(self, record: Opened) -> None:
        """One check for each signer."""
        if not record.snapshot.signers:
            self.book.absent("signers", "signers.none", "The document names no person as its signer.")
        for signer in record.snapshot.signers:
            name = f"signer {signer.order}"
            try:
                found = self._signer(signer, record)
                self._check_signer(found, record)
            except Failed as failure:
                self.book.failed(name, failure)
                continue
            self.signed.append(found)
            others = f", together with {found.count - 1} other documents" if found.count > 1 else ""
            test = " with a TEST identity" if found.test else ""
            self.book.ok(
                name,
                f"{signer.name} ({signer.title or signer.role}) signed this document on "
                f"{stamp(found.signed_at)} by {found.method}{test}{called(found)}{others}{found.note}.",
            )

    def _signer(self, signer: NamedSigner, record: Opened) -> SignerEvidence:
        """By evidence beside the document, or by a signature in the file itself."""
        personal = record.personal.get(signer.order)
        if personal is None:
            return verify_evidence(
                record.evidence[file_name(signer.order)],
                signer=signer,
                snapshot=record.snapshot,
                h0=record.h0,
                size=record.h0_size,
                roots=self.trust.eid_roots,
            )
        organisation = self.trust.organisations.get(record.snapshot.issuer)
        earlier = [one.claimed_at for order, one in record.personal.items() if order < signer.order]
        return verify_personal(
            personal,
            signer=signer,
            snapshot=record.snapshot,
            after=max(earlier, default=record.snapshot.frozen_at),
            sealed_at=record.claimed_at,
            roots=self.trust.eid_roots.get(METHOD, ()),
            crls=organisation.crls if organisation else (),
        )

    def _digest(self, record: Opened) -> None:
        """Whether the first revision is what was signed: the signers' evidence alone can say it."""
        h0 = f"{record.h0[:16]}…"
        wanted = record.snapshot.signers
        if wanted and len(self.signed) == len(wanted):
            self.book.ok("digest", f"The document that was signed is unchanged in the file ({h0}).")
        elif wanted:
            found = f"That the document in the file ({h0}) is the one that was signed is not shown."
            self.book.absent("digest", "digest.unshown", found)
        else:
            found = f"Nobody signed the document itself ({h0}); the seal alone covers it."
            self.book.absent("digest", "digest.unsigned", found)

    def _check_signer(self, found: SignerEvidence, record: Opened) -> None:
        if found.test and not (record.snapshot.test or self.trust.test):
            raise Failed(
                "evidence.test", f"{found.signer.name} signed with a test identity.", sub="SIG_CONSTRAINTS_FAILURE"
            )
        if found.signed_at > record.claimed_at + CLOCK_SKEW:
            raise Failed(
                "evidence.after_seal",
                f"The signature of {found.signer.name} is younger than the seal over it.",
                sub="TIMESTAMP_ORDER_FAILURE",
            )

    # --- seal ---

    def _seal(self, record: Opened, organisation: Organisation | None, witnessed: datetime | None) -> None:
        try:
            cms.check_signature(record.seal, record.doc_digest)
            at, source = self._existed(record, witnessed)
            check_sealer(record.seal, organisation, at, source)
        except Failed as failure:
            self.book.failed("seal", failure)
            return
        self.book.ok(
            "seal",
            f"Sealed by {name_of(record.seal.certificate)} (PAdES {record.seal.level}), existing on {stamp(at)} "
            f"by {source or 'its own word'}; every byte is covered.",
        )

    def _existed(self, record: Opened, witnessed: datetime | None) -> tuple[datetime, str | None]:
        """When the seal existed, and who says so besides the seal: time-stamp before witnesses before nobody."""
        if record.seal.time_stamp is not None:
            proven = cms.check_time_stamp(record.seal.time_stamp, record.seal.signature, self.trust.tsa_roots)
            source = "its time-stamp"
        elif witnessed is not None:
            proven, source = witnessed, "the witnesses of the log"
        else:
            return record.claimed_at, None
        if record.claimed_at > proven + CLOCK_SKEW:
            raise Failed(
                "seal.time",
                "The seal claims to be younger than the moment when it is proven to have existed.",
                sub="TIMESTAMP_ORDER_FAILURE",
            )
        return proven, source

    # --- proof ---

    def _proof(self, record: Opened, organisation: Organisation | None) -> datetime | None:
        """Adds one check; returns the time by which the log's witnesses had seen the record."""
        try:
            found = self._included(record, organisation)
        except notes.MalformedNote as error:
            self.book.failed("proof", flaw("proof.malformed", f"The transparency proof is malformed: {error}."))
        except tlog.ProofRefused as error:
            self.book.failed("proof", refused(error))
        except Failed as failure:
            self.book.failed("proof", failure)
        else:
            seen = f"cosigned by {len(found.cosigned)} witnesses" if found.cosigned else "not cosigned by any witness"
            self.book.ok(
                "proof", f"Entry {found.index} of the transparency log {found.origin} ({found.size} entries), {seen}."
            )
            self.place = found.index
            return found.existed
        return None

    def _included(self, record: Opened, organisation: Organisation | None) -> tlog.Inclusion:
        data = self._proof_bytes(record)
        proof = tlog.Proof.parse(data)
        if proof.data() != data:
            raise flaw("proof.malformed", "The transparency proof is not written as it should be.")
        salt, opened = proof.opening()
        statement = tlog.Statement.parse(opened)
        self._check_statement(statement, record)
        if organisation is None:
            raise Failed(
                "issuer.unknown",
                "The proof speaks of this record; the log it comes from is not in the trust bundle.",
                undecided=True,
            )
        check_known_names(proof, organisation)
        leaf = tlog.entry(tlog.EntryKind.RECORD, tlog.commitment(salt, opened))
        found = tlog.verify_proof(proof, leaf=leaf, policy=organisation.policy)
        if found.existed is not None and statement.time > found.existed + CLOCK_SKEW:
            raise Failed("proof.time", "The proof is older than what it proves.", sub="TIMESTAMP_ORDER_FAILURE")
        return found

    def _proof_bytes(self, record: Opened) -> bytes:
        inside = record.seal.proof
        if self.sidecar is not None and inside is not None and self.sidecar != inside:
            raise flaw("proof.differs", "The proof beside the file is another than the one inside.")
        data = self.sidecar if self.sidecar is not None else inside
        if data is None:
            raise Failed(
                "proof.absent", "There is no proof that the record stands in the transparency log.", undecided=True
            )
        return data

    @staticmethod
    def _check_statement(statement: tlog.Statement, record: Opened) -> None:
        snapshot = record.snapshot
        expected = (
            (statement.record, snapshot.record),
            (statement.version, snapshot.version),
            (statement.organisation, snapshot.issuer),
            (statement.doc_digest, record.doc_digest),
            (statement.seal_sig_sha256, hashlib.sha256(record.seal.signature).digest()),
            (statement.record_json_sha256, hashlib.sha256(record.record_json).digest()),
            (statement.event, "issue"),
        )
        if any(one != other for one, other in expected):
            raise Failed("proof.other_record", "The transparency proof belongs to another record.", sub="HASH_FAILURE")

    # --- status, issuer ---

    def _status(self, record: Opened, organisation: Organisation | None) -> None:
        """What the issuer's status list says of the record; without one the file itself cannot know."""
        carried = self.trust.status.get(record.snapshot.issuer)
        if carried is None or organisation is None:
            self.book.absent(
                "status", "status.absent", "Whether the record was later corrected or annulled is not known offline."
            )
            return
        standing = carried.standing(
            organisation=organisation.id, origin=organisation.origin, policy=organisation.policy
        )
        says = standing.newest.of(record.snapshot.record) if standing.newest else Status.GOOD
        if standing.newest is not None and says is not Status.GOOD:
            self.book.failed("status", no_longer(says, standing.newest))
        elif standing.refused is not None:
            self.book.failed("status", standing.refused)
        elif standing.newest is not None:
            self._not_listed(standing.newest)

    def _not_listed(self, newest: StatusList) -> None:
        """The list names no such record: good, if the list speaks of it and is not old."""
        made = stamp(newest.header.made)
        if self.place is None:
            found = f"The status list of {made} does not name the record; whether it covers it is not shown."
            self.book.absent("status", "status.uncovered", found)
        elif not newest.covers(self.place):
            found = f"The record is younger than the status list of {made}: what happened to it since is not known."
            self.book.absent("status", "status.younger", found)
        elif self.at - newest.header.made > self.max_status_age:
            found = f"Not replaced or annulled as of {made}. That list is old: what happened since is not known."
            self.book.absent("status", "status.stale", found)
        else:
            self.book.ok("status", f"Not replaced or annulled as of {made}.")

    def _issuer(self, record: Opened, organisation: Organisation | None) -> None:
        if organisation is None:
            self.book.failed(
                "issuer",
                Failed(
                    "issuer.unknown",
                    f"The issuer ({record.snapshot.issuer_name}) is not in the trust bundle.",
                    sub="NO_CERTIFICATE_CHAIN_FOUND",
                    undecided=True,
                ),
            )
            return
        if any(check.name == "seal" and check.outcome is not Outcome.OK for check in self.book.checks):
            self.book.absent("issuer", "issuer.unproven", f"That {organisation.name} issued this is not shown.")
            return
        test = " (TEST)" if self.trust.test else ""
        self.book.ok(
            "issuer",
            f"Issued by {organisation.name}{test}, as the trust bundle of {self.trust.made:%Y-%m-%d} knows it.",
        )
