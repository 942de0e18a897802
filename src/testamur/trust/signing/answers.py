"""What an e-ID said, and the end of a ceremony: stored first, judged from the row, then believed or not."""

from __future__ import annotations

from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.journal import actions as journal
from testamur.kernel.proofs.evidence import CLOCK_SKEW
from testamur.trust.signing.methods.contract import Checked, EvidenceRefused, Method, MethodRefused, Progress, Status
from testamur.trust.signing.methods.contract import method as method_named
from testamur.trust.signing.models import Ceremony, CeremonySignature
from testamur.trust.signing.queries import CeremonyView, view
from testamur.trust.signing.rules import FINAL, State


def take_in(by: Actor, row: Ceremony, chosen: Method, progress: Progress, now: datetime) -> CeremonyView:
    """What the e-ID answered to a collect: stored before it is judged."""
    if progress.status is Status.FAILED:
        return end(by, row, State(chosen.outcome(progress.hint)), progress.hint, now)
    if progress.status is Status.PENDING:
        return _still_pending(by, row, chosen, progress.hint, now, chosen.patience)
    with transaction.atomic(durable=True):
        kept = locked(row.id)
        if kept.state == State.PENDING and kept.answer is None:
            kept.answer = progress.proof
            kept.save(update_fields=["answer"])
    return judge(by, kept, now)


def not_collected(by: Actor, row: Ceremony, chosen: Method, refusal: MethodRefused, now: datetime) -> CeremonyView:
    """The e-ID refused to say: the ceremony waits on, or ends when the answer is lost. Raises what cannot pass."""
    if refusal.gone:
        # given away once already, and whoever took it did not live to store it: the signer has to sign again
        return end(by, row, State.FAILED, "answerLost", now)
    still = _still_pending(by, row, chosen, row.hint, now, max(chosen.patience, refusal.wait))
    if not refusal.again:
        raise refusal
    return still


def _still_pending(by: Actor, row: Ceremony, chosen: Method, hint: str, now: datetime, wait: float) -> CeremonyView:
    if row.begun is not None and (now - row.begun).total_seconds() > chosen.lifetime:
        return end(by, row, State.EXPIRED, "expiredTransaction", now)
    Ceremony.objects.filter(pk=row.id, state=State.PENDING, lease=row.lease).update(
        hint=hint, lease=now + timedelta(seconds=wait)
    )
    row.hint = hint
    return view(row)


def judge(by: Actor, row: Ceremony, now: datetime) -> CeremonyView:
    """Believe the stored answer or not. Pure checks first, then one transaction."""
    if row.state != State.PENDING or row.answer is None:
        return view(row)
    answer = bytes(row.answer)
    try:
        checked = method_named(row.method).check(answer, visible=row.visible.encode(), nonvisible=bytes(row.header))
    except EvidenceRefused as refusal:
        return end(by, row, State.FAILED, refusal.hint, now, judged=True, why=refusal.reason)
    if row.signer_scheme not in checked.schemes or checked.identifier != row.signer_identifier:
        return end(by, row, State.FAILED, "otherPerson", now, judged=True)
    if checked.signed_at < row.started - CLOCK_SKEW:  # no verifier would take it
        return end(by, row, State.FAILED, "evidenceRefused", now, judged=True, why="evidence.time")
    return _complete(by, row.id, answer, checked, now)


@transaction.atomic(durable=True)
def _complete(by: Actor, ceremony: UUID, evidence: bytes, checked: Checked, now: datetime) -> CeremonyView:
    row = locked(ceremony)
    if row.state != State.PENDING:
        return view(row)
    row.state, row.hint, row.ended = State.SIGNED, "", now
    row.evidence, row.signed_at, row.answer, row.start_data = evidence, checked.signed_at, None, None
    row.save()
    written(
        by,
        "signed",
        ceremony,
        row.path,
        now,
        {
            "signer": str(row.signer),
            "role": row.role,
            "method": row.method,
            "count": row.count,
            "root": row.root,
            "evidence_sha256": sha256(evidence).hexdigest(),
        },
    )
    return view(row)


def end(
    by: Actor, row: Ceremony, state: State, hint: str, now: datetime, *, judged: bool = False, why: str = ""
) -> CeremonyView:
    """Bring the ceremony to an end without a signature, unless an answer has come that is not judged yet."""
    with transaction.atomic(durable=True):
        kept = locked(row.id)
        unjudged = kept.answer is not None and not judged
        if State(kept.state) not in FINAL and not unjudged:
            # a refused answer is not kept: it can be the evidence of somebody who has no part in this
            refused = {"answer_sha256": sha256(bytes(kept.answer)).hexdigest()} if kept.answer is not None else {}
            kept.state, kept.hint, kept.ended = state, hint, now
            kept.answer = kept.start_data = None
            CeremonySignature.objects.filter(ceremony=kept).delete()
            kept.save()
            written(
                by,
                "ended",
                kept.id,
                kept.path,
                now,
                {
                    "state": state.value,
                    "hint": hint,
                    "method": kept.method,
                    **refused,
                    **({"why": why} if why else {}),
                },
            )
    return judge(by, kept, now) if unjudged else view(kept)


def locked(ceremony: UUID) -> Ceremony:
    """The row, held until the end of the transaction."""
    return Ceremony.objects.select_for_update().get(pk=ceremony)


def written(by: Actor, what: str, ceremony: UUID, path: str, now: datetime, refs: dict[str, object]) -> None:
    """One entry of the journal about a ceremony: ``signing.ceremony.<what>/1``."""
    journal.append(
        by=by, kind=f"signing.ceremony.{what}/1", path=path, refs={"ceremony": str(ceremony), **refs}, now=now
    )
