"""The way of one signed list into the registry: look, then write, then remember, row by row.

Before a row is written, what the registry holds is looked at: a result equal to ours is ours already, whoever died
between the writing and the remembering; one that differs stays, and is shown to the examiner.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from testamur.exchange.connectors.ladok import ledger, links
from testamur.exchange.connectors.ladok.client import LadokClient, Report
from testamur.exchange.connectors.ladok.ledger import ATTESTED_THERE, Claimed, RowNote
from testamur.exchange.connectors.ladok.links import Place
from testamur.exchange.connectors.ladok.messages import READY, Gradeable, Held, Stamped
from testamur.exchange.connectors.ladok.wire import RegistryDown, RegistryRefused
from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import Refused
from testamur.schoolday.reporting.queries import transfer as reporting
from testamur.schoolday.reporting.rules.documents import SignedList, SignedRow
from testamur.schoolday.reporting.rules.states import ListKind

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
LEFT_ALONE = frozenset({"ready", "attested", "differs", "refused"})
"""Rows that a further try passes over; `actions` bring them back to ``waiting``."""


class LeaseLost(Exception):  # noqa: N818 - not an error: somebody else goes on
    """Another worker has the transfer."""


def transfer(*, by: Actor, client: LadokClient, clock: Clock, claimed: Claimed) -> str:
    """Bring every row as far as it goes; returns where the transfer came to rest (``ready``, ``differs`` …).

    Raises `RegistryDown` when the registry does not answer; everything up to then is remembered.
    """
    try:
        return _Way(by, client, clock, claimed).go()
    except LeaseLost:
        return "waiting"
    except RegistryDown:
        raise
    except Refused as no:
        ledger.give_up(by=by, claimed=claimed, error=no.code, message=str(no), now=clock())
        return "failed"


@dataclass(frozen=True, slots=True)
class _Target:
    """A student of the list as the registry knows him or her, and the place where."""

    found: Gradeable
    place: Place


class _Way:
    def __init__(self, by: Actor, client: LadokClient, clock: Clock, claimed: Claimed) -> None:
        self._by, self._client, self._clock, self._claimed = by, client, clock, claimed
        self._signed: SignedList = reporting.signed(by=by, list=claimed.list)

    def go(self) -> str:
        signed = self._signed
        notes = ledger.open_rows(self._claimed, [(row.row, row.person) for row in signed.rows])
        if self._modules_first():
            return "waiting"
        open_rows = [row for row in signed.rows if notes[row.row].state not in LEFT_ALONE]
        if open_rows:
            examiner, name = self._examiner()
            targets = self._targets(open_rows)
            allowed = self._allowed(name, targets)
            for row in open_rows:
                self._hold()
                self._row(row, notes[row.row], targets.get(row.person), allowed, examiner)
        return ledger.settle(by=self._by, claimed=self._claimed, now=self._clock()) or "waiting"

    # --- before ---

    def _modules_first(self) -> bool:
        """A course is reported when its modules are attested: those of ours that are on their way are waited for."""
        signed = self._signed
        if signed.kind is not ListKind.COURSE:
            return False
        for other in ledger.on_their_way([row.person for row in signed.rows], but=self._claimed.id):
            module = reporting.signed(by=self._by, list=other)
            if module.course == signed.course and module.module is not None:
                until = self._clock() + ledger.MODULES_PAUSE
                message = f"List {module.number} with modules of the course has to be attested first."
                ledger.wait(self._claimed, until=until, error=ledger.MODULES_FIRST, message=message)
                return True
        return False

    def _examiner(self) -> tuple[str, str]:
        """The examiner's id and name in the registry."""
        name = links.user_name(self._by, self._signed.examiner)
        uid = self._client.examiner(name) if name else ""
        if not uid:
            raise links.NotLinked("The examiner is no user of the registry who may attest.", field="examiner")
        return uid, name

    def _targets(self, rows: Sequence[SignedRow]) -> dict[UUID, _Target]:
        """The registry's row of each student; the list's own occasion first, then the others of the course."""
        places = links.places(self._client, self._signed)
        found = self._search(places, rows)
        left = [row for row in rows if row.person not in found]
        if left and self._signed.occasion is not None:
            found |= self._search(links.further(self._client, self._signed, places), left)
        return found

    def _search(self, places: Sequence[Place], rows: Sequence[SignedRow]) -> dict[UUID, _Target]:
        by_student: dict[str, _Target] = {}
        for place in places:
            for one in self._client.gradeable(place.instance, place.occasions):
                by_student.setdefault(one.student.uid, _Target(one, place))
        gradeable = {uid: target.found for uid, target in by_student.items()}
        uids = links.students(self._by, [row.person for row in rows], gradeable)
        return {person: by_student[uid] for person, uid in uids.items() if uid in by_student}

    def _allowed(self, name: str, targets: dict[UUID, _Target]) -> frozenset[str]:
        """Gradeable students on whom the *examiner* may report: our certificate's own rights are no one's decision."""
        by_instance: dict[str, list[str]] = {}
        for target in targets.values():
            by_instance.setdefault(target.found.instance, []).append(target.found.uid)
        found: frozenset[str] = frozenset()
        for instance, uids in by_instance.items():
            found |= self._client.may_report(name, instance, uids)
        return found

    def _hold(self) -> None:
        held = ledger.hold(self._claimed, now=self._clock())
        if held is None:
            raise LeaseLost
        self._claimed = held

    # --- one row ---

    def _row(
        self, row: SignedRow, note: RowNote, target: _Target | None, allowed: frozenset[str], examiner: str
    ) -> None:
        no = self._why_not(target, allowed)
        if no or target is None:
            ledger.note_refused(note.id, no)
            return
        report = self._report(row, target.found)
        if report is None:
            ledger.note_refused(note.id, f"The registry's scale has no grade {row.value}.")
            return
        try:
            draft = self._draft(row, note, target.found, report)
            if draft is not None:
                done = self._client.mark_ready(draft.uid, draft.stamp, examiner=examiner, on=self._clock().date())
                ledger.note_row(note.id, state="ready", result=done.uid, stamp=done.stamp, message="", fault="")
        except RegistryRefused as refused:
            self._refused(note, target, report, refused)

    def _why_not(self, target: _Target | None, allowed: frozenset[str]) -> str:
        """Why the row cannot go, in words; empty when it can."""
        if target is None:
            return "The registry has no registration of this student on the course."
        if target.found.uid not in allowed:
            return "The examiner may not report on this course in the registry."
        if target.found.credited:
            return "The registry has a credit transfer for this student: no grade can be set."
        if target.found.needs_title and not self._signed.title:
            return "The registry asks for the title of the degree project."
        return ""

    def _report(self, row: SignedRow, found: Gradeable) -> Report | None:
        scale = self._client.scales().get(found.scale)
        grade = scale.by_code(row.value) if scale is not None else None
        if grade is None:
            return None
        title = (self._signed.title, self._signed.title_en) if found.needs_title else ("", "")
        return Report(found.scale, grade.id, row.examined_on.isoformat(), *title)

    def _draft(self, row: SignedRow, note: RowNote, found: Gradeable, report: Report) -> Stamped | None:
        """Our draft, made, changed or found; None when the row is done with (ready already, attested, differs)."""
        held = found.working
        if held is None:
            if not self._may_begin(row, note, found, report):
                return None
            made = self._client.create(found.uid, found.instance, report)
            self._remember(note, found, made)
            return made
        if same(held, report):  # ours of an earlier try, or somebody entered the very same
            self._remember(note, found, Stamped(held.uid, held.stamp))
            if held.status == READY:
                ledger.note_row(note.id, state="ready")
                return None
            return Stamped(held.uid, held.stamp)
        if (note.result, note.stamp) != (held.uid, held.stamp):
            ledger.note_differs(note.id, held.shown(), "The registry has another result, entered by somebody else.")
            return None
        stamp = held.stamp  # the examiner has seen exactly this one, and wants ours
        if held.status == READY:
            stamp = self._client.back_to_draft(held.uid, stamp).stamp
            ledger.note_row(note.id, stamp=stamp)
        changed = self._client.update(held.uid, stamp, report)
        self._remember(note, found, changed)
        return changed

    @staticmethod
    def _may_begin(row: SignedRow, note: RowNote, found: Gradeable, report: Report) -> bool:
        """Whether a new draft is due beside what is attested; else the row is noted as it stands."""
        last = found.attested
        if last is None:
            return True
        if same(last, report):
            ledger.note_row(note.id, state="attested", result=last.uid, stamp=last.stamp, message="", fault="")
            return False
        if row.corrects is None and last.examined_on < report.examined_on:
            return True  # a later attempt
        message = "The registry has an attested result: it is corrected inside the registry."
        if row.corrects is not None:
            ledger.note_refused(note.id, message, ATTESTED_THERE, result=last.uid, theirs=last.shown())
        else:
            ledger.note_differs(note.id, last.shown(), "The registry has another attested result.")
        return False

    @staticmethod
    def _remember(note: RowNote, found: Gradeable, written: Stamped) -> None:
        ledger.note_row(
            note.id, state="draft", attempt=found.uid, result=written.uid, stamp=written.stamp, message="", fault="",
            theirs=None,
        )  # fmt: skip

    def _refused(self, note: RowNote, target: _Target, report: Report, refused: RegistryRefused) -> None:
        """The registry refused a write: because somebody was faster (then theirs is shown), or by a rule of its own."""
        fresh = self._again(target)
        held = fresh.working if fresh is not None else None
        if held is not None and same(held, report) and held.status == READY:
            ledger.note_row(note.id, state="ready", result=held.uid, stamp=held.stamp)
        elif held is not None and not same(held, report):
            ledger.note_differs(note.id, held.shown(), "The registry has another result, entered by somebody else.")
        else:
            ledger.note_refused(note.id, str(refused), str(refused.found.get("fault", "")))

    def _again(self, target: _Target) -> Gradeable | None:
        rows = self._client.gradeable(target.place.instance, target.place.occasions)
        return next((one for one in rows if one.uid == target.found.uid), None)


def same(held: Held, report: Report) -> bool:
    """Whether the registry's result says what we say. Titles count where there is one of ours."""
    facts = (held.scale, held.grade, held.examined_on) == (report.scale, report.grade, report.examined_on)
    return facts and (not report.title or (held.title, held.title_en) == (report.title, report.title_en))
