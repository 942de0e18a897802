"""Signing ceremonies: start, begin, collect, cancel, expire.

The e-ID is asked outside every transaction; what it answers is written in one short transaction right after. While
one worker asks, a *lease* on the row keeps the others away, so no order is collected twice, however many ask. A final
answer is given once only (BankID), so it is stored before anything else is done with it and judged from the row.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import NewType
from uuid import UUID

from django.db import transaction

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.trust.signing import codes, leases, returns, rules
from testamur.trust.signing.answers import end, judge, locked, not_collected, take_in, written
from testamur.trust.signing.methods.contract import Begun, Device, MethodRefused
from testamur.trust.signing.methods.contract import method as method_named
from testamur.trust.signing.models import Ceremony, CeremonyDocument
from testamur.trust.signing.queries import CeremonyView, order_of, view
from testamur.trust.signing.rules import PERSONAL, PERSONAL_MOST, DocumentToSign, SignerIdentity, State

CeremonyId = NewType("CeremonyId", UUID)

NEVER_BEGUN = timedelta(minutes=30)
A_DAY = timedelta(days=1)
_BATCH = 1000


class WrongScheme(Refused):
    """The method identifies people by another kind of number than the register gave."""

    code = "signing.signer.scheme"


class TooManyAtOnce(Refused):
    """More documents than a personal certificate signs in one ceremony."""

    code = "signing.certificate.too_many"


class NotStarted(Refused):
    """The ceremony is not at the step where the e-ID can be asked to begin."""

    code = "signing.ceremony.not_started"


class BeingAsked(Refused):
    """Another worker is just asking the e-ID about this ceremony."""

    code = "signing.ceremony.busy"


@transaction.atomic
def start(
    *,
    by: Actor,
    organisation: UUID,
    path: str,
    signer: SignerIdentity,
    role: str,
    method: str,
    documents: Sequence[DocumentToSign],
    locale: str,
    now: datetime,
    organisation_name: str = "",
) -> CeremonyId:
    """Write down who is to sign what; nothing is sent anywhere yet (see `begin`).

    Refuses ``signing.method.unknown``, ``signing.signer.scheme``, ``signing.documents.*``, for a certificate
    ``signing.certificate.too_many``, and for a method that sends codes ``signing.sms.role``, ``signing.sms.no_phone``.
    """
    by.must("signing.ceremony.start", path)
    chosen = method_named(method)
    if chosen.schemes and signer.scheme not in chosen.schemes:
        raise WrongScheme(
            f"{method} knows people by {' or '.join(chosen.schemes)}, not by {signer.scheme}.",
            field="signer",
            wanted=chosen.schemes,
            found=signer.scheme,
        )
    if chosen.confirms:
        codes.check_signer(person=signer.person, role=role)
    if method in PERSONAL and len(documents) > PERSONAL_MOST:
        raise TooManyAtOnce(f"A certificate signs {PERSONAL_MOST} documents at a time.", most=PERSONAL_MOST)
    ceremony = CeremonyId(new_id())
    manifest = rules.manifest(
        ceremony=ceremony,
        organisation=organisation,
        role=role,
        signer=signer.name,
        documents=documents,
        locale=locale,
        created=now,
        organisation_name=organisation_name,
    )
    Ceremony(
        id=ceremony,
        organisation=organisation,
        path=path,
        signer=signer.person,
        signer_name=signer.name,
        signer_scheme=signer.scheme,
        signer_identifier=signer.identifier,
        role=role,
        method=method,
        purpose=rules.PURPOSE,
        locale=locale,
        header=manifest.header,
        root=manifest.root,
        count=manifest.count,
        visible=manifest.visible,
        state=State.STARTED,
        start_data={"about": codes.about(documents)} if chosen.confirms else None,
        started=now,
        lease=now,
    ).save(force_insert=True)
    CeremonyDocument.objects.bulk_create(
        (
            CeremonyDocument(ceremony_id=ceremony, index=i, record=d.record, h0=d.h0, size=d.size, order=d.order)
            for i, d in enumerate(documents)
        ),
        batch_size=_BATCH,
    )
    written(
        by,
        "started",
        ceremony,
        path,
        now,
        {
            "signer": str(signer.person),
            "role": role,
            "method": method,
            "count": manifest.count,
            "root": manifest.root,
        },
    )
    return ceremony


def begin(*, by: Actor, ceremony: UUID, device: Device, now: datetime) -> CeremonyView:
    """Ask the e-ID to let the signer sign, or send a code. Outside any transaction: it can call the network.

    `device.return_url`, where given, holds ``{nonce}``; `queries.came_back` checks it later. Refuses
    ``signing.ceremony.not_started``, ``signing.ceremony.busy``, ``signing.return_url.nonce``, ``signing.sms.no_phone``,
    ``signing.sms.too_many`` and what the method refuses; after a refusal the ceremony can be begun again.
    """
    row = _row(ceremony, by, "begin")
    if row.state != State.STARTED:
        raise NotStarted(f"The ceremony is {row.state}.", ceremony=str(ceremony), state=row.state)
    device, nonce = returns.with_nonce(device)
    chosen = method_named(row.method)
    order = codes.order_for(row, chosen)
    if chosen.confirms:
        codes.check_room(row, now)
    if not leases.take(row, now):
        raise BeingAsked("This ceremony is being begun already.", ceremony=str(ceremony))
    try:
        begun = chosen.begin(order, device)
    except MethodRefused as refusal:
        leases.give_back(row, until=now + timedelta(seconds=refusal.wait))
        raise
    kept = _begun(by, row, begun, nonce, codes.Sending(order.phone, device.domain, chosen.lifetime), now)
    if kept.order_ref != begun.reference:  # cancelled while the e-ID was being asked
        with contextlib.suppress(MethodRefused):
            chosen.cancel(begun.reference)
    return view(kept)


@transaction.atomic(durable=True)
def _begun(by: Actor, row: Ceremony, begun: Begun, nonce: str, to: codes.Sending, now: datetime) -> Ceremony:
    """Write down that the e-ID was asked; a code leaves in the same transaction or not at all."""
    if begun.code:
        codes.queue(row)
    kept = locked(row.id)
    if kept.state == State.STARTED:
        if begun.code:
            codes.send(by=by, row=kept, begun=begun, to=to, now=now)
        at = now + timedelta(seconds=begun.elapsed)
        kept.state, kept.order_ref, kept.begun, kept.lease = State.PENDING, begun.reference, at, at
        kept.start_data = dict(begun.start)
        kept.same_device = bool(nonce)
        kept.return_nonce_sha256 = sha256(nonce.encode()).hexdigest() if nonce else ""
        kept.save()
        written(by, "begun", row.id, kept.path, now, {"method": kept.method})
    return kept


def confirm(*, by: Actor, ceremony: UUID, code: str, now: datetime) -> CeremonyView:
    """The signer returns the code that was sent; the right one signs. ``signing.ceremony.confirm``, the signer alone.

    Refuses ``not_found`` for another's ceremony, ``signing.code.not_awaited`` (used, ended, other method),
    ``signing.code.malformed`` (costs no try), ``signing.code.wrong`` (with ``left``), ``signing.code.no_tries`` and
    ``signing.code.expired``, after which the ceremony is over. Journal: ``signing.ceremony.signed/1``,
    ``signing.ceremony.code_wrong/1`` or ``signing.ceremony.ended/1``.
    """
    row = _row(ceremony, by, "confirm")
    if row.signer != by.id:
        raise NotFound(f"There is no ceremony {ceremony}.", ceremony=str(ceremony))
    chosen, _ = codes.confirmable(row, method_named(row.method))
    typed = codes.digits(code)
    if row.begun is None or (now - row.begun).total_seconds() > chosen.lifetime:
        end(by, row, State.EXPIRED, "expiredTransaction", now)
        raise codes.CodeExpired("The code was valid for five minutes.", field="code")
    kept, left = _compare(by, row.id, typed, now)
    if kept.answer is not None:
        return judge(by, kept, now)
    if left == 0:
        end(by, kept, State.FAILED, "noTriesLeft", now)
        raise codes.NoTriesLeft("The wrong code was given three times.", field="code")
    raise codes.WrongCode(f"This is not the code; {left} tries are left.", field="code", left=left)


@transaction.atomic(durable=True)
def _compare(by: Actor, ceremony: UUID, code: str, now: datetime) -> tuple[Ceremony, int]:
    """Two who type at once do so one after the other; a try is paid before anybody learns whether it was right."""
    row = locked(ceremony)
    chosen, order = codes.confirmable(row, method_named(row.method))
    assert row.begun is not None
    found = chosen.confirm(order, dict(row.start_data or {}), code=code, begun=row.begun, now=now)
    row.start_data = dict(found.start)
    if found.proof:
        row.answer = found.proof
    else:
        row.hint = "wrongCode"
        if found.left:
            written(by, "code_wrong", row.id, row.path, now, {"signer": str(row.signer), "left": found.left})
    row.save()
    return row, found.left


def collect(*, by: Actor, ceremony: UUID, now: datetime) -> CeremonyView:
    """Ask the e-ID how far the signer has come, and finish the ceremony when there is an answer.

    May be called as often as wanted, by any number of workers: the e-ID is asked at its own pace, by one at a time.
    Outside any transaction. A refusal of the method that can pass (`MethodRefused.again`) is no error here: the
    ceremony stays pending. Other refusals are raised and change nothing.
    """
    row = _row(ceremony, by, "collect")
    if row.state != State.PENDING or row.method in PERSONAL:
        return view(row)
    if row.answer is not None:
        return judge(by, row, now)
    if not leases.take(row, now):
        return view(_row(ceremony, by, "collect"))
    chosen = method_named(row.method)
    try:
        progress = chosen.collect(row.order_ref, order_of(row), now)
    except MethodRefused as refusal:
        return not_collected(by, row, chosen, refusal, now)
    return take_in(by, row, chosen, progress, now)


def cancel(*, by: Actor, ceremony: UUID, now: datetime) -> CeremonyView:
    """Withdraw the ceremony at the e-ID, then here. One that is over already stays as it is.

    When the signature has arrived in between, it counts: what a person signed is not undone by a late click.
    """
    row = _row(ceremony, by, "cancel")
    if row.state == State.PENDING and row.answer is None:
        # an e-ID that cannot be reached must not keep the signer from leaving; the order there runs out by itself
        with contextlib.suppress(MethodRefused):
            method_named(row.method).cancel(row.order_ref)
    return end(by, row, State.CANCELLED, "cancelled", now)


def expire(*, by: Actor, ceremony: UUID, now: datetime) -> CeremonyView:
    """End a ceremony that was started and never begun within half an hour; any other stays as it is.

    One with a personal certificate ends a day after the certificate was chosen.
    """
    row = _row(ceremony, by, "expire")
    if row.state == State.PENDING and row.method in PERSONAL and row.begun is not None and now - row.begun >= A_DAY:
        return end(by, row, State.EXPIRED, "expiredTransaction", now)
    if row.state != State.STARTED or now - row.started < NEVER_BEGUN:
        return view(row)
    return end(by, row, State.EXPIRED, "neverBegun", now)


def _row(ceremony: UUID, by: Actor, verb: str) -> Ceremony:
    row = Ceremony.objects.filter(pk=ceremony).first()
    if row is None:
        raise NotFound(f"There is no ceremony {ceremony}.", ceremony=str(ceremony))
    by.must(f"signing.ceremony.{verb}", row.path)
    return row
