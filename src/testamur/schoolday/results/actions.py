"""Making decisions."""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.ids import new_id
from testamur.kernel.base.refused import Refused
from testamur.kernel.journal.actions import append
from testamur.law.tables import pack
from testamur.schoolday.results.models import Decision
from testamur.schoolday.results.rules import Key, NewDecision, Reason, Recorded, Rejected


class AlreadyDecided(Refused):
    """There is a decision on this already, with another value: it is corrected, never overwritten."""

    code = "results.decision.exists"


class NotACorrection(Refused):
    """A correction names the standing decision it takes the place of and says which law allows it."""

    code = "results.decision.not_a_correction"


@transaction.atomic
def record_decisions(*, by: Actor, decisions: Sequence[NewDecision], now: datetime) -> Recorded:
    """Record first decisions in bulk; each that the law refuses is reported and the others stand.

    The same decision again changes nothing. Another value for what is decided already is rejected with
    ``results.decision.exists``. Journal: ``results.decisions.recorded/1`` with count and digest of the ids.
    Raises NotAllowed without ``results.decision.record`` at each school.
    """
    for path in sorted({d.path for d in decisions}):
        by.must("results.decision.record", path)
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
        refs={"count": len(rows), "ids_sha256": digest, "rejected": len(rejected)},
        now=now,
    )
    return Recorded(len(rows), unchanged, tuple(rejected))


@transaction.atomic
def correct_decision(
    *,
    by: Actor,
    decision: UUID,
    value: str,
    reason: Reason,
    decided_on: datetime,
    decided_by: Sequence[UUID],
    heard: bool,
    now: datetime,
) -> UUID:
    """Take the place of a standing decision, by rectification or change, as the pack's law allows.

    Journal: ``results.decision.corrected/1``. Raises NotACorrection when the decision is replaced already or the
    reason is none of the law's; the pack's own refusals pass through (direction, who, hearing).
    """
    old = Decision.objects.select_for_update(of=("self",)).filter(id=decision, replaced_by__isnull=True).first()
    if old is None or reason in {Reason.NEW, Reason.TEST}:
        raise NotACorrection("The decision is replaced already, or the reason is not one for a correction.")
    by.must(f"results.decision.{reason.value}", old.path)
    new = Decision(
        id=new_id(),
        pupil=old.pupil,
        unit=old.unit,
        path=old.path,
        pack=old.pack,
        kind=old.kind,
        code=old.code,
        value=value,
        comment=old.comment,
        school_year=old.school_year,
        term=old.term,
        occasion=old.occasion,
        starts=old.starts,
        ends=old.ends,
        year_level=old.year_level,
        decided_on=decided_on.date(),
        decided_by=[str(p) for p in decided_by],
        flags=[*old.flags, *(["heard"] if heard else [])],
        reason=reason.value,
        replaces=old,
        made_at=now,
    )
    new.save(force_insert=True)
    append(
        by=by,
        kind="results.decision.corrected/1",
        path=old.path,
        now=now,
        refs={"decision": str(new.id), "replaces": str(old.id), "reason": reason.value},
    )
    return new.id


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
        starts=new.period.starts,
        ends=new.period.ends,
        year_level=new.year_level,
        decided_on=new.decided_on,
        decided_by=[str(p) for p in new.decided_by],
        flags=sorted(new.flags),
        reason=new.reason.value,
        made_at=now,
    )
