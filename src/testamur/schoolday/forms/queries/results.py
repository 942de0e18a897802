"""What came in: per class, per child, per question; who is missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count
from django.utils import timezone

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupView, UnitKind, UnitView
from testamur.schoolday.forms.models import Answer
from testamur.schoolday.forms.queries.answers import looked
from testamur.schoolday.forms.queries.forms import SEE
from testamur.schoolday.forms.queries.roster import roster
from testamur.schoolday.forms.rules import AnswerView, FormView, Kept, Kind, Looked, Standing, State, Word, told

MISSING = frozenset({Standing.NONE, Standing.WAITS})
"""Who is reminded."""


@dataclass(frozen=True, slots=True)
class ChildRow:
    """One child of a class and where it stands."""

    child: UUID
    looked: Looked


@dataclass(frozen=True, slots=True)
class Room:
    """A class (None: pupils of no class). `rows` is empty where the form counts only."""

    group: GroupView | None
    pupils: int
    counts: Mapping[Standing, int]
    rows: tuple[ChildRow, ...]

    @property
    def missing(self) -> int:
        """How many children's answers are still to come."""
        return sum(self.counts.get(one, 0) for one in MISSING)


@dataclass(frozen=True, slots=True)
class Results:
    """What a member of staff may know of a form. `values`: the answers that count, without whose they are.

    `kept`: why values are left out, where a form has no names.
    """

    form: FormView
    rooms: tuple[Room, ...]
    values: tuple[Mapping[str, Any], ...]
    kept: Kept | None = None

    @property
    def pupils(self) -> int:
        """Of how many children."""
        return sum(room.pupils for room in self.rooms)

    @property
    def counts(self) -> Counter[Standing]:
        """Standing → how many children."""
        return sum((Counter(dict(room.counts)) for room in self.rooms), Counter())

    @property
    def missing(self) -> int:
        """How many children's answers are still to come."""
        return sum(room.missing for room in self.rooms)


@dataclass(frozen=True, slots=True)
class SchoolCount:
    """How far a school has come with a form of its body."""

    school: UnitView
    pupils: int
    answered: int


def results(*, by: Actor, form: FormView, on: date, school: UUID | None = None) -> Results:
    """What came in from the groups that `by` may see (``forms.form.see``). Raises NotFound when there is none.

    A form that only counts gives no rows: neither who answered nor what anybody did; and what was said only when it is
    over, and not of too few (`rules.telling`). It is read as of its last day: who leaves later takes no answer along.
    """
    over = not form.is_open(on)
    on = on if form.named else _last(form, on)
    whole = by.may(SEE, form.path)
    if form.state is State.DRAFT:
        raise NotFound("It is not published yet.", form=str(form.id))
    rooms = roster(form, on=on, school=school)
    groups = schools.groups_by_id(one for one in rooms if one is not None)
    above = school is not None and any(by.may(SEE, one.path) for one in schools.units([school]).values())
    seen = {
        group: pupils
        for group, pupils in rooms.items()
        if whole or above or (group is not None and by.may(SEE, groups[group].path, group=group))
    }
    if not seen and not whole and not above:
        raise NotFound("There is no such form.", form=str(form.id))
    children = [child for pupils in seen.values() for child in pupils]
    found = looked(forms=[form], children=children, on=on)
    shown, kept = (seen, None) if form.named else _told(form, seen, found, whole=len(seen) == len(rooms), over=over)
    made = [
        _room(form, groups.get(group) if group is not None else None, pupils, found) for group, pupils in seen.items()
    ]
    made.sort(key=lambda room: (room.group is None, room.group.code if room.group is not None else ""))
    values = [_counted(found[form.id, child]) for group in shown for child in seen[group]]
    # in no order that tells whose they are
    mixed = sorted((answer.values for some in values for answer in some), key=repr)
    return Results(form, tuple(made), tuple(mixed), kept)


def overview(*, by: Actor, form: FormView, on: date) -> tuple[SchoolCount, ...]:
    """School by school how many pupils there are and for how many somebody answered; ``forms.form.see`` at the form."""
    by.must(SEE, form.path)
    below = schools.units_under(form.path, kind=UnitKind.SCHOOL)
    pupils = schools.pupil_counts(path=form.path, on=on)
    rows = Answer.objects.filter(form=form.id).exclude(word=Word.WITHDRAWN)
    answered = dict(rows.values("path").annotate(n=Count("child", distinct=True)).values_list("path", "n"))
    return tuple(SchoolCount(one, pupils.get(one.id, 0), answered.get(one.path, 0)) for one in below)


def unanswered(*, form: FormView, on: date) -> tuple[UUID, ...]:
    """The children whose answer is still to come, for reminding; shows nobody."""
    whole_units = [form.unit]
    if not form.groups:
        below = schools.units_under(form.path, kind=UnitKind.SCHOOL)
        whole_units = [one.id for one in below]
    children: list[UUID] = []
    for school in whole_units:
        rooms = roster(form, on=on, school=school)
        pupils = [child for some in rooms.values() for child in some]
        found = looked(forms=[form], children=pupils, on=on)
        children += [child for child in pupils if found[form.id, child].standing in MISSING]
    return tuple(dict.fromkeys(children))


def figures(result: Results) -> dict[str, Counter[Any]]:
    """Key of a question → answer → how often; for questions that can be counted."""
    found: dict[str, Counter[Any]] = {}
    for one in result.form.content.questions:
        if one.kind in {Kind.YES_NO, Kind.ONE}:
            found[one.key] = Counter(values[one.key] for values in result.values if one.key in values)
        elif one.kind is Kind.SEVERAL:
            found[one.key] = Counter(place for values in result.values for place in values.get(one.key, ()))
    return found


def _room(
    form: FormView, group: GroupView | None, pupils: Iterable[UUID], found: Mapping[tuple[UUID, UUID], Looked]
) -> Room:
    rows = tuple(ChildRow(child, found[form.id, child]) for child in pupils)
    return Room(group, len(rows), Counter(row.looked.standing for row in rows), rows if form.named else ())


def _last(form: FormView, on: date) -> date:
    """The day as of which a form without names is read: its last, once that is over."""
    ends = (form.last_day, timezone.localdate(form.closed_at)) if form.closed_at is not None else (form.last_day,)
    return min(on, *ends)


def _told(
    form: FormView,
    seen: Mapping[UUID | None, tuple[UUID, ...]],
    found: Mapping[tuple[UUID, UUID], Looked],
    *,
    whole: bool,
    over: bool,
) -> tuple[Collection[UUID | None], Kept | None]:
    """The classes whose answers are told of a form without names, and why others are not."""
    if not over:
        return (), Kept.OPEN
    said = {
        group: [(child, answer.person) for child in pupils for answer in _counted(found[form.id, child])]
        for group, pupils in seen.items()
    }
    shown = told(said, whole=whole)
    if not shown:
        return (), Kept.FEW if any(said.values()) else None
    return shown, Kept.SOME if any(some for group, some in said.items() if group not in shown) else None


def _counted(one: Looked) -> list[AnswerView]:
    """The answers of a child that count: of those who have to answer, else of anybody; nothing that was taken back."""
    some = [answer for answer in one.answers if answer.word in {Word.ANSWERED, Word.GIVEN}]
    if not some:
        return []
    deciding = [answer for answer in some if answer.person in one.deciders]
    return deciding or some
