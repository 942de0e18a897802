"""Who of the staff reads still: whoever had a child or a class when it was written, and has it no more, does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from uuid import UUID

from django.utils import timezone

from testamur.register.schools import queries as schools
from testamur.register.schools.queries import Serving
from testamur.register.schools.rules import EnrolmentView
from testamur.schoolday.conversations.models import Conversation, Member
from testamur.schoolday.conversations.rules import Circle, Side

_OF_FAMILIES = frozenset({Circle.GUARDIANS, Circle.PUPILS, Circle.CHILD, Circle.SCHOOL})


class Need:
    """What the register says of those who take part by name; each is looked up once."""

    def __init__(self, on: date) -> None:
        """As of that day."""
        self._on = on
        self._serving: dict[UUID, tuple[Serving, ...]] = {}
        self._stays: dict[UUID, tuple[EnrolmentView, ...]] = {}
        self._years: dict[UUID, tuple[date, date]] = {}

    def learn(
        self, rows: Iterable[Conversation], members: Mapping[UUID, Iterable[Member]], *, of: Collection[UUID] = ()
    ) -> None:
        """Look up what is needed for all of these at once, in at most four queries; `of`: for these persons alone."""
        some = [row for row in rows if row.circle in _OF_FAMILIES]
        named = {row.id: {one.person for one in members.get(row.id, ()) if one.person is not None} for row in some}
        for row in some:
            if row.side == Side.STAFF:
                named[row.id].add(row.made_by)
        some = [row for row in some if (named[row.id] & set(of) if of else named[row.id])]
        persons = set().union(*(named[row.id] for row in some)) - self._serving.keys()
        children = {row.child for row in some if row.child is not None} - self._stays.keys()
        groups = {row.group for row in some if row.group is not None and row.child is None} - self._years.keys()
        if persons:
            self._serving |= schools.serving(persons)
        if children:
            self._stays |= schools.enrolled(persons=children, until=self._on)
        if groups:
            self._years |= schools.school_years_of(groups=groups)

    def lost(self, row: Conversation, person: UUID) -> bool:
        """Whether somebody had those whom it is about when it was begun, and has them no more."""
        if row.circle not in _OF_FAMILIES:
            return False
        self._know(row, person)
        then, now = timezone.localdate(row.made_at), self._last(row)
        return self._serves(row, person, then) and not self._serves(row, person, now)

    def reads(self, row: Conversation, person: UUID) -> bool:
        """Whether one who takes part by name works there still, and has not lost them."""
        self._know(row, person)
        here = any(one.runs(self._on) and row.unit_path.startswith(one.path) for one in self._serving[person])
        return here and not self.lost(row, person)

    def _know(self, row: Conversation, person: UUID) -> None:
        if person not in self._serving:
            self._serving |= schools.serving([person])
        if row.child is not None and row.child not in self._stays:
            self._stays |= schools.enrolled(persons=[row.child], until=self._on)
        elif row.child is None and row.group is not None and row.group not in self._years:
            self._years |= schools.school_years_of(groups=[row.group])

    def _serves(self, row: Conversation, person: UUID, on: date) -> bool:
        groups = self._groups(row, on)
        return any(
            one.runs(on) and row.unit_path.startswith(one.path) and (one.leads or one.group in groups)
            for one in self._serving[person]
        )

    def _groups(self, row: Conversation, on: date) -> set[UUID | None]:
        if row.child is None:
            return {row.group} - {None}
        return {one.group for one in self._here(row) if one.starts <= on and (one.ends is None or on <= one.ends)} - {
            None
        }

    def _last(self, row: Conversation) -> date:
        """Today, or the last day on which the child was at the school, or the class was one."""
        if row.child is None:
            return min(self._on, self._years[row.group][1]) if row.group in self._years else self._on
        stays = self._here(row)
        if not stays or any(one.ends is None for one in stays):
            return self._on
        return min(self._on, max(one.ends for one in stays if one.ends is not None))

    def _here(self, row: Conversation) -> list[EnrolmentView]:
        return [one for one in self._stays.get(row.child, ()) if one.school == row.unit] if row.child else []
