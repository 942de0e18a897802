"""The invented university beside a simulated registry that was filled from it, and signed lists to transfer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from testamur.exchange.connectors.ladok import actions, queries, steps
from testamur.exchange.connectors.ladok.client import LadokClient
from testamur.exchange.connectors.ladok.following import Followed
from testamur.exchange.connectors.ladok.queries import TransferRowView, TransferView
from testamur.exchange.connectors.ladok.simulator.server import Simulator
from testamur.exchange.connectors.ladok.simulator.state import Result, uid_of
from testamur.kernel.base.actor import Actor, operator
from testamur.kernel.base.ids import new_id
from testamur.kernel.journal.actions import append
from testamur.schoolday.reporting.rules.documents import SignedList, SignedRow
from testamur.schoolday.reporting.rules.states import ListKind, ListState
from tests.schoolday.reporting.university import EXAM, University

Row = tuple[UUID, str, date]


@dataclass
class World:
    """A university and a registry. `lists` are signed ones by id; `entered` what was entered, in order."""

    u: University
    registry: Simulator
    client: LadokClient
    now: datetime
    lists: dict[UUID, SignedList] = field(default_factory=dict)
    entered: list[tuple[UUID, str]] = field(default_factory=list)

    # --- what the other packages do ---

    def signed(self, *, by: Actor, list: UUID) -> SignedList:  # noqa: A002, ARG002 - as the real one
        return self.lists[list]

    def enter(self, *, by: Actor, list: UUID, control_number: str, now: datetime) -> bool:  # noqa: A002, ARG002 - as the real one
        by.must("reporting.list.enter", self.lists[list].path)
        self.entered.append((list, control_number))
        return True

    def sign(
        self, rows: Sequence[Row], *, course: str = "DV1574", module: str = "1405", examiner: str = "examiner",
        occasion: str | None = "", corrects: UUID | None = None, title: str = "", title_en: str = "",
    ) -> UUID:  # fmt: skip
        """A signed list, of which the journal tells. `module` empty: of the whole course."""
        key, number = new_id(), 4000 + len(self.lists)
        unit = self.u.units["ekonomi" if course == "IY1430" else "data"]
        path = self.u.departments["ekonomi" if course == "IY1430" else "data"]
        where = self.u.occasions[occasion or course] if occasion is not None else None
        self.lists[key] = SignedList(
            id=key, number=number, kind=ListKind.MODULE if module else ListKind.COURSE, state=ListState.SIGNED,
            unit=unit, path=path, course=self.u.course(course), course_code=course,
            module=self.u.module(course, module) if module else None, module_code=module, occasion=where, scale="AF",
            title=title, title_en=title_en, reason="re-examination" if corrects else "new",
            examiner=self.u.persons[examiner], signed_at=self.now, method="bankid", control_number=f"K-{number}",
            sent_sha256="0" * 64, record=None,
            rows=tuple(
                SignedRow(new_id(), person, value, on, "", new_id(), None, corrects) for person, value, on in rows
            ),
        )  # fmt: skip
        refs = {"list": str(key), "number": number}
        append(by=operator(), kind="reporting.list.signed/1", path=path, refs=refs, now=self.now)
        return key

    def change(self, key: UUID, value: str) -> None:
        """All rows of a signed list with another value, as if it had been signed so."""
        signed = self.lists[key]
        self.lists[key] = replace(signed, rows=tuple(replace(row, value=value) for row in signed.rows))

    # --- what the background does ---

    def send(self) -> steps.Sent:
        """Take up and send, once."""
        steps.take_up(by=steps.STEP, now=self.now)
        return steps.send_due(by=steps.STEP, client=self.client, clock=lambda: self.now, jitter=lambda: 0.5)

    def follow(self) -> Followed:
        """Read the feed on."""
        return steps.follow(by=steps.STEP, client=self.client, now=self.now)

    def later(self, **how: float) -> None:
        """Time goes by."""
        self.now += timedelta(**how)

    def resolve(self, row: UUID, keep: str, by: Actor | None = None) -> None:
        """Decide about a difference."""
        actions.resolve_difference(by=by or operator(), row=row, keep=keep, now=self.now)  # type: ignore[arg-type]

    # --- what is asked ---

    def transfer(self, key: UUID) -> TransferView:
        """The transfer of a list."""
        found = queries.transfer_of(by=operator(), list=key)
        assert found is not None
        return found

    def row(self, key: UUID, person: UUID) -> TransferRowView:
        """A student's row of it."""
        return next(row for row in self.transfer(key).rows if row.person == person)

    def number(self, person: UUID) -> str:
        """Under which number the registry knows a student."""
        uid = self.student(person)
        return self.registry.state.students[uid].number

    def student(self, person: UUID) -> str:
        """The registry's id of a person."""
        from testamur.register.people import queries as people

        numbers = people.identifiers(by=operator(), persons=[person])[person]
        return self.registry.state.numbers[numbers[0].value]

    def instance(self, course: str = "DV1574", module: str = "1405") -> str:
        """Where results are reported."""
        return uid_of("module", course, module) if module else uid_of("instance", course)

    def held(self, person: UUID, instance: str = "", *, attested: bool = False) -> list[Result]:
        """What the registry holds of a student."""
        uid = self.student(person)
        return [
            result
            for one in self.registry.state.results.values()
            if one.student == uid
            for key, result in (one.attested if attested else one.working).items()
            if key == (instance or self.instance())
        ]

    def calls(self, ending: str) -> int:
        """How often calls were made whose path ends so."""
        return sum(count for path, count in self.registry.seen.items() if path.endswith(ending))


CREATED, READY, UPDATED = "utbildning/{}/resultat", "klarmarkera", "studieresultat/resultat/{}"
__all__ = ["CREATED", "EXAM", "READY", "UPDATED", "World"]
