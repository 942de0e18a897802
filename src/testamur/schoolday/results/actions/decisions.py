"""Making decisions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import NotFound, Refused
from testamur.kernel.journal.actions import append
from testamur.law.tables import PACKS, pack
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import Role
from testamur.schoolday.results.models import Decision, SigningChoice
from testamur.schoolday.results.queries import facts_of
from testamur.schoolday.results.rules import Amendment, Key, NewDecision, Recorded, Rejected


class AlreadyDecided(Refused):
    """There is a decision on this already, with another value: it is corrected, never overwritten."""

    code = "results.decision.exists"


class NotACorrection(Refused):
    """Only a standing decision is corrected, and not before the day on which it was made."""

    code = "results.decision.not_a_correction"


class NotDelegable(Refused):
    """The law does not let the principal delegate the signature of this document."""

    code = "results.signer.not_delegable"


class NoSuchPost(Refused):
    """Who decides a correction holds the post in which it is decided."""

    code = "results.decision.no_such_post"


@transaction.atomic
def record_decisions(*, by: Actor, decisions: Sequence[NewDecision], now: datetime) -> Recorded:
    """Record first decisions in bulk; each that the law refuses is reported and the others stand.

    The same decision again changes nothing. Another value for what is decided already is rejected with
    ``results.decision.exists``. Journal: ``results.decisions.recorded/1`` with count and digest of the ids.
    Raises NotAllowed without ``results.decision.record`` at each school.
    """
    for path in sorted({d.path for d in decisions}):
        by.must("results.decision.record", path)
    return recorded(by, decisions, now)


def recorded(
    by: Actor, decisions: Sequence[NewDecision], now: datetime, *, told: bool = False, **refs: str
) -> Recorded:
    """The same for this package's other verbs, which ask for their own permission; `refs` go to the journal too.

    `told`: families hear of it; the entry names the pupils, and one decision of each.
    """
    there = _existing(decisions)
    rejected: list[Rejected] = []
    fresh: list[tuple[int, NewDecision]] = []
    unchanged = 0
    seen: dict[Key, str] = {}
    for index, new in enumerate(decisions):
        before = there.get(new.key, seen.get(new.key))
        if before == new.value:
            unchanged += 1
        elif before is not None:
            rejected.append(Rejected(index, AlreadyDecided.code, f"{new.code} is decided already: {before}."))
        elif refusal := _refusal(new):
            rejected.append(Rejected(index, refusal.code, str(refusal)))
        else:
            seen[new.key] = new.value
            fresh.append((index, new))
    fresh = _without_clashes(fresh, rejected)
    rows = [_row(new, now) for _index, new in fresh]
    Decision.objects.bulk_create(rows, batch_size=1000)
    digest = hashlib.sha256("".join(sorted(r.id.hex for r in rows)).encode()).hexdigest()
    append(
        by=by,
        kind="results.decisions.recorded/1",
        path=decisions[0].path if decisions else "/",
        refs={
            "count": len(rows),
            "ids_sha256": digest,
            "rejected": len(rejected),
            **refs,
            **(_first(rows) if told else {}),
        },
        now=now,
    )
    ids = {index: row.id for (index, _new), row in zip(fresh, rows, strict=True)}
    return Recorded(len(rows), unchanged, tuple(rejected), ids)


def _first(rows: Sequence[Decision]) -> dict[str, list[str]]:
    """Each pupil, and beside it one decision of that pupil's."""
    one = {str(row.pupil): str(row.id) for row in reversed(rows)}
    return {"pupils": list(one), "decided": list(one.values())}


@transaction.atomic
def correct_decision(*, by: Actor, decision: UUID, amendment: Amendment, now: datetime) -> UUID:
    """Take the place of a standing decision as the pack's law allows; returns the id of the new one.

    The law (`law.contract.Pack.correct`) says who may, in which direction, on which grounds and after which hearing;
    what it refuses passes through. The former decision stays, unaltered. Journal: ``results.decision.corrected/1``.
    Raises NotFound, NotACorrection when the decision is replaced already or would be corrected before it was made,
    NoSuchPost when a decider does not hold the post, NotAllowed without ``results.decision.<reason>`` at the school.
    """
    old = Decision.objects.select_for_update(of=("self",)).filter(id=decision).first()
    if old is None:
        raise NotFound("There is no such decision.", field="decision")
    by.must(f"results.decision.{amendment.reason.value}", old.path)
    return corrected(by, old, amendment, now)


def corrected(by: Actor, old: Decision, amendment: Amendment, now: datetime, *, told: bool = False) -> UUID:
    """The same for this package's other verbs, which ask for their own permission; `old` is locked.

    `told`: the family hears of it; the entry names the pupil.
    """
    if Decision.objects.filter(replaces=old).exists():
        raise NotACorrection("The decision is corrected already: correct the one that took its place.")
    if not old.decided_on <= amendment.decided_on <= now.date():
        raise NotACorrection(
            f"The correction is dated {amendment.decided_on}; its day lies between {old.decided_on} and today.",
            field="decided_on",
        )
    for person in amendment.decided_by:
        _must_hold(person, amendment.role, old.unit, amendment.decided_on)
    former = facts_of(old)
    after = pack(old.pack).correct(amendment.proposal(former.facts, former.decided_by))
    new = Decision(
        id=new_id(),
        pupil=old.pupil,
        unit=old.unit,
        path=old.path,
        pack=old.pack,
        kind=old.kind,
        code=old.code,
        value=after.value,
        comment=after.comment,
        school_year=old.school_year,
        term=old.term,
        occasion=old.occasion,
        scale=old.scale,
        starts=old.starts,
        ends=old.ends,
        year_level=old.year_level,
        decided_on=amendment.decided_on,
        decided_by=[str(p) for p in amendment.decided_by],
        flags=sorted(after.flags),
        reason=after.reason,
        replaces=old,
        correction=amendment.kept(),
        made_at=now,
    )
    new.save(force_insert=True)
    append(
        by=by,
        kind="results.decision.corrected/1",
        path=old.path,
        now=now,
        refs={"decision": str(new.id), "replaces": str(old.id), "reason": after.reason}
        | ({"pupil": str(old.pupil)} if told else {}),
    )
    return new.id


_TEACHES = frozenset({Role.TEACHER, Role.CLASS_TEACHER})


def _must_hold(person: UUID, role: str, unit: UUID, on: date) -> None:
    """A class teacher is a teacher too; any other post has to be that very one."""
    held = {post.role for post in schools.posts_of(person=person, on=on) if post.unit == unit}
    if role not in held and not (role == Role.TEACHER and held & _TEACHES):
        raise NoSuchPost(
            f"One who decides does not hold the post {role} at the school on {on}.", field="decided_by", role=role
        )


def _existing(decisions: Sequence[NewDecision]) -> dict[Key, str]:
    places = {(d.unit, d.period.school_year, d.period.term) for d in decisions}
    pupils = {d.pupil for d in decisions}
    where = Q()
    for unit, school_year, term in places:
        where |= Q(unit=unit, school_year=school_year, term=term)
    if not places:
        return {}
    fields = ("pupil", "unit", "school_year", "term", "kind", "code", "occasion", "value")
    found: dict[Key, str] = {}
    ordered = sorted(pupils)
    for start in range(0, len(ordered), 500):
        some = ordered[start : start + 500]
        for row in Decision.objects.filter(where, pupil__in=some, replaced_by__isnull=True).values_list(*fields):
            found[row[:7]] = row[7]
    return found


def _refusal(new: NewDecision) -> Refused | None:
    try:
        pack(new.pack).check(new.facts())
    except Refused as refusal:
        return refusal
    return None


def _without_clashes(fresh: list[tuple[int, NewDecision]], rejected: list[Rejected]) -> list[tuple[int, NewDecision]]:
    """Drop the pupils' sets that are not lawful together (SV with SVA, a block with its subjects)."""
    groups: dict[tuple[UUID, UUID, str, str], list[tuple[int, NewDecision]]] = defaultdict(list)
    for index, new in fresh:
        groups[new.pupil, new.unit, new.period.school_year, new.period.term].append((index, new))
    kept: list[tuple[int, NewDecision]] = []
    for group in groups.values():
        try:
            pack(group[0][1].pack).check_set([new.facts() for _index, new in group])
        except Refused as refusal:
            rejected.extend(Rejected(index, refusal.code, str(refusal)) for index, _new in group)
        else:
            kept.extend(group)
    return sorted(kept, key=lambda pair: pair[0])


def _row(new: NewDecision, now: datetime) -> Decision:
    return Decision(
        id=new_id(),
        pupil=new.pupil,
        unit=new.unit,
        path=new.path,
        pack=new.pack,
        kind=new.kind,
        code=new.code,
        value=new.value,
        comment=new.comment,
        school_year=new.period.school_year,
        term=new.period.term,
        occasion=new.occasion,
        scale=new.scale,
        starts=new.period.starts,
        ends=new.period.ends,
        year_level=new.year_level,
        decided_on=new.decided_on,
        decided_by=[str(p) for p in new.decided_by],
        flags=sorted(new.flags),
        reason=new.reason.value,
        made_at=now,
    )


@transaction.atomic
def choose_signer(*, by: Actor, unit: UUID, document_type: str, signer: str, now: datetime) -> None:
    """Say who of a school signs a kind of document: the ``principal`` or, where the law allows it, a ``delegate``.

    `document_type` is the full code. Drafts made before name the other signer: the next plan calls them outdated.
    Needs ``records.record.choose_signer`` at the school. Raises NotFound, NotDelegable. Journal:
    ``results.signer.chosen/1``.
    """
    school = schools.unit(unit)
    if school is None:
        raise NotFound("There is no such school.", field="unit")
    by.must("records.record.choose_signer", school.path)
    known = {d.code: d for p in PACKS.values() for d in p.documents.values()}
    document = known.get(document_type)
    if document is None or signer not in {"principal", "delegate"}:
        raise NotFound("There is no such document or signer.", field="document_type")
    if signer == "delegate" and not any(step.delegable for step in document.signers):
        raise NotDelegable(f"{document.title} is signed by its own signers alone.", field="signer")
    SigningChoice.objects.update_or_create(unit=unit, document_type=document_type, defaults={"signer": signer})
    told = {"unit": str(unit), "document_type": document_type, "signer": signer}
    append(by=by, kind="results.signer.chosen/1", path=school.path, refs=told, now=now)
