"""Forms as a family sees them: what is asked of whom, one's own answers, and whether others have answered."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from testamur.kernel.base.actor import Actor
from testamur.kernel.base.refused import NotFound
from testamur.kernel.prepared import prepared
from testamur.register.curriculum.rules import prefixes
from testamur.register.people import reach
from testamur.register.schools import queries as schools
from testamur.schoolday.forms.models import Form, Target
from testamur.schoolday.forms.queries.answers import history, looked
from testamur.schoolday.forms.queries.forms import views
from testamur.schoolday.forms.rules import AnswerView, Audience, Consent, FormView, Looked, Needs, Standing, State, Word

ANSWER = "forms.answer.write"


@dataclass(frozen=True, slots=True)
class FamilyLook:
    """A form to one child, as one member of the family may know it.

    Attributes:
        mine: the visitor's own last word. `others_answered`: another guardian has answered; what, is not told.
        waiting: how many others have to answer still.
        asked: the visitor is one who answers this form.
        todo: the visitor's answer is wanted now.
    """

    form: FormView
    child: UUID
    standing: Standing
    mine: AnswerView | None
    others_answered: bool
    waiting: int
    asked: bool
    open: bool
    todo: bool
    may_withdraw: bool


def for_children(*, by: Actor, children: Collection[UUID], on: date) -> dict[UUID, tuple[FamilyLook, ...]]:
    """The published forms of each child whose forms `by` may answer, newest first.

    Seven queries, however many children and forms; one form shows as long as it is open or something was answered.
    """
    mine = [child for child in children if by.may(ANSWER, person=child)]
    found: dict[UUID, tuple[FamilyLook, ...]] = dict.fromkeys(children, ())
    if not mine:
        return found
    forms = _of(mine, on)
    every = {form.id: form for some in forms.values() for form in some}
    if not every:
        return found
    deciders = reach.deciders(children=mine, on=on)
    seen = looked(forms=list(every.values()), children=mine, on=on, deciders=deciders)
    for child, some in forms.items():
        looks = [_look(by, form, child, seen[form.id, child], on) for form in some]
        found[child] = tuple(one for one in looks if one.open or one.mine is not None or one.others_answered)
    return found


def look(*, by: Actor, form: UUID, child: UUID, on: date) -> tuple[FamilyLook, tuple[AnswerView, ...]]:
    """One form to one child, with every version of the visitor's own answer. Raises NotFound for any other."""
    found = next((one for one in for_children(by=by, children=[child], on=on)[child] if one.form.id == form), None)
    if found is None:
        raise NotFound("There is no such form.", form=str(form))
    return found, history(form=form, child=child, person=by.id)


def asked(form: FormView, child: UUID, person: UUID, deciders: frozenset[UUID]) -> bool:
    """Whether that person answers this form for the child.

    The pupil answers what pupils are asked, and all that is asked about somebody of age; a consent is given by those
    who decide for the child, anything else by any guardian who reaches it.
    """
    if form.audience is Audience.PUPILS:
        return person == child
    if person == child:
        return child in deciders
    return form.consent is Consent.NONE or person in deciders


def _of(children: Collection[UUID], on: date) -> Mapping[UUID, list[FormView]]:
    groups = {child: {one.id for one in some} for child, some in schools.groups_of(persons=children, on=on).items()}
    ways = {
        child: {way for way in prefixes(one.school_path) if way}
        for child, one in schools.placements(persons=children, on=on).items()
    }
    found = views(_told(groups=set().union(*groups.values()), paths=set().union(*ways.values())))
    return {
        child: [
            form
            for form in found
            if (groups[child] & set(form.groups) if form.groups else form.path in ways.get(child, ()))
        ]
        for child in children
    }


@prepared
def _told(groups: Collection[UUID], paths: Collection[str]) -> QuerySet[Form]:
    aimed = Target.objects.filter(group__in=groups).values("form")
    rows = Form.objects.filter(Q(id__in=aimed) | Q(whole=True, path__in=paths)).exclude(state=State.DRAFT)
    return rows.order_by("-published_at", "id")


def _look(by: Actor, form: FormView, child: UUID, seen: Looked, on: date) -> FamilyLook:
    mine, open_ = seen.of(by.id), form.is_open(on)
    is_asked = asked(form, child, by.id, seen.deciders)
    others = {one.person for one in seen.answers} - {by.id}
    wanted = (
        seen.standing in {Standing.NONE, Standing.WAITS}
        if form.consent is Consent.NONE and form.needs is Needs.ONE
        else mine is None and seen.standing in {Standing.NONE, Standing.WAITS}
    )
    given = mine is not None and mine.word is Word.GIVEN
    return FamilyLook(
        form=form,
        child=child,
        standing=seen.standing,
        mine=mine,
        others_answered=bool(others),
        waiting=len(seen.deciders - others - {by.id}) if form.needs is Needs.ALL else 0,
        asked=is_asked,
        open=open_,
        todo=open_ and is_asked and wanted,
        may_withdraw=given and is_asked and form.revocable and seen.standing is not Standing.RUN_OUT,
    )
