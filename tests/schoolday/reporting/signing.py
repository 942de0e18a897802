"""Lists on their way: sent, made into documents, signed by a simulated ceremony, decided, issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from testamur.register.people import queries as people
from testamur.schoolday.reporting import actions, steps, tasks
from testamur.schoolday.reporting.models import ResultList
from testamur.schoolday.reporting.queries import lists
from testamur.schoolday.reporting.rules.states import Source
from testamur.schoolday.reporting.rules.views import Entry, Incoming, ListHead, ListView, NewList
from testamur.surfaces.cli.issuing import signer_actor
from testamur.trust.records import actions as records
from testamur.trust.records import queries as kept
from testamur.trust.records import steps as issuing
from testamur.trust.records.render import Renderer
from testamur.trust.records.rules import State
from testamur.trust.records.tasks import STEP
from testamur.trust.signing import actions as signing
from testamur.trust.signing.methods.contract import Device
from testamur.trust.signing.rules import SignerIdentity
from tests.schoolday.reporting.university import EXAM, University

URL = "https://test.testamur.example"
PRESSES: list[Renderer] = []


@dataclass
class Desk:
    """A university at work. The clock goes on by a second with each look."""

    u: University
    ticks: int = field(default=0)

    def now(self) -> datetime:
        """The next second."""
        self.ticks += 1
        return self.u.now + timedelta(seconds=self.ticks)

    # --- lists ---

    def open(self, course: str = "DV1574", module: str = "1405", *, who: str = "teacher") -> UUID:
        """An empty list of a module, or of the whole course."""
        wanted = self.u.module(course, module) if module else None
        new = NewList(self.u.units["data"], self.u.course(course), wanted)
        return actions.open_list(by=self.u.actor(who), new=new, now=self.now())

    def fill(self, one: UUID, values: dict[UUID, str], *, on: str = EXAM.isoformat(), who: str = "teacher") -> None:
        """These students with these grades, all examined on one day."""
        by = self.u.actor(who)
        actions.add_students(
            by=by, list=one, incoming=[Incoming(student) for student in values], source=Source.SINGLE, now=self.now()
        )
        rows = {row.person: row.id for row in self.view(one).rows}
        entries = [Entry(rows[student], value=value, examined_on=on) for student, value in values.items()]
        saved = actions.save_rows(by=by, list=one, entries=entries, revision=self.head(one).revision, now=self.now())
        assert saved.faulty == ()

    def send(self, one: UUID, *, who: str = "teacher", examiner: str = "examiner") -> str:
        """To the examiner."""
        return actions.send(
            by=self.u.actor(who), list=one, examiner=self.u.persons[examiner], revision=self.head(one).revision,
            now=self.now(),
        )  # fmt: skip

    def sent(self, values: dict[UUID, str], course: str = "DV1574", module: str = "1405", **more: str) -> UUID:
        """A module list that was sent."""
        one = self.open(course, module)
        self.fill(one, values, **more)
        self.send(one)
        return one

    def head(self, one: UUID) -> ListHead:
        """As the operator sees it."""
        return lists.head(by=self.u.by, list=one)

    def view(self, one: UUID) -> ListView:
        """As the operator sees it."""
        return lists.view(by=self.u.by, list=one, now=self.u.now)

    # --- documents ---

    def press(self) -> Renderer:
        """One for the process."""
        if not PRESSES:
            PRESSES.append(Renderer())
        return PRESSES[0]

    def prepare(self, one: UUID) -> int:
        """The documents of a sent list."""
        by = tasks._step(self.u.persons["teacher"])
        return steps.prepare(by=by, list=one, renderer=self.press(), public_url=URL, test=True, clock=self.now)

    def documents(self, one: UUID) -> list[UUID]:
        """The list's own and the certificates."""
        head = self.head(one)
        rows = ResultList.objects.get(id=one).rows.exclude(certificate=None).order_by("id")
        return [key for key in (head.record, *rows.values_list("certificate", flat=True)) if key]

    def states(self, one: UUID) -> set[State]:
        """Of the documents."""
        return {view.state for view in kept.by_ids(by=self.u.by, records=self.documents(one))}

    # --- signatures ---

    def sign(self, some: Sequence[UUID], *, who: str = "examiner", role: str = "examiner", path: str = "") -> UUID:
        """A ceremony over documents, signed and noted."""
        u, now = self.u, self.now()
        place = path or u.data
        me = signer_actor(u.persons[who], place, role)
        ceremony = records.start_ceremony(
            by=me, path=place, organisation=u.authority, organisation_name="Provhögskolan",
            signer=SignerIdentity(u.persons[who], u.names[who], "se.personnummer", u.numbers[who]), role=role,
            method="simulated", records=some, locale="sv", now=now,
        )  # fmt: skip
        signing.begin(by=me, ceremony=ceremony, device=Device(ip="127.0.0.1"), now=self.now())
        signing.collect(by=me, ceremony=ceremony, now=self.now())
        issuing.settle_one(by=me, ceremony=ceremony, now=self.now())
        return ceremony

    def settle(self) -> tuple[UUID, ...]:
        """Signed lists become decisions."""
        return steps.settle(by=tasks.SETTLE_STEP, now=self.now())

    def issue(self) -> None:
        """All that is signed is sealed, logged, archived and published."""
        while issuing.issue_next(by=STEP, worker="test", clock=self.now):
            pass

    def signed(self, values: dict[UUID, str], course: str = "DV1574", module: str = "1405", **more: str) -> UUID:
        """A list that went all the way to decisions and published certificates."""
        one = self.sent(values, course, module, **more)
        self.finish(one)
        return one

    def finish(self, one: UUID) -> None:
        """A sent list all the way."""
        self.prepare(one)
        self.sign(self.documents(one))
        assert self.settle() == (one,)
        self.issue()

    def identifier(self, name: str) -> str:
        """The number in the register."""
        view = people.person(by=self.u.by, id=self.u.persons[name])
        assert view is not None
        assert view.identifier is not None
        return view.identifier.value
