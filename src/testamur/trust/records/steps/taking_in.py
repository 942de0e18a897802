"""Finished documents of other systems: checked, normalised, frozen with their own snapshot, entered as drafts.

From here on they live like every other record. The document itself stays as its maker made it; what had to be changed
to make it fit for archiving is told in the snapshot that everybody signs.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.clock import parse_stamp, stamp
from testamur.kernel.base.ids import new_id, random_id
from testamur.kernel.base.refused import Refused
from testamur.kernel.proofs.jcs import canonical
from testamur.law.contract import DocumentFacts, DocumentType
from testamur.trust.records import actions, drafts, intake
from testamur.trust.records.actions import Drafted
from testamur.trust.records.rules import Issuer, NewRecord, Signer, Subject, snapshot
from testamur.trust.records.steps.preparing import must_be_readable

PACK = "passed_through"
_SLUG = re.compile(r"[^a-z0-9]+")


class NoSigners(Refused):
    """A finished document names nobody who is to sign it."""

    code = "records.foreign.no_signers"


@dataclass(frozen=True, slots=True)
class Finished:
    """A finished PDF and what is known of it.

    Attributes:
        data: the bytes.
        name: of the file, as the other system called it.
        kind: the other system's word for the document (``Slutbetyg``); becomes title and part of the type.
        locale: language of the document; taken from the PDF where it says so.
    """

    data: bytes
    name: str
    kind: str
    issuer: Issuer
    subject: Subject
    period: str
    signers: tuple[Signer, ...]
    issued_on: date
    locale: str = "en"


def take_in(*, by: Actor, finished: Finished, public_url: str, test: bool, now: datetime) -> UUID:
    """Make a draft record of a finished document and return its id.

    Raises NoSigners, what `intake.normalise` refuses (broken, encrypted, already signed, active content …) and what
    `actions.draft` refuses. Nothing is written when it refuses.
    """
    if not finished.signers:
        raise NoSigners(f"{finished.name}: nobody is named who signs it.", field="signers")
    frozen_at = parse_stamp(stamp(now))
    seen = intake.inspect(finished.data)
    new = _record(finished, seen)
    told = snapshot(new, public_url=public_url, test=test, frozen_at=frozen_at, practice=settings.PRACTICE)
    # The snapshot tells what was changed, and it is itself attached: a first pass shows what there is to tell.
    trial = intake.normalise(finished.data, record_json=canonical(told), frozen_at=frozen_at)
    told["content"] = {
        **told["content"],
        "changes": list(trial.changes),
        "pdfa": trial.pdfa,
        "not_pdfa": list(trial.reasons),
    }
    frozen = canonical(told)
    must_be_readable(frozen)
    made = intake.normalise(finished.data, record_json=frozen, frozen_at=frozen_at)
    pack = new_id()
    drafts.write_pack(pack, [made.pdf + frozen])
    drafted = Drafted(
        new=new,
        h0=hashlib.sha256(made.pdf).hexdigest(),
        size=len(made.pdf),
        json_size=len(frozen),
        offset=0,
        record_json_sha256=hashlib.sha256(frozen).hexdigest(),
        content_sha256=hashlib.sha256(canonical(told["content"])).hexdigest(),
    )
    actions.draft(by=by, pack=pack, size=len(made.pdf) + len(frozen), drafted=[drafted], now=now)
    return new.record


def _record(finished: Finished, seen: intake.Inspection) -> NewRecord:
    digest = hashlib.sha256(finished.data).hexdigest()
    document = DocumentType(
        code=f"{PACK}.{_SLUG.sub('_', finished.kind.lower()).strip('_')[:40] or 'document'}",
        title=finished.kind,
        locale=seen.language or finished.locale,
        subject=finished.subject.kind,
        signers=(),
        template=Path(),
        template_version="1",
        seal_page=1,
        seal_rect=(0, 0, 0, 0),
        content=_no_content,
    )
    return NewRecord(
        record=random_id(),
        issuer=finished.issuer,
        document=document,
        pack_id=PACK,
        pack_version="1",
        template_sha256=digest,
        subject=finished.subject,
        period=finished.period,
        content={
            "source": {"name": finished.name, "sha256": digest, "size": len(finished.data)},
            "pages": seen.pages,
            "title": seen.title,
            "producer": seen.producer,
        },
        signers=finished.signers,
        issued_on=finished.issued_on,
    )


def _no_content(_facts: DocumentFacts) -> dict[str, Any]:
    return {}
