"""First steps of each role: what one does once when a school comes in, ticked by what has really been done.

Nothing here is ticked by hand. What was all done, or was put away, is remembered for a day without asking again; in
countries whose bodies bring schools in by no plan nothing is asked at all.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.core.cache import cache as kept
from django.http import HttpResponse
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from testamur.access.accounts.rules import GUARDIAN, Hat
from testamur.exchange.notifications.queries.choices import chosen_by
from testamur.register.people import queries as people
from testamur.register.schools import queries as schools
from testamur.register.schools.rules import GroupKind, Role, UnitKind, UnitView
from testamur.schoolday.diary.queries.begun import begun
from testamur.schoolday.rollout import actions, queries
from testamur.schoolday.rollout.rules import COUNTRIES, PlanView
from testamur.schoolday.transcripts import queries as transcripts
from testamur.schoolday.transcripts.rules import Step as Reached
from testamur.surfaces.web.account.entering import SeeOther, home
from testamur.surfaces.web.doors import door
from testamur.surfaces.web.pages import page
from testamur.surfaces.web.requests import Visitor, WebRequest
from testamur.trust.records.queries import hands
from testamur.trust.records.queries.fetched import fetched_by
from testamur.trust.sealing import queries as sealing

DAY = 24 * 3600


@dataclass(frozen=True, slots=True)
class Step:
    """One step: what to do, where, and whether it has been done. `part`: of the guide that says how."""

    label: str | Promise
    address: str
    done: bool
    part: str

    @property
    def guide(self) -> str:
        """Where the guide says how it is done."""
        return f"{reverse('support:page_help')}?of={self.part}"


@dataclass(frozen=True, slots=True)
class Box:
    """The list on a home. `practice`: where one may try everything first, or an empty text."""

    steps: tuple[Step, ...]
    practice: str

    @property
    def done(self) -> int:
        """How many are done."""
        return sum(step.done for step in self.steps)


def box(visitor: Visitor, countries: Sequence[str] = ()) -> Box | None:
    """The list for the hat that is worn, while something of it is left; None elsewhere, and once it was put away.

    `countries`: of the children's schools, where the home of a family has read them already.
    """
    hat = visitor.hat
    if hat is None or not concerns(visitor, countries):
        return None
    memory = _memory(visitor, hat)
    if kept.get(memory):
        return None
    found = None if queries.is_put_away(person=visitor.actor.id, role=hat.role) else steps(visitor, hat)
    if not found or all(step.done for step in found):
        kept.set(memory, True, DAY)
        return None
    return Box(found, settings.PRACTICE_URL)


def concerns(visitor: Visitor, countries: Sequence[str] = ()) -> bool:
    """Whether the hat that is worn belongs to a country whose bodies bring schools in by a plan."""
    hat = visitor.hat
    if hat is None or hat.university:
        return False
    if hat.role == GUARDIAN:
        return bool(COUNTRIES.intersection(countries))
    unit = visitor.units.get(hat.unit) if hat.unit is not None else None
    return unit is not None and unit.country in COUNTRIES and hat.role in _STEPS


def steps(visitor: Visitor, hat: Hat) -> tuple[Step, ...]:
    """All first steps of a hat in the order in which one takes them."""
    maker = _STEPS.get(hat.role)
    return () if maker is None else tuple(maker(visitor, hat))


@door("account.sessions")
@require_GET
def first(request: WebRequest) -> HttpResponse:
    """The whole list of the hat that is worn, done or not, put away or not."""
    visitor = request.visitor
    hat = visitor.hat
    away = hat is not None and queries.is_put_away(person=visitor.actor.id, role=hat.role)
    shown = steps(visitor, hat) if hat is not None and concerns(visitor, _countries(visitor)) else ()
    return page(request, "web/rollout/first.html", steps=shown, away=away, practice=settings.PRACTICE_URL)


@door("account.sessions")
@require_POST
def put_away(request: WebRequest) -> HttpResponse:
    """Put the list away, or have it back (`act`)."""
    visitor = request.visitor
    hat = visitor.hat
    if hat is None:
        return SeeOther(reverse("account:roles"))
    if request.POST.get("act", "") == "back":
        actions.bring_back(by=visitor.actor, role=hat.role, now=visitor.now)
        kept.delete(_memory(visitor, hat))
    else:
        actions.put_away(by=visitor.actor, role=hat.role, now=visitor.now)
        messages.success(request, _("Put away. You find the first steps again under “Help”."))
    return SeeOther(home(hat))


def _memory(visitor: Visitor, hat: Hat) -> str:
    return f"rollout.first.{visitor.actor.id}.{hat.role}.{hat.unit}"


def _countries(visitor: Visitor) -> list[str]:
    hat = visitor.hat
    if hat is None or not hat.wards:
        return []
    placed = schools.placements(persons=hat.wards, on=visitor.now.date())
    return [unit.country for unit in schools.units({one.school for one in placed.values()}).values()]


def _unit(visitor: Visitor, hat: Hat) -> UnitView | None:
    return visitor.units.get(hat.unit) if hat.unit is not None else None


def _administrator(visitor: Visitor, hat: Hat) -> list[Step]:
    unit = _unit(visitor, hat)
    if unit is None:
        return []
    if unit.kind is UnitKind.SCHOOL:
        return [*_joining(unit), *_classes(visitor, unit)]
    plan = queries.plan_at(path=unit.path)
    taking = queries.participation(by=visitor.actor, id=plan.id, path=unit.path) if plan is not None else None
    below = bool(taking.schools) if taking is not None else bool(schools.units_under(unit.path, kind=UnitKind.SCHOOL))
    sealed = unit.kind is not UnitKind.AUTHORITY or bool(sealing.seals(by=visitor.actor, organisation=unit.id))
    return [
        Step(
            gettext_lazy("Import the schools with classes, pupils and teachers"), _to("office:imports"), below, "office"
        ),
        Step(
            gettext_lazy("Request the certificate of the seal and put it in use"), _to("office:seals"), sealed, "office"
        ),
        Step(gettext_lazy("Make the plan and put it in force"), _to("rollout:home"), plan is not None, "rollout"),
        Step(
            gettext_lazy("See that every school takes part"),
            _to("rollout:plan", plan.id) if plan is not None else _to("rollout:home"),
            taking is not None and taking.asked > 0 and taking.joined == taking.asked,
            "rollout",
        ),
    ]


def _principal(visitor: Visitor, hat: Hat) -> list[Step]:
    unit = _unit(visitor, hat)
    if unit is None or unit.kind is not UnitKind.SCHOOL:
        return []
    return [*_joining(unit), *_classes(visitor, unit)[1:], _signed(visitor)]


def _class_teacher(visitor: Visitor, hat: Hat) -> list[Step]:
    group = hat.groups[0] if hat.groups else None
    standing = transcripts.standing(by=visitor.actor, group=group) if group is not None else None
    verified = standing is not None and bool(standing.pupils) and standing.reached[Reached.VERIFIED] >= standing.pupils
    return [
        *_teacher(visitor, hat),
        Step(
            gettext_lazy("Verify that the data of your class are complete and exact"),
            _first(("transcripts:class", group), ("transcripts:home", None)),
            verified,
            "transcripts",
        ),
        _signed(visitor),
    ]


def _teacher(_visitor: Visitor, hat: Hat) -> list[Step]:
    groups = hat.taught or hat.groups
    return [
        Step(gettext_lazy("Look at your classes and lessons"), _to("diary:classes"), bool(groups), "diary"),
        Step(gettext_lazy("Enter the first assessment"), _to("diary:classes"), begun(groups=groups), "diary"),
    ]


def _guardian(visitor: Visitor, hat: Hat) -> list[Step]:
    me, by = visitor.actor.id, visitor.actor
    records = visitor.extra.get("records")
    read = fetched_by(by=by, records=list(records)) if isinstance(records, (list, tuple)) else {}
    reached = people.contacts(by=by, persons=[me]).get(me, ())
    told = any(child in hat.wards for person, child, _part in chosen_by([me]) if person == me)
    found = [
        Step(gettext_lazy("See that the school has your telephone number or e-mail address"), _to("mine:profile"),
             bool(reached), "mine"),
        Step(gettext_lazy("Choose what you are told of, and how"), _to("notices:choices"), told, "notices"),
    ]  # fmt: skip
    if isinstance(records, (list, tuple)) and records:
        found.append(Step(gettext_lazy("Open your child's first document"), _to("family:home"), bool(read), "family"))
    return found


_STEPS: Mapping[str, Callable[[Visitor, Hat], Sequence[Step]]] = {
    "administrator": _administrator,
    "principal": _principal,
    "class_teacher": _class_teacher,
    "teacher": _teacher,
    GUARDIAN: _guardian,
}


def _joining(unit: UnitView) -> list[Step]:
    plan: PlanView | None = queries.plan_at(path=unit.path)
    if plan is None or not plan.stages_at(unit.path):
        return []
    done = queries.joined(plan=plan.id, unit=unit.id) is not None
    return [
        Step(gettext_lazy("Read the plan and say that your school takes part"), _to("rollout:home"), done, "rollout")
    ]


def _classes(visitor: Visitor, unit: UnitView) -> list[Step]:
    today = visitor.now.date()
    classes = {group.id for group in schools.groups(school=unit.id) if group.kind is GroupKind.CLASS}
    led = {post.group for post in schools.holders(role=Role.CLASS_TEACHER, unit=unit.id, on=today)}
    this_year = {group for group, some in schools.members_of(groups=classes, on=today).items() if some}
    register, led_all = _to("office:register"), bool(this_year) and this_year <= led
    return [
        Step(gettext_lazy("Bring in classes and pupils"), register, bool(this_year), "office"),
        Step(gettext_lazy("Give every class its class teacher"), register, led_all, "office"),
    ]


def _signed(visitor: Visitor) -> Step:
    _some, count = hands.signed(by=visitor.actor, limit=1)
    return Step(gettext_lazy("Try your signature on the first documents"), _to("staff:home"), count > 0, "staff")


def _to(name: str, *args: UUID) -> str:
    return reverse(name, args=args)


def _first(*names: tuple[str, UUID | None]) -> str:
    """The first of these pages that this installation has; else where one signs."""
    for name, of in names:
        try:
            return reverse(name, args=[of] if of is not None else [])
        except NoReverseMatch:
            continue
    return reverse("staff:home")
