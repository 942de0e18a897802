"""A university whose lists are signed by hand (so that no document has to be made), and its letters."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from testamur.exchange.notifications import steps, tasks
from testamur.kernel.delivery.models import Message
from testamur.register.people import actions as people
from testamur.register.people import queries as persons
from testamur.register.people.rules import ContactKind, NewContact
from testamur.schoolday.reporting import actions
from testamur.schoolday.reporting.models import ProcessRule
from testamur.schoolday.reporting.rules.states import Way
from tests.schoolday.reporting.signing import Desk
from tests.schoolday.reporting.university import SPECIAL


@dataclass
class Letters(Desk):
    """A university at work, and who is written to about it."""

    def by_hand(self) -> None:
        """Every list goes the way of paper."""
        ProcessRule.objects.create(
            path=self.u.path, way=Way.PAPER, grade_from=date(2020, 1, 1), decided_by=self.u.persons["rector"],
            made_at=self.u.now, in_force_at=self.u.now,
        )  # fmt: skip

    def mail(self, student: UUID, name: str, *, proved: bool = False) -> str:
        """Give a student an e-mail address that the register knows; `proved`: by a code that was sent there."""
        to = f"{name}@student.example"
        new = [(student, NewContact(ContactKind.EMAIL, to))]
        (key,) = people.add_contacts(by=self.u.by, contacts=new, now=self.now())
        if proved:
            people.verify_contact(by=self.u.by, id=key, now=self.now())
        return to

    def forget_addresses(self) -> None:
        """Nobody who studies can be reached."""
        students = [*self.u.students, *(self.u.persons[name] for name in SPECIAL)]
        found = persons.contacts(by=self.u.by, persons=students)
        ids = [one.id for some in found.values() for one in some]
        people.remove_contacts(by=self.u.by, ids=ids, now=self.now())

    def at_work(self, name: str) -> str:
        """The address of a member of staff."""
        who = self.u.persons[name]
        return next(
            one.value
            for one in persons.contacts(by=self.u.by, persons=[who])[who]
            if one.kind is ContactKind.EMAIL and one.label == "work"
        )

    def decide(self, one: UUID) -> None:
        """The examiner has signed by hand, and the office notes it."""
        now = self.now()
        actions.note_paper_signature(
            by=self.u.actor("administrator", admin_mode=True), list=one, examiner=self.u.persons["examiner"],
            signed_on=now.date(), now=now,
        )  # fmt: skip

    def tell(self, now: datetime | None = None) -> dict[str, Message]:
        """The letters that go out now, by address."""
        known = set(Message.objects.values_list("id", flat=True))
        at = now or self.now()
        steps.follow_results(by=tasks.STEP, now=at)
        steps.tell_subscribers(by=tasks.STEP, now=at)
        fresh = list(Message.objects.exclude(id__in=known))
        found = {one.to: one for one in fresh}
        assert len(found) == len(fresh), "nobody gets two letters at a time"
        return found
